"""LemonSlice: `livekit-plugins-lemonslice` with `api_url="https://SERVER/api/liveai/sessions"`.

The avatar joins the agent's room. Meetings of other services are not joined.
"""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from visavis.core.identity.principals import Principal
from visavis.errors import RequestError
from visavis.surfaces.plugins.error_responses import render_as
from visavis.surfaces.plugins.vendor import AvatarId, AvatarRequest, Text, Vendor, Wire, read, start
from visavis.surfaces.shared.authentication import authenticated, header
from visavis.surfaces.shared.bodies import MULTIPART, BodyType, File
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.external_sessions import ExternalRoom
from visavis.surfaces.shared.fields import JSON
from visavis.surfaces.shared.texts import refuse_unclean
from visavis.surfaces.shared.wording import describe

_PATH: Final = "/api/liveai/sessions"

router = APIRouter()
KeyPrincipal = Annotated[Principal, Depends(authenticated(header("X-API-Key")))]


class Properties(Wire):
    """The room."""

    livekit_url: Text
    livekit_token: Text


class SessionRequest(Wire):
    """A session to be started."""

    properties: Properties
    agent_id: AvatarId | None = None
    agent_image_url: Text | None = None


class SessionBody(Wire):
    """A request as JSON, or as a form with the JSON in one field and a picture in another."""

    properties: Properties | None = None
    agent_id: AvatarId | None = None
    agent_image_url: Text | None = None
    payload: str | None = None
    image: File | None = None


_BODY: Final = BodyType(SessionBody, (JSON, MULTIPART), missing=None)


@router.post(_PATH)
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        body = _unpacked(sent.fields)
        room = ExternalRoom(body.properties.livekit_url, body.properties.livekit_token)
        wanted = AvatarRequest(room, body.agent_id, sent.fields.image, body.agent_image_url)
        row = await start(context, principal, wanted)
    return {"session_id": row.id}


def _unpacked(body: SessionBody) -> SessionRequest:
    if body.payload is None:
        fields: Any = body.model_dump(exclude={"payload", "image"}, exclude_none=True)
    else:
        try:
            fields = json.loads(body.payload)
        except (ValueError, RecursionError) as error:
            raise RequestError("payload: must be valid JSON.") from error
        refuse_unclean(fields)
    try:
        return SessionRequest.model_validate(fields)
    except ValidationError as error:
        raise RequestError(describe(error.errors())) from error


VENDOR: Final = Vendor("lemonslice", (_PATH,), router, render_as("error"))
