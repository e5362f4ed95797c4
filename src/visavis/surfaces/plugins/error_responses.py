"""Errors that plugins get: one table for all vendors, which each vendor renders in its own shape."""

from typing import Any, Final

from starlette.responses import JSONResponse, Response

from visavis import errors
from visavis.surfaces.shared.authentication import AuthUnavailableError
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable, Render

NOT_FOUND: Final = ErrorResponse(404, "not_found", "There is no endpoint {path}.")
_UNAUTHORIZED: Final = ErrorResponse(401, "unauthorized", "Invalid or revoked API key.")
_NO_AVATAR: Final = ErrorResponse(404, "avatar_not_found", "There is no avatar face-1.")
_NOT_READY: Final = ErrorResponse(409, "avatar_not_renderable", "The agent A1B2C3D4E5 is still being made.")
_NO_SESSION: Final = ErrorResponse(404, "session_not_found", "Session not found.")
_NO_METHOD: Final = ErrorResponse(405, "method_not_allowed", "{method} is not allowed here.")
_TOO_LARGE: Final = ErrorResponse(413, "payload_too_large", "The body is too large.")
_UNSUPPORTED: Final = ErrorResponse(415, "unsupported_media_type", "Send the request as JSON.")
_RATE_LIMITED: Final = ErrorResponse(429, "rate_limited", "At most 30 requests per minute are allowed.")
_INTERNAL: Final = ErrorResponse(500, "internal_error", "Unexpected server error.", is_fixed=True)
_NO_CAPACITY: Final = ErrorResponse(503, "no_capacity", "All slots are busy. Retry after 30 seconds.")
_UNAVAILABLE: Final = ErrorResponse(
    503,
    "temporarily_unavailable",
    "Service is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)


def table(render: Render, *, invalid_status: int = 400) -> ErrorTable:
    """The error table of a vendor.

    Args:
        render: Makes the answers in the vendor's shape.
        invalid_status: Status of a request that is not valid.
    """
    invalid = ErrorResponse(invalid_status, "invalid_request", "livekit_token: is missing.")
    return ErrorTable(
        rows=(
            (errors.AvatarMissingError, _NO_AVATAR),
            (errors.AgentNotReadyError, _NOT_READY),
            (errors.InputError, invalid),
            (errors.RequestError, invalid),
            (errors.CredentialsMissingError, _UNAUTHORIZED),
            (errors.KeyRefusedError, _UNAUTHORIZED),
            (errors.SessionMissingError, _NO_SESSION),
            (errors.NoCapacityError, _NO_CAPACITY),
            (errors.BusyError, _NO_CAPACITY),
            (errors.UploadTooLargeError, _TOO_LARGE),
            (errors.MediaTypeError, _UNSUPPORTED),
            (errors.RateLimitError, _RATE_LIMITED),
            (errors.StoreError, _UNAVAILABLE),
            (AuthUnavailableError, _UNAVAILABLE),
            (errors.DatabaseError, _UNAVAILABLE),
            (errors.VisavisError, _INTERNAL),
        ),
        invalid=invalid,
        internal=_INTERNAL,
        render=render,
        by_status={404: NOT_FOUND, 405: _NO_METHOD, 413: _TOO_LARGE, 415: _UNSUPPORTED},
    )


def answer(status: int, body: dict[str, Any], retry_after_s: int | None) -> Response:
    """An error answer.

    Args:
        status: HTTP status.
        body: The body, in the vendor's shape.
        retry_after_s: Seconds to wait before another try; `None` if that does not help.
    """
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return JSONResponse(body, status, headers)


def render_as(field: str) -> Render:
    """Render errors as an object with one field, which holds the message."""

    def render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
        return answer(response.status, {field: message}, retry_after_s)

    return render
