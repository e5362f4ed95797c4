"""The console before the API: pages and `/console/api` are answered here, everything else by the API."""

from functools import partial
from typing import Final

from fastapi import Depends, FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis import __version__
from visavis.surfaces.console import checks, keys, live, signing_in, wire, work
from visavis.surfaces.console.context import ConsoleContext
from visavis.surfaces.console.error_responses import TABLE
from visavis.surfaces.console.pages import is_browser, missing_page, page, wants_page
from visavis.surfaces.console.visitor import refuse_foreign
from visavis.surfaces.shared import errors
from visavis.surfaces.shared.incoming import fault_of
from visavis.surfaces.shared.middleware import RequestMetrics, RequestMiddleware

PREFIX: Final = "/console/api"
_MAX_BODY_BYTES: Final = 64 * 1024
_NOT_FOUND: Final = 404
_DESCRIPTION: Final = """
What the web console needs beyond the public API. Made for the console: it may change with every version.

Sign in by `POST /console/api/session`, which sets a cookie. `POST /console/api/token` gives a bearer token
for the public API, with which the console does everything that the public API can do.
"""


class Dispatcher:
    """ASGI: the console's share of requests to the console, the others on."""

    def __init__(self, context: ConsoleContext, api: ASGIApp) -> None:
        """Stand before an application.

        Args:
            context: What the console works with.
            api: Who answers everything else.
        """
        self._pages, self._api = context.pages, api
        edge = partial(
            RequestMiddleware,
            create_app(context),
            figures=RequestMetrics(),
            errors=TABLE,
        )
        self._console = edge(max_body_bytes=_MAX_BODY_BYTES)
        self._uploads = edge()  # each is limited by its form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._api(scope, receive, send)
        elif scope["path"].startswith(PREFIX + checks.PREFIX + "/"):
            await self._uploads(scope, receive, send)
        elif scope["path"].startswith(PREFIX + "/"):
            await self._console(scope, receive, send)
        elif not fault_of(scope) and wants_page(
            scope["method"], scope["path"], headers := Headers(scope=scope)
        ):
            await page(scope["path"], headers, self._pages)(scope, receive, send)
        else:
            await self._api(scope, receive, self._with_missing_page(scope, receive, send))

    def _with_missing_page(self, scope: Scope, receive: Receive, send: Send) -> Send:
        """A `send` that shows browsers a page where the API has no route."""
        headers = Headers(scope=scope)
        if scope["method"] != "GET" or not is_browser(headers):
            return send
        is_replaced = False

        async def send_on(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start":
                # A route that was found and answers 404 knows better what is missing.
                is_unknown = message["status"] == _NOT_FOUND and scope.get("route") is None
                missing = missing_page(headers, self._pages) if is_unknown else None
                if missing is not None:
                    is_replaced = True
                    await missing(scope, receive, send)
            if not is_replaced:
                await send(message)

        return send_on


def create_app(context: ConsoleContext | None) -> FastAPI:
    """Make the console's own API; without a context it can be described but not called."""
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
    app.state.context = context
    for router in (signing_in.router, keys.router, work.router, live.router, checks.router):
        app.include_router(router, prefix=PREFIX)
    errors.install(app, TABLE)
    return app
