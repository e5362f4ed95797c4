"""What the routes of the surface have in common in its OpenAPI document."""

from typing import Any, Final

from visavis.surfaces.agents import error_responses
from visavis.surfaces.shared.errors import ErrorResponse

IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "Your name for this request. Sent again with the same body, it is answered with the first "
    "agent, and with the header `Idempotency-Replayed: true`.",
}
_GENERAL: Final = (error_responses.UNAUTHORIZED, error_responses.VALIDATION, error_responses.RATE)


def errors(*more: ErrorResponse) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, by status: the general ones, and these."""
    found: dict[int | str, dict[str, Any]] = {}
    for each in (*_GENERAL, *more):
        example = {
            "error": {"code": each.code, "message": each.example, "httpStatus": each.status},
            "status": "error",
            "status_code": each.status,
        }
        described = found.setdefault(
            each.status, {"description": each.code, "content": {"application/json": {"examples": {}}}}
        )
        described["content"]["application/json"]["examples"][each.code] = {"value": example}
        described["description"] = ", ".join(described["content"]["application/json"]["examples"])
    return found
