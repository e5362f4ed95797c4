"""Texts that cannot be stored, spoken or sent on, in every place of a request: refused, never a 500."""

import json
from typing import Any

import httpx
import pytest
from tests.support.http_answers import send
from tests.support.server import Server, files

SURROGATE = "\\ud800"
JSON = {"Content-Type": "application/json"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


def refused(answer: httpx.Response) -> bool:
    said = answer.json()
    assert set(said) == {"error", "message"}, said
    assert "Input should" not in said["message"]
    return answer.status_code in {400, 422}


@pytest.mark.parametrize("path", ["/v1/tts/generate", "/v1/realtime/session", "/v1/avatar/session"])
@pytest.mark.parametrize("bad", [SURROGATE, "\\u0000", "\\udc80 and \\ud800"])
def test_malformed_json(client: httpx.Client, path: str, bad: str) -> None:
    names = ("text", "voice", "language", "callback_url", "mode", "face_url", "livekit_url", "room_name")
    whole = {"text": "a", "livekit_url": "wss://x.example", "livekit_token": "t", "room_name": "r"}
    for name in names:
        body = json.dumps(whole | {name: "HERE"}).replace("HERE", f"a{bad}b")
        assert refused(client.post(path, content=body, headers=JSON)), (path, name)
    for body in (f'{{"{bad}": 1}}', f'{{"text": {{"deep": ["{bad}"]}}}}', f'["{bad}"]', f'"{bad}"'):
        assert refused(client.post(path, content=body, headers=JSON)), body


@pytest.mark.parametrize("bad", [SURROGATE, "\\u0000"])
def test_malformed_json_of_the_console(server: Server, bad: str) -> None:
    with httpx.Client(base_url=server.url, timeout=60.0) as client:
        for path, names in {
            "session": ("email", "password", "api_key", bad),
            "session/link": ("link", "email", "password", bad),
            "session/link/look": ("link", bad),
        }.items():
            for name in names:
                body = f'{{"link": "x", "{name}": "a{bad}b"}}'
                answer = client.post(f"/console/api/{path}", content=body, headers=JSON)
                assert refused(answer), (path, name)


def test_malformed_forms(client: httpx.Client, media: Any) -> None:
    for body in (
        b"text=%00",
        b"text=a&voice=%00",
        b"%00=a&text=a",
        b"text=%ed%a0%80",
        b"text=%ff",
        b"text=\xff",
    ):
        assert refused(client.post("/v1/tts/generate", content=body, headers=URLENCODED)), body
    image = files(media)["image"]
    for data in ({"text": "a\0"}, {"text": b"\xff"}, {"text": b"\xed\xa0\x80"}):
        sent: Any = data
        assert refused(client.post("/v1/tts/generate-video", data=sent, files={"image": image})), data
    for name in ("\udcff.png", "a\0b.png", "../../etc/passwd", "x" * 5000, 'a"b.png', "a\r\nb.png"):
        body = (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\r\n'
            b'--x\r\nContent-Disposition: form-data; name="image"; filename="'
            + name.encode(errors="surrogateescape")
            + b'"\r\n\r\n'
            + image[1]
            + b"\r\n--x--\r\n"
        )
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert refused(client.post("/v1/tts/generate-video", content=body, headers=headers)), name


def test_invalid_numbers(client: httpx.Client) -> None:
    for value in (
        '"--5"',
        '"5-"',
        '"1e3"',
        '"0x10"',
        '"²"',
        '" "',
        "1.5",
        "1e400",
        "NaN",
        "true",
        "[]",
        '"1_0"',
    ):
        answer = client.post(
            "/v1/realtime/session", content=f'{{"idle_timeout": {value}, "mode": "x"}}', headers=JSON
        )
        assert refused(answer), value


def test_malformed_paths_queries_and_headers(server: Server, client: httpx.Client) -> None:
    for path in (
        *("/v1/jobs/%00", "/v1/jobs/a%00b/result", "/v1/realtime/session/%00", "/v1/jobs?limit=%00"),
        *("/v1/jobs?offset=%00&limit=5", "/v1/files/%00?expires=%00&signature=%00", "/%00", "/v1/%00/x"),
        *("/console/api/view/%00?share=x", "/console/api/view/x?share=%00", "/?%00"),
    ):
        assert refused(client.get(path)), path
    for path in (
        "/v1/jobs/%ff",
        "/v1/jobs/%ed%a0%80",
        "/v1/files/%ff?expires=%ff&signature=%ff",
        "/v1/%c3%28",
    ):
        assert client.get(path).status_code == 404, path
    for name, value in (
        ("Idempotency-Key", b"\xff\xfe\x80"),
        ("X-Callback-URL", b"https://\xff.example/"),
        ("Content-Type", b"\xff"),
        ("Content-Type", b"multipart/form-data; boundary=\xff\xfe"),
        ("Content-Type", b"multipart/form-data; boundary=" + b"x" * 5000),
        ("Content-Type", b"multipart/form-data; boundary*=utf-8''%ff"),
        ("Cookie", b"visavis_console=\xff\x80; \xff=\xff"),
    ):
        assert client.post("/v1/generate", headers={name: value}).status_code in {400, 415, 422}, (
            name,
            value,
        )
        assert client.get("/console/api/keys", headers={name: value}).status_code == 401, (name, value)
    for value in (b"Bearer \xff\xfe", b"Bearer at_\xb2.\xb2.\xb2.\xb2", b"Bearer " + b"a" * 8000, b"\xff"):
        answer = client.get("/v1/me", headers={"Authorization": value})
        assert answer.status_code in {401, 403}, value


@pytest.mark.parametrize(
    "host",
    [
        "",
        "Host: a\r\nHost: a\r\n",
        "Host: a\r\nHost: b\r\n",
        "Host:\r\n",
        *(f"Host: {name}\r\n" for name in ("a b", "a/b", "[::1", "a@b", "http://a", "a,b", "\xff", "a:b")),
    ],
)
def test_requests_must_have_one_host(server: Server, host: str) -> None:
    for path in ("/healthz", "/v1/me", "/", "/sign-in", "/console/api/session", "/watch/x"):
        request = f"GET {path} HTTP/1.1\r\n{host}Accept: text/html\r\n\r\n".encode("latin-1")
        assert send(server.url, request).status == 400, path


def test_http_1_0_needs_no_host(server: Server) -> None:
    assert send(server.url, b"GET /healthz HTTP/1.0\r\n\r\n").status == 200


def test_malformed_callback_urls(client: httpx.Client, media: Any) -> None:
    for url in (
        *(
            "https://0177.0.0.1/",
            "https://127.000.000.001/",
            "https://[v1.a]/",
            "https://xn--/",
            "https://a\0b/",
        ),
        *(
            "https://127.0.0.1\\@example.com/",
            "https://example.com\\@127.0.0.1/",
            "https://example.com#@10.0.0.1/",
        ),
        *("https://\ud800/", "https://exa\u2024mple.com/", "https://a..b/", f"https://{'a' * 64}.com/"),
    ):
        body = json.dumps({"text": "a", "callback_url": url})
        answer = client.post("/v1/tts/generate", content=body, headers=JSON)
        assert refused(answer), url
