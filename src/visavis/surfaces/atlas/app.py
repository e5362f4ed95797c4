"""The application of the surface."""

from typing import Any, Final

from fastapi import FastAPI
from starlette.types import ASGIApp

from visavis import __version__
from visavis.surfaces.atlas import about, docs, realtime, results, submissions
from visavis.surfaces.atlas.error_responses import TABLE
from visavis.surfaces.shared import errors
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.middleware import RequestMetrics, RequestMiddleware

_DESCRIPTION: Final = """
Lip-synced avatar videos through an asynchronous API: submit, poll, download. Live avatars over WebRTC: open a
session, join its room with any LiveKit client, speak.

What the API's own documents leave open is decided so: asking after a job (`GET /v1/jobs/{id}` and its
result) has ten times the rate of the key, so that a client may poll every two seconds; it does not count
towards the month. `queue_position` is 1 for the next job and 0 once a job is no longer waiting. Photos and
sounds are looked at when they are sent: what cannot be used is refused at once with `invalid_input`. After
24 hours results and texts are deleted, and `output.has_result` is false.
"""


def create_app(context: Context) -> ASGIApp:
    """Make the application.

    Args:
        context: What it works with.
    """
    figures = RequestMetrics()
    app = _routes(figures)
    app.state.context = context
    errors.install(app, TABLE)
    return RequestMiddleware(
        app,
        figures=figures,
        errors=TABLE,
    )


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of the surface, which clients are generated from; nothing needs to run for it."""
    return _routes(RequestMetrics()).openapi()


def _routes(figures: RequestMetrics) -> FastAPI:
    app = FastAPI(
        title="visavis",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    offline = (submissions.router, results.router, results.files)
    for router in (about.router, docs.router, *offline, realtime.router, about.metrics(figures)):
        app.include_router(router)
    return app
