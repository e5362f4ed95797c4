"""Beyond Presence: `livekit-plugins-bey`. `BEY_API_URL` is the address of the server.

The path is also that of another API of this server; the header with the key tells them apart.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.types import Scope

from visavis.core.identity.principals import Principal
from visavis.surfaces.plugins.error_responses import render_as
from visavis.surfaces.plugins.vendor import (
    AvatarId,
    AvatarRequest,
    Text,
    Vendor,
    Wire,
    has_header,
    json_body,
    read,
    start,
)
from visavis.surfaces.shared.authentication import authenticated, header
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.external_sessions import ExternalRoom

_KEY_HEADER: Final = "x-api-key"
_STOCK: Final = frozenset({"b9be11b8-89fb-4227-8f86-4a881393cbdb"})
_CREATED: Final = 201
_PATH: Final = "/v1/sessions"

router = APIRouter()
KeyPrincipal = Annotated[Principal, Depends(authenticated(header(_KEY_HEADER)))]


class SessionRequest(Wire):
    """A session to be started."""

    avatar_id: AvatarId
    url: Text
    token: Text


_BODY: Final = json_body(SessionRequest)


@router.post(_PATH, status_code=_CREATED)
async def create(request: Request, principal: KeyPrincipal, context: Given) -> dict[str, Any]:
    """Let an avatar join a room."""
    async with read(_BODY, request, context) as sent:
        body = sent.fields
        wanted = AvatarRequest(ExternalRoom(body.url, body.token), body.avatar_id)
        row = await start(context, principal, wanted, stock=_STOCK)
    return {"id": row.id, "avatar_id": body.avatar_id, "transport": "livekit", "url": row.livekit_url}


def _claims(scope: Scope) -> bool:
    return scope["path"] == _PATH and has_header(_KEY_HEADER)(scope)


VENDOR: Final = Vendor("bey", (_PATH,), router, render_as("detail"), claims=_claims)
