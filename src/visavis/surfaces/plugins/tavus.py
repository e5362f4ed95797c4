"""Tavus: `livekit-plugins-tavus` with `api_url="https://SERVER/v2"`."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from visavis.core.identity.principals import Principal
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
from visavis.surfaces.shared.authentication import authenticated, header
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.external_sessions import ExternalRoom

_STOCK: Final = frozenset({"r4067604db72", "pb87e71797da"})

router = APIRouter()
KeyPrincipal = Annotated[Principal, Depends(authenticated(header("x-api-key")))]


class Properties(Wire):
    """The room."""

    livekit_ws_url: Text
    livekit_room_token: Text


class ConversationRequest(Wire):
    """A conversation to be started."""

    properties: Properties
    face_id: AvatarId | None = None
    pal_id: AvatarId | None = None


_BODY: Final = json_body(ConversationRequest)


@router.post("/v2/conversations")
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room. A face counts before the character that has one of its own."""
    async with read(_BODY, request, context) as sent:
        body = sent.fields
        room = ExternalRoom(body.properties.livekit_ws_url, body.properties.livekit_room_token)
        row = await start(context, principal, AvatarRequest(room, body.face_id or body.pal_id), stock=_STOCK)
    return {"conversation_id": row.id, "status": row.status}


VENDOR: Final = Vendor("tavus", ("/v2/conversations",), router, render_as("message"))
