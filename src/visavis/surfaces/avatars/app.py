"""The application of the surface."""

import asyncio
from typing import Final

from fastapi import FastAPI

from visavis import __version__
from visavis.surfaces.avatars import NAME, generation, preferences, saved
from visavis.surfaces.avatars.error_responses import TABLE
from visavis.surfaces.shared.dispatcher import Surface
from visavis.surfaces.shared.fields import MAX_TEXT_BYTES

_DESCRIPTION: Final = """
Avatar images: describe a character, or send pictures to be inspired by, and get pictures of a new person
whose face can speak. Save the one you like: its ID is a face on the other APIs of this server, as
`avatar_id`.

Every answer has the header `X-Request-Id`, and every error says it again.
"""


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(
        title="visavis avatars",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/avatars/openapi.json",
        redirect_slashes=False,
    )
    app.state.large_body = asyncio.Lock()
    for router in (generation.router, preferences.router, saved.router):
        app.include_router(router)
    return app


SURFACE: Final = Surface(
    NAME,
    prefixes=("/api/v1/avatars", "/api/v1/jobs/"),
    create_app=create_app,
    errors=TABLE,
    max_body_bytes=MAX_TEXT_BYTES,
    shows_request_id=True,
)
