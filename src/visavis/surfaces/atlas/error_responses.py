"""The one table from errors to what the surface says of them."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Failure:
    """How an error looks on the wire.

    Attributes:
        status: HTTP status.
        code: Of the table of the API.
        example: A message it comes with, for the documentation.
    """

    status: int
    code: str
    example: str


INVALID_INPUT = Failure(
    400, "invalid_input", "No face was found in the picture. Send a photo of one person's face."
)
INVALID_CALLBACK = Failure(400, "invalid_callback_url", "The callback URL must use HTTPS.")
INVALID_FACE_URL = Failure(400, "invalid_face_url", "face_url must use HTTPS.")
INVALID_MODE = Failure(400, "invalid_mode", 'mode must be "passthrough" or "conversation".')
UNAUTHORIZED = Failure(
    401, "unauthorized", "Missing Authorization header. Use: Authorization: Bearer <api_key>"
)
FORBIDDEN = Failure(403, "forbidden", "Invalid or revoked API key.")
NO_CONVERSATION = Failure(
    403,
    "conversation_disabled",
    "Conversation mode is restricted. Use passthrough unless your key is allowlisted.",
)
NO_SESSION = Failure(404, "not_found", "Session not found.")
NOT_FOUND = Failure(404, "not_found", "Job not found.")
NO_OUTPUT = Failure(404, "no_output", "No stored output available for this job.")
METHOD_NOT_ALLOWED = Failure(405, "method_not_allowed", "Method not allowed.")
NOT_READY = Failure(
    409, "not_ready", "Job is still processing. Poll GET /v1/jobs/{id} until status is completed."
)
IDEMPOTENCY = Failure(
    409,
    "idempotency_key_mismatch",
    "This Idempotency-Key was used before, for another request. Use a new one.",
)
NOT_ACTIVE = Failure(409, "session_not_active", "The session has ended.")
ALREADY_ENDED = Failure(409, "already_ended", "Session already ended.")
TOO_LARGE = Failure(413, "payload_too_large", "The upload exceeds the limit of 50 MB.")
UNSUPPORTED = Failure(
    415,
    "unsupported_media_type",
    "The audio file is of a format that is not supported. Send WAV, MP3, OGG, WebM, MP4, M4A, AAC or FLAC.",
)
VALIDATION = Failure(422, "validation_error", "Missing required fields: audio, image.")
RATE_LIMIT = Failure(429, "rate_limit_exceeded", "Slow down! You've hit the limit of 30 requests per minute.")
SESSION_RATE = Failure(429, "rate_limited", "At most 6 face swaps a minute. Wait before the next one.")
MONTHLY_CAP = Failure(429, "monthly_cap_exceeded", "You've reached the cap of 1000 requests per month.")
INTERNAL = Failure(500, "internal_error", "Unexpected server error.")
URL_FAILED = Failure(500, "url_generation_failed", "Failed to generate the download URL.")
GENERATION_FAILED = Failure(502, "generation_failed", "Processing failed. Please try again.")
NO_CAPACITY = Failure(503, "no_capacity", "All slots are busy. Retry after 30 seconds.")
QUEUE = Failure(
    503, "queue_unavailable", "Job queue is temporarily unavailable. Please try again in a moment."
)
STORAGE = Failure(
    503, "storage_unavailable", "There is no room for files at the moment. Please try again later."
)
STORAGE_ERROR = Failure(
    503, "storage_error", "A file could not be stored or fetched. Please try again in a moment."
)
AUTH = Failure(
    503,
    "auth_unavailable",
    "Authentication service is temporarily unavailable. Please try again in a moment.",
)
UNAVAILABLE = Failure(
    503, "temporarily_unavailable", "Service is temporarily unavailable. Please try again in a moment."
)


class AuthUnavailableError(errors.DatabaseError):
    """Keys cannot be looked up."""


class QueueUnavailableError(errors.DatabaseError):
    """Jobs cannot be taken in."""


# The first class that fits counts.
_TABLE: Final[tuple[tuple[type[errors.VisavisError], Failure], ...]] = (
    (errors.CallbackError, INVALID_CALLBACK),
    (errors.FaceUrlError, INVALID_FACE_URL),
    (errors.SessionModeError, INVALID_MODE),
    (errors.InputError, INVALID_INPUT),
    (errors.CredentialsMissingError, UNAUTHORIZED),
    (errors.KeyRefusedError, FORBIDDEN),
    (errors.ConversationDisabledError, NO_CONVERSATION),
    (errors.SessionMissingError, NO_SESSION),
    (errors.SessionEndedError, ALREADY_ENDED),
    (errors.SessionNotActiveError, NOT_ACTIVE),
    (errors.NoCapacityError, NO_CAPACITY),
    (errors.BusyError, NO_CAPACITY),
    (errors.JobMissingError, NOT_FOUND),
    (errors.ResultMissingError, NO_OUTPUT),
    (errors.StoredFileMissingError, NO_OUTPUT),
    (errors.JobNotReadyError, NOT_READY),
    (errors.IdempotencyError, IDEMPOTENCY),
    (errors.UploadTooLargeError, TOO_LARGE),
    (errors.MediaTypeError, UNSUPPORTED),
    (errors.RequestError, VALIDATION),
    (errors.MonthlyCapError, MONTHLY_CAP),
    (errors.SessionRateError, SESSION_RATE),
    (errors.RateLimitError, RATE_LIMIT),
    (errors.LinkError, URL_FAILED),
    (errors.StoreFullError, STORAGE),
    (errors.StoreError, STORAGE_ERROR),
    (AuthUnavailableError, AUTH),
    (QueueUnavailableError, QUEUE),
    (errors.DatabaseError, UNAVAILABLE),
    (errors.ChildError, GENERATION_FAILED),
    (errors.VisavisError, INTERNAL),
)
_BY_STATUS: Final = {
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    413: TOO_LARGE,
    415: UNSUPPORTED,
    422: VALIDATION,
}
# What these say comes from the machine room, and is not for clients.
_OWN_WORDS: Final = (AUTH, QUEUE, UNAVAILABLE, INTERNAL, STORAGE_ERROR, URL_FAILED, GENERATION_FAILED)


def failure_of(error: errors.VisavisError) -> Failure:
    """The row of an error."""
    return next(failure for kind, failure in _TABLE if isinstance(error, kind))


def answer(failure: Failure, message: str | None = None, *, retry_after_s: int | None = None) -> JSONResponse:
    """An error as it goes over the wire."""
    said: dict[str, Any] = {"error": failure.code, "message": message or failure.example}
    headers = {}
    if retry_after_s is not None:
        said["retry_after_seconds"] = retry_after_s
        headers["Retry-After"] = str(retry_after_s)
    if failure.status == UNAUTHORIZED.status:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(said, failure.status, headers)


def malformed(message: str) -> Response:
    """The answer to what is no request."""
    return answer(INVALID_INPUT, message)


async def internal_error() -> Response:
    """The answer when something went wrong that nobody foresaw."""
    return answer(INTERNAL)


def install(app: FastAPI) -> None:
    """Let an application answer errors this way."""

    async def ours(_request: Request, error: Exception) -> Response:
        if not isinstance(error, errors.VisavisError):
            raise error
        failure = failure_of(error)
        if failure.status >= INTERNAL.status:
            _log.warning("request_refused", code=failure.code, reason=error.code)
        message = None if failure in _OWN_WORDS else error.message
        retry_after_s = error.retry_after_s if isinstance(error, errors.TryLaterError) else None
        return answer(failure, message, retry_after_s=retry_after_s)

    async def invalid(_request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return answer(VALIDATION, describe(error.errors()))

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        failure = _BY_STATUS.get(
            error.status_code, VALIDATION if error.status_code < INTERNAL.status else INTERNAL
        )
        words = {
            NOT_FOUND: f"There is no endpoint {request.url.path[:200]}.",
            METHOD_NOT_ALLOWED: f"{request.method} is not allowed here.",
        }
        said = answer(failure, words.get(failure))
        return other_method(request, said) if failure is METHOD_NOT_ALLOWED else said

    async def unforeseen(_request: Request, _error: Exception) -> Response:
        return await internal_error()  # the edge writes it to the log

    app.add_exception_handler(Exception, unforeseen)
    app.add_exception_handler(errors.VisavisError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
