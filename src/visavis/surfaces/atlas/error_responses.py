"""The errors of the surface: what each error class becomes on the wire."""

from typing import Final

from starlette.responses import Response

from visavis import errors
from visavis.surfaces.shared.authentication import AuthUnavailableError
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable, render_flat

INVALID_INPUT = ErrorResponse(
    400,
    "invalid_input",
    "No face was found. Use a photo of one person who looks into the camera, with the whole face in it.",
)
INVALID_CALLBACK = ErrorResponse(400, "invalid_callback_url", "The callback URL must use HTTPS.")
INVALID_FACE_URL = ErrorResponse(400, "invalid_face_url", "face_url must use HTTPS.")
INVALID_MODE = ErrorResponse(400, "invalid_mode", 'mode must be "passthrough" or "conversation".')
UNAUTHORIZED = ErrorResponse(
    401, "unauthorized", "Missing Authorization header. Use: Authorization: Bearer <api_key>"
)
FORBIDDEN = ErrorResponse(403, "forbidden", "Invalid or revoked API key.")
NO_CONVERSATION = ErrorResponse(
    403,
    "conversation_disabled",
    "Conversation mode is restricted. Use passthrough unless your key is allowlisted.",
)
NO_SESSION = ErrorResponse(404, "not_found", "Session not found.")
NO_AGENT = ErrorResponse(404, "not_found", "Agent not found for code: A91XMB7113")
AGENT_NOT_READY = ErrorResponse(409, "agent_not_ready", "The agent A91XMB7113 is still being made.")
NOT_FOUND = ErrorResponse(404, "not_found", "Job not found.")
NO_AVATAR = ErrorResponse(404, "not_found", "avatar_id: there is no such avatar.")
NO_OUTPUT = ErrorResponse(404, "no_output", "No stored output available for this job.")
METHOD_NOT_ALLOWED = ErrorResponse(405, "method_not_allowed", "Method not allowed.")
_NO_ROUTE: Final = ErrorResponse(404, "not_found", "There is no endpoint {path}.")
_NO_METHOD: Final = ErrorResponse(405, "method_not_allowed", "{method} is not allowed here.")
NOT_READY = ErrorResponse(
    409,
    "not_ready",
    "Job is still processing. Poll GET /v1/jobs/{id} until status is completed.",
    is_fixed=True,
)
IDEMPOTENCY = ErrorResponse(
    409,
    "idempotency_key_mismatch",
    "This Idempotency-Key was already used for a different request. Use a new one.",
)
NOT_ACTIVE = ErrorResponse(409, "session_not_active", "The session has ended.")
ALREADY_ENDED = ErrorResponse(409, "already_ended", "Session already ended.")
TOO_LARGE = ErrorResponse(413, "payload_too_large", "The upload exceeds the limit of 50 MB.")
UNSUPPORTED = ErrorResponse(
    415,
    "unsupported_media_type",
    "The format of the audio file is not supported. Send WAV, MP3, OGG, WebM, MP4, M4A, AAC or FLAC.",
)
VALIDATION = ErrorResponse(422, "validation_error", "Missing required fields: audio, image.")
RATE_LIMIT = ErrorResponse(
    429, "rate_limit_exceeded", "Slow down! You've hit the limit of 30 requests per minute."
)
SESSION_RATE = ErrorResponse(
    429, "rate_limited", "At most 6 face swaps per minute are allowed. Wait before the next one."
)
MONTHLY_CAP = ErrorResponse(429, "monthly_cap_exceeded", "You've reached the cap of 1000 requests per month.")
INTERNAL = ErrorResponse(500, "internal_error", "Unexpected server error.", is_fixed=True)
URL_FAILED = ErrorResponse(
    500, "url_generation_failed", "Failed to generate the download URL.", is_fixed=True
)
GENERATION_FAILED = ErrorResponse(
    502, "generation_failed", "Processing failed. Please try again.", is_fixed=True
)
MODEL_NOT_READY = ErrorResponse(
    503,
    "model_not_ready",
    "The model kokoro is not on this machine yet. Run `visavis models pull kokoro`, then try again.",
)
NO_CAPACITY = ErrorResponse(503, "no_capacity", "All slots are busy. Retry after 30 seconds.")
QUEUE = ErrorResponse(
    503,
    "queue_unavailable",
    "Job queue is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)
STORAGE = ErrorResponse(
    503, "storage_unavailable", "There is no space for files at the moment. Please try again later."
)
STORAGE_ERROR = ErrorResponse(
    503,
    "storage_error",
    "A file could not be stored or fetched. Please try again in a moment.",
    is_fixed=True,
)
AUTH = ErrorResponse(
    503,
    "auth_unavailable",
    "Authentication service is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)
UNAVAILABLE = ErrorResponse(
    503,
    "temporarily_unavailable",
    "Service is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)


class QueueUnavailableError(errors.DatabaseError):
    """Jobs cannot be taken in."""


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    answer = render_flat(response, message, retry_after_s)
    if response.status == UNAUTHORIZED.status:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


TABLE: Final = ErrorTable(
    rows=(
        (errors.CallbackError, INVALID_CALLBACK),
        (errors.FaceUrlError, INVALID_FACE_URL),
        (errors.SessionModeError, INVALID_MODE),
        (errors.InputError, INVALID_INPUT),
        (errors.CredentialsMissingError, UNAUTHORIZED),
        (errors.KeyRefusedError, FORBIDDEN),
        (errors.ConversationDisabledError, NO_CONVERSATION),
        (errors.AvatarMissingError, NO_AVATAR),
        (errors.SessionMissingError, NO_SESSION),
        (errors.AgentMissingError, NO_AGENT),
        (errors.AgentNotReadyError, AGENT_NOT_READY),
        (errors.SessionEndedError, ALREADY_ENDED),
        (errors.SessionNotActiveError, NOT_ACTIVE),
        (errors.NoCapacityError, NO_CAPACITY),
        (errors.BusyError, NO_CAPACITY),
        (errors.ModelNotReadyError, MODEL_NOT_READY),
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
    ),
    by_status={
        404: _NO_ROUTE,
        405: _NO_METHOD,
        413: TOO_LARGE,
        415: UNSUPPORTED,
    },
    malformed=INVALID_INPUT,
    invalid=VALIDATION,
    internal=INTERNAL,
    render=_render,
)
