"""The application of the surface."""

from typing import Final

from fastapi import FastAPI
from starlette.types import Scope

from visavis import __version__
from visavis.surfaces.mirrorstage import NAME, about, sessions, stream, wire
from visavis.surfaces.mirrorstage.error_responses import TABLE
from visavis.surfaces.shared.dispatcher import Surface
from visavis.surfaces.shared.middleware import SECURITY_HEADERS

_DESCRIPTION: Final = """
Live avatars without a key: a wallet pays for a session in the request that opens it (x402), and the session's
token acts on it.
"""
_PATHS: Final = frozenset({"/health", "/tos", "/v1/sessions"})
_BELOW: Final = ("/v1/sessions/", "/v1/view/", "/view/")
# Pages of any origin may pay: there are no cookies, and a wallet signs each payment.
_HEADERS: Final = {
    **SECURITY_HEADERS,
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, PAYMENT-SIGNATURE, SIGN-IN-WITH-X",
    "Access-Control-Expose-Headers": "PAYMENT-REQUIRED, PAYMENT-RESPONSE, EXTENSION-RESPONSES, Retry-After",
}


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(
        title="visavis paid sessions",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/sessions/openapi.json",
        redirect_slashes=False,
        responses={"4XX": {"model": wire.ErrorAnswer}, "5XX": {"model": wire.ErrorAnswer}},
    )
    for router in (about.router, sessions.router, stream.router):
        app.include_router(router)
    return app


def _is_ours(scope: Scope) -> bool:
    """Whether a request is for this surface. Another API has `POST /v1/sessions` too, with `x-api-key`."""
    path = scope["path"]
    if path not in _PATHS and not path.startswith(_BELOW):
        return False
    return not any(name == b"x-api-key" for name, _ in scope["headers"])


SURFACE: Final = Surface(
    NAME,
    prefixes=(*_PATHS, *_BELOW),
    create_app=create_app,
    errors=TABLE,
    headers=_HEADERS,
    claims=_is_ours,
    takes_websockets=True,
)
