"""Simli: `livekit-plugins-simli` with `api_url="https://SERVER"`.

The plugin sends the key and the face first, and gets a token for them. It starts the session with that token,
which holds both, encrypted: nothing is kept here.
"""

import json
import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from visavis.core.identity.authentication import authenticate
from visavis.core.identity.principals import Principal
from visavis.core.secret import SEALS, seal, shared_secret, unseal
from visavis.errors import KeyRefusedError, SettingsError
from visavis.surfaces.plugins.error_responses import render_as
from visavis.surfaces.plugins.vendor import (
    AvatarId,
    AvatarRequest,
    Text,
    Vendor,
    Wire,
    json_body,
    read,
    start,
)
from visavis.surfaces.shared.authentication import authenticated, count_request, header
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.external_sessions import ExternalRoom

_PURPOSE: Final = "simli"
_TTL_S: Final = 600
_KEY: Final = header("x-simli-api-key")

router = APIRouter()


class TokenRequest(Wire):
    """A face, as `ID/EMOTION`, and the longest time of the session."""

    faceId: AvatarId  # noqa: N815 - the vendor's name
    maxSessionLength: Annotated[int, Field(ge=1)] | None = None  # noqa: N815


class JoinRequest(Wire):
    """A session to be started."""

    session_token: Text
    livekit_url: Text
    livekit_token: Text


class _Ticket(Wire):
    """What a session token holds."""

    purpose: str
    key: str
    face_id: str
    max_duration_s: int | None
    expires_at: float


_TOKEN_BODY: Final = json_body(TokenRequest)
_JOIN_BODY: Final = json_body(JoinRequest)


@router.post("/compose/token")
async def make_token(
    request: Request,
    _principal: Annotated[Principal, Depends(authenticated(_KEY))],
    key: Annotated[str, Depends(_KEY)],
    context: Given,
) -> dict[str, Any]:
    """Make a token with which a session can be started in the next minutes."""
    async with read(_TOKEN_BODY, request, context) as sent:
        body = sent.fields
    ticket = _Ticket(
        purpose=_PURPOSE,
        key=key,
        face_id=body.faceId.partition("/")[0],
        max_duration_s=body.maxSessionLength,
        expires_at=time.time() + _TTL_S,
    )
    async with context.database.transaction() as tx:
        return {"session_token": seal(await shared_secret(tx, SEALS), ticket.model_dump_json()).decode()}


@router.post("/integrations/livekit/agents")
async def join(request: Request, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_JOIN_BODY, request, context) as sent:
        body = sent.fields
        ticket, principal = await _opened(context, body.session_token)
        room = ExternalRoom(body.livekit_url, body.livekit_token)
        wanted = AvatarRequest(room, ticket.face_id, max_duration_s=ticket.max_duration_s)
        row = await start(context, principal, wanted)
    return {"session_id": row.id}


async def _opened(context: Context, token: str) -> tuple[_Ticket, Principal]:
    """What a token holds, and the principal of its key; the request is counted."""
    async with context.database.transaction() as tx:
        try:
            ticket = _Ticket.model_validate(
                json.loads(unseal(await shared_secret(tx, SEALS), token.encode()))
            )
        except (SettingsError, ValueError) as error:
            raise KeyRefusedError("session_token: it is not valid.") from error
        if ticket.purpose != _PURPOSE or ticket.expires_at < time.time():
            raise KeyRefusedError("session_token: it has expired.")
        principal = await authenticate(tx, ticket.key)
        await count_request(tx, principal, context)
    return ticket, principal


VENDOR: Final = Vendor(
    "simli", ("/compose/token", "/integrations/livekit/agents"), router, render_as("detail")
)
