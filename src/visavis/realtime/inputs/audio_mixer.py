"""The tracks of a room as one sound.

Tracks appear, fall silent, are muted and vanish. Of the tracks that can be heard, only the newest is taken:
mixed voices would move the lips to neither.
"""

from dataclasses import dataclass, field
from typing import Final

from visavis.engine.arrays import Floats
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block, SampleQueue, is_audible

_HANGOVER_S: Final = 0.5  # pauses between words do not make a track silent
_MIN_MARGIN, _MAX_MARGIN = 2, 5  # blocks beyond the one that is taken: the next of its tick, and a reserve
_STEADY_S: Final = 10.0  # after so long without a gap a smaller margin is tried
_MAX_SAMPLES: Final = 12 * BLOCK_SAMPLES


@dataclass
class _Track:
    """A track's sound on its way.

    How late sound comes varies with the load of the machine (the room library evens out the network). A
    margin of some blocks absorbs that: it grows with every gap, and shrinks when there was none for long.
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
        """Take in sound. Returns how many samples were dropped.

        When too much waits, the oldest is dropped: after a burst it would keep the lips late for good.
        """
        self.queue.put(samples)
        if len(self.queue) > _MAX_SAMPLES:
            return self.queue.drop_to(BLOCK_SAMPLES + self.margin_samples)
        return 0

    def take(self) -> Floats:
        """The next block. A track that has run dry waits until its margin is there again."""
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
    """The sound of a room's tracks, block by block."""

    def __init__(self) -> None:
        """Begin without tracks."""
        self._tracks: dict[str, _Track] = {}
        self._opened = 0
        self.dropped_samples = 0

    def open(self, track: str) -> None:
        """Add a track; it is the newest."""
        self._opened += 1
        self._tracks[track] = _Track(self._opened)

    def close(self, track: str) -> None:
        """Remove a track that has vanished or was muted."""
        self._tracks.pop(track, None)

    def push(self, track: str, samples: Floats) -> None:
        """Add sound of a track.

        Args:
            track: ID of a track that is open; the sound of others is ignored.
            samples: Shape `(n,)`, −1..1, 48 kHz.
        """
        opened = self._tracks.get(track)
        if opened is not None:
            self.dropped_samples += opened.put(samples)

    @property
    def waiting_s(self) -> float:
        """Length of the sound that waits to be taken, of the track where it is longest."""
        return max((len(track.queue) for track in self._tracks.values()), default=0) / RATE_HZ

    def take(self) -> Block:
        """The next block: that of the newest track that is audible. The blocks of the others are dropped."""
        blocks = {}
        for name, track in self._tracks.items():
            block = blocks[name] = track.take()
            track.quiet_s = 0.0 if is_audible(block) else track.quiet_s + BLOCK_S
            if track.quiet_s:
                track.queue.drop_to(track.margin_samples)  # what a burst left waiting is made good in a pause
        speaking = [name for name, track in self._tracks.items() if track.quiet_s < _HANGOVER_S]
        if not speaking:
            return Block.silent()
        return Block(blocks[max(speaking, key=lambda name: self._tracks[name].number)])
