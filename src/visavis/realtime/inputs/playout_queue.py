"""Sound that arrives faster than it is played, in segments that wait here for their turn.

Segments have numbers. An interruption drops every segment that started before it, wherever its sound is.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.realtime.sound import BLOCK_SAMPLES, RATE_HZ, Block, SampleQueue

MAX_WAITING_S: Final = 600.0  # longer sound is dropped: nobody speaks for so long
_MAX_WAITING: Final = round(MAX_WAITING_S * RATE_HZ)


@dataclass
class _Segment:
    number: int
    resample: Resampler
    queue: SampleQueue = field(default_factory=SampleQueue)
    is_whole: bool = False


class PlayoutQueue:
    """Segments in the order in which they started, taken block by block."""

    def __init__(self) -> None:
        """Start without segments."""
        self._waiting: deque[_Segment] = deque()
        self._began = 0
        self._exhausted: list[int] = []
        self.dropped_samples = 0

    def begin(self, rate_hz: int) -> int:
        """Start a segment. Returns its number.

        Args:
            rate_hz: Sample rate of the segment.
        """
        self._began += 1
        self._waiting.append(_Segment(self._began, Resampler(rate_hz, RATE_HZ)))
        return self._began

    def put(self, number: int, samples: Floats) -> None:
        """Add samples to a segment; a dropped segment ignores them.

        Args:
            number: Number of the segment, as `begin` returned it.
            samples: Shape `(n,)`, −1..1, at the segment's rate.
        """
        segment = self._find(number)
        if segment is None:
            return
        if sum(len(each.queue) for each in self._waiting) > _MAX_WAITING:
            self.dropped_samples += len(samples)
            return
        segment.queue.put(segment.resample(samples))

    def end(self, number: int) -> None:
        """Mark a segment as complete."""
        segment = self._find(number)
        if segment is not None and not segment.is_whole:
            segment.queue.put(segment.resample.finish())
            segment.is_whole = True
            self._skip_exhausted()

    def drop(self) -> list[int]:
        """Drop everything. Returns the numbers of the segments that waited, started or not."""
        dropped = [segment.number for segment in self._waiting]
        self._waiting.clear()
        return dropped

    def take(self) -> Block:
        """Take the next block.

        The last block of a segment is padded with silence. A block whose sound is late is silent.
        """
        if not self._waiting:
            return Block.silent()
        segment = self._waiting[0]
        if len(segment.queue) < BLOCK_SAMPLES and not segment.is_whole:
            return Block.silent()
        block = Block(*_filled(segment))
        self._skip_exhausted()
        return block

    def exhausted(self) -> list[int]:
        """Numbers of the segments whose last block was taken since the last call."""
        numbers, self._exhausted = self._exhausted, []
        return numbers

    def _skip_exhausted(self) -> None:
        while self._waiting and self._waiting[0].is_whole and not len(self._waiting[0].queue):
            self._exhausted.append(self._waiting.popleft().number)

    def _find(self, number: int) -> _Segment | None:
        return next((segment for segment in self._waiting if segment.number == number), None)


def _filled(segment: _Segment) -> tuple[Floats, int, int]:
    samples, count = segment.queue.take()
    return samples, segment.number, count
