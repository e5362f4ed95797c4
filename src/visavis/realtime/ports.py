"""What a live session is given and what it tells, without any library of a network or of media."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol


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
