"""The one table from errors to what the console is told of them."""

from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from visavis import errors
from visavis.surfaces.shared.methods import other_method
from visavis.surfaces.shared.wording import describe

_log = structlog.get_logger()

# The first class that fits counts.
_TABLE: Final[tuple[tuple[type[errors.VisavisError], int, str], ...]] = (
    (errors.SignedOutError, 401, "signed_out"),
    (errors.KeyRefusedError, 401, "sign_in_refused"),
    (errors.SignInLinkError, 410, "invalid_link"),
    (errors.ForeignOriginError, 403, "foreign_origin"),
    (errors.NotPermittedError, 403, "not_permitted"),
    (errors.ShareMissingError, 404, "not_found"),
    (errors.SessionMissingError, 404, "not_found"),
    (errors.SessionNotActiveError, 409, "session_not_active"),
    (errors.RateLimitError, 429, "rate_limited"),
    (errors.UploadTooLargeError, 413, "payload_too_large"),
    (errors.MediaTypeError, 415, "unsupported_media_type"),
    (errors.BusyError, 503, "busy"),
    (errors.ChildError, 503, "busy"),
    (errors.StoreError, 503, "storage_unavailable"),
    (errors.InputError, 400, "invalid_input"),
    (errors.RequestError, 422, "validation_error"),
    (errors.DatabaseError, 503, "temporarily_unavailable"),
    (errors.VisavisError, 500, "internal_error"),
)
_SERVER_ERROR: Final = 500
_METHOD_NOT_ALLOWED: Final = 405
_WORDS: Final = {
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "Method not allowed."),
    413: ("payload_too_large", "The body is larger than the console takes."),
    500: ("internal_error", "Something went wrong on the server. Its log says what."),
    503: ("temporarily_unavailable", "The database cannot be reached. Try again in a moment."),
}

# Of errors that are the server's and more is known of than their status.
_SERVER_WORDS: Final = {
    "busy": "The server is busy. Try again in a moment.",
    "storage_unavailable": "There is no space for files at the moment. Try again later.",
}


def answer(status: int, code: str, message: str, *, retry_after_s: int | None = None) -> JSONResponse:
    """An error as it goes over the wire: the shape of the public API."""
    said: dict[str, Any] = {"error": code, "message": message}
    headers = {}
    if retry_after_s is not None:
        said["retry_after_seconds"] = retry_after_s
        headers["Retry-After"] = str(retry_after_s)
    return JSONResponse(said, status, headers)


def malformed(message: str) -> Response:
    """The answer to what is no request."""
    return answer(400, "invalid_input", message)


async def internal_error() -> Response:
    """The answer when something went wrong that nobody foresaw."""
    return answer(_SERVER_ERROR, *_WORDS[_SERVER_ERROR])


def install(app: FastAPI) -> None:
    """Let an application answer errors this way."""

    async def ours(_request: Request, error: Exception) -> Response:
        if not isinstance(error, errors.VisavisError):
            raise error
        status, code = next((status, code) for kind, status, code in _TABLE if isinstance(error, kind))
        if status >= _SERVER_ERROR:
            _log.warning("request_refused", code=code, reason=error.code)
            return answer(status, code, _SERVER_WORDS.get(code, _WORDS[status][1]))
        retry_after_s = error.retry_after_s if isinstance(error, errors.RateLimitError) else None
        return answer(status, code, error.message, retry_after_s=retry_after_s)

    async def invalid(_request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return answer(422, "validation_error", describe(error.errors()))

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        code, words = _WORDS.get(error.status_code, ("invalid_request", "The request cannot be read."))
        said = answer(error.status_code, code, words)
        return other_method(request, said) if error.status_code == _METHOD_NOT_ALLOWED else said

    async def unforeseen(_request: Request, _error: Exception) -> Response:
        return await internal_error()  # the edge writes it to the log

    app.add_exception_handler(Exception, unforeseen)
    app.add_exception_handler(errors.VisavisError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
