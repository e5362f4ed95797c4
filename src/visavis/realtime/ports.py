"""What a live session is connected to, and what it tells.

The session wakes every 20 ms. It takes two blocks of sound from its input, holds them back until it knows the
lips, plays the two blocks that are due, and shows a frame if one is due. It calls everything in its own event
loop, in this order: `take`, `take`, `play`, `note_played`, `show`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # workers import this too, and do without numpy
    from visavis.engine.arrays import Pixels
    from visavis.realtime.delays import Delays
    from visavis.realtime.sound import Block


@dataclass(frozen=True)
class VideoSettings:
    """How the video is sent.

    Attributes:
        size_px: Side of the square.
        fps: Frames a second.
        codec: Codec of the video.
        kbps: Maximum bit rate, in kbit/s.
    """

    size_px: int
    fps: int
    codec: Literal["vp8", "h264"]
    kbps: int


class EndReason(StrEnum):
    """Why a session is over."""

    ENDED = "ended"  # by command, or because nobody is left to command
    IDLE_TIMEOUT = "idle_timeout"
    ROOM_DELETED = "room_deleted"  # somebody took the room or the avatar away
    ROOM_LOST = "room_lost"  # the room could not be joined, or not again
    REPLACED = "replaced"  # by another avatar of the same identity
    FAILED = "failed"


@dataclass
class SessionStats:
    """Counts of a session.

    Attributes:
        frames: Frames shown.
        skipped: Frames that were due and not drawn, because others were late already.
        late: Frames shown over half their time late.
        stalls: Times that everything stood still for long.
        dropped_s: Length of the sound that came in a burst and was not played.
    """

    frames: int = 0
    skipped: int = 0
    late: int = 0
    stalls: int = 0
    dropped_s: float = 0.0


class AudioInput(Protocol):
    """Where a session's sound comes from: mono, 48 kHz, −1..1, in blocks of 10 ms (`sound.Block`).

    The session pulls, and its clock alone sets the pace. Whoever sends sound pushes it into the input, at the
    pace of another clock or all at once. The input keeps it in order and bounded: live sound drops the oldest
    of a burst, so that the lips do not stay late; sound that is sent ahead of its time drops what exceeds the
    limit. `take` never waits: where no sound has come in time it gives silence.

    An input works from its making to after its end: until sound comes, and when it was closed, it is silent.
    """

    @property
    def is_idle(self) -> bool:
        """Whether nobody is there who could be heard."""
        ...

    @property
    def waiting_s(self) -> float:
        """Length of the sound that waits to be taken and is late for it; 0 for sound ahead of its time."""
        ...

    @property
    def dropped_samples(self) -> int:
        """Number of samples that were dropped so far."""
        ...

    def take(self) -> "Block":
        """The next block. What was not taken is in the next one."""
        ...

    def note_played(self, blocks: Sequence["Block"], *, held_blocks: int) -> None:
        """Note that blocks were played.

        Args:
            blocks: In order: those that were taken, silence after an interruption, or silence from before the
                first.
            held_blocks: Number of blocks that were taken and are not played yet.
        """
        ...

    async def close(self) -> None:
        """Take in no more; harmless when repeated."""
        ...


class AvOutput(Protocol):
    """Where a session's sound and picture go.

    Sound is the master: every block is played, in order, none twice; the session leaves late frames out.
    Until it is open, and from `close` on, an output takes everything and plays nothing: a session goes on
    while its room is lost.
    """

    async def play(self, blocks: Sequence["Block"]) -> None:
        """Play blocks of 10 ms, mono, 48 kHz.

        Returns when the output has taken them: a session that is too fast waits here. An output for live
        viewers keeps no queue, which would make the sound late.

        Args:
            blocks: In order.
        """
        ...

    def show(self, rgb: "Pixels", time_s: float) -> None:
        """Show a frame, from now on; never waits. Of frames that come too fast an output may drop the older.

        Args:
            rgb: Shape `(size_px, size_px, 3)`, 0..255; not kept.
            time_s: When its sound is played, on any clock that goes as fast as the session's.
        """
        ...

    async def close(self) -> None:
        """Play and show no more; harmless when repeated."""
        ...


class Connection(Protocol):
    """What brings a session its input and its output, and keeps them while it lasts.

    Both may be others from one tick to the next, when a room was lost and is joined again.
    """

    @property
    def audio_input(self) -> AudioInput:
        """Where the sound comes from now."""
        ...

    @property
    def output(self) -> AvOutput:
        """Where sound and picture go now."""
        ...

    @property
    def is_idle(self) -> bool:
        """Whether nobody is there who could be heard, or nothing is connected."""
        ...

    async def run(self) -> None:
        """Stay connected until cancelled, or until the listener was told the end."""
        ...

    async def describe(self, attributes: dict[str, str]) -> None:
        """Set attributes of the avatar that all who see it are told."""
        ...

    async def measure(self, delays: "Delays") -> None:
        """Note the delays of the connection's own stages."""
        ...


class ConnectionListener(Protocol):
    """What a connection tells its session. The methods return at once."""

    def interrupt(self) -> None:
        """Blocks that were taken and are not played yet must not be played."""
        ...

    def note_presence(self) -> None:
        """Somebody came, went, was muted or unmuted."""
        ...

    def end(self, reason: EndReason) -> None:
        """The session is over."""
        ...


class SessionObserver(Protocol):
    """Who is told what happens to a session. Its methods return at once."""

    def joined(self) -> None:
        """The avatar has joined its room, for the first time or again."""
        ...

    def token_refreshed(self, token: str) -> None:
        """The room server has given a newer token to join again with."""
        ...

    def showing(self) -> None:
        """The first frame was shown."""
        ...

    def report(self, stats: SessionStats, delays_ms: dict[str, float]) -> None:
        """Figures, every few seconds.

        Args:
            stats: Counts since the session began.
            delays_ms: Mean delay of each stage since the last report; see `delays`.
        """
        ...
