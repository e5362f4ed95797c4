"""What agents are told in their live sessions: texts to speak, and knowledge."""

import asyncio
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from visavis.core import agents
from visavis.core.identity.principals import Principal
from visavis.errors import RequestError
from visavis.surfaces.agents import wire
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.error_responses import NO_AGENT, NO_ROOMS, TOO_LARGE
from visavis.surfaces.agents.knowledge import is_document, learn
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
    responses=errors(NO_AGENT, NO_ROOMS, TOO_LARGE),
    openapi_extra=_CONTEXT.openapi(),
)
async def add_context(
    agent_code: Code, request: Request, principal: KeyPrincipal, context: Given
) -> wire.Delivered | wire.Learned:
    """Give an agent knowledge for its next answers in its live sessions, or have it say a text.

    A file, a URL and a long text become a document of the agent: it takes answers from it in all its
    sessions, also in those that begin later, and needs no live session for that.
    """
    max_bytes = context.agents.max_document_bytes
    async with _CONTEXT.read(
        request, folder=context.folder, max_bytes=max_bytes, max_json_bytes=wire.MAX_DOCUMENT_CHARS * 6
    ) as sent:
        body = sent.fields
        if is_document(body):
            return await learn(context, principal, agent_code, body)
    if not body.context:
        raise RequestError("context: is missing. Send context, file or url.")
    if body.type == "speak" and len(body.context) > wire.MAX_CONTEXT_CHARS:
        raise RequestError(f"context: at most {wire.MAX_CONTEXT_CHARS} characters can be spoken.")
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
    deadline_s = asyncio.get_running_loop().time() + _TAKEN_WITHIN_S
    while True:
        async with context.database.transaction() as tx:
            count, still_open = await agents.count_taken(tx, principal, numbers)
        if not still_open or asyncio.get_running_loop().time() > deadline_s:
            return count
        await asyncio.sleep(_TAKEN_POLL_S)
