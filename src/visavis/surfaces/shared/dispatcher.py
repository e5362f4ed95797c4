"""What a surface is, and which surface answers a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.surfaces.shared import errors
from visavis.surfaces.shared.errors import ErrorTable
from visavis.surfaces.shared.metrics import Metrics
from visavis.surfaces.shared.middleware import SECURITY_HEADERS, RequestMiddleware

_NOT_FOUND: Final = 404


@dataclass(frozen=True)
class Surface:
    """An API, or pages, under paths of its own.

    Attributes:
        name: Name for logs, metrics, `visavis openapi`, and in its jobs and events.
        prefixes: Beginnings of the paths that it answers.
        create_app: Makes the application with its routes; nothing needs to run for that. The dispatcher puts
            the surface's context into the application's `state.context`.
        errors: Responses to errors.
        headers: Headers of every answer that does not set them itself.
        max_body_bytes: Largest body of a request; `None` where each route limits its own.
        takes_websockets: Whether it has routes for WebSockets.
        claims: Which HTTP requests under its prefixes it answers; all of them if `None`.
        not_found: Answer to a request for which no surface has a route; where it is `None`, or gives `None`,
            the last surface answers.
        shows_request_id: Whether every answer tells the ID of its request, in the header `X-Request-Id`.
    """

    name: str
    prefixes: tuple[str, ...]
    create_app: Callable[[], Starlette]
    errors: ErrorTable
    headers: Mapping[str, str] = field(default_factory=lambda: SECURITY_HEADERS)
    max_body_bytes: int | None = None
    takes_websockets: bool = False
    claims: Callable[[Scope], bool] | None = None
    not_found: Callable[[Scope], Response | None] | None = None
    shows_request_id: bool = False

    def answers(self, scope: Scope) -> bool:
        """Whether a request or a WebSocket is for this surface."""
        if not scope["path"].startswith(self.prefixes):
            return False
        if scope["type"] == "websocket":
            return self.takes_websockets
        return self.claims is None or self.claims(scope)

    def serve(self, context: object, metrics: Metrics) -> ASGIApp:
        """The application, ready to serve.

        Args:
            context: What the surface works with.
            metrics: Where requests are counted.
        """
        app = self.create_app()
        app.state.context = context
        errors.install(app, self.errors)
        return RequestMiddleware(
            app,
            surface=self.name,
            errors=self.errors,
            metrics=metrics,
            headers=self.headers,
            max_body_bytes=self.max_body_bytes,
            shows_request_id=self.shows_request_id,
        )

    def openapi(self) -> dict[str, Any] | None:
        """The OpenAPI document; `None` if it has none."""
        app = self.create_app()
        return app.openapi() if isinstance(app, FastAPI) else None


class Dispatcher:
    """ASGI application that gives each request to the first surface that answers it."""

    def __init__(self, served: Sequence[tuple[Surface, ASGIApp]]) -> None:
        """Prepare.

        Args:
            served: Surfaces and their applications. The last one answers what no other does.
        """
        self._served = served

    def takes_websocket(self, path: str) -> bool:
        """Whether there may be a WebSocket at a path."""
        scope = {"type": "websocket", "path": path}
        return any(surface.answers(scope) for surface, _ in self._served)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        last = self._served[-1][1]
        app = next((app for surface, app in self._served if surface.answers(scope)), last)
        if app is not last or scope["type"] != "http":
            await app(scope, receive, send)
            return
        is_replaced = False

        async def send_on(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and message["status"] == _NOT_FOUND:
                answer = self._not_found(scope)
                if answer is not None:
                    is_replaced = True
                    await answer(scope, receive, send)
            if not is_replaced:
                await send(message)

        await app(scope, receive, send_on)

    def _not_found(self, scope: Scope) -> Response | None:
        """What is answered instead where no route was found."""
        if scope.get("route") is not None:
            return None  # a route that answers 404 knows better what is missing
        answers = (surface.not_found(scope) for surface, _ in self._served if surface.not_found is not None)
        return next((answer for answer in answers if answer is not None), None)
