"""Requests to the surface of avatars, and the shape of its errors."""

import base64
import io

import httpx
from PIL import Image

from visavis.surfaces.avatars import error_responses

GENERATE, SAVE, AVATARS = "/api/v1/avatars/generate", "/api/v1/avatars/save", "/api/v1/avatars"
SETTINGS = "/api/v1/avatars/settings"


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error, whose shape is checked."""
    error = answer.json()["error"]
    assert list(answer.json()) == ["error"]
    assert list(error) == ["type", "code", "message", "request_id"]
    assert error["request_id"] == answer.headers["x-request-id"]
    assert error["request_id"].startswith("req_")
    assert error["message"]
    assert error["type"] == error_responses.type_of(answer.status_code)
    return answer.status_code, error["code"]


def encoded(image: Image.Image, kind: str = "PNG") -> str:
    """A picture as clients send it."""
    file = io.BytesIO()
    image.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


SMALL = encoded(Image.new("RGB", (64, 64)))
"""A picture without a face."""
