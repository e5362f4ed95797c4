"""The application of the surface."""

from typing import Final

from fastapi import FastAPI
from starlette.types import Scope

from visavis import __version__
from visavis.surfaces.agents import (
    NAME,
    account,
    embedding,
    knowledge,
    making,
    messages,
    speech,
    subscriptions,
)
from visavis.surfaces.agents.error_responses import TABLE
from visavis.surfaces.agents.principals import HEADERS
from visavis.surfaces.shared.dispatcher import Surface

_DESCRIPTION: Final = """
Agents: a face, a voice, a manner and a prompt under one code. Make one from a prompt, a photo, a video or a
voice, poll its status, open live sessions with it, and tell these what to say and what to know.
"""
_VOICES, _TTS = (
    "/v1/voices",
    "/v1/tts",
)  # another API of this server has the first one, and paths below the second


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(
        title="visavis agents",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/agents/openapi.json",
        redirect_slashes=False,
    )
    for part in (making, messages, knowledge, embedding, speech, subscriptions, account):
        app.include_router(part.router)
    return app


def _claims(scope: Scope) -> bool:
    """Whether a request is for this API: of the path that it shares, by the header with the secret."""
    path = scope["path"]
    if path != _VOICES:
        return path == _TTS or not path.startswith(_TTS)
    sent = {name.decode("latin-1") for name, _ in scope["headers"]}
    return not sent.isdisjoint(HEADERS)


SURFACE: Final = Surface(
    NAME,
    prefixes=(
        *("/v1/agent", "/v1/embed", "/v1/validate", "/v1/audio/speech", _TTS, _VOICES, "/v1/webhooks"),
        *("/v1/usage", "/v2/credit-summaries"),
    ),
    create_app=create_app,
    errors=TABLE,
    claims=_claims,
)
