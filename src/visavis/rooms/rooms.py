"""All rooms of this process: made, found, deleted."""

import time

import structlog
from livekit.protocol.models import Codec, DisconnectReason
from livekit.protocol.models import Room as RoomInfo

from visavis.errors import NotAllowedError, NotThereError, RoomLimitError, WireError
from visavis.rooms.arrival import Arrival, RoomContext
from visavis.rooms.participant import Participant
from visavis.rooms.peer import random_text
from visavis.rooms.room import Room
from visavis.rooms.tokens import Grants
from visavis.rooms.wire.codecs import CODECS

log = structlog.get_logger()


class RoomRegistry:
    """All rooms of this process.

    Args:
        means: What participants are made with.
        empty_timeout_s: A room that nobody has joined is closed after so long, if it does not say otherwise.
        departure_timeout_s: The same after the last one has left.
    """

    def __init__(
        self, means: RoomContext, *, empty_timeout_s: int = 300, departure_timeout_s: int = 20
    ) -> None:
        self._means = means
        self._empty_timeout_s = empty_timeout_s
        self._departure_timeout_s = departure_timeout_s
        self._rooms: dict[str, Room] = {}
        self._deleted: dict[str, int] = {}

    def require_place(self, grants: Grants) -> None:
        """Go on only if a room can be joined with a token.

        A room that a backend has deleted stays so for all who have their token from before, and is not made
        anew by them.

        Raises:
            NotAllowedError: The room was deleted.
            RoomLimitError: The room is full, or there are enough rooms.
        """
        room = self._rooms.get(grants.room)
        if room is not None:
            room.require_place(grants.identity)
        elif grants.issued_at_s <= self._deleted.get(grants.room, -1):
            raise NotAllowedError("The room was deleted.")
        else:
            self._require_room_left()

    def _require_room_left(self) -> None:
        limit = self._means.limits.rooms
        if len(self._rooms) >= limit:
            raise RoomLimitError(f"The server has its maximum of {limit} rooms.")

    def join(self, grants: Grants, arrival: Arrival) -> tuple[Room, Participant]:
        """Let somebody into the room of its token, which is made if it is not there.

        Raises:
            NotAllowedError: The room was deleted.
            RoomLimitError: The room is full, or there are enough rooms.
            WireError: The room's name is too long.
        """
        self.require_place(grants)
        room = self.create(grants.room)
        return room, room.join(grants, arrival)

    def create(
        self,
        name: str,
        *,
        empty_timeout_s: int = 0,
        departure_timeout_s: int = 0,
        max_participants: int = 0,
        metadata: str = "",
    ) -> Room:
        """The room of that name, made if it is not there.

        Raises:
            RoomLimitError: There are enough rooms.
            WireError: Name or metadata are too long.
        """
        if name in self._rooms:
            return self._rooms[name]
        limits = self._means.limits
        self._require_room_left()
        if len(name) > 256 or len(metadata) > limits.attribute_bytes:
            raise WireError("The room's name or metadata is too long.")
        now_ms = time.time_ns() // 1_000_000
        info = RoomInfo(
            sid=f"RM_{random_text(12)}",
            name=name,
            empty_timeout=empty_timeout_s or self._empty_timeout_s,
            departure_timeout=departure_timeout_s or self._departure_timeout_s,
            max_participants=max_participants,
            creation_time=now_ms // 1000,
            creation_time_ms=now_ms,
            metadata=metadata,
            enabled_codecs=[Codec(mime=codec.mime) for codec in CODECS],
        )
        self._deleted.pop(name, None)
        room = self._rooms[name] = Room(info, self._means)
        log.info("rooms_created", room=info.sid)
        return room

    def find(self, name: str) -> Room:
        """A room.

        Raises:
            NotThereError: There is none of that name.
        """
        room = self._rooms.get(name)
        if room is None:
            raise NotThereError("requested room does not exist")
        return room

    def named(self, names: list[str]) -> list[Room]:
        """Rooms of these names; all if none is given."""
        return [room for name, room in self._rooms.items() if not names or name in names]

    def delete(self, name: str) -> None:
        """Close a room, and let nobody in again with a token from before, also where nobody is in it yet.

        Raises:
            NotThereError: There is none of that name.
        """
        self._deleted.pop(name, None)  # the newest stand last
        self._deleted[name] = int(time.time())
        while len(self._deleted) > self._means.limits.deleted_rooms:
            del self._deleted[next(iter(self._deleted))]
        room = self.find(name)
        del self._rooms[name]
        room.close(DisconnectReason.ROOM_DELETED)

    def close(self) -> None:
        """Close all: the server stops."""
        for room in self._rooms.values():
            room.close(DisconnectReason.SERVER_SHUTDOWN)
        self._rooms.clear()

    def tick(self) -> None:
        """To be called every few ten milliseconds."""
        now_s = self._means.clock()
        for name, room in list(self._rooms.items()):
            room.tick()
            timeout_s = room.info.departure_timeout if room.was_joined else room.info.empty_timeout
            if room.empty_since_s is not None and now_s - room.empty_since_s > timeout_s:
                del self._rooms[name]
                log.info("rooms_closed", room=room.info.sid)
