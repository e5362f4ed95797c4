"""What the OpenAPI document says beyond the types: an example of every error, and the forms."""

from typing import Any, Final

from visavis.surfaces.atlas import failures
from visavis.surfaces.atlas.failures import Failure
from visavis.surfaces.atlas.wire import ErrorAnswer, SpeechRequest

GENERAL: Final = (
    failures.UNAUTHORIZED,
    failures.FORBIDDEN,
    failures.NOT_FOUND,
    failures.METHOD_NOT_ALLOWED,
    failures.VALIDATION,
    failures.RATE_LIMIT,
    failures.MONTHLY_CAP,
    failures.INTERNAL,
    failures.AUTH,
    failures.UNAVAILABLE,
)
SUBMISSION: Final = (
    *GENERAL,
    failures.INVALID_INPUT,
    failures.INVALID_CALLBACK,
    failures.IDEMPOTENCY,
    failures.TOO_LARGE,
    failures.UNSUPPORTED,
    failures.QUEUE,
    failures.STORAGE,
    failures.STORAGE_ERROR,
)
_RETRIED: Final = 429

_FILE: Final = {"type": "string", "format": "binary"}
_IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request gives the first answer again.",
}
_CALLBACK: Final = {
    "name": "X-Callback-URL",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 2048},
    "description": "Notified when the job ends. HTTPS, a public address.",
}


def errors(*listed: Failure) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route, with an example of each error."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for failure in listed:
        said: dict[str, Any] = {"error": failure.code, "message": failure.example}
        if failure.status == _RETRIED:
            said["retry_after_seconds"] = 12
        row = by_status.setdefault(
            failure.status,
            {"model": ErrorAnswer, "description": "", "content": {"application/json": {"examples": {}}}},
        )
        row["content"]["application/json"]["examples"][failure.code] = {"value": said}
        row["description"] = ", ".join(row["content"]["application/json"]["examples"])
    return by_status


def form(required: tuple[str, ...], properties: dict[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route that takes a form."""
    schema = {"type": "object", "required": list(required), "properties": properties}
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}},
        "parameters": [_CALLBACK, _IDEMPOTENCY],
    }


GENERATE_FORM: Final = form(
    ("audio", "image"),
    {
        "audio": {**_FILE, "description": "Speech: WAV, MP3, MPEG, OGG or WebM."},
        "image": {**_FILE, "description": "A photo of one face: PNG, JPEG or WebP."},
    },
)
SPEECH_FORM: Final = form(
    ("text", "image"),
    {
        "image": {**_FILE, "description": "A photo of one face: PNG, JPEG or WebP."},
        **SpeechRequest.model_json_schema()["properties"],
    },
)
SPEECH_JSON: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": SpeechRequest.model_json_schema()}},
    },
    "parameters": [_CALLBACK, _IDEMPOTENCY],
}
