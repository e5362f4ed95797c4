"""The errors of the surface: what each error class becomes on the wire."""

from typing import Final

from starlette.responses import JSONResponse, Response

from visavis import errors
from visavis.surfaces.shared.authentication import AuthUnavailableError
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable
from visavis.surfaces.shared.middleware import request_id

INVALID_JSON = ErrorResponse(400, "invalid_json_body", "The body is not valid JSON.")
INVALID_BODY = ErrorResponse(400, "invalid_request_body", "prompt: must not be empty.")
INVALID_JOB_TYPE = ErrorResponse(
    400, "invalid_job_type", "The job makes no avatar images. Use a job of POST /api/v1/avatars/generate."
)
UNAUTHORIZED = ErrorResponse(
    401, "unauthorized", "Missing Authorization header. Use: Authorization: Bearer <api_key>"
)
FORBIDDEN = ErrorResponse(403, "forbidden", "This needs an API key.")
NO_JOB = ErrorResponse(404, "job_not_found", "Job not found.")
NO_AVATAR = ErrorResponse(404, "avatar_not_found", "Avatar not found.")
NO_ROUTE = ErrorResponse(404, "not_found", "There is no endpoint {path}.")
NO_METHOD = ErrorResponse(405, "method_not_allowed", "{method} is not allowed here.")
NOT_COMPLETE = ErrorResponse(409, "job_not_complete", "The job is not completed.")
IDEMPOTENCY = ErrorResponse(
    409,
    "idempotency_key_mismatch",
    "This Idempotency-Key was already used for a different request. Use a new one.",
)
LIMIT = ErrorResponse(409, "avatar_limit_reached", "At most 1000 avatars can be saved. Delete one first.")
TOO_LARGE = ErrorResponse(413, "payload_too_large", "reference_images.0: at most 15 MB.")
RATE_LIMIT = ErrorResponse(
    429, "rate_limit_exceeded", "Slow down! You've hit the limit of 30 requests per minute."
)
MONTHLY_CAP = ErrorResponse(429, "monthly_cap_exceeded", "You've reached the cap of 1000 requests per month.")
INTERNAL = ErrorResponse(500, "internal_error", "Unexpected server error.", is_fixed=True)
STORAGE = ErrorResponse(
    503, "storage_unavailable", "A file could not be stored or fetched. Please try again.", is_fixed=True
)
UNAVAILABLE = ErrorResponse(
    503,
    "temporarily_unavailable",
    "Service is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)

_TYPES: Final = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    429: "rate_limit_error",
}
_SERVER_ERROR: Final = 500


def type_of(status: int) -> str:
    """Type of the errors of a status."""
    return _TYPES.get(status, "api_error" if status >= _SERVER_ERROR else "invalid_request_error")


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    said = {
        "type": type_of(response.status),
        "code": response.code,
        "message": message,
        "request_id": request_id(),
    }
    answer = JSONResponse({"error": said}, response.status)
    if retry_after_s is not None:
        answer.headers["Retry-After"] = str(retry_after_s)
    if response.status == UNAUTHORIZED.status:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


TABLE: Final = ErrorTable(
    rows=(
        (errors.InputError, INVALID_BODY),
        (errors.MediaTypeError, INVALID_BODY),
        (errors.JsonError, INVALID_JSON),
        (errors.RequestError, INVALID_BODY),
        (errors.UploadTooLargeError, TOO_LARGE),
        (errors.JobKindError, INVALID_JOB_TYPE),
        (errors.CredentialsMissingError, UNAUTHORIZED),
        (errors.KeyRefusedError, UNAUTHORIZED),
        (errors.NotPermittedError, FORBIDDEN),
        (errors.JobMissingError, NO_JOB),
        (errors.ResultMissingError, NO_JOB),
        (errors.StoredFileMissingError, NO_JOB),
        (errors.AvatarMissingError, NO_AVATAR),
        (errors.JobNotReadyError, NOT_COMPLETE),
        (errors.IdempotencyError, IDEMPOTENCY),
        (errors.AvatarLimitError, LIMIT),
        (errors.MonthlyCapError, MONTHLY_CAP),
        (errors.RateLimitError, RATE_LIMIT),
        (errors.StoreError, STORAGE),
        (AuthUnavailableError, UNAVAILABLE),
        (errors.DatabaseError, UNAVAILABLE),
        (errors.VisavisError, INTERNAL),
    ),
    by_status={404: NO_ROUTE, 405: NO_METHOD, 413: TOO_LARGE},
    invalid=INVALID_BODY,
    internal=INTERNAL,
    render=_render,
)
