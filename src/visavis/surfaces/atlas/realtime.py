"""Live sessions: opening, watching, changing, ending; and joining rooms of others."""

import asyncio
import secrets
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from visavis.core import leases, sessions, transcripts
from visavis.core.billing import money
from visavis.core.identity.principals import Principal
from visavis.core.schema import Session
from visavis.errors import (
    InputError,
    SessionEndedError,
    SessionMissingError,
)
from visavis.ports.conversation import ConversationConfig
from visavis.surfaces.atlas import documented, error_responses, live_wire
from visavis.surfaces.atlas.agents import agent_of
from visavis.surfaces.atlas.conversations import read_conversation, read_speech
from visavis.surfaces.atlas.principals import (
    KeyPrincipal,
    PollingPrincipal,
    SessionPrincipal,
    UncountedPrincipal,
    count,
)
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.bodies import ALL_KINDS, BodyType, SentBody
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.external_sessions import ExternalRoom, open_external
from visavis.surfaces.shared.fields import MAX_TEXT_BYTES
from visavis.surfaces.shared.sent_faces import AVATAR, rig_of_request

_APPLY_WITHIN_S: Final = 3.0
_APPLY_POLL_S: Final = 0.05
_ID_BYTES: Final = 6
_BASE64_GROWTH: Final = 4 / 3

_SESSION: Final = BodyType(live_wire.SessionRequest, ALL_KINDS)
_SWAP: Final = BodyType(live_wire.SwapRequest, ALL_KINDS)
_EXTERNAL: Final = BodyType(live_wire.ExternalRequest, ALL_KINDS, missing=InputError)
_Body = TypeVar("_Body", bound=BaseModel)

router = APIRouter(tags=["Realtime"])
SessionId = Annotated[str, Path(description="As the creation gave it.", examples=[live_wire.SESSION_ID])]


@router.post(
    "/v1/realtime/session",
    responses=documented.errors(*documented.SESSION),
    openapi_extra=_SESSION.openapi(),
)
async def create(request: Request, principal: SessionPrincipal, context: Given) -> live_wire.Created:
    """Open a live session. The avatar is in the room by the time a client has joined it.

    In the mode `passthrough`, the avatar says what it hears. In the mode `conversation`, it listens and
    answers. `voice` and `language` count in both: data messages `{"type": "speak", "text": "…"}` in the room
    are spoken with them.

    Without a face the built-in one is shown. A session is idle while nobody but the avatar is in its room, or
    nobody there has an open microphone; after `idle_timeout` seconds of that it ends.
    """
    async with _read(_SESSION, request, context) as sent:
        return await _create(principal, context, sent.fields)


async def _create(
    principal: Principal, context: Context, body: live_wire.SessionRequest
) -> live_wire.Created:
    agent = await agent_of(context, principal, body) if body.agent_id else None
    body = body if agent is None else agent.completed(body)
    is_conversation = body.mode == sessions.CONVERSATION
    conversation: ConversationConfig | None
    if is_conversation:
        conversation = await read_conversation(context, principal, body)
    else:
        conversation = await read_speech(context, body)
    await _refuse_when_full(context)
    rig = await _face_of(context, principal, body) or (agent.rig_id if agent else None)
    rig = rig or await faces.default_rig(context, principal)
    live = context.live
    wanted = sessions.NewSession(
        mode=body.mode,
        livekit_url=context.rooms.url,
        rig_id=rig,
        idle_timeout_s=sessions.clamp_idle(body.idle_timeout),
        max_duration_s=live.max_duration_s,
        price_per_hour_micros=money.from_usd(
            live.conversation_price_per_hour_usd if is_conversation else live.price_per_hour_usd
        ),
        room_prefix=live_wire.ROOM_PREFIX,
        conversation=agent.spoken(conversation) if agent else conversation,
        agent_id=agent.id if agent else None,
    )
    async with context.database.transaction() as tx:
        row = await sessions.open_session(tx, principal, wanted)
    token = context.rooms.token(row.room, f"user-{secrets.token_hex(_ID_BYTES)}", role="user")
    return live_wire.created(row, token)


@router.post("/v1/realtime/session/{session_id}/viewer", responses=documented.errors(*documented.VIEWER))
async def view(session_id: SessionId, principal: KeyPrincipal, context: Given) -> live_wire.Viewer:
    """A token that can watch and hear the avatar, and neither be seen nor heard nor send data."""
    async with context.database.transaction() as tx:
        row = await sessions.find_active(tx, principal, session_id)
    viewer = f"viewer-{secrets.token_hex(_ID_BYTES)}"
    return live_wire.Viewer(
        session_id=row.id,
        viewer_id=viewer,
        role="viewer",
        livekit_url=row.livekit_url,
        token=context.rooms.token(row.room, viewer, role="viewer"),
        room=row.room,
    )


@router.get(
    "/v1/realtime/session/{session_id}",
    responses=documented.errors(*documented.GENERAL, error_responses.NO_SESSION),
)
async def get(session_id: SessionId, principal: PollingPrincipal, context: Given) -> live_wire.SessionAnswer:
    """A session: how it is, since when, and why it ended. Its clock runs from the avatar's appearance."""
    async with context.database.transaction() as tx:
        row = await sessions.find(tx, principal, session_id)
        said = await transcripts.of_session(tx, row) if sessions.keeps_transcript(row) else None
    return live_wire.session_answer(row, said)


@router.patch(
    "/v1/realtime/session/{session_id}",
    responses=documented.errors(*documented.SWAP),
    openapi_extra=_SWAP.openapi(),
)
async def swap(
    session_id: SessionId, request: Request, principal: SessionPrincipal, context: Given
) -> live_wire.Swapped:
    """Give a running session another face, without a break. `metadata_pushed`: the room has been told."""
    live = context.live
    async with context.database.transaction() as tx:
        row = await sessions.find_active(tx, principal, session_id)
    async with _read(_SWAP, request, context) as sent:
        rig = await _face_of(context, principal, sent.fields, takes_urls=live.allow_swap_urls)
    if rig is None:
        raise InputError("Missing required fields: face.")
    async with context.database.transaction() as tx:
        number = await sessions.swap_face(tx, principal, row.id, rig, max_per_minute=live.swaps_per_minute)
    pushed = await _is_applied(context, row, number)
    return live_wire.Swapped(
        session_id=row.id,
        status="active",
        face_updated=True,
        metadata_pushed=pushed,
        message="Face updated successfully.",
    )


@router.delete("/v1/realtime/session/{session_id}", responses=documented.errors(*documented.END))
async def end(session_id: SessionId, principal: UncountedPrincipal, context: Given) -> live_wire.Ended:
    """End a session: its room is closed, and what it cost is final. Never refused for too many requests."""
    try:
        async with context.database.transaction() as tx:
            row = await sessions.end_by_key(tx, principal, session_id)
    except (SessionMissingError, SessionEndedError):
        await count(context, principal)  # ends nothing that is billed: a request like any other
        raise
    return live_wire.ended(row)


@router.post(
    "/v1/avatar/session",
    responses=documented.errors(*documented.EXTERNAL),
    openapi_extra=_EXTERNAL.openapi(),
)
async def join(request: Request, principal: SessionPrincipal, context: Given) -> live_wire.Joined:
    """Let an avatar join a room of yours, with a token of yours.

    The token should be of kind `agent` and carry the attribute `lk.publish_on_behalf`, as LiveKit's avatar
    plugins make it. Sound comes from that agent by data stream, or else from whoever speaks in the room.
    """
    async with _read(_EXTERNAL, request, context) as sent:
        return await _join(principal, context, sent.fields)


async def _join(principal: Principal, context: Context, body: live_wire.ExternalRequest) -> live_wire.Joined:
    faces_sent = {
        "avatar_image": body.avatar_image,
        "image": body.image,
        "avatar_image_url": body.avatar_image_url,
        AVATAR: body.avatar_id,
    }

    async def find_rig() -> str:
        rig = await rig_of_request(context, principal, faces_sent, url_field="avatar_image_url")
        return rig or await faces.default_rig(context, principal)

    room = ExternalRoom(body.livekit_url, body.livekit_token, body.room_name)
    row = await open_external(context, principal, room, find_rig)
    return live_wire.Joined(session_id=row.id, status="ok")


async def _refuse_when_full(context: Context) -> None:
    """Say so before a face is taken apart for nothing."""
    async with context.database.transaction() as tx:
        await leases.refuse_when_full(tx)


async def _is_applied(context: Context, row: Session, number: int) -> bool:
    """Whether the avatar has changed its face, as far as one can wait for that."""
    try:
        async with asyncio.timeout(_APPLY_WITHIN_S):
            while True:
                async with context.database.transaction() as tx:
                    if await sessions.applied(tx, row) >= number:
                        return True
                await asyncio.sleep(_APPLY_POLL_S)
    except TimeoutError:
        return False


async def _face_of(
    context: Context,
    principal: Principal,
    body: live_wire.SessionRequest | live_wire.SwapRequest,
    *,
    takes_urls: bool = True,
) -> str | None:
    sent = {"face": body.face, "face_url": body.face_url, AVATAR: body.avatar_id}
    return await rig_of_request(context, principal, sent, url_field="face_url", takes_urls=takes_urls)


def _read(
    body: BodyType[_Body], request: Request, context: Context
) -> AbstractAsyncContextManager[SentBody[_Body]]:
    max_bytes = context.requests.max_face_bytes
    max_json_bytes = int(max_bytes * _BASE64_GROWTH) + MAX_TEXT_BYTES
    return body.read(request, folder=context.folder, max_bytes=max_bytes, max_json_bytes=max_json_bytes)
