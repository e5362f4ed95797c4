"""Having an avatar say a text: a data message in its room."""

import asyncio
import json
from typing import Any, Final
from uuid import uuid4

from livekit import rtc
from mcp.server.mcpserver.exceptions import ToolError

_TOPIC: Final = "visavis.speak"
_TIMEOUT_S: Final = 20.0


async def say(livekit_url: str, token: str, text: str) -> None:
    """Join a room, have its avatar say a text, and leave when the avatar has taken it.

    Args:
        livekit_url: URL of the room's server.
        token: Token of a user of the room.
        text: The text.

    Raises:
        ToolError: The room cannot be joined, or the avatar refuses the text or does not answer.
    """
    room, request_id = rtc.Room(), uuid4().hex
    answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    @room.on("data_received")
    def read(packet: rtc.DataPacket) -> None:
        if packet.topic == _TOPIC and not answer.done():
            result = json.loads(packet.data)
            if result.get("id") == request_id:
                answer.set_result(result)

    try:
        async with asyncio.timeout(_TIMEOUT_S):
            await room.connect(livekit_url, token, rtc.RoomOptions(auto_subscribe=False))
            await _avatar_is_there(room)
            message = {"type": "speak", "id": request_id, "text": text}
            await room.local_participant.publish_data(json.dumps(message), reliable=True)
            result = await answer
    except rtc.ConnectError as error:
        raise ToolError("The room of the session cannot be joined. It may have ended: ask for it.") from error
    except TimeoutError as error:
        raise ToolError("The avatar did not answer. Ask for the session: it may have ended.") from error
    finally:
        await room.disconnect()
    if result["status"] != "accepted":
        raise ToolError(f"{result.get('code')}: {result.get('message')}")


async def _avatar_is_there(room: rtc.Room) -> None:
    """Wait for the avatar: messages reach only those who are in the room."""
    joined = asyncio.Event()

    @room.on("participant_connected")
    def _(participant: rtc.RemoteParticipant) -> None:
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            joined.set()

    for each in room.remote_participants.values():
        if each.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            joined.set()
    await joined.wait()
