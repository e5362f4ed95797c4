"""What the surface of avatars refuses, in its own words."""

import base64
import struct
import uuid
import zlib
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.support.avatars import AVATARS, GENERATE, SAVE, SMALL, code, encoded
from tests.support.server import Server
from visavis import errors
from visavis.surfaces.avatars import error_responses
from visavis.surfaces.shared.authentication import AuthUnavailableError


def bomb() -> str:
    """A PNG of 40000 x 40000 pixels in a few kilobytes."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return base64.b64encode(png).decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"prompt": None}, "prompt: is missing."),
        ({"prompt": "  "}, "prompt: must not be empty."),
        ({"prompt": "a" * 5001}, "prompt: must have at most 5000 characters."),
        ({"prompt": 7}, "prompt: must be text."),
        ({"prompt": "a\0"}, "prompt: must be text without NUL"),
        ({"hints": []}, "hints: must be an object."),
        ({"hints": {"a" * 201: "x"}}, "hints: names must have at most 200 characters."),
        ({"hints": {"mood": {"a": 1}}}, "hints.mood: must be text or a list of texts."),
        ({"hints": {"accessories": ["x"] * 33}}, "hints.accessories: must have at most 32 entries."),
        ({"output": {"resolution": "1k"}}, "output.resolution: must be one of"),
        ({"output": {"aspect_ratio": "5:7"}}, "output.aspect_ratio: must be one of"),
        ({"output": {"thinking_intensity": "low"}}, "output.thinking_intensity: must be one of"),
        ({"output": {"width": 64}}, "output.width: must be at least 256."),
        ({"output": {"width": 4096, "aspect_ratio": "1:8"}}, "output: with this aspect_ratio"),
        ({"output": {"format": "gif"}}, "output.format: must be png, jpeg or webp."),
        ({"output": {"background": "#12"}}, "output.background: must be auto, opaque, transparent or"),
        ({"output": {"background": "transparent", "format": "jpeg"}}, "a JPEG cannot be transparent"),
        ({"generator": "service"}, "generator: this server has no image service. Use painter."),
        ({"generator": "magic"}, "generator: must be"),
        ({"output": {"count": 5}}, "output.count: must be at most 4."),
        ({"client_reference_id": "a" * 201}, "client_reference_id: must have at most 200 characters."),
        ({"metadata": {str(n): "" for n in range(17)}}, "metadata: must have at most 16 entries."),
        ({"metadata": {"a": "b" * 501}}, "metadata: names must have at most 200 characters"),
        ({"metadata": {"a": 1}}, "metadata.a: must be text."),
        ({"callback_url": "http://a.example"}, "The callback URL must use HTTPS."),
        ({"reference_images": "x"}, "reference_images: must be a list of texts."),
        ({"reference_images": [SMALL] * 7}, "reference_images: must have at most 6 entries."),
        ({"reference_images": ["https://a.example/b.png"]}, "reference_images.0: it is not a picture."),
        ({"reference_images": [SMALL, SMALL[:80]]}, "reference_images.1: The photo is damaged"),
        ({"reference_images": [base64.b64encode(b"words").decode()]}, "reference_images.0 file is damaged"),
        ({"reference_images": [encoded(Image.new("L", (8, 8)), "GIF")]}, "is not supported."),
        ({"reference_images": [bomb()]}, "reference_images.0: The photo has more than 50 megapixels."),
    ],
)
def test_what_cannot_be_used_is_refused(client: httpx.Client, changed: dict[str, Any], words: str) -> None:
    answer = client.post(GENERATE, json={"prompt": "A sailor"} | changed)
    assert code(answer) == (400, "invalid_request_body")
    assert words in answer.json()["error"]["message"]


def test_pictures_that_are_too_large(client: httpx.Client) -> None:
    large = "A" * (15 * 2**20 // 3 * 4 + 8)
    answer = client.post(GENERATE, json={"prompt": "x", "reference_images": [large]})
    assert code(answer) == (413, "payload_too_large")
    assert answer.json()["error"]["message"] == "reference_images.0: at most 15 MB."
    assert code(client.post(SAVE, content=b" " * (2**20 + 1))) == (413, "payload_too_large")


def test_who_asks_must_be_known(server: Server) -> None:
    for method, path in (
        *(("POST", GENERATE), ("POST", SAVE), ("GET", AVATARS), ("GET", f"{AVATARS}/x")),
        *(("PATCH", f"{AVATARS}/x"), ("DELETE", f"{AVATARS}/x"), ("GET", "/api/v1/jobs/x")),
    ):
        for headers in ({}, {"Authorization": "Bearer sk_live_unknown"}, {"Authorization": "Token x"}):
            answer = httpx.request(method, server.url + path, headers=headers)
            assert code(answer) == (401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"


def test_too_many_requests(server: Server) -> None:
    with server.client(server.make_key("slow", requests_per_minute=1)) as client:
        assert client.get(AVATARS).status_code == 200
        limited = client.get(AVATARS)
        assert code(limited) == (429, "rate_limit_exceeded")
        assert int(limited.headers["retry-after"]) > 0
    with server.client(server.make_key("capped", monthly_cap=1)) as client:
        assert client.get(AVATARS).status_code == 200
        assert code(client.get(AVATARS)) == (429, "monthly_cap_exceeded")


def test_routes_and_queries(client: httpx.Client) -> None:
    assert code(client.get("/api/v1/avatars/a/b")) == (404, "not_found")
    assert code(client.put(AVATARS)) == (405, "method_not_allowed")
    assert code(client.get("/api/v1/jobs/unknown")) == (404, "job_not_found")
    assert code(client.get(f"/api/v1/jobs/{uuid.uuid4()}")) == (404, "job_not_found")
    for path, query in (
        (AVATARS, "limit=0"),
        (AVATARS, "limit=101"),
        (AVATARS, "offset=-1"),
        ("/api/v1/jobs/x", "timeout_seconds=0"),
        ("/api/v1/jobs/x", "timeout_seconds=31"),
        ("/api/v1/jobs/x", "wait_for_completion=perhaps"),
    ):
        answer = client.get(f"{path}?{query}")
        assert code(answer) == (400, "invalid_request_body")
        assert answer.json()["error"]["message"].startswith(query.partition("=")[0])
    assert client.head(AVATARS).status_code == 200


def test_each_row_of_the_error_table_has_an_error() -> None:
    for error, status in (
        (errors.NotPermittedError("x"), 403),
        (errors.AvatarLimitError("x"), 409),
        (errors.StoreFullError("x"), 503),
        (errors.LinkError("x"), 503),
        (AuthUnavailableError("x"), 503),
        (errors.DatabaseError("x"), 503),
        (errors.ChildError("x"), 500),
    ):
        assert error_responses.TABLE.response_to(error).status == status
