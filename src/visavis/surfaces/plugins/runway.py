"""Runway: `livekit-plugins-runway`. `RUNWAYML_BASE_URL` is the address of the server."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from visavis.core.identity.principals import Principal
from visavis.errors import RequestError
from visavis.surfaces.plugins.error_responses import render_as
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
from visavis.surfaces.shared.external_sessions import ExternalRoom

_NO_CONTENT: Final = 204

router = APIRouter(prefix="/v1/realtime_sessions")
KeyPrincipal = Annotated[
    Principal, Depends(authenticated(bearer("Set RUNWAYML_API_SECRET to an API key of this server.")))
]


class Avatar(Wire):
    """Who is to be seen."""

    avatarId: AvatarId | None = None  # noqa: N815 - the vendor's name
    presetId: AvatarId | None = None  # noqa: N815


class Room(Wire):
    """The room."""

    url: Text
    token: Text
    roomName: Text | None = None  # noqa: N815


class SessionRequest(Wire):
    """A session to be started."""

    avatar: Avatar
    livekit: Room
    maxDuration: Annotated[int, Field(ge=1)] | None = None  # noqa: N815


_BODY: Final = json_body(SessionRequest)


@router.post("")
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        body = sent.fields
        avatar_id = body.avatar.avatarId or body.avatar.presetId
        if avatar_id is None:
            raise RequestError("Send avatar.avatarId or avatar.presetId.")
        room = ExternalRoom(body.livekit.url, body.livekit.token, body.livekit.roomName)
        row = await start(context, principal, AvatarRequest(room, avatar_id, max_duration_s=body.maxDuration))
    return {"id": row.id}


@router.delete("/{session_id}", status_code=_NO_CONTENT)
async def cancel(session_id: str, principal: KeyPrincipal, context: Given) -> None:
    """End a session; one that has ended stays ended."""
    await end(context, principal, session_id)


VENDOR: Final = Vendor("runway", ("/v1/realtime_sessions",), router, render_as("error"))
