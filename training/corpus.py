"""Speech whose sounds are known in time, and how it is kept between the steps of the training."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from visavis.engine.speech.articulation import CLASS_INDEX
from visavis.engine.speech.ipa import Parts, shares
from visavis.engine.speech.motion import RATE_HZ

Timed = tuple[float, float, Parts]
"""A named sound: start and end in seconds, and its classes."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording.

    Attributes:
        samples: Shape `(samples,)`, int16 at 16 kHz.
        ends_s: Where each sound ends, shape `(sounds,)`; the first starts at 0.
        classes: Index into `articulation.CLASSES`, same shape.
        voice: Who speaks, such as `espeak/en-us+f2`; the part before the slash is the family.
    """

    samples: NDArray[np.int16]
    ends_s: NDArray[np.float32]
    classes: NDArray[np.int16]
    voice: str

    @property
    def family(self) -> str:
        """The synthesiser, or the corpus, that the recording is from."""
        return self.voice.split("/")[0]

    @property
    def sound(self) -> NDArray[np.float32]:
        """The samples in -1..1."""
        return self.samples.astype(np.float32) / 32768


def utterance(sound: NDArray[np.floating], rate_hz: int, timed: Sequence[Timed], voice: str) -> Utterance:
    """Resample, and lay the sounds end to end; gaps become silence."""
    ends: list[float] = []
    classes: list[int] = []
    clock = 0.0
    for start, end, parts in timed:
        if start > clock + 1e-4:
            ends.append(start)
            classes.append(CLASS_INDEX["silence"])
            clock = start
        length = end - clock
        if length <= 0:
            continue
        for part, share in zip(parts, shares(parts), strict=True):
            clock += share * length
            ends.append(clock)
            classes.append(CLASS_INDEX[part])
    common = gcd(rate_hz, RATE_HZ)
    at_rate = resample_poly(np.asarray(sound, np.float64), RATE_HZ // common, rate_hz // common)
    peak = max(float(np.abs(at_rate).max(initial=0.0)), 0.02)
    samples = np.round(at_rate * (0.6 / peak) * 32767).astype(np.int16)
    return Utterance(samples, np.array(ends, np.float32), np.array(classes, np.int16), voice)


def save(path: Path, utterances: Sequence[Utterance]) -> None:
    """Write recordings to one `.npz` file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        samples=np.concatenate([item.samples for item in utterances]),
        lengths=np.array([len(item.samples) for item in utterances]),
        ends_s=np.concatenate([item.ends_s for item in utterances]),
        classes=np.concatenate([item.classes for item in utterances]),
        sounds=np.array([len(item.classes) for item in utterances]),
        voices=np.array([item.voice for item in utterances]),
    )


def load(paths: Iterable[Path]) -> list[Utterance]:
    """Read recordings back."""
    found: list[Utterance] = []
    for path in paths:
        with np.load(path) as file:
            samples = np.split(file["samples"], np.cumsum(file["lengths"])[:-1])
            ends = np.split(file["ends_s"], np.cumsum(file["sounds"])[:-1])
            classes = np.split(file["classes"], np.cumsum(file["sounds"])[:-1])
            found += map(Utterance, samples, ends, classes, file["voices"].tolist())
    return found


def minutes(utterances: Iterable[Utterance]) -> float:
    """How long they last in all."""
    return sum(len(item.samples) for item in utterances) / RATE_HZ / 60
