"""Atmee: `livekit-plugins-atmee`. `ATMEE_API_URL` is the address of the server."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.types import Scope

from visavis.core import sessions
from visavis.core.identity.principals import Principal
from visavis.core.schema import Session
from visavis.surfaces.plugins.vendor import AvatarRequest, Text, Vendor, Wire, end, json_body, read, start
from visavis.surfaces.shared.authentication import authenticated, header
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.errors import render_flat
from visavis.surfaces.shared.external_sessions import ExternalRoom, identity_of

_ACCEPTED: Final = 202
_START: Final = "/avatar_sessions"

router = APIRouter()
KeyPrincipal = Annotated[Principal, Depends(authenticated(header("X-Api-Key")))]


class SessionRequest(Wire):
    """A session to be started."""

    livekitUrl: Text  # noqa: N815 - the vendor's name
    livekitToken: Text  # noqa: N815
    agentIdentity: Text | None = None  # noqa: N815
    maxDurationSeconds: Annotated[int, Field(ge=1)] | None = None  # noqa: N815


_BODY: Final = json_body(SessionRequest)


@router.post("/v1/avatars/{avatar_id}/avatar_sessions", status_code=_ACCEPTED)
async def create(avatar_id: str, request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        body = sent.fields
        room = ExternalRoom(body.livekitUrl, body.livekitToken)
        wanted = AvatarRequest(room, avatar_id, max_duration_s=body.maxDurationSeconds)
        row = await start(context, principal, wanted)
    return _state(row) | {
        "status": "initializing",
        "avatarParticipantIdentity": identity_of(room.token),
        "agentIdentity": body.agentIdentity or "",
    }


@router.get("/v1/avatar_sessions/{session_id}")
async def get(session_id: str, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """A session."""
    async with context.database.transaction() as tx:
        return _state(await sessions.find(tx, principal, session_id))


@router.post("/v1/avatar_sessions/{session_id}/end")
async def end_session(session_id: str, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """End a session; one that has ended stays ended."""
    was_active = await end(context, principal, session_id)
    return {"sessionId": session_id, "status": "ended", "alreadyEnded": not was_active}


def _state(row: Session) -> dict[str, Any]:
    return {
        "sessionId": row.id,
        "status": row.status,
        "roomName": row.room,
        "maxDurationSeconds": row.max_duration_s or 0,
        "billingMode": "per_second",
    }


def _claims(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith("/v1/avatar_sessions/") or path.endswith(_START)


VENDOR: Final = Vendor("atmee", ("/v1/avatars/", "/v1/avatar_sessions/"), router, render_flat, claims=_claims)
