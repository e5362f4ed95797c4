"""Rooms of others: the room server of a test's server, with the key and secret that its owner has."""

from livekit import api

from tests.support.server import Server
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.parts import room_server
from visavis.core.database import Database
from visavis.ports import RoomServerAddress
from visavis.settings import Settings


async def rooms_of(server: Server) -> RoomServerAddress:
    """The room server of a server, as its owner knows it."""
    env = server.env
    if "LIVEKIT_URL" in env:
        return RoomServerAddress(env["LIVEKIT_URL"], env["LIVEKIT_API_KEY"], env["LIVEKIT_API_SECRET"])
    database = Database(server.database_url)
    try:
        return await room_server(Installation.of(Settings(), server.data), database, public=False)
    finally:
        await database.close()


def agent_token(server: RoomServerAddress, room: str, identity: str, **attributes: str) -> str:
    """A token for an agent or an avatar, as agents make it."""
    made = api.AccessToken(server.key, server.secret).with_identity(identity)
    made = made.with_kind("agent").with_attributes(attributes)
    return made.with_grants(api.VideoGrants(room_join=True, room=room)).to_jwt()
