"""Sound inside a session: mono, 48 kHz, in consecutive blocks."""

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats
from visavis.engine.downmix import Downmix
from visavis.engine.speech import Phoneme

RATE_HZ: Final = 48_000
BLOCK_S: Final = 0.010
BLOCK_SAMPLES: Final = round(RATE_HZ * BLOCK_S)
CHANNELS: Final = 2  # maximum for sound that comes in
_FULL_SCALE: Final = 32768.0
_AUDIBLE: Final = 0.003  # root mean square; about −50 dB


@dataclass(frozen=True)
class Block:
    """Sound of `BLOCK_S`.

    Attributes:
        samples: Shape `(BLOCK_SAMPLES,)`, −1..1.
        segment: Number of the segment that it belongs to; `None` for tracks and silence.
        count: Number of samples of the segment; silence fills the rest.
        phonemes: What becomes known with this block of what will be said, with times since its begin.
        forgets: Whether what was known before, from the begin of this block on, is wrong.
    """

    samples: Floats
    segment: int | None = None
    count: int = 0
    phonemes: tuple[Phoneme, ...] = ()
    forgets: bool = False

    @cached_property
    def is_audible(self) -> bool:
        """Whether it is louder than room noise."""
        return is_audible(self.samples)

    @classmethod
    def silent(cls) -> "Block":
        """Create a block of silence."""
        return cls(np.zeros(BLOCK_SAMPLES, np.float32))


class SampleQueue:
    """A queue of samples: added in any amount, taken in blocks."""

    def __init__(self) -> None:
        self._parts: deque[Floats] = deque()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, samples: Floats) -> None:
        """Add samples at the end."""
        if len(samples):
            self._parts.append(samples)
            self._count += len(samples)

    def take(self) -> tuple[Floats, int]:
        """Take a block. Returns it with the number of its samples; the rest is silence."""
        block, filled = np.zeros(BLOCK_SAMPLES, np.float32), 0
        while filled < BLOCK_SAMPLES and self._parts:
            part = self._parts.popleft()
            used = part[: BLOCK_SAMPLES - filled]
            if len(used) < len(part):
                self._parts.appendleft(part[len(used) :])
            block[filled : filled + len(used)] = used
            filled += len(used)
        self._count -= filled
        return block, filled

    def drop_to(self, count: int) -> int:
        """Drop the oldest samples until about `count` are left. Returns the number dropped."""
        dropped = 0
        while self._count > count and self._parts:
            dropped += len(self._parts[0])
            self._count -= len(self._parts.popleft())
        return dropped


def is_audible(samples: Floats) -> bool:
    """Whether a block is louder than room noise."""
    return float(np.dot(samples, samples)) > _AUDIBLE**2 * len(samples)


class Mixer:
    """Converts interleaved 16-bit samples to mono, piece by piece."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        """Start.

        Args:
            rate_hz: Sample rate.
            channels: Number of channels, 1 or 2.
        """
        self._channels, self._mix, self._rest = channels, Downmix(rate_hz), b""

    def __call__(self, pcm: bytes | memoryview) -> Floats:
        """Convert bytes. An incomplete sample at the end waits for the next call.

        Returns:
            Shape `(n,)`, −1..1.
        """
        whole = self._rest + bytes(pcm)
        used = len(whole) // (2 * self._channels) * (2 * self._channels)
        self._rest = whole[used:]
        samples = np.frombuffer(whole[:used], np.int16).astype(np.float32) / np.float32(_FULL_SCALE)
        return self._mix(samples.reshape(-1, self._channels).T)


def to_pcm(samples: Floats) -> bytes:
    """Convert samples in −1..1 to 16-bit samples."""
    whole: NDArray[np.int16] = np.clip(np.rint(samples * _FULL_SCALE), -32768, 32767).astype(np.int16)
    return whole.tobytes()
