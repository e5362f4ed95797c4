"""Room servers, and the tokens for them."""

from dataclasses import dataclass
from typing import Protocol


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

    def token(self, room: str, identity: str, *, role: str, agent: str | None = None) -> str:
        """A token to join a room with.

        Args:
            room: Its name.
            identity: Under which to join.
            role: `user` speaks and is heard, `viewer` sees and hears the avatar alone, `avatar` is the agent
                that is watched, `agent` hears and has the avatar speak. A viewer's token is for
                `viewers_room`.
            agent: Identity of the agent that an avatar speaks for; `None` for none.
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

    async def remove_viewers(self, room: str, begin: str) -> int:
        """Send viewers home whose identities begin in some way. Returns their number.

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
