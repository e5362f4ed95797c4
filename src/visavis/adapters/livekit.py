"""Tokens for rooms and their end, by LiveKit's own client library."""

import asyncio
import datetime
from typing import Any, Final

import aiohttp
from livekit import api

from visavis.errors import LiveRoomError
from visavis.ports import RoomServer

_TOKEN_LIFE: Final = datetime.timedelta(hours=6)
_TIMEOUT_S: Final = 5.0
_NOT_FOUND: Final = "not_found"
_GRANTS: Final[dict[str, dict[str, Any]]] = {
    "user": {"can_publish": True, "can_subscribe": True, "can_publish_data": True},
    "viewer": {"can_publish": False, "can_subscribe": True, "can_publish_data": False},
    "avatar": {
        "can_publish": True,
        "can_subscribe": True,
        "can_publish_data": True,
        "can_update_own_metadata": True,
        "agent": True,
    },
}
# For whoever comes first and thereby makes the room: viewers hold sound and picture of one stream together.
_ROOM: Final = api.RoomConfiguration(sync_streams=True)
# Who sees the avatar can tell that no person is speaking.
_AVATAR_ATTRIBUTES: Final = {"visavis.generated": "true"}


class LiveKitRooms:
    """The rooms of one server."""

    def __init__(self, server: RoomServer) -> None:
        """Prepare; nothing is connected.

        Args:
            server: Whose rooms.
        """
        self.url, self._server = server.url, server

    def token(self, room: str, identity: str, *, role: str) -> str:
        """A token to join a room with; see `ports.Rooms`."""
        token = api.AccessToken(self._server.key, self._server.secret).with_ttl(_TOKEN_LIFE)
        token = token.with_identity(identity).with_room_config(_ROOM)
        if role == "avatar":
            token = token.with_kind("agent").with_attributes(_AVATAR_ATTRIBUTES)
        return token.with_grants(api.VideoGrants(room_join=True, room=room, **_GRANTS[role])).to_jwt()

    async def close(self, room: str) -> None:
        """Send everybody home; see `ports.Rooms`."""
        address = self.url.replace("ws", "http", 1)
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                async with api.LiveKitAPI(address, self._server.key, self._server.secret) as service:
                    await service.room.delete_room(api.DeleteRoomRequest(room=room))
        except api.TwirpError as error:
            if error.code != _NOT_FOUND:
                raise LiveRoomError(f"The room server refuses to close a room ({error.code}).") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise LiveRoomError("The room server cannot be reached.") from error
