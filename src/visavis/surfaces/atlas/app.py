"""The application of the surface."""

from typing import Final

from fastapi import FastAPI

from visavis import __version__
from visavis.surfaces.atlas import NAME, about, docs, realtime, recordings, results, submissions, voices
from visavis.surfaces.atlas.error_responses import TABLE
from visavis.surfaces.shared.dispatcher import Surface

_DESCRIPTION: Final = """
Lip-synced avatar videos through an asynchronous API: submit, poll, download. Live avatars over WebRTC: open a
session, join its room with any LiveKit client, speak.

What the API's own documents leave open is decided so: asking after a job (`GET /v1/jobs/{id}` and its
result) has ten times the rate of the key, so that a client may poll every two seconds; it does not count
towards the month. `queue_position` is 1 for the next job and 0 once a job is no longer waiting. Photos and
sounds are looked at when they are sent: what cannot be used is refused at once with `invalid_input`. After
24 hours results and texts are deleted, and `output.has_result` is false.
"""


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(
        title="visavis",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    offline = (submissions.router, results.router, results.files)
    for router in (about.router, docs.router, *offline, voices.router, realtime.router, recordings.router):
        app.include_router(router)
    return app


SURFACE: Final = Surface(NAME, prefixes=("/",), create_app=create_app, errors=TABLE)
