"""How a surface answers errors: one table from error classes to responses, and one renderer.

An error's own message says what to do and goes to the client, unless its response is fixed: what a database
or a child process reports is for the log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketState

from visavis.errors import TryLaterError, VisavisError
from visavis.surfaces.shared.methods import other_method
from visavis.surfaces.shared.wording import describe

_NOT_FOUND: Final = 404
_METHOD_NOT_ALLOWED: Final = 405
_SERVER_ERROR: Final = 500
_MAX_PATH_CHARS: Final = 200
# Close codes of WebSockets.
_POLICY_VIOLATION: Final = 1008
_UNEXPECTED_CONDITION: Final = 1011

_log = structlog.get_logger()


@dataclass(frozen=True)
class ErrorResponse:
    """An error as clients see it.

    Attributes:
        status: HTTP status.
        code: Stable code of the surface.
        example: A message that it comes with. Of errors that the framework raises it is the message, with
            `{path}` and `{method}` filled in.
        is_fixed: Whether clients are sent `example` instead of the error's own message.
    """

    status: int
    code: str
    example: str
    is_fixed: bool = False


Render = Callable[[ErrorResponse, str, int | None], Response]
"""Makes the answer from an error response, a message, and the seconds to wait before another try."""


@dataclass(frozen=True)
class ErrorTable:
    """All errors of a surface.

    Attributes:
        rows: Error classes and their responses. The first class that fits counts; the last is `VisavisError`.
        invalid: Response to a path, query or body that does not validate.
        internal: Response to an unforeseen error.
        render: Makes the answers.
        by_status: Responses to errors of the framework, such as 404 where there is no route.
        other: Response to the other errors of the framework below 500; `invalid` if `None`.
        malformed: Response to a request that is not valid HTTP; `invalid` if `None`.
    """

    rows: tuple[tuple[type[VisavisError], ErrorResponse], ...]
    invalid: ErrorResponse
    internal: ErrorResponse
    render: Render
    by_status: Mapping[int, ErrorResponse]
    other: ErrorResponse | None = None
    malformed: ErrorResponse | None = None

    def response_to(self, error: VisavisError) -> ErrorResponse:
        """The response to an error."""
        return next(response for kind, response in self.rows if isinstance(error, kind))

    def answer_malformed(self, message: str) -> Response:
        """The answer to a request that is not valid HTTP."""
        return self.render(self.malformed or self.invalid, message, None)

    def answer_internal(self) -> Response:
        """The answer to an unforeseen error."""
        return self.render(self.internal, self.internal.example, None)

    def answer_status(self, status: int, *, path: str, method: str) -> Response:
        """The answer to an error of the framework."""
        default = (self.other or self.invalid) if status < _SERVER_ERROR else self.internal
        response = self.by_status.get(status, default)
        message = response.example.format(path=path[:_MAX_PATH_CHARS], method=method)
        return self.render(response, message, None)


def render_flat(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    """Render an error as `{"error": code, "message": …}`, with `retry_after_seconds` where waiting helps."""
    body: dict[str, Any] = {"error": response.code, "message": message}
    headers = {}
    if retry_after_s is not None:
        body["retry_after_seconds"] = retry_after_s
        headers["Retry-After"] = str(retry_after_s)
    return JSONResponse(body, response.status, headers)


def install(app: Starlette, table: ErrorTable) -> None:
    """Let an application answer errors by a table, on WebSockets too.

    A WebSocket that is not open yet gets the same answer instead of the handshake; an open one is closed, and
    the error's code is the reason.
    """

    async def known(connection: HTTPConnection, error: Exception) -> Response | None:
        if not isinstance(error, VisavisError):
            raise error
        response = table.response_to(error)
        if response.status >= _SERVER_ERROR:
            _log.warning("request_refused", code=response.code, reason=error.code)
        message = response.example if response.is_fixed else error.message
        retry_after_s = error.retry_after_s if isinstance(error, TryLaterError) else None
        return await _answered(connection, response, table.render(response, message, retry_after_s))

    async def invalid(connection: HTTPConnection, error: Exception) -> Response | None:
        if not isinstance(error, RequestValidationError | WebSocketRequestValidationError):
            raise error
        answer = table.render(table.invalid, describe(error.errors()), None)
        return await _answered(connection, table.invalid, answer)

    async def framework(connection: HTTPConnection, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        method = connection.method if isinstance(connection, Request) else ""
        answer = table.answer_status(error.status_code, path=connection.url.path, method=method)
        if error.status_code == _METHOD_NOT_ALLOWED and isinstance(connection, Request):
            return other_method(connection, answer)
        return answer

    async def unforeseen(_connection: HTTPConnection, _error: Exception) -> Response:
        return table.answer_internal()  # the middleware writes it to the log

    app.router.default = _no_route
    app.add_exception_handler(VisavisError, known)  # type: ignore[arg-type]  # Starlette means either connection
    app.add_exception_handler(RequestValidationError, invalid)  # type: ignore[arg-type]
    app.add_exception_handler(WebSocketRequestValidationError, invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(Exception, unforeseen)


async def _no_route(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise HTTPException(_NOT_FOUND)  # of WebSockets too, which Starlette would only close


async def _answered(connection: HTTPConnection, response: ErrorResponse, answer: Response) -> Response | None:
    """Close an open WebSocket; for everything else, the answer."""
    if isinstance(connection, WebSocket) and connection.application_state is WebSocketState.CONNECTED:
        is_ours = response.status >= _SERVER_ERROR
        await connection.close(_UNEXPECTED_CONDITION if is_ours else _POLICY_VIOLATION, response.code)
        return None
    return answer
