"""Bodies as clients send them, whichever of the usual forms; and methods beside those that do the work."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.test_errors import code
from tests.support.server import Server, encode, files

SAID = {"text": "One.", "language": "en-GB", "voice": "f2"}


@pytest.mark.parametrize("path", ["/v1/tts/generate", "/v1/tts/generate-wav"])
def test_speech_by_every_kind_of_form(server: Server, client: httpx.Client, path: str) -> None:
    sent: tuple[dict[str, Any], ...] = (
        {"json": SAID},
        {"data": SAID},
        {"files": {name: (None, value) for name, value in SAID.items()}},
        {"json": SAID | {"callback_url": None, "unknown": {"more": 1}}},
        {"data": SAID | {"callback_url": ""}},
    )
    made = [client.post(path, **each) for each in sent]
    assert [answer.status_code for answer in made] == [202] * len(sent)
    for answer in made[1:3]:
        job = server.finished(answer.json()["job_id"])
        assert (job["status"], job["input"]["language"]) == ("completed", "en-GB")


def test_null_means_a_missing_field(client: httpx.Client) -> None:
    answer = client.post("/v1/tts/generate", json={"text": None})
    assert code(answer) == (422, "validation_error")
    assert answer.json()["message"] == "text: is missing."


def test_a_session_by_urlencoded_form(client: httpx.Client) -> None:
    """Published plugins send this when there is no picture; errors in it are named."""
    wrong = client.post("/v1/realtime/session", data={"mode": "singing"})
    assert code(wrong) == (400, "invalid_mode")
    wrong = client.post("/v1/realtime/session", data={"idle_timeout": "--5"})
    assert code(wrong) == (422, "validation_error")
    assert wrong.json()["message"] == "idle_timeout: must be a whole number of seconds."
    wrong = client.post("/v1/avatar/session", data={"livekit_url": "wss://livekit.example"})
    assert wrong.json()["message"] == "Missing required fields: livekit_token, room_name."


def test_a_form_without_files_names_the_missing_field(client: httpx.Client) -> None:
    for sent in ({"data": {"x": "y"}}, {"content": b""}, {"files": {"x": (None, "y")}}):
        answer = client.post("/v1/generate", **sent)  # type: ignore[arg-type]
        assert code(answer) == (422, "validation_error")
        assert answer.json()["message"] == "Missing required fields: audio, image."
    answer = client.post("/v1/generate", data={"audio": "x", "image": "y"})
    assert answer.json()["message"] == "audio, image: must be a file."


def test_recordings_of_browsers_and_phones_are_accepted(
    server: Server, client: httpx.Client, media: Path
) -> None:
    made = []
    for name, codec, kind in (
        ("short.m4a", "aac", "audio/mp4"),
        ("short.mp4", "aac", "video/mp4"),
        ("short.aac", "aac", "audio/aac"),
        ("short.flac", "flac", "application/octet-stream"),
    ):
        encode(media / "short.wav", media / name, codec, 44_100)
        sound = (name, (media / name).read_bytes(), kind)
        answer = client.post("/v1/generate", files=files(media) | {"audio": sound})
        assert answer.status_code == 202, (name, answer.text)
        made.append(answer.json()["job_id"])
    assert server.finished(made[0])["status"] == "completed"


@pytest.mark.parametrize("tag", ["tlh", "x-klingon", "en--us", "zh-min-nan"])
def test_a_language_without_a_voice_is_refused_at_once(client: httpx.Client, tag: str) -> None:
    answer = client.post("/v1/tts/generate", json={"text": "a", "language": tag})
    assert code(answer) == (422, "validation_error")
    assert answer.json()["message"].startswith(f"language: no voice speaks '{tag}'")


def test_chinese_is_spoken(server: Server, client: httpx.Client) -> None:
    made = [
        client.post("/v1/tts/generate", json={"text": "你好", "language": tag}).json()["job_id"]
        for tag in ("zh", "zh-CN")
    ]
    for job_id in made:
        assert server.finished(job_id)["status"] == "completed"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/healthz", "/v1/health", "/v1/status", "/v1/me", "/v1/jobs?limit=1", "/v1/jobs/000000000000"),
        *("/v1/realtime/session/ses_x", "/v1/files/x", "/metrics", "/openapi.json", "/docs", "/nowhere"),
        *("/console/api/session", "/console/api/keys", "/console/api/default-face", "/console/api/nowhere"),
    ],
)
def test_head_has_the_headers_of_get(client: httpx.Client, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    moving = {"date"} | ({"content-length"} if path in {"/metrics", "/v1/me"} else set())
    assert {name: value for name, value in head.headers.items() if name not in moving} == {
        name: value for name, value in got.headers.items() if name not in moving
    }


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/me", "GET, HEAD, OPTIONS"),
        ("/v1/generate", "POST, OPTIONS"),
        ("/v1/jobs/x/result", "GET, HEAD, OPTIONS"),
        ("/v1/realtime/session/ses_x", "GET, HEAD, PATCH, DELETE, OPTIONS"),
        ("/v1/realtime/session", "POST, OPTIONS"),
        ("/console/api/keys", "GET, HEAD, POST, OPTIONS"),
        ("/console/api/session", "GET, HEAD, POST, DELETE, OPTIONS"),
    ],
)
def test_allow_lists_every_method_of_a_path(client: httpx.Client, path: str, allowed: str) -> None:
    options = client.options(path)
    assert (options.status_code, options.content, options.headers["allow"]) == (204, b"", allowed)
    refused = client.request("PUT", path)
    assert (code(refused), refused.headers["allow"]) == ((405, "method_not_allowed"), allowed)
    odd = client.request("BREW", path)
    assert (odd.status_code, odd.headers.get("allow", allowed)) in {(405, allowed), (400, allowed)}


def test_options_of_an_unknown_path_is_not_found(client: httpx.Client) -> None:
    assert code(client.options("/v1/nowhere")) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/v1/tts/generate", {"text": 7}, "text: must be text."),
        ("/v1/tts/generate", {"text": ""}, "text: must not be empty."),
        ("/v1/tts/generate", {"text": "a", "voice": "v" * 101}, "voice: must have at most 100 characters."),
        ("/v1/tts/generate", {"text": "a", "language": []}, "language: must be text."),
        ("/v1/realtime/session", {"mode": 1}, "mode: must be text."),
        ("/v1/realtime/session", {"idle_timeout": True}, "idle_timeout: must be a whole number of seconds."),
        (
            "/v1/realtime/session",
            {"face": {"path": "/etc/passwd", "declared_type": "image/png"}},  # as the server notes uploads
            "face: must be a picture in base64 or its URL.",
        ),
        ("/console/api/session", {"email": 1}, "email: must be text."),
        ("/console/api/session", {"telephone": "1"}, "telephone: is not known here."),
        ("/console/api/session/link", {}, "link: is missing."),
        ("/console/api/session/link", [], "The body must be a JSON object."),
    ],
)
def test_messages_name_the_field_in_plain_english(
    client: httpx.Client, path: str, body: object, message: str
) -> None:
    answer = client.post(path, json=body)
    assert code(answer) == (422, "validation_error")
    assert answer.json()["message"] == message


def test_messages_about_queries_name_the_field(client: httpx.Client) -> None:
    for query, message in (
        ("limit=0", "limit: must be at least 1."),
        ("limit=101", "limit: must be at most 100."),
        ("limit=x", "limit: must be a whole number."),
        ("offset=-1", "offset: must be at least 0."),
    ):
        assert client.get(f"/v1/jobs?{query}").json()["message"] == message
