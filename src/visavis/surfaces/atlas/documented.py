"""What the OpenAPI document says beyond the types: an example of every error, and headers."""

from typing import Any, Final

from visavis.surfaces.atlas import error_responses
from visavis.surfaces.atlas.wire import ErrorAnswer
from visavis.surfaces.shared.errors import ErrorResponse

GENERAL: Final = (
    error_responses.UNAUTHORIZED,
    error_responses.FORBIDDEN,
    error_responses.NOT_FOUND,
    error_responses.METHOD_NOT_ALLOWED,
    error_responses.VALIDATION,
    error_responses.RATE_LIMIT,
    error_responses.MONTHLY_CAP,
    error_responses.INTERNAL,
    error_responses.AUTH,
    error_responses.UNAVAILABLE,
)
SUBMISSION: Final = (
    *GENERAL,
    error_responses.INVALID_INPUT,
    error_responses.INVALID_CALLBACK,
    error_responses.IDEMPOTENCY,
    error_responses.TOO_LARGE,
    error_responses.UNSUPPORTED,
    error_responses.MODEL_NOT_READY,
    error_responses.QUEUE,
    error_responses.STORAGE,
    error_responses.STORAGE_ERROR,
)
FACE_SUBMISSION: Final = (*SUBMISSION, error_responses.NO_AVATAR)
_FACE: Final = (
    error_responses.INVALID_INPUT,
    error_responses.TOO_LARGE,
    error_responses.UNSUPPORTED,
    error_responses.NO_AVATAR,
)
_KEPT: Final = (error_responses.STORAGE, error_responses.STORAGE_ERROR)
SESSION: Final = (
    *GENERAL,
    *_FACE,
    error_responses.INVALID_FACE_URL,
    error_responses.INVALID_MODE,
    error_responses.NO_CONVERSATION,
    error_responses.NO_AGENT,
    error_responses.AGENT_NOT_READY,
    error_responses.SESSION_RATE,
    error_responses.MODEL_NOT_READY,
    error_responses.NO_CAPACITY,
    *_KEPT,
)
VIEWER: Final = (*GENERAL, error_responses.NO_SESSION, error_responses.NOT_ACTIVE)
SWAP: Final = (
    *GENERAL,
    *_FACE,
    error_responses.NO_SESSION,
    error_responses.NOT_ACTIVE,
    error_responses.SESSION_RATE,
    error_responses.NO_CAPACITY,
    *_KEPT,
)
END: Final = (*GENERAL, error_responses.NO_SESSION, error_responses.ALREADY_ENDED)
EXTERNAL: Final = (
    *GENERAL,
    *_FACE,
    error_responses.INVALID_FACE_URL,
    error_responses.SESSION_RATE,
    error_responses.NO_CAPACITY,
    *_KEPT,
)
_WAITING: Final = (
    error_responses.RATE_LIMIT,
    error_responses.MONTHLY_CAP,
    error_responses.SESSION_RATE,
    error_responses.MODEL_NOT_READY,
    error_responses.NO_CAPACITY,
)

IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request gives the first answer again.",
}
CALLBACK: Final = {
    "name": "X-Callback-URL",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 2048},
    "description": "Notified when the job ends. HTTPS, a public address.",
}


def errors(*listed: ErrorResponse) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route, with an example of each error."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for response in listed:
        said: dict[str, Any] = {"error": response.code, "message": response.example}
        if response in _WAITING:
            said["retry_after_seconds"] = 12
        row = by_status.setdefault(
            response.status,
            {"model": ErrorAnswer, "description": "", "content": {"application/json": {"examples": {}}}},
        )
        row["content"]["application/json"]["examples"][response.code] = {"value": said}
        row["description"] = ", ".join(row["content"]["application/json"]["examples"])
    return by_status
