"""Sound that clients stream to live sessions, as the HTTP server passes it on."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class SoundPlayed:
    """How much of an utterance was played.

    Attributes:
        utterance: Number of the utterance, from 1.
        position_s: Position in it, up to which it was played.
        is_last: Whether no more of it will be played.
        is_interrupted: Whether the rest of it was dropped.
    """

    utterance: int
    position_s: float
    is_last: bool
    is_interrupted: bool = False


@dataclass(frozen=True)
class SoundRefused:
    """An utterance, or the rest of it, cannot be played. The next one can.

    Attributes:
        code: Stable code of the error.
        message: What happened, and what to do.
    """

    code: str
    message: str


class SoundEnd(StrEnum):
    """Why no more sound is taken."""

    REPLACED = "replaced"  # by another stream of the same session
    ROOM_GONE = "room_gone"  # the session is over
    LOST = "lost"  # the room cannot be reached


SoundEvent = SoundPlayed | SoundRefused | SoundEnd
"""What a stream of sound tells its client; `SoundEnd` is the last one."""


class SoundStream(Protocol):
    """The sound of one live session, on its way to the avatar."""

    async def send(self, data: bytes) -> None:
        """Send bytes of an utterance, cut anywhere.

        Waits while a minute of sound waits to be played, and many bytes more wait to be decoded. What was
        sent is kept when that is cancelled.
        """
        ...

    async def finish(self) -> None:
        """End the utterance: all of it is played."""
        ...

    async def interrupt(self) -> None:
        """Drop all sound that was not played yet."""
        ...

    def events(self) -> AsyncIterator[SoundEvent]:
        """Yield what happens to the sound, until it is no more taken."""
        ...


class SoundStreams(Protocol):
    """The streams of sound that clients have open on this server."""

    def connect(self, session_id: str, room: str) -> AbstractAsyncContextManager[SoundStream]:
        """Connect a client to the stream of a session; the stream of another client there ends as replaced.

        After the block, the stream goes on for 30 s, for a client that connects again. What was sent before
        is played first, and events that were not read come first.

        Args:
            session_id: ID of the session.
            room: Room of the session, on our room server.

        Raises:
            BusyError: No process is free for it.
        """
        ...

    async def close(self, session_id: str) -> None:
        """End the stream of a session, if there is one."""
        ...
