"""What agents are told in their live sessions: texts to speak, and knowledge."""

import asyncio
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from visavis.core import agents
from visavis.core.identity.principals import Principal
from visavis.surfaces.agents import wire
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.error_responses import NO_AGENT, NO_ROOMS
from visavis.surfaces.agents.principals import KeyPrincipal
from visavis.surfaces.shared.bodies import ALL_KINDS, BodyType
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.fields import MAX_TEXT_BYTES

_TAKEN_WITHIN_S: Final = 5.0
_TAKEN_POLL_S: Final = 0.03
_SPEAK: Final = BodyType(wire.SpeakRequest, ALL_KINDS)
_CONTEXT: Final = BodyType(wire.ContextRequest, ALL_KINDS)
_Body = TypeVar("_Body", bound=BaseModel)

router = APIRouter(tags=["Live sessions"])
Code = Annotated[str, Path(description="Code of the agent.", examples=["A12345678"])]


@router.post(
    "/v1/agent/{agent_code}/speak", responses=errors(NO_AGENT, NO_ROOMS), openapi_extra=_SPEAK.openapi()
)
async def speak(
    agent_code: Code, request: Request, principal: KeyPrincipal, context: Given
) -> wire.Delivered:
    """Have an agent say a text in its live sessions: word for word, once, in the order of the requests."""
    body = await _read(_SPEAK, request, context)
    return await _tell(
        context, principal, agent_code, "speak", body.message, body.room_id, now=body.priority == "now"
    )


@router.post(
    "/v1/agent/{agent_code}/add-context",
    responses=errors(NO_AGENT, NO_ROOMS),
    openapi_extra=_CONTEXT.openapi(),
)
async def add_context(
    agent_code: Code, request: Request, principal: KeyPrincipal, context: Given
) -> wire.Delivered:
    """Give an agent knowledge for its next answers in its live sessions, or have it say a text."""
    body = await _read(_CONTEXT, request, context)
    return await _tell(context, principal, agent_code, body.type, body.context, body.room_id)


async def _read(body: BodyType[_Body], request: Request, context: Context) -> _Body:
    async with body.read(
        request, folder=context.folder, max_bytes=MAX_TEXT_BYTES, max_json_bytes=MAX_TEXT_BYTES
    ) as sent:
        return sent.fields


async def _tell(
    context: Context,
    principal: Principal,
    code: str,
    kind: Literal["speak", "add_context"],
    text: str,
    room_id: str,
    **options: Any,
) -> wire.Delivered:
    message = agents.SPEAK if kind == "speak" else agents.CONTEXT
    async with context.database.transaction() as tx:
        agent = await agents.find(tx, principal, code)
        rooms = await agents.live_rooms(tx, principal, agent, room_id=room_id or None)
        numbers = await agents.send(tx, rooms, message, text, **options)
    return wire.Delivered(
        agent_code=code,
        context_type=kind,
        delivered_to_rooms=await _taken(context, principal, numbers),
    )


async def _taken(context: Context, principal: Principal, numbers: list[int]) -> int:
    """Number of rooms that have taken a message, as far as one can wait for them."""
    count = 0
    deadline_s = asyncio.get_running_loop().time() + _TAKEN_WITHIN_S
    while True:
        async with context.database.transaction() as tx:
            count = await agents.taken(tx, principal, numbers)
        if count == len(numbers) or asyncio.get_running_loop().time() > deadline_s:
            return count
        await asyncio.sleep(_TAKEN_POLL_S)
