"""Sound that arrives faster than it is played, in segments that wait here for their turn.

Segments have numbers. An interruption drops every segment that started before it, wherever its sound is.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.engine.speech import Phoneme
from visavis.realtime.sound import BLOCK_SAMPLES, RATE_HZ, Block, SampleQueue

MAX_WAITING_S: Final = 600.0  # longer sound is dropped: nobody speaks for so long
_MAX_PHONEMES: Final = 20_000
_MAX_WAITING: Final = round(MAX_WAITING_S * RATE_HZ)


@dataclass
class _Segment:
    number: int
    resample: Resampler
    queue: SampleQueue = field(default_factory=SampleQueue)
    is_whole: bool = False
    phonemes: list[Phoneme] = field(default_factory=list)
    told_phonemes: int = 0
    taken_samples: int = 0
    is_in_step: bool = False  # whether its sound goes on where the last block ended


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

    def tell(self, number: int, phonemes: Iterable[Phoneme]) -> None:
        """Add phonemes to a segment; a dropped segment ignores them.

        Args:
            number: Number of the segment, as `begin` returned it.
            phonemes: In order, with times since the begin of the segment.
        """
        segment = self._find(number)
        if segment is not None:
            segment.phonemes += islice(phonemes, _MAX_PHONEMES - len(segment.phonemes))

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
            segment.is_in_step = False
            return Block.silent()
        block = _filled(segment)
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


def _filled(segment: _Segment) -> Block:
    """The next block of a segment. After a gap, it tells all phonemes that are left anew."""
    forgets = not segment.is_in_step
    if forgets:
        segment.told_phonemes, segment.is_in_step = 0, True
    position_s = segment.taken_samples / RATE_HZ
    phonemes = tuple(
        Phoneme(each.ipa, max(0.0, each.start_s - position_s), each.end_s - position_s)
        for each in segment.phonemes[segment.told_phonemes :]
        if each.end_s > position_s
    )
    segment.told_phonemes = len(segment.phonemes)
    samples, count = segment.queue.take()
    segment.taken_samples += count
    return Block(samples, segment.number, count, phonemes, forgets)
