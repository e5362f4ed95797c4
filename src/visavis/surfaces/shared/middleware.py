"""The outermost layer of every answer: headers, a last net for errors, a line in the log, figures."""

import time
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.surfaces.shared.errors import ErrorTable
from visavis.surfaces.shared.incoming import Body, fault_of

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
_RAW_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_NO_ROUTE: Final = "none"

_log = structlog.get_logger()


class RequestMetrics:
    """What is counted of requests, for Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "visavis_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "visavis_request_seconds",
            "Time from request to answer.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )


class RequestMiddleware:
    """ASGI middleware that every request passes."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        figures: RequestMetrics,
        errors: ErrorTable,
        max_body_bytes: int | None = None,
    ) -> None:
        """Wrap an application.

        Args:
            app: The application.
            figures: Where requests are counted.
            errors: Answers malformed requests and unforeseen errors.
            max_body_bytes: Of every request; `None` where the application limits each itself.
        """
        self._app, self._figures = app, figures
        self._errors, self._max_body_bytes = errors, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        body = Body(scope, receive, self._max_body_bytes)
        if scope["method"] == "HEAD":
            # Whatever has GET has HEAD: the same answer, of which the server sends no more than the head.
            scope = {**scope, "method": "GET"}

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                named = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in _RAW_HEADERS if name not in named),
                ]
                if not body.is_whole and not await body.drain():
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        try:
            fault = fault_of(scope)
            app = self._errors.answer_malformed(fault) if fault else self._app
            await app(scope, body.receive, send_on)
        except ClientDisconnect:
            _log.info("client_left")
        except Exception:  # noqa: BLE001 - nobody must see a trace or a dropped connection
            _log.exception("request_failed")
            if not status:
                answer = self._errors.answer_internal()
                await answer(scope, body.receive, send_on)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", _NO_ROUTE)
        method = scope["method"] if route != _NO_ROUTE else "any"
        self._figures.requests.labels(method, route, str(status)).inc()
        self._figures.seconds.labels(method, route).observe(seconds)
        _log.info("request", method=method, route=route, status=status, ms=round(seconds * 1e3, 1))
