"""Live sessions: opening, watching, changing, ending; and joining rooms of others."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request

from visavis.core import leases, sessions
from visavis.core.identity.principals import Principal
from visavis.core.schema import Session
from visavis.core.secret import SEALS, seal, shared_secret
from visavis.core.urls import ROOMS, parse_url
from visavis.errors import (
    ConversationDisabledError,
    InputError,
    RequestError,
    SessionEndedError,
    SessionMissingError,
    SessionModeError,
    UrlError,
)
from visavis.surfaces.atlas import documented, error_responses, live_wire, sent_faces
from visavis.surfaces.atlas.caller import (
    Caller,
    PollingCaller,
    SessionCaller,
    UncountedCaller,
    count,
)
from visavis.surfaces.atlas.sent_faces import rig_of_request
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.bodies import MAX_TEXT_BYTES
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.uploads import Form, UploadedFile, read_form

_MODES: Final = (sessions.PASSTHROUGH, sessions.CONVERSATION)
_OBEY_WITHIN_S: Final = 3.0
_OBEY_LOOK_S: Final = 0.05
_ID_BYTES: Final = 6
_MAX_CHARS: Final = 4096  # of an address, a token or a name
_BASE64_GROWTH: Final = 4 / 3
_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")

router = APIRouter(tags=["Realtime"])
SessionId = Annotated[str, Path(description="As the creation gave it.", examples=[live_wire.SESSION_ID])]


@router.post(
    "/v1/realtime/session",
    responses=documented.errors(*documented.SESSION),
    openapi_extra=documented.SESSION_BODY,
)
async def create(request: Request, caller: SessionCaller, context: Given) -> live_wire.Created:
    """Open a live session. The avatar is in the room by the time a client has joined it.

    Without a face the built-in one is shown. A session is idle while nobody but the avatar is in its room, or
    nobody there has an open microphone; after `idle_timeout` seconds of that it ends.
    """
    async with _read(request, context, {"face"}) as form:
        return await _create(caller, context, form.fields, form.files.get("face"))


async def _create(
    caller: Principal,
    context: Context,
    fields: Mapping[str, Any],
    face: UploadedFile | None,
) -> live_wire.Created:
    mode = _word(fields, "mode") or sessions.PASSTHROUGH
    if mode not in _MODES:
        raise SessionModeError('mode must be "passthrough" or "conversation".')
    if mode == sessions.CONVERSATION:
        raise ConversationDisabledError(
            "Conversation mode is restricted. Use passthrough unless your key is allowlisted."
        )
    idle_timeout_s = sessions.clamp_idle(_whole(fields, "idle_timeout", 300))
    await _refuse_when_full(context)
    rig = await rig_of_request(context, caller, sent_faces.SESSION, fields, face)
    rig = rig or await faces.default_rig(context, caller)
    live = context.live
    wanted = sessions.NewSession(
        mode=mode,
        livekit_url=context.rooms.url,
        rig_id=rig,
        idle_timeout_s=idle_timeout_s,
        max_duration_s=live.max_duration_s,
        price_per_hour_micros=live.price_per_hour_micros,
        room_prefix=live_wire.ROOM_PREFIX,
    )
    async with context.database.transaction() as tx:
        row = await sessions.open_session(tx, caller, wanted)
    token = context.rooms.token(row.room, f"user-{secrets.token_hex(_ID_BYTES)}", role="user")
    return live_wire.created(row, token)


@router.post("/v1/realtime/session/{session_id}/viewer", responses=documented.errors(*documented.VIEWER))
async def view(session_id: SessionId, caller: Caller, context: Given) -> live_wire.Viewer:
    """A token that can watch and hear the avatar, and neither be seen nor heard nor send data."""
    async with context.database.transaction() as tx:
        row = await sessions.find_active(tx, caller, session_id)
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
async def get(session_id: SessionId, caller: PollingCaller, context: Given) -> live_wire.SessionAnswer:
    """A session: how it is, since when, and why it ended. Its clock runs from the avatar's appearance."""
    async with context.database.transaction() as tx:
        row = await sessions.find(tx, caller, session_id)
    return live_wire.session_answer(row)


@router.patch(
    "/v1/realtime/session/{session_id}",
    responses=documented.errors(*documented.SWAP),
    openapi_extra=documented.SWAP_BODY,
)
async def swap(
    session_id: SessionId, request: Request, caller: SessionCaller, context: Given
) -> live_wire.Swapped:
    """Give a running session another face, without a break. `metadata_pushed`: the room has been told."""
    live = context.live
    async with context.database.transaction() as tx:
        row = await sessions.find_active(tx, caller, session_id)
    async with _read(request, context, {"face"}) as form:
        rig = await _other_face(context, caller, form.fields, form.files.get("face"))
    async with context.database.transaction() as tx:
        number = await sessions.swap_face(tx, caller, row.id, rig, max_per_minute=live.swaps_per_minute)
    pushed = await _is_obeyed(context, row, number)
    return live_wire.Swapped(
        session_id=row.id,
        status="active",
        face_updated=True,
        metadata_pushed=pushed,
        message="Face updated successfully.",
    )


@router.delete("/v1/realtime/session/{session_id}", responses=documented.errors(*documented.END))
async def end(session_id: SessionId, caller: UncountedCaller, context: Given) -> live_wire.Ended:
    """End a session: its room is closed, and what it cost is final. Never refused for too many requests."""
    try:
        async with context.database.transaction() as tx:
            row = await sessions.end_by_key(tx, caller, session_id)
    except (SessionMissingError, SessionEndedError):
        await count(context, caller)  # ends nothing that is billed: a request like any other
        raise
    return live_wire.ended(row)


@router.post(
    "/v1/avatar/session",
    responses=documented.errors(*documented.EXTERNAL),
    openapi_extra=documented.EXTERNAL_BODY,
)
async def join(request: Request, caller: SessionCaller, context: Given) -> live_wire.Joined:
    """Let an avatar join a room of yours, with a token of yours.

    The token should be of kind `agent` and carry the attribute `lk.publish_on_behalf`, as LiveKit's avatar
    plugins make it. Sound comes from that agent by data stream, or else from whoever speaks in the room.
    """
    async with _read(request, context, {"avatar_image"}) as form:
        return await _join(caller, context, form.fields, form.files.get("avatar_image"))


async def _join(
    caller: Principal, context: Context, fields: Mapping[str, Any], image: UploadedFile | None
) -> live_wire.Joined:
    names = ("livekit_url", "livekit_token", "room_name")
    url, token, room = (_word(fields, name) for name in names)
    if url is None or token is None or room is None:
        missing = [name for name, word in zip(names, (url, token, room), strict=True) if word is None]
        raise InputError(f"Missing required fields: {', '.join(missing)}.")
    url = await _checked_room(context, url, token)
    await _refuse_when_full(context)
    rig = await rig_of_request(context, caller, sent_faces.EXTERNAL, fields, image)
    rig = rig or await faces.default_rig(context, caller)
    live = context.live
    async with context.database.transaction() as tx:
        sealed = seal(await shared_secret(tx, SEALS), token)
        wanted = sessions.NewSession(
            mode=sessions.EXTERNAL,
            livekit_url=url,
            rig_id=rig,
            idle_timeout_s=live.external_idle_s,
            max_duration_s=live.max_duration_s,
            price_per_hour_micros=live.price_per_hour_micros,
            room=room,
            sealed_token=sealed,
        )
        row = await sessions.open_session(tx, caller, wanted)
    return live_wire.Joined(session_id=row.id, status="ok")


async def _checked_room(context: Context, url: str, token: str) -> str:
    """The address of a room server that would let an avatar in."""
    server = parse_url(url, "livekit_url", schemes=ROOMS)
    if "?" in server.target:
        raise UrlError("livekit_url must not have a query.")
    return await context.check_room(server, token)


async def _refuse_when_full(context: Context) -> None:
    """Say so before a face is taken apart for nothing."""
    async with context.database.transaction() as tx:
        await leases.refuse_when_full(tx)


async def _is_obeyed(context: Context, row: Session, number: int) -> bool:
    """Whether the avatar has changed its face, as far as one can wait for that."""
    try:
        async with asyncio.timeout(_OBEY_WITHIN_S):
            while True:
                async with context.database.transaction() as tx:
                    if await sessions.applied(tx, row) >= number:
                        return True
                await asyncio.sleep(_OBEY_LOOK_S)
    except TimeoutError:
        return False


async def _other_face(
    context: Context, caller: Principal, fields: Mapping[str, Any], face: UploadedFile | None
) -> str:
    takes_urls = context.live.swap_takes_urls
    rig = await rig_of_request(context, caller, sent_faces.SESSION, fields, face, takes_urls=takes_urls)
    if rig is None:
        raise InputError("Missing required fields: face.")
    return rig


def _read(request: Request, context: Context, files: set[str]) -> AbstractAsyncContextManager[Form]:
    face_max_bytes = context.live.max_face_bytes
    return read_form(
        request,
        files=frozenset(files),
        folder=context.folder,
        max_bytes=face_max_bytes,
        json_max_bytes=int(face_max_bytes * _BASE64_GROWTH) + MAX_TEXT_BYTES,
    )


def _word(fields: Mapping[str, Any], name: str, *, max_chars: int | None = _MAX_CHARS) -> str | None:
    """A text of the request; nothing if it is not there, null or empty."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RequestError(f"{name}: must be text.")
    if max_chars is not None and len(value) > max_chars:
        raise RequestError(f"{name}: must have at most {max_chars} characters.")
    return value.strip()


def _whole(fields: Mapping[str, Any], name: str, default: int) -> int:
    value = fields.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError(f"{name}: must be a whole number of seconds.")
    return value
