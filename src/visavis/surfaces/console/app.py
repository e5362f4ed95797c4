"""The console's surface: what its pages need beyond the public API."""

from typing import Final

from fastapi import Depends, FastAPI

from visavis import __version__
from visavis.surfaces.console import (
    checks,
    keys,
    live,
    organizations,
    payments,
    signing_in,
    users,
    wire,
    work,
)
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.error_responses import TABLE
from visavis.surfaces.console.signed_in import refuse_foreign
from visavis.surfaces.shared.dispatcher import Surface

_MAX_BODY_BYTES: Final = 64 * 1024
_DESCRIPTION: Final = """
What the web console needs beyond the public API. Made for the console: it may change with every version.

Sign in by `POST /console/api/session`, which sets a cookie. `POST /console/api/token` gives a bearer token
for the public API, with which the console does everything that the public API can do.
"""


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(
        title="visavis console",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        redirect_slashes=False,
        responses={"4XX": {"model": wire.ConsoleErrorAnswer}},
        dependencies=[Depends(refuse_foreign)],
    )
    signing = (signing_in.router, organizations.router, users.router)
    for router in (*signing, keys.router, work.router, live.router, payments.router, checks.router):
        app.include_router(router)
    return app


SURFACE: Final = Surface(
    "console",
    prefixes=(f"{PREFIX}/",),
    create_app=create_app,
    errors=TABLE,
    max_body_bytes=_MAX_BODY_BYTES,
)
