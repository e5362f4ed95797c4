"""Anam: `livekit-plugins-anam`. `ANAM_API_URL` is the address of the server."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from visavis.core.identity.principals import Principal
from visavis.surfaces.plugins.error_responses import answer
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
from visavis.surfaces.shared.errors import ErrorResponse
from visavis.surfaces.shared.external_sessions import ExternalRoom

router = APIRouter()
KeyPrincipal = Annotated[
    Principal, Depends(authenticated(bearer("Set ANAM_API_KEY to an API key of this server.")))
]


class Persona(Wire):
    """Who is to be seen."""

    avatarId: AvatarId  # noqa: N815 - the vendor's name


class Environment(Wire):
    """The room."""

    livekitUrl: Text  # noqa: N815
    livekitToken: Text  # noqa: N815


class SessionRequest(Wire):
    """A session to be started."""

    personaConfig: Persona  # noqa: N815
    environment: Environment


_BODY: Final = json_body(SessionRequest)


@router.post("/v1/engine/session")
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        room = ExternalRoom(sent.fields.environment.livekitUrl, sent.fields.environment.livekitToken)
        row = await start(context, principal, AvatarRequest(room, sent.fields.personaConfig.avatarId))
    return {"sessionId": row.id}


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    return answer(response.status, {"code": response.status, "message": message}, retry_after_s)


VENDOR: Final = Vendor("anam", ("/v1/engine/session",), router, _render)
