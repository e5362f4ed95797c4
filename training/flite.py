"""Speech of flite's voices: statistical from recordings (awb, rms, slt) and diphones (kal16), all English."""

import random
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from training import texts
from training.corpus import Timed, Utterance, utterance
from training.phonesets import ARPABET, lookup
from visavis.engine.speech.motion import RATE_HZ

_LATE_S = 0.003
_find = lookup(ARPABET, strip="012", lower=True)


def generate(voice: str, minutes: float, seed: int) -> list[Utterance]:
    """Random English sentences at random rates, until there are enough minutes."""
    rng, pool = random.Random(seed), texts.sentences("en")
    made: list[Utterance] = []
    seconds = 0.0
    while seconds < minutes * 60:
        item = _speak(voice, rng.choice(pool), rng.uniform(0.7, 1.2))
        if item is not None:
            made.append(item)
            seconds += len(item.samples) / RATE_HZ
    return made


def _speak(voice: str, text: str, stretch: float) -> Utterance | None:
    """One sentence; None where its segment times do not fit its sound."""
    with tempfile.TemporaryDirectory() as folder:
        words, sound_file = Path(folder, "text"), Path(folder, "sound.wav")
        words.write_text(text)
        command = ["flite", "-voice", voice, "-psdur", "--setf", f"duration_stretch={stretch:.2f}"]
        run = subprocess.run(
            [*command, "-f", str(words), "-o", str(sound_file)], capture_output=True, text=True, check=False
        )
        if run.returncode or not sound_file.exists():
            return None
        with wave.open(str(sound_file)) as file:
            rate_hz = file.getframerate()
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
    timed: list[Timed] = []
    clock = 0.0
    for pair in run.stdout.split():
        name, _, end = pair.rpartition(":")
        if name:
            put_right = max(clock, float(end) - _LATE_S)
            timed.append((clock, put_right, _find(name) or ("schwa",)))
            clock = put_right
    rises = all(start <= end for start, end, _ in timed)
    if len(timed) < 4 or not rises or abs(clock - len(sound) / rate_hz) > 0.15:
        return None
    return utterance(sound, rate_hz, timed, f"flite/{voice}")
