"""Anva: `livekit-plugins-anva`. `ANVA_API_URL` is the address of the server."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from visavis.core.identity.principals import Principal
from visavis.errors import RequestError
from visavis.surfaces.plugins.error_responses import answer
from visavis.surfaces.plugins.vendor import (
    AvatarId,
    AvatarRequest,
    Text,
    Vendor,
    Wire,
    end,
    json_body,
    read,
    start,
)
from visavis.surfaces.shared.authentication import authenticated, bearer
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.errors import ErrorResponse
from visavis.surfaces.shared.external_sessions import ExternalRoom

_CREATED: Final = 201

router = APIRouter(prefix="/api/v2/sessions")
KeyPrincipal = Annotated[
    Principal, Depends(authenticated(bearer("Set ANVA_API_KEY to an API key of this server.")))
]


class Room(Wire):
    """The room."""

    url: Text
    token: Text


class SessionRequest(Wire):
    """A session to be started."""

    livekit: Room
    avatar_id: AvatarId | None = None
    preset_id: AvatarId | None = None
    max_duration_seconds: Annotated[int, Field(ge=1)] | None = None


_BODY: Final = json_body(SessionRequest)


@router.post("", status_code=_CREATED)
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        body = sent.fields
        avatar_id = body.avatar_id or body.preset_id
        if avatar_id is None:
            raise RequestError("Send avatar_id or preset_id.")
        room = ExternalRoom(body.livekit.url, body.livekit.token)
        wanted = AvatarRequest(room, avatar_id, max_duration_s=body.max_duration_seconds)
        row = await start(context, principal, wanted)
    return {"session_id": row.id, "status": row.status, "livekit": {"url": row.livekit_url, "room": row.room}}


@router.delete("/{session_id}")
async def delete(session_id: str, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """End a session; one that has ended stays ended."""
    await end(context, principal, session_id)
    return {"session_id": session_id, "status": "ended"}


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    body = {"error": {"code": response.code, "message": message}}
    return answer(response.status, body, retry_after_s)


VENDOR: Final = Vendor("anva", ("/api/v2/sessions",), router, _render)
