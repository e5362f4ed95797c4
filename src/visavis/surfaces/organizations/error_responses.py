"""The errors of the surface: what each error class becomes on the wire."""

from typing import Any, Final

from starlette.responses import Response

from visavis import errors
from visavis.surfaces.organizations.wire import ErrorAnswer
from visavis.surfaces.shared.authentication import AuthUnavailableError
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable, render_flat

_RETRY_AFTER_S: Final = 12  # of examples

UNAUTHORIZED = ErrorResponse(
    401, "unauthorized", "Missing Authorization header. Use: Authorization: Bearer <api_key>"
)
FORBIDDEN = ErrorResponse(403, "forbidden", "Only owners and admins of the organization can add members.")
NOT_FOUND = ErrorResponse(404, "not_found", "Organization not found.")
NO_MEMBER = ErrorResponse(404, "not_found", "Member not found.")
NO_SCIM_TOKEN = ErrorResponse(404, "not_found", "SCIM token not found.")
NO_INVITATION = ErrorResponse(404, "not_found", "Invitation not found.")
_NO_ROUTE: Final = ErrorResponse(404, "not_found", "There is no endpoint {path}.")
_NO_METHOD: Final = ErrorResponse(405, "method_not_allowed", "{method} is not allowed here.")
LAST_OWNER = ErrorResponse(409, "last_owner", "This is the last owner. Make somebody else an owner first.")
ALREADY_MEMBER = ErrorResponse(
    409, "already_member", "ada@example.com is a member of this organization already."
)
SSO_NOT_ACTIVE = ErrorResponse(
    409, "sso_not_active", "Set up single sign-on first: there is no active connection."
)
LIMIT = ErrorResponse(409, "limit_reached", "A user can own at most 20 organizations.")
TOO_LARGE = ErrorResponse(413, "payload_too_large", "The body is too large.")
VALIDATION = ErrorResponse(422, "validation_error", "name: must have 2 to 100 characters.")
RATE_LIMIT = ErrorResponse(
    429, "rate_limit_exceeded", "Slow down! You've hit the limit of 30 requests per minute."
)
MONTHLY_CAP = ErrorResponse(429, "monthly_cap_exceeded", "You've reached the cap of 1000 requests per month.")
SSO_UNAVAILABLE = ErrorResponse(
    502, "sso_unavailable", "The identity provider cannot be reached. Try again in a moment."
)
INTERNAL = ErrorResponse(500, "internal_error", "Unexpected server error.", is_fixed=True)
AUTH = ErrorResponse(
    503,
    "auth_unavailable",
    "Authentication service is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)
MAIL = ErrorResponse(
    503, "mail_unavailable", "The email could not be sent. Try again later, or send the link yourself."
)
UNAVAILABLE = ErrorResponse(
    503,
    "temporarily_unavailable",
    "Service is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)
GENERAL: Final = (
    *(UNAUTHORIZED, FORBIDDEN, VALIDATION, RATE_LIMIT, MONTHLY_CAP, INTERNAL, AUTH, UNAVAILABLE),
)


def _render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    answer = render_flat(response, message, retry_after_s)
    if response.status == UNAUTHORIZED.status:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


TABLE: Final = ErrorTable(
    rows=(
        (errors.CredentialsMissingError, UNAUTHORIZED),
        (errors.KeyRefusedError, FORBIDDEN),
        (errors.NotPermittedError, FORBIDDEN),
        (errors.SsoRefusedError, FORBIDDEN),
        (errors.SsoNotActiveError, SSO_NOT_ACTIVE),
        (errors.SsoConnectionError, SSO_UNAVAILABLE),
        (errors.OrganizationMissingError, NOT_FOUND),
        (errors.MemberMissingError, NO_MEMBER),
        (errors.InvitationMissingError, NO_INVITATION),
        (errors.ScimTokenMissingError, NO_SCIM_TOKEN),
        (errors.LastOwnerError, LAST_OWNER),
        (errors.MemberExistsError, ALREADY_MEMBER),
        (errors.OrganizationLimitError, LIMIT),
        (errors.UploadTooLargeError, TOO_LARGE),
        (errors.AccountError, VALIDATION),
        (errors.RequestError, VALIDATION),
        (errors.MonthlyCapError, MONTHLY_CAP),
        (errors.RateLimitError, RATE_LIMIT),
        (errors.MailError, MAIL),
        (AuthUnavailableError, AUTH),
        (errors.DatabaseError, UNAVAILABLE),
        (errors.VisavisError, INTERNAL),
    ),
    by_status={404: _NO_ROUTE, 405: _NO_METHOD, 413: TOO_LARGE},
    invalid=VALIDATION,
    internal=INTERNAL,
    render=_render,
)


def documented(*more: ErrorResponse) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: an example of each general error, and of more of its own."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for response in (*GENERAL, *more):
        said: dict[str, Any] = {"error": response.code, "message": response.example}
        if response in {RATE_LIMIT, MONTHLY_CAP}:
            said["retry_after_seconds"] = _RETRY_AFTER_S
        examples = {response.code: {"value": said}}
        row = by_status.setdefault(response.status, {"model": ErrorAnswer, "description": ""})
        content = row.setdefault("content", {"application/json": {"examples": {}}})
        content["application/json"]["examples"] |= examples
        row["description"] = ", ".join(content["application/json"]["examples"])
    return by_status
