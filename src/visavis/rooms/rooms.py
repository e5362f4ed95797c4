"""All rooms of this process."""

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
        means: What participants share.
        empty_timeout_s: Time after which a room is closed that nobody joins, unless the room sets another.
        departure_timeout_s: The same after the last participant left.
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
        """Check that a room can be joined with a token.

        A room that a backend deleted stays deleted for all tokens from before the deletion: they do not
        create it again.

        Raises:
            NotAllowedError: The room was deleted.
            RoomLimitError: The room is full, or there are too many rooms.
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
        """Admit a client to the room of its token; the room is created if it does not exist.

        Raises:
            NotAllowedError: The room was deleted.
            RoomLimitError: The room is full, or there are too many rooms.
            WireError: The name of the room is too long.
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
        """Find a room by name; create it if it does not exist.

        Raises:
            RoomLimitError: There are too many rooms.
            WireError: The name or the metadata are too long.
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
        """Find a room.

        Raises:
            NotThereError: There is no room with this name.
        """
        room = self._rooms.get(name)
        if room is None:
            raise NotThereError("requested room does not exist")
        return room

    def named(self, names: list[str]) -> list[Room]:
        """List the rooms with these names; all rooms if `names` is empty."""
        return [room for name, room in self._rooms.items() if not names or name in names]

    def delete(self, name: str) -> None:
        """Close a room and refuse earlier tokens for it, even if nobody has joined it yet.

        Raises:
            NotThereError: There is no room with this name.
        """
        self._deleted.pop(name, None)  # newest last
        self._deleted[name] = int(time.time())
        while len(self._deleted) > self._means.limits.deleted_rooms:
            del self._deleted[next(iter(self._deleted))]
        room = self.find(name)
        del self._rooms[name]
        room.close(DisconnectReason.ROOM_DELETED)

    def close(self) -> None:
        """Close all rooms."""
        for room in self._rooms.values():
            room.close(DisconnectReason.SERVER_SHUTDOWN)
        self._rooms.clear()

    def tick(self) -> None:
        """Do what is due. Call it every few ten milliseconds."""
        now_s = self._means.clock()
        for name, room in list(self._rooms.items()):
            room.tick()
            timeout_s = room.info.departure_timeout if room.was_joined else room.info.empty_timeout
            if room.empty_since_s is not None and now_s - room.empty_since_s > timeout_s:
                del self._rooms[name]
                log.info("rooms_closed", room=room.info.sid)
