"""What the speech part hands on: rows of mouth motion, and the shape of a model that makes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 16_000
"""Samples a second of the sound that the speech part listens to: mono float32 in -1..1."""

ROW_RATE_HZ: Final = 50
"""Rows of motion a second; row k describes the sound at (k + 0.5) / 50 s."""

ROW_SAMPLES: Final = RATE_HZ // ROW_RATE_HZ

VISEMES: Final = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")
"""The 15 mouth shapes of the widely used viseme set that animation tools share."""

CHANNELS: Final = ("jaw", "aperture", "round", "spread", "labiodental", "closure")


@dataclass(frozen=True, slots=True)
class SpeechMotion:
    """Rows of what the mouth does and how the voice sounds.

    Attributes:
        visemes: Shape `(rows, 15)`, order `VISEMES`, 0..1; each row sums to 1.
        channels: Shape `(rows, 6)`, order `CHANNELS`, 0..1.
        voice: Shape `(rows,)`, 0..1: is somebody speaking. Breath, noise, music and silence give 0.
        loudness_db: Shape `(rows,)`, dB relative to full scale, over about 40 ms; -100 in digital silence.
        pitch_hz: Shape `(rows,)`, 0 where the sound has none.
        lips: Shape `(rows, 2)`, how real lips would stand, before any rule of `calibration.lips`: the gap
            between them, 0 closed, 1 the 95th percentile of speech; the mouth's width, 0 at rest, 1 the 95th
            percentile, -1 the 5th. Not clipped.
    """

    visemes: NDArray[np.float32]
    channels: NDArray[np.float32]
    voice: NDArray[np.float32]
    loudness_db: NDArray[np.float32]
    pitch_hz: NDArray[np.float32]
    lips: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.voice)

    def __getitem__(self, rows: slice) -> SpeechMotion:
        return SpeechMotion(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def empty(cls) -> SpeechMotion:
        """No rows."""
        visemes, channels, lips = (
            np.zeros((0, width), np.float32) for width in (len(VISEMES), len(CHANNELS), 2)
        )
        none = np.zeros(0, np.float32)
        return cls(visemes, channels, none, none, none, lips)

    @classmethod
    def concatenate(cls, parts: Iterable[SpeechMotion]) -> SpeechMotion:
        """All rows of all parts, in order; no parts give no rows."""
        filled = [cls.empty(), *parts]
        return cls(*(np.concatenate([getattr(part, field.name) for part in filled]) for field in fields(cls)))


class SpeechState(Protocol):
    """Everything a stream remembers. Never changed: each block of sound makes a new one."""

    @property
    def total_samples(self) -> int:
        """Samples heard so far."""
        ...


class SpeechModel(Protocol):
    """Turns sound into motion, block by block.

    A model holds no memory of a stream: it is in the state, which is handed in and out. A state stays
    valid after use, so a stream can be wound back to it. However the sound is cut into blocks, the rows are
    the same bits. One model may serve any number of streams, from any threads.
    """

    @property
    def lookahead_s(self) -> float:
        """Seconds of sound that a row needs after its own moment."""
        ...

    def begin(self) -> SpeechState:
        """The state before the first sample."""
        ...

    def listen(self, samples: NDArray[np.float32], state: SpeechState) -> tuple[SpeechMotion, SpeechState]:
        """Hear more of the stream.

        Args:
            samples: Shape `(samples,)`, any number including none, mono at `RATE_HZ`, -1..1.
            state: From `begin` or from the block before.

        Returns:
            The rows that this block completed, and the state for the next block.
        """
        ...

    def finish(self, state: SpeechState) -> SpeechMotion:
        """The rows still owed, as if silence followed: a stream has `ceil(total_samples / 320)` in all."""
        ...
