"""D-ID: `livekit-plugins-did` with `api_url="https://SERVER"`."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.openapi.models import HTTPBase
from starlette.requests import HTTPConnection
from starlette.responses import Response

from visavis.core.identity.principals import Principal
from visavis.errors import CredentialsMissingError
from visavis.surfaces.plugins.error_responses import answer
from visavis.surfaces.plugins.vendor import AvatarRequest, Text, Vendor, Wire, json_body, read, start
from visavis.surfaces.shared.authentication import Scheme, authenticated
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.errors import ErrorResponse
from visavis.surfaces.shared.external_sessions import ExternalRoom

_KINDS: Final = {
    "unauthorized": "AuthorizationError",
    "avatar_not_found": "NotFoundError",
    "invalid_request": "ValidationError",
    "rate_limited": "TooManyRequestsError",
}

router = APIRouter(prefix="/v2/agents")


def _basic_key(connection: HTTPConnection) -> str:
    """The key, which the plugin sends as it is."""
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or not key.strip():
        raise CredentialsMissingError("Set DID_API_KEY to an API key of this server.")
    return key.strip()


KeyPrincipal = Annotated[
    Principal, Depends(authenticated(Scheme("HTTPBasic", HTTPBase(scheme="basic"), _basic_key)))
]


class Transport(Wire):
    """The room."""

    server_url: Text
    token: Text
    room_name: Text | None = None


class JoinRequest(Wire):
    """A session to be started."""

    transport: Transport


_BODY: Final = json_body(JoinRequest)


@router.post("/{agent_id}/sessions/join")
async def join(agent_id: str, request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        transport = sent.fields.transport
        room = ExternalRoom(transport.server_url, transport.token, transport.room_name)
        row = await start(context, principal, AvatarRequest(room, agent_id))
    return {"id": row.id}


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    body = {"kind": _KINDS.get(response.code, "ServerError"), "description": message}
    return answer(response.status, body, retry_after_s)


VENDOR: Final = Vendor("did", ("/v2/agents/",), router, _render)
