"""What the OpenAPI document says beyond the types: an example of every error, and the forms."""

from typing import Any, Final

from visavis.surfaces.atlas import error_responses
from visavis.surfaces.atlas.wire import ErrorAnswer, SpeechRequest
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
    error_responses.QUEUE,
    error_responses.STORAGE,
    error_responses.STORAGE_ERROR,
)
_FACE: Final = (error_responses.INVALID_INPUT, error_responses.TOO_LARGE, error_responses.UNSUPPORTED)
_KEPT: Final = (error_responses.STORAGE, error_responses.STORAGE_ERROR)
SESSION: Final = (
    *GENERAL,
    *_FACE,
    error_responses.INVALID_FACE_URL,
    error_responses.INVALID_MODE,
    error_responses.NO_CONVERSATION,
    error_responses.SESSION_RATE,
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
    error_responses.NO_CAPACITY,
)

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
        "audio": {
            **_FILE,
            "description": "Speech: WAV, MP3, OGG, WebM, MP4, M4A, AAC or FLAC; or the sound of a video.",
        },
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
_SPEECH: Final = {"schema": SpeechRequest.model_json_schema()}
SPEECH_JSON: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": _SPEECH, "application/x-www-form-urlencoded": _SPEECH},
    },
    "parameters": [_CALLBACK, _IDEMPOTENCY],
}


def _body(required: tuple[str, ...], texts: dict[str, Any], files: dict[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route that takes JSON, or a form that may carry files too."""
    plain = {"type": "object", "required": list(required), "properties": texts}
    whole = {**plain, "properties": {**texts, **files}}
    content = {
        "application/json": {"schema": plain},
        "application/x-www-form-urlencoded": {"schema": plain},
        "multipart/form-data": {"schema": whole},
    }
    return {"requestBody": {"required": bool(required), "content": content}}


_TEXT: Final = {"type": "string"}
_ADDRESS: Final = {"type": "string", "format": "uri", "maxLength": 2048}
_PICTURE: Final = {**_FILE, "description": "PNG, JPEG or WebP, at most 10 MB."}
_WRITTEN_PICTURE: Final = {
    **_TEXT,
    "description": "A face written as text: PNG, JPEG or WebP in base64, or as a data URL; at most 10 MB.",
}
SESSION_BODY: Final = _body(
    (),
    {
        "face": _WRITTEN_PICTURE,
        "face_url": {**_ADDRESS, "description": "HTTPS address of a face."},
        "mode": {"type": "string", "enum": ["passthrough", "conversation"], "default": "passthrough"},
        "idle_timeout": {
            "type": "integer",
            "default": 300,
            "description": "Seconds that an empty or inactive room stays open; 30 to 3600, else the nearest.",
        },
    },
    {"face": _PICTURE},
)
SWAP_BODY: Final = _body(("face",), {"face": _WRITTEN_PICTURE}, {"face": _PICTURE})
EXTERNAL_BODY: Final = _body(
    ("livekit_url", "livekit_token", "room_name"),
    {
        "livekit_url": {**_TEXT, "examples": ["wss://livekit.example.com"]},
        "livekit_token": {**_TEXT, "description": "Joins the room; of kind agent."},
        "room_name": _TEXT,
        "avatar_image_url": {**_ADDRESS, "description": "HTTPS address of a face."},
        "avatar_id": {**_TEXT, "description": "A saved avatar."},
        "image": {**_TEXT, "description": "A face: an HTTPS address, or the picture in base64."},
        "avatar_image": _WRITTEN_PICTURE,
    },
    {"avatar_image": _PICTURE},
)
