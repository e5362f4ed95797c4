"""The interfaces that have more than one real implementation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from visavis.engine.arrays import Floats


class ObjectStore(Protocol):
    """Files by name: a folder on this machine, or a service.

    Names are paths of letters, digits, `-`, `.` and `/`. Every method raises `StoreError`.
    """

    async def put(self, name: str, source: Path, *, content_type: str) -> None:
        """Store a file; under its name it appears whole or not at all."""
        ...

    async def fetch(self, name: str, target: Path) -> None:
        """Copy a stored file to this machine.

        Raises:
            StoredFileMissingError: There is none of that name.
        """
        ...

    async def delete(self, names: list[str]) -> None:
        """Delete files; those that are not there are no error."""
        ...

    async def older_than(self, folder: str, age_s: float) -> list[str]:
        """Names under a folder that were written longer ago than that."""
        ...

    async def link(self, name: str, *, ttl_s: int) -> str:
        """An address that gives the file to whoever has it; one that begins with `/` is on this server.

        Raises:
            LinkError: It could not be made.
        """
        ...

    async def check_room(self) -> None:
        """Refuse when nothing more should be stored.

        Raises:
            StoreFullError: There is no room.
        """
        ...


@dataclass(frozen=True)
class Voice:
    """How a text is to be said.

    Attributes:
        language: As BCP 47 tag, such as `en-us`; the synthesiser's own default if empty.
        name: A voice of the synthesiser; its default for the language if empty.
    """

    language: str = ""
    name: str = ""


class SpeechSynthesizer(Protocol):
    """Says texts."""

    def check(self, voice: Voice) -> None:
        """Refuse a voice that cannot be spoken with.

        Raises:
            RequestError: The language or the voice is not known.
        """
        ...

    def say(self, text: str, voice: Voice) -> tuple[Floats, int]:
        """Say a text.

        Returns:
            Samples, shape `(n,)`, −1..1, and their rate in Hz.

        Raises:
            InputError: There is nothing to be said in the text.
        """
        ...


@dataclass(frozen=True)
class RoomServerAddress:
    """A LiveKit server, or ours that speaks as it does.

    Attributes:
        url: `ws://` or `wss://`, as clients reach it.
        key: Of its API.
        secret: That goes with the key.
        limits_viewers: Whether it lets viewers have the avatar's tracks alone. LiveKit's own server lets
            everybody have every track of a room.
    """

    url: str
    key: str
    secret: str
    limits_viewers: bool = False


class Rooms(Protocol):
    """Tokens for rooms, and their end."""

    url: str

    def token(self, room: str, identity: str, *, role: str) -> str:
        """A token to join a room with.

        Args:
            room: Its name.
            identity: Under which to join.
            role: `user` speaks and is heard, `viewer` sees and hears the avatar alone, `avatar` is the agent
                that is watched. A viewer's token is for `viewers_room`.
        """
        ...

    def viewers_room(self, room: str) -> str:
        """Where the viewers of a room are: in it, or in one beside it that the avatar joins too."""
        ...

    async def close(self, room: str) -> None:
        """Send everybody home, viewers too. A room that is not there is no error.

        Raises:
            LiveRoomError: The server cannot be reached.
        """
        ...

    async def open_rooms(self) -> set[str]:
        """Names of the rooms that are there; of one that has only its viewers' left, too.

        Raises:
            LiveRoomError: The server cannot be reached.
        """
        ...
