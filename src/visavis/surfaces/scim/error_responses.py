"""The errors of the surface, in the form of RFC 7644. The code of a response is its `scimType`, if any."""

from typing import Final

from starlette.responses import JSONResponse, Response

from visavis import errors
from visavis.surfaces.shared.authentication import AuthUnavailableError
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable

MEDIA_TYPE: Final = "application/scim+json"
_SCHEMA: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
_UNAUTHORIZED: Final = 401

INVALID_VALUE = ErrorResponse(400, "invalidValue", "A value in the request cannot be used.")
INVALID_SYNTAX = ErrorResponse(400, "invalidSyntax", "The request is not valid.")
TOO_MANY = ErrorResponse(400, "tooMany", "This filter would look at more than 2000 entries.")
UNAUTHORIZED = ErrorResponse(401, "", "Missing Authorization header. Use: Authorization: Bearer scim_…")
REFUSED = ErrorResponse(401, "", "Invalid or revoked SCIM token.")
NOT_FOUND = ErrorResponse(404, "", "There is no user with this ID.")
NO_ROUTE = ErrorResponse(404, "", "There is no endpoint {path}.")
NO_METHOD = ErrorResponse(405, "", "{method} is not allowed here.")
CONFLICT = ErrorResponse(409, "uniqueness", "Another user has this userName.")
LIMIT = ErrorResponse(403, "", "An organization can have at most 10000 members.")
LAST_OWNER = ErrorResponse(409, "", "The last owner cannot leave. Make another member an owner first.")
TOO_LARGE = ErrorResponse(413, "", "The request is too large.")
RATE_LIMIT = ErrorResponse(429, "", "Too many requests. Wait a minute, then try again.")
INTERNAL = ErrorResponse(500, "", "An internal error occurred.", is_fixed=True)
UNAVAILABLE = ErrorResponse(503, "", "The service is not available. Try again in a moment.", is_fixed=True)


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    body = {"schemas": [_SCHEMA], "status": str(response.status), "detail": message}
    headers = {}
    if response.code:
        body["scimType"] = response.code
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    if response.status == _UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    return JSONResponse(body, response.status, headers, media_type=MEDIA_TYPE)


TABLE: Final = ErrorTable(
    rows=(
        (errors.CredentialsMissingError, UNAUTHORIZED),
        (errors.KeyRefusedError, REFUSED),
        (errors.DirectoryEntryMissingError, NOT_FOUND),
        (errors.DirectoryConflictError, CONFLICT),
        (errors.DirectoryTooManyError, TOO_MANY),
        (errors.LastOwnerError, LAST_OWNER),
        (errors.OrganizationLimitError, LIMIT),
        (errors.InputError, INVALID_VALUE),
        (errors.RequestError, INVALID_VALUE),
        (errors.RateLimitError, RATE_LIMIT),
        (AuthUnavailableError, UNAVAILABLE),
        (errors.DatabaseError, UNAVAILABLE),
        (errors.VisavisError, INTERNAL),
    ),
    by_status={404: NO_ROUTE, 405: NO_METHOD, 413: TOO_LARGE},
    invalid=INVALID_VALUE,
    malformed=INVALID_SYNTAX,
    internal=INTERNAL,
    render=_render,
)
