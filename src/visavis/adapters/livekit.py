"""Room tokens and deletion of rooms, with LiveKit's own client library."""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from livekit import api

from visavis.errors import LiveRoomError
from visavis.ports import RoomServerAddress

_TOKEN_TTL: Final = datetime.timedelta(hours=6)
_TIMEOUT_S: Final = 5.0
_NOT_FOUND: Final = "not_found"
_VIEWERS: Final = ".viewers"  # suffix of the name of a viewers' room
_AVATAR_KIND: Final = "agent"
_GRANTS: Final[dict[str, dict[str, Any]]] = {
    "user": {"can_publish": True, "can_subscribe": True, "can_publish_data": True},
    "viewer": {
        "can_publish": False,
        "can_subscribe": True,
        "can_subscribe_kinds": [_AVATAR_KIND],
        "can_publish_data": False,
    },
    "avatar": {
        "can_publish": True,
        "can_subscribe": True,
        "can_publish_data": True,
        "can_update_own_metadata": True,
        "agent": True,
    },
    "agent": {
        "can_publish": False,
        "can_subscribe": True,
        "can_publish_data": True,
        "can_update_own_metadata": True,
        "agent": True,
    },
}
_ON_BEHALF: Final = "lk.publish_on_behalf"  # what an avatar publishes counts as its agent's
# For the participant who creates the room by joining: viewers synchronize audio and video of a stream.
_ROOM: Final = api.RoomConfiguration(sync_streams=True)
# Viewers can see that this is no person.
_AVATAR_ATTRIBUTES: Final = {"visavis.generated": "true"}


@dataclass
class _Grants(api.VideoGrants):
    """LiveKit's grants, and one of ours: kinds of participants whose tracks may be received."""

    can_subscribe_kinds: list[str] | None = None


class LiveKitRooms:
    """The rooms of one server; see `ports.Rooms`."""

    def __init__(self, server: RoomServerAddress) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            server: Room server.
        """
        self.url, self._server = server.url, server

    def token(self, room: str, identity: str, *, role: str, agent: str | None = None) -> str:
        """Create a token to join a room; see `ports.Rooms`."""
        token = api.AccessToken(self._server.key, self._server.secret).with_ttl(_TOKEN_TTL)
        token = token.with_identity(identity).with_room_config(_ROOM)
        if role == "avatar":
            token = token.with_kind(_AVATAR_KIND).with_attributes(
                _AVATAR_ATTRIBUTES | ({_ON_BEHALF: agent} if agent else {})
            )
        if role == "agent":
            token = token.with_kind(_AVATAR_KIND)
        if role == "viewer":
            room = self.viewers_room(room)
        return token.with_grants(_Grants(room_join=True, room=room, **_GRANTS[role])).to_jwt()

    def viewers_room(self, room: str) -> str:
        """Name of the viewers' room of a room; see `ports.Rooms`."""
        return room if self._server.limits_viewers else room + _VIEWERS

    async def close(self, room: str) -> None:
        """Delete a room, which disconnects everybody; see `ports.Rooms`."""
        async with self._service("close a room") as service:
            for name in {room, self.viewers_room(room)}:
                try:
                    await service.room.delete_room(api.DeleteRoomRequest(room=name))
                except api.TwirpError as error:
                    if error.code != _NOT_FOUND:
                        raise

    async def remove_viewers(self, room: str, begin: str) -> int:
        """Remove viewers by the begin of their identities; see `ports.Rooms`."""
        name, removed = self.viewers_room(room), 0
        async with self._service("remove viewers") as service:
            try:
                found = await service.room.list_participants(api.ListParticipantsRequest(room=name))
                for each in found.participants:
                    if each.identity.startswith(begin):
                        who = api.RoomParticipantIdentity(room=name, identity=each.identity)
                        await service.room.remove_participant(who)
                        removed += 1
            except api.TwirpError as error:
                if error.code != _NOT_FOUND:  # else they have left
                    raise
        return removed

    async def open_rooms(self) -> set[str]:
        """Names of the rooms that exist; see `ports.Rooms`."""
        async with self._service("list its rooms") as service:
            answer = await service.room.list_rooms(api.ListRoomsRequest())
        return {room.name.removesuffix(_VIEWERS) for room in answer.rooms}

    @contextlib.asynccontextmanager
    async def _service(self, what: str) -> AsyncIterator[api.LiveKitAPI]:
        """The API of the server; every failure becomes a `LiveRoomError`."""
        address = self.url.replace("ws", "http", 1)
        try:
            async with (
                asyncio.timeout(_TIMEOUT_S),
                api.LiveKitAPI(address, self._server.key, self._server.secret) as service,
            ):
                yield service
        except api.TwirpError as error:
            raise LiveRoomError(f"The room server refused to {what} ({error.code}).") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise LiveRoomError("The room server cannot be reached.") from error
