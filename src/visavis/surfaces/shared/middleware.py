"""What every request and every WebSocket of every surface passes through.

It adds headers, limits and drains bodies, refuses what is not valid HTTP, answers unforeseen errors, counts,
and writes a line to the log for each request. Every line that a request causes carries its ID.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from visavis.surfaces.shared.errors import ErrorTable
from visavis.surfaces.shared.incoming import BODY, Body, fault_of
from visavis.surfaces.shared.metrics import Metrics

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
_WEBSOCKET: Final = "WEBSOCKET"  # counted as a method
_OPENED: Final = 101
_HANDSHAKE_STATUS: Final = {"websocket.accept": _OPENED, "websocket.close": 403}
_UNEXPECTED_CONDITION: Final = 1011  # close code
_NO_ROUTE: Final = "none"
_ID_BYTES: Final = 8
_ID_BEGIN: Final = "req_"

_log = structlog.get_logger()


class RequestMiddleware:
    """ASGI middleware around the application of one surface."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        surface: str,
        errors: ErrorTable,
        metrics: Metrics,
        headers: Mapping[str, str] = SECURITY_HEADERS,
        max_body_bytes: int | None = None,
        shows_request_id: bool = False,
    ) -> None:
        """Wrap an application.

        Args:
            app: The application.
            surface: Name of the surface, for logs and metrics.
            errors: Answers malformed requests and unforeseen errors.
            metrics: Where requests are counted.
            headers: Added to every answer that does not set them itself.
            max_body_bytes: Largest body; `None` where each route limits its own.
            shows_request_id: Whether answers have the header `X-Request-Id`.
        """
        self._app, self._surface, self._errors, self._metrics = app, surface, errors, metrics
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._max_body_bytes = max_body_bytes
        self._shows_request_id = shows_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        own = {"surface": self._surface, "request_id": _ID_BEGIN + secrets.token_hex(_ID_BYTES)}
        with structlog.contextvars.bound_contextvars(**own):
            if scope["type"] == "websocket":
                await self._serve_websocket(scope, receive, send)
            else:
                await self._serve_request(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0
        body = scope[BODY] = Body(scope, receive, self._max_body_bytes)
        if scope["method"] == "HEAD":
            # Whatever has GET has HEAD: the same answer, of which the server sends no more than the head.
            scope = {**scope, "method": "GET"}

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message)
                if not body.is_whole and not await body.drain():
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        try:
            await self._app_for(scope)(scope, body.receive, send_on)
        except ClientDisconnect:
            _log.info("client_left")
        except Exception:  # noqa: BLE001 - nobody must see a trace or a dropped connection
            _log.exception("request_failed")
            if not status:
                await self._errors.answer_internal()(scope, body.receive, send_on)
        finally:
            self._note(scope, scope["method"], status, time.perf_counter() - began)

    async def _serve_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        def answered(status: int) -> None:
            self._note(scope, _WEBSOCKET, status, time.perf_counter() - began)
            if status == _OPENED:
                self._metrics.websockets.labels(_route_of(scope), self._surface).inc()

        watched = _WatchedWebSocket(send, answered)

        async def send_on(message: Message) -> None:
            if message["type"] == "websocket.http.response.start":
                self._add_headers(message)
            await watched.send(message)

        try:
            await self._app_for(scope)(scope, receive, send_on)
        except WebSocketDisconnect:
            _log.info("client_left")
        except Exception:  # noqa: BLE001 - nobody must see a trace or a dropped connection
            _log.exception("request_failed")
            with contextlib.suppress(OSError):  # the client may have left
                if watched.is_open:
                    await send_on({"type": "websocket.close", "code": _UNEXPECTED_CONDITION})
                elif not watched.status:
                    await self._errors.answer_internal()(scope, receive, send_on)
        finally:
            if watched.status == _OPENED:
                self._metrics.websockets.labels(_route_of(scope), self._surface).dec()
                _log.info("websocket_closed", s=round(time.perf_counter() - began, 1))

    def _app_for(self, scope: Scope) -> ASGIApp:
        fault = fault_of(scope)
        return self._errors.answer_malformed(fault) if fault else self._app

    def _add_headers(self, start: Message) -> None:
        named = {name for name, _ in start["headers"]}
        start["headers"] = [
            *start["headers"],
            *((name, value) for name, value in self._headers if name not in named),
        ]
        if self._shows_request_id:
            start["headers"].append((b"x-request-id", request_id().encode()))

    def _note(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        route = _route_of(scope)
        counted = method if route != _NO_ROUTE else "any"
        self._metrics.requests.labels(counted, route, str(status), self._surface).inc()
        self._metrics.seconds.labels(counted, route, self._surface).observe(seconds)
        _log.info("request", method=counted, route=route, status=status, ms=round(seconds * 1e3, 1))


class _WatchedWebSocket:
    """Passes on what an application sends on a WebSocket.

    Attributes:
        status: Status of the handshake's answer; 0 while there is none.
        is_open: Whether messages can be sent.
    """

    def __init__(self, send: Send, on_answer: Callable[[int], None]) -> None:
        self.status, self.is_open = 0, False
        self._send, self._on_answer = send, on_answer

    async def send(self, message: Message) -> None:
        """Send a message of the application."""
        kind = message["type"]
        if not self.status:
            self.status = message.get("status") or _HANDSHAKE_STATUS[kind]
            self._on_answer(self.status)
        await self._send(message)
        if kind in _HANDSHAKE_STATUS:
            self.is_open = kind == "websocket.accept"


def _route_of(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", _NO_ROUTE)


def request_id() -> str:
    """ID of the request or WebSocket that is being served; it is in every line of the log."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
