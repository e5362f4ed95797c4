"""Real speech: the recordings inside Debian's `festvox-ru`, 100 minutes of one man, with phone times."""

import wave
from pathlib import Path

import numpy as np

from training.corpus import Timed, Utterance, utterance
from training.phonesets import RUSSIAN, lookup

FOLDER = Path("/usr/share/festival/voices/russian/msu_ru_nsh_clunits")
_LATE_S = 0.007
_find = lookup(RUSSIAN)


def recordings() -> list[Utterance]:
    """All of them, in the order of their names."""
    return [item for file in sorted((FOLDER / "wav").glob("*.wav")) if (item := _read(file)) is not None]


def _read(file: Path) -> Utterance | None:
    labels = FOLDER / "lab" / f"{file.stem}.lab"
    if not labels.exists():
        return None
    with wave.open(str(file)) as sound:
        rate_hz = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16) / 32768
    timed: list[Timed] = []
    clock = 0.0
    for line in labels.read_text(encoding="latin1").splitlines():
        fields = line.split()
        if len(fields) >= 3 and not line.startswith("#"):
            end = max(clock, float(fields[0]) - _LATE_S)
            timed.append((clock, end, _find(fields[2]) or ("schwa",)))
            clock = end
    return utterance(samples, rate_hz, timed, "russian/nsh") if len(timed) > 3 else None
