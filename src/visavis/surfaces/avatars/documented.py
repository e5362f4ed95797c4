"""What the OpenAPI document says beyond the types: errors, bodies and headers."""

from typing import Any, Final

from pydantic import BaseModel

from visavis.surfaces.avatars import error_responses
from visavis.surfaces.avatars.answers import ErrorAnswer
from visavis.surfaces.shared.bodies import json_schema
from visavis.surfaces.shared.errors import ErrorResponse

GENERAL: Final = (
    error_responses.INVALID_BODY,
    error_responses.UNAUTHORIZED,
    error_responses.FORBIDDEN,
    error_responses.RATE_LIMIT,
    error_responses.MONTHLY_CAP,
    error_responses.INTERNAL,
    error_responses.UNAVAILABLE,
)
GENERATION: Final = (
    *GENERAL,
    error_responses.INVALID_JSON,
    error_responses.IDEMPOTENCY,
    error_responses.TOO_LARGE,
    error_responses.STORAGE,
)
SAVING: Final = (
    *GENERAL,
    error_responses.INVALID_JSON,
    error_responses.INVALID_JOB_TYPE,
    error_responses.NO_JOB,
    error_responses.NOT_COMPLETE,
    error_responses.LIMIT,
    error_responses.STORAGE,
)
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request gives the first answer again, with the header "
    "`X-Idempotency-Replayed: true`.",
}
CALLBACK: Final = {
    "name": "X-Callback-URL",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 2048},
    "description": "The same as `callback_url` in the body.",
}


def errors(*listed: ErrorResponse) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route, with an example of each error."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for response in listed:
        said = {
            "type": error_responses.type_of(response.status),
            "code": response.code,
            "message": response.example,
            "request_id": "req_0a1b2c3d4e5f6071",
        }
        row = by_status.setdefault(
            response.status,
            {"model": ErrorAnswer, "description": "", "content": {"application/json": {"examples": {}}}},
        )
        row["content"]["application/json"]["examples"][response.code] = {"value": {"error": said}}
        row["description"] = ", ".join(row["content"]["application/json"]["examples"])
    return by_status


def body(model: type[BaseModel], *headers: dict[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads a JSON object."""
    content = {"application/json": {"schema": json_schema(model)}}
    extra: dict[str, Any] = {"requestBody": {"required": True, "content": content}}
    return extra | ({"parameters": list(headers)} if headers else {})
