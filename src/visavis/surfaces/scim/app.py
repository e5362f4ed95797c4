"""The application of the surface."""

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, FastAPI, Request, Response
from scim2_server.requests import ScimRequest
from starlette.responses import JSONResponse

from visavis import __version__
from visavis.core.organizations import scim_tokens
from visavis.core.organizations.acting import Acting
from visavis.errors import DatabaseError
from visavis.surfaces.scim.context import Given, ScimContext
from visavis.surfaces.scim.error_responses import TABLE
from visavis.surfaces.shared.authentication import AuthUnavailableError, bearer
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.dispatcher import Surface

if TYPE_CHECKING:
    from visavis.surfaces.scim.service import ScimServer

PREFIX: Final = "/scim/v2"
_MAX_BODY_BYTES: Final = 2 * 1024 * 1024  # a group of some ten thousand members
_DESCRIPTION: Final = """
SCIM 2.0 (RFC 7643, RFC 7644) for identity providers. An owner of an organization creates a token by
`POST /v1/organizations/{org}/scim-tokens`; requests with it read and write the members of that organization.

Users who are inactive or deleted lose their keys, sign-ins and live sessions of the organization at once.
Members of a group named `visavis-admins`, and users with the role `admin`, are admins.
"""

_TOKEN = bearer("Use: Authorization: Bearer scim_…")
_DISCOVERY: Final = (
    "/ServiceProviderConfig",
    "/Schemas",
    "/Schemas/{schema_id}",
    "/ResourceTypes",
    "/ResourceTypes/{type_id}",
)
_RESOURCES: Final = (
    ("GET", "", 200, "Search, by `filter`, `startIndex` and `count`"),
    ("POST", "", 201, "Create"),
    ("POST", "/.search", 200, "Search, with the parameters in the body"),
    ("GET", "/{}", 200, "Read; `If-None-Match` is understood"),
    ("PUT", "/{}", 200, "Replace; `If-Match` is understood"),
    ("PATCH", "/{}", 200, "Change attributes; `If-Match` is understood"),
    ("DELETE", "/{}", 204, "Delete; `If-Match` is understood"),
)


async def directory(token: Annotated[str, Depends(_TOKEN)], request: Request, context: Given) -> Acting:
    """The directory that acts with the token of a request.

    Raises:
        KeyRefusedError: The token is unknown or revoked.
        RateLimitError: It is used too often.
    """
    try:
        # A transaction of its own: the request counts, whatever becomes of it.
        async with context.database.transaction() as tx:
            return await scim_tokens.authenticate(
                tx,
                token,
                address=owner_of(request.client),
                max_per_minute=context.organizations.scim_requests_per_minute,
            )
    except DatabaseError as error:
        raise AuthUnavailableError("Tokens cannot be looked up.") from error


Token = Annotated[Acting, Depends(directory)]


async def discover(request: Request, context: Given) -> Response:
    """Answer a request about the surface itself, which needs no token."""
    return await _answer(request, context, None)


async def serve(request: Request, context: Given, acting: Token) -> Response:
    """Answer a request about users or groups."""
    return await _answer(request, context, acting)


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(
        title="visavis SCIM",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        redirect_slashes=False,
    )
    for path in _DISCOVERY:
        app.add_api_route(PREFIX + path, discover, tags=["Discovery"], summary="Read what the surface can do")
    for method, path in (("GET", "/"), ("POST", "/.search")):
        app.add_api_route(PREFIX + path, serve, methods=[method], summary="Search users and groups")
    for method, path, status, summary in _RESOURCES:
        for kind, parameter in (("Users", "{user_id}"), ("Groups", "{group_id}")):
            app.add_api_route(
                f"{PREFIX}/{kind}{path.format(parameter)}",
                serve,
                methods=[method],
                status_code=status,
                tags=[kind],
                summary=summary,
                operation_id=f"{method.lower()}_{kind}{path}",
            )
    return app


SURFACE: Final = Surface(
    "scim",
    prefixes=(f"{PREFIX}/",),
    create_app=create_app,
    errors=TABLE,
    max_body_bytes=_MAX_BODY_BYTES,
)


async def _answer(request: Request, context: ScimContext, acting: Acting | None) -> Response:
    sent = ScimRequest(
        method=request.method,
        base_url=context.base_url(request) + PREFIX,
        path=request.scope["path"].removeprefix(PREFIX),
        query=request.query_params,
        headers=request.headers,
        body=await request.body(),
    )
    server = await asyncio.to_thread(_server, context.organizations.max_members)
    found = await server.answer(sent, context.database, acting)
    has_body = found.body is not None
    answer = JSONResponse(found.body, found.status) if has_body else Response(status_code=found.status)
    for name, value in found.headers.items():
        answer.headers[name] = value
    return answer


@cache
def _server(max_members: int) -> "ScimServer":
    """Made for the first request: the libraries take a moment to load, and most processes need none."""
    from visavis.surfaces.scim.service import ScimServer

    return ScimServer(max_members=max_members)
