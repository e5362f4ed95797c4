"""Tools of a conversation: web addresses and remote procedures of the user's client."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from livekit import rtc
from livekit.agents import llm

from visavis.errors import VisavisError
from visavis.ports import ConversationTool

_MAX_RESULT: Final = 16_000  # characters
_FAILED: Final = json.dumps({"error": "The tool did not answer."})

_log = structlog.get_logger()

CallAddress = Callable[[str, bytes, float], Awaitable[str]]
"""Posts a body of JSON to an address, within a time, and gives what it answers."""


def make_tool(
    wanted: ConversationTool, room: rtc.Room, call_address: CallAddress, find_user: Callable[[], str | None]
) -> llm.RawFunctionTool[Any, Any]:
    """A tool that the language model can call.

    Args:
        wanted: What it is.
        room: The room, for remote procedures.
        call_address: Calls a web address.
        find_user: Identity of the user whose client is called.
    """

    async def call(raw_arguments: dict[str, object]) -> str:
        try:
            async with asyncio.timeout(wanted.timeout_s):
                if wanted.url is not None:
                    body = json.dumps({"tool": wanted.name, "arguments": raw_arguments}).encode()
                    result = await call_address(wanted.url, body, wanted.timeout_s)
                else:
                    result = await _call_client(wanted, room, find_user(), raw_arguments)
        except (TimeoutError, VisavisError, rtc.RpcError, OSError) as error:
            _log.warning("tool_failed", reason=type(error).__name__)
            return _FAILED
        return result[:_MAX_RESULT]

    schema: dict[str, Any] = {
        "name": wanted.name,
        "description": wanted.description,
        "parameters": wanted.parameters or {"type": "object", "properties": {}},
    }
    return llm.function_tool(call, raw_schema=schema)


async def _call_client(
    wanted: ConversationTool, room: rtc.Room, user: str | None, arguments: dict[str, object]
) -> str:
    if user is None:
        raise TimeoutError
    return await room.local_participant.perform_rpc(
        destination_identity=user,
        method=wanted.name,
        payload=json.dumps(arguments),
        response_timeout=wanted.timeout_s,
    )
