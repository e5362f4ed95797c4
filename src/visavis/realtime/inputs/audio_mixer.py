"""One stream of sound from the tracks of a room.

Tracks appear, fall silent, are muted and vanish. Of the tracks that can be heard, only the newest is used:
lips cannot follow mixed voices.
"""

from dataclasses import dataclass, field
from typing import Final

from visavis.engine.arrays import Floats
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block, SampleQueue, is_audible

_HANGOVER_S: Final = 0.5  # pauses between words do not count as silence
_MIN_MARGIN, _MAX_MARGIN = 2, 5  # blocks in reserve: one for the next block of the tick, and more for jitter
_STEADY_S: Final = 10.0  # after so long without a gap, a smaller margin is tried
_MAX_SAMPLES: Final = 12 * BLOCK_SAMPLES


@dataclass
class _Track:
    """The queue of one track.

    The jitter of the sound depends on the load of the machine (the room library handles the network). A
    margin of some blocks absorbs it: it grows with every gap, and shrinks after a long time without one.
    """

    number: int
    queue: SampleQueue = field(default_factory=SampleQueue)
    margin: int = _MIN_MARGIN
    steady_s: float = 0.0
    flows: bool = False
    quiet_s: float = float("inf")

    @property
    def margin_samples(self) -> int:
        return self.margin * BLOCK_SAMPLES

    def put(self, samples: Floats) -> int:
        """Add sound. Returns the number of dropped samples.

        If too much waits, the oldest is dropped: otherwise the lips would stay late after a burst.
        """
        self.queue.put(samples)
        if len(self.queue) > _MAX_SAMPLES:
            return self.queue.drop_to(BLOCK_SAMPLES + self.margin_samples)
        return 0

    def take(self) -> Floats:
        """Take the next block. After a gap, a track waits until its margin is filled again."""
        if not self.flows and len(self.queue) < BLOCK_SAMPLES + self.margin_samples:
            return Block.silent().samples
        flowed, self.flows = self.flows, len(self.queue) >= BLOCK_SAMPLES
        if flowed and not self.flows:
            self.margin, self.steady_s = min(self.margin + 1, _MAX_MARGIN), 0.0
        elif self.steady_s > _STEADY_S:
            self.margin, self.steady_s = max(self.margin - 1, _MIN_MARGIN), 0.0
        self.steady_s += BLOCK_S
        return self.queue.take()[0]


class AudioMixer:
    """One stream of blocks from the tracks of a room."""

    def __init__(self) -> None:
        """Start without tracks."""
        self._tracks: dict[str, _Track] = {}
        self._opened = 0
        self.dropped_samples = 0

    def open(self, track: str) -> None:
        """Add a track; it is the newest."""
        self._opened += 1
        self._tracks[track] = _Track(self._opened)

    def close(self, track: str) -> None:
        """Remove a track that vanished or was muted."""
        self._tracks.pop(track, None)

    def push(self, track: str, samples: Floats) -> None:
        """Add sound of a track.

        Args:
            track: ID of an open track; sound of other tracks is ignored.
            samples: Shape `(n,)`, −1..1, 48 kHz.
        """
        opened = self._tracks.get(track)
        if opened is not None:
            self.dropped_samples += opened.put(samples)

    @property
    def waiting_s(self) -> float:
        """Length of the sound that waits, of the track where it is longest."""
        return max((len(track.queue) for track in self._tracks.values()), default=0) / RATE_HZ

    def take(self) -> Block:
        """Take the next block: that of the newest audible track. The blocks of the others are dropped."""
        blocks = {}
        for name, track in self._tracks.items():
            block = blocks[name] = track.take()
            track.quiet_s = 0.0 if is_audible(block) else track.quiet_s + BLOCK_S
            if track.quiet_s:
                track.queue.drop_to(track.margin_samples)  # a pause is the time to drop what a burst left
        speaking = [name for name, track in self._tracks.items() if track.quiet_s < _HANGOVER_S]
        if not speaking:
            return Block.silent()
        return Block(blocks[max(speaking, key=lambda name: self._tracks[name].number)])
