"""The errors of the surface: what each error class becomes on the wire."""

from typing import Final

from starlette.responses import JSONResponse, Response

from visavis import errors
from visavis.surfaces.shared.authentication import AuthUnavailableError
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable

UNAUTHORIZED = ErrorResponse(401, "UNAUTHORIZED", "Invalid or missing api-secret.", is_fixed=True)
BALANCE = ErrorResponse(
    402, "INSUFFICIENT_BALANCE", "Not enough credits: this costs 250, and the balance is 0."
)
FORBIDDEN = ErrorResponse(403, "FORBIDDEN", "The key does not have permission.")
FOREIGN = ErrorResponse(403, "FOREIGN_ORIGIN", "The request comes from a page of another origin.")
EMBED_TOKEN = ErrorResponse(401, "EMBED_TOKEN_INVALID", "The embed token is not valid or has expired.")
NO_EMBED_TOKEN = ErrorResponse(404, "EMBED_TOKEN_NOT_FOUND", "There is no embed token with this ID.")
NO_SESSION = ErrorResponse(404, "SESSION_NOT_FOUND", "Session not found.")
ENDED = ErrorResponse(409, "SESSION_ENDED", "Session already ended.")
EMBED_LIMIT = ErrorResponse(
    429, "EMBED_LIMIT_REACHED", "As many conversations were held as this page allows."
)
NO_AGENT = ErrorResponse(404, "AGENT_NOT_FOUND", "Agent not found for code: A91XMB7113")
NO_ROOMS = ErrorResponse(404, "NO_ACTIVE_ROOMS", "No active rooms found for agent A91XMB7113")
NO_DOCUMENT = ErrorResponse(
    404, "DOCUMENT_NOT_FOUND", "The agent A91XMB7113 has no document doc_0123456789abcdef."
)
NO_WEBHOOK = ErrorResponse(404, "WEBHOOK_NOT_FOUND", "There is no webhook with this ID.")
NOT_FOUND = ErrorResponse(404, "NOT_FOUND", "There is no endpoint {path}.")
METHOD = ErrorResponse(405, "METHOD_NOT_ALLOWED", "{method} is not allowed here.")
EXISTS = ErrorResponse(409, "AGENT_EXISTS", "An agent with the code A91XMB7113 exists already.")
NOT_READY = ErrorResponse(409, "AGENT_NOT_READY", "The agent A91XMB7113 is still being made.")
FORMAT = ErrorResponse(
    409,
    "MODEL_NOT_DOWNLOADABLE",
    "Agents of this server are .visavis files. Download the one at model_url, and open it with visavis.",
)
IDEMPOTENCY = ErrorResponse(
    409,
    "IDEMPOTENCY_KEY_MISMATCH",
    "This Idempotency-Key was already used for a different request. Use a new one.",
)
TOO_LARGE = ErrorResponse(413, "PAYLOAD_TOO_LARGE", "The upload exceeds the limit of 50 MB.")
VALIDATION = ErrorResponse(422, "VALIDATION_ERROR", "message: is missing.")
RATE = ErrorResponse(429, "RATE_LIMITED", "You've hit the limit of 30 requests per minute.")
INTERNAL = ErrorResponse(500, "INTERNAL_ERROR", "Unexpected server error.", is_fixed=True)
MODEL = ErrorResponse(
    503,
    "MODEL_NOT_READY",
    "The model kokoro is not on this machine yet. Run `visavis models pull kokoro`, then try again.",
)
NO_CAPACITY = ErrorResponse(503, "NO_CAPACITY", "All slots are busy. Retry after 30 seconds.")
UNAVAILABLE = ErrorResponse(
    503,
    "SERVICE_UNAVAILABLE",
    "The service is not available at the moment. Please try again later.",
    is_fixed=True,
)


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    body = {
        "error": {"code": response.code, "message": message, "httpStatus": response.status},
        "status": "error",
        "status_code": response.status,
    }
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s is not None else {}
    return JSONResponse(body, response.status, headers)


TABLE: Final = ErrorTable(
    rows=(
        (errors.EmbedTokenError, EMBED_TOKEN),
        (errors.CredentialsMissingError, UNAUTHORIZED),
        (errors.KeyRefusedError, UNAUTHORIZED),
        (errors.ForeignOriginError, FOREIGN),
        (errors.NotPermittedError, FORBIDDEN),
        (errors.ConversationDisabledError, FORBIDDEN),
        (errors.CreditsError, BALANCE),
        (errors.AgentMissingError, NO_AGENT),
        (errors.NoActiveRoomsError, NO_ROOMS),
        (errors.DocumentMissingError, NO_DOCUMENT),
        (errors.WebhookMissingError, NO_WEBHOOK),
        (errors.EmbedTokenMissingError, NO_EMBED_TOKEN),
        (errors.SessionMissingError, NO_SESSION),
        (errors.SessionNotActiveError, ENDED),
        (errors.AgentExistsError, EXISTS),
        (errors.AgentFormatError, FORMAT),
        (errors.AgentNotReadyError, NOT_READY),
        (errors.IdempotencyError, IDEMPOTENCY),
        (errors.UploadTooLargeError, TOO_LARGE),
        (errors.MediaTypeError, VALIDATION),
        (errors.InputError, VALIDATION),
        (errors.RequestError, VALIDATION),
        (errors.EmbedLimitError, EMBED_LIMIT),
        (errors.RateLimitError, RATE),
        (errors.NoCapacityError, NO_CAPACITY),
        (errors.ModelNotReadyError, MODEL),
        (errors.BusyError, UNAVAILABLE),
        (errors.StoreError, UNAVAILABLE),
        (errors.ProviderError, UNAVAILABLE),
        (errors.ChildError, UNAVAILABLE),
        (AuthUnavailableError, UNAVAILABLE),
        (errors.DatabaseError, UNAVAILABLE),
        (errors.VisavisError, INTERNAL),
    ),
    by_status={404: NOT_FOUND, 405: METHOD, 413: TOO_LARGE},
    invalid=VALIDATION,
    internal=INTERNAL,
    render=_render,
)
