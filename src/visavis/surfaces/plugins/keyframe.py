"""Keyframe: `livekit-plugins-keyframe`. `KEYFRAME_API_URL` is the address of the server."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from visavis.core.identity.principals import Principal
from visavis.errors import RequestError
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
from visavis.surfaces.shared.authentication import authenticated, bearer
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.external_sessions import ExternalRoom, identity_of

_MODEL: Final = "persona-2.0-live"
"""The plugin sends framed streams, with the emotions of the words, to models whose names begin so."""

router = APIRouter()
KeyPrincipal = Annotated[
    Principal, Depends(authenticated(bearer("Set KEYFRAME_API_KEY to an API key of this server.")))
]


class SessionRequest(Wire):
    """A session to be started."""

    room_name: Text
    livekit_url: Text
    livekit_token: Text
    persona_id: AvatarId | None = None
    persona_slug: AvatarId | None = None


_BODY: Final = json_body(SessionRequest)


@router.post("/v1/sessions/plugins/livekit")
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        body = sent.fields
        persona = body.persona_id or body.persona_slug
        if persona is None:
            raise RequestError("Send persona_id or persona_slug.")
        room = ExternalRoom(body.livekit_url, body.livekit_token, body.room_name)
        row = await start(context, principal, AvatarRequest(room, persona))
    return {
        "reservation_id": row.id,
        "avatar_participant_identity": identity_of(room.token),
        "model_id": _MODEL,
    }


VENDOR: Final = Vendor("keyframe", ("/v1/sessions/plugins/livekit",), router, render_as("detail"))
