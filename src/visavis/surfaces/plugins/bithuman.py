"""bitHuman: `livekit-plugins-bithuman`. `BITHUMAN_API_URL` is a whole address, of either path here.

The plugin sends JSON with the header `api-secret`, or, for models of the family "expression", a form with a
bearer token. Under the path of this server's own API, requests without that header are not for this surface.

The plugin also puts the key into the attributes of the avatar's token, which everybody in the room can read.
Nothing here reads them.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response
from starlette.types import Scope

from visavis.core.identity.principals import Principal
from visavis.errors import AvatarMissingError, InputError
from visavis.surfaces.plugins.error_responses import answer
from visavis.surfaces.plugins.vendor import (
    AvatarId,
    AvatarRequest,
    Text,
    Vendor,
    Wire,
    has_header,
    read,
    start,
)
from visavis.surfaces.shared.authentication import authenticated, bearer, either, header
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, ALL_KINDS, BodyType, File
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.errors import ErrorResponse
from visavis.surfaces.shared.external_sessions import ExternalRoom
from visavis.surfaces.shared.texts import shown

_KEY_HEADER: Final = "api-secret"
_PATH: Final = "/v1/runtime-tokens/request"
_OWN_PATH: Final = "/v1/avatar/session"
_CODES: Final = {"avatar_not_found": "AGENT_NOT_FOUND", "invalid_request": "VALIDATION_ERROR"}
_INVALID: Final = 422

router = APIRouter()
_KEY: Final = either(header(_KEY_HEADER), bearer(f"Send an API key of this server as {_KEY_HEADER}."))
KeyPrincipal = Annotated[Principal, Depends(authenticated(_KEY))]


class SessionRequest(Wire):
    """A session to be started. The model is checked; there is one way of drawing here."""

    livekit_url: Text
    livekit_token: Text
    room_name: Text
    model: Annotated[
        Literal["expression", "essence", "expression-2", "essence-2"] | None, ABSENT_IF_EMPTY
    ] = None
    image: str | None = None
    avatar_image: File | None = None
    avatar_image_url: Text | None = None
    agent_id: AvatarId | None = None
    avatar_id: AvatarId | None = None


_BODY: Final = BodyType(SessionRequest, ALL_KINDS, missing=None)


@router.post(_PATH)
@router.post(_OWN_PATH)
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context, takes_pictures=True) as sent:
        body = sent.fields
        if body.image is not None and body.avatar_image is not None:
            raise InputError("Send one face, not image and avatar_image.")
        room = ExternalRoom(body.livekit_url, body.livekit_token, body.room_name)
        face = body.image if body.avatar_image is None else body.avatar_image
        avatar_id = body.agent_id or body.avatar_id
        wanted = AvatarRequest(room, avatar_id, face, body.avatar_image_url)
        try:
            row = await start(context, principal, wanted)
        except AvatarMissingError as error:
            raise AvatarMissingError(f"Agent not found for code: {shown(avatar_id or '')}") from error
    return {"session_id": row.id, "status": "ok"}


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    code = _CODES.get(response.code, response.code.upper())
    body = {
        "error": {"code": code, "message": message, "httpStatus": response.status},
        "status": "error",
        "status_code": response.status,
    }
    return answer(response.status, body, retry_after_s)


def _claims(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == _PATH or (path == _OWN_PATH and has_header(_KEY_HEADER)(scope))


VENDOR: Final = Vendor(
    "bithuman", (_PATH, _OWN_PATH), router, _render, claims=_claims, invalid_status=_INVALID
)
