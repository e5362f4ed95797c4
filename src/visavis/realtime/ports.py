"""Ports of a live session: its audio input, its output, and what it reports.

The session wakes every 20 ms. It takes two blocks of sound from its input, delays them until it knows the
lips, plays the two blocks that are due, and shows a frame if one is due. It calls everything in its own event
loop, in this order: `take`, `take`, `play`, `note_played`, `show`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # workers import this module too, without numpy
    from visavis.engine.arrays import Pixels
    from visavis.realtime.delays import Delays
    from visavis.realtime.sentences import Sentence
    from visavis.realtime.sound import Block


@dataclass(frozen=True)
class VideoSettings:
    """Settings of the video.

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
    """Why a session ended."""

    ENDED = "ended"  # by command, or because the worker is gone
    IDLE_TIMEOUT = "idle_timeout"
    ROOM_DELETED = "room_deleted"  # somebody deleted the room or removed the avatar
    ROOM_LOST = "room_lost"  # the room could not be joined (again)
    REPLACED = "replaced"  # by another avatar with the same identity
    FAILED = "failed"


@dataclass
class SessionStats:
    """Counts of a session.

    Attributes:
        frames: Number of frames shown.
        skipped: Number of frames that were due and not drawn, because the session was late.
        late: Number of frames shown later than half their duration.
        stalls: Number of times that the session stood still for long.
        dropped_s: Length of the sound that came in a burst and was dropped.
    """

    frames: int = 0
    skipped: int = 0
    late: int = 0
    stalls: int = 0
    dropped_s: float = 0.0


class AudioInput(Protocol):
    """Source of a session's sound: mono, 48 kHz, −1..1, in blocks of 10 ms (`sound.Block`).

    The session pulls, and only its clock sets the pace. Senders push sound into the input, at the pace of
    another clock or all at once. The input keeps the order and limits the amount. Live sound drops the oldest
    part of a burst, so that the lips do not stay late. Sound that is sent ahead of its time drops what
    exceeds the limit. `take` never waits: if no sound has come in time, it returns silence.

    An input is silent until sound comes, and after it was closed.
    """

    @property
    def is_idle(self) -> bool:
        """Whether there is nobody who could be heard."""
        ...

    @property
    def waiting_s(self) -> float:
        """Length of the sound that waits and is thus late; 0 for sound that is sent ahead of its time."""
        ...

    @property
    def dropped_samples(self) -> int:
        """Number of samples dropped so far."""
        ...

    def take(self) -> "Block":
        """Take the next block. Sound that was not taken stays for the next one."""
        ...

    def note_played(self, blocks: Sequence["Block"], *, held_blocks: int) -> None:
        """Report that blocks were played.

        Args:
            blocks: Blocks in order: taken ones, silence after an interruption, or silence before the first
                one.
            held_blocks: Number of blocks that were taken and are not played yet.
        """
        ...

    async def close(self) -> None:
        """Accept no more sound; may be called repeatedly."""
        ...


class AvOutput(Protocol):
    """Destination of a session's audio and video.

    Sound is the master: every block is played once, in order; the session skips late frames. Before it is
    open and after `close`, an output accepts everything and plays nothing, so that a session continues while
    its room is lost.
    """

    async def play(self, blocks: Sequence["Block"], time_s: float) -> None:
        """Play blocks of 10 ms, mono, 48 kHz.

        Returns when the output has accepted them: a session that is too fast waits here. An output for live
        viewers has no queue, which would make the sound late.

        Args:
            blocks: Blocks in order.
            time_s: Time at which the first one is played, on the clock of `show`.
        """
        ...

    def show(self, rgb: "Pixels", time_s: float) -> None:
        """Show a frame from now on; never waits. If frames come too fast, an output may drop older ones.

        Args:
            rgb: Shape `(size_px, size_px, 3)`, 0..255; the output keeps no reference.
            time_s: Time at which its sound is played, on any clock at the session's pace.
        """
        ...

    async def close(self) -> None:
        """Play and show nothing more; may be called repeatedly."""
        ...


class Connection(Protocol):
    """Provides a session with its input and its output, and keeps them connected.

    Both may change between ticks, after a room was lost and joined again.
    """

    @property
    def audio_input(self) -> AudioInput:
        """Current audio input."""
        ...

    @property
    def output(self) -> AvOutput:
        """Current output."""
        ...

    @property
    def is_idle(self) -> bool:
        """Whether nothing is connected, or there is nobody who could be heard."""
        ...

    async def run(self) -> None:
        """Stay connected until cancelled, or until the connection has reported the end to its listener."""
        ...

    def drop_speech(self) -> None:
        """Drop what the agent has sent, which is gone, and close the mouth. What is at its end is played."""
        ...

    async def describe(self, attributes: dict[str, str]) -> None:
        """Set attributes of the avatar, for everybody who sees it."""
        ...

    async def measure(self, delays: "Delays") -> None:
        """Measure the delays of the connection's own stages."""
        ...


class ConnectionListener(Protocol):
    """Receives the events of a connection; the session is one. The methods return at once."""

    def interrupt(self) -> None:
        """Drop the blocks that were taken and are not played yet."""
        ...

    def note_presence(self) -> None:
        """Somebody came, left, was muted or unmuted."""
        ...

    def end(self, reason: EndReason) -> None:
        """The session is over."""
        ...


class SessionObserver(Protocol):
    """Receives the events of a session. Its methods return at once."""

    def joined(self) -> None:
        """The avatar has joined its room, for the first time or again."""
        ...

    def token_refreshed(self, token: str) -> None:
        """The room server sent a newer token to join again with."""
        ...

    def showing(self) -> None:
        """The first frame was shown."""
        ...

    def speak_wanted(self, text: str) -> None:
        """A client has sent a text for the avatar to say."""
        ...

    def spoken(self, sentence: "Sentence") -> None:
        """A sentence of a session message was spoken to its end."""
        ...

    def report(self, stats: SessionStats, delays_ms: dict[str, float]) -> None:
        """Statistics, every few seconds.

        Args:
            stats: Counts since the session started.
            delays_ms: Mean delay of each stage since the last report; see `delays`.
        """
        ...
