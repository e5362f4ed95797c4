"""Random requests that no client should send; the same seed gives the same requests."""

import json
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus

_PATHS: Final = (
    *("/", "/healthz", "/docs", "/docs/start.js", "/openapi.json", "/metrics", "/v1/health", "/v1/status"),
    *("/v1/me", "/v1/generate", "/v1/jobs", "/v1/jobs/{id}", "/v1/jobs/{id}/result", "/v1/tts/generate"),
    *("/v1/tts/generate-wav", "/v1/tts/generate-video", "/v1/realtime/session", "/v1/realtime/session/{id}"),
    *("/v1/realtime/session/{id}/viewer", "/v1/avatar/session", "/v1/files/{id}", "/sign-in", "/watch/{id}"),
    *("/assets/{id}", "/console/api/session", "/console/api/session/link", "/console/api/session/link/look"),
    *("/console/api/password", "/console/api/token", "/console/api/keys", "/console/api/keys/{id}"),
    *("/console/api/jobs", "/console/api/sessions", "/console/api/sessions/{id}", "/console/api/usage"),
    *("/console/api/sessions/{id}/share", "/console/api/view/{id}", "/console/api/workers"),
    *("/console/api/settings", "/console/api/default-face", "/console/api/checks/photo", "/{id}"),
    *("/console/api/checks/sound", "/console/api/openapi.json"),
)
_ROOM_PATHS: Final = (
    *("/", "/rtc", "/rtc/v1", "/rtc/validate", "/rtc/v1/validate", "/twirp/livekit.RoomService/{id}"),
    *("/twirp/livekit.RoomService/CreateRoom", "/twirp/livekit.RoomService/ListRooms", "/{id}"),
)
_METHODS: Final = ("GET", "POST", "POST", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "BREW")
_FIELDS: Final = (
    *("text", "voice", "language", "callback_url", "audio", "image", "mode", "face", "face_url"),
    *("idle_timeout", "livekit_url", "livekit_token", "room_name", "avatar_image", "avatar_image_url"),
    *("avatar_id", "email", "password", "api_key", "link", "current", "new", "key_id", "name", "limit"),
    *("requests_per_minute", "monthly_cap", "offset", "words", "status", "days", "share", "expires"),
    *("signature", "access_token", "type", "frame"),
)
_TEXTS: Final = (
    *(
        "",
        " ",
        "a",
        "0",
        "-1",
        "--5",
        "1e400",
        "null",
        "true",
        "[]",
        "{}",
        "\0",
        "a\0b",
        "\ud800",
        "a\udfffb",
    ),
    *(
        "\u202e\u0000",
        "é",
        "你好",
        "🙂",
        "\x7f\x1b[2J",
        "%00",
        "%",
        "\r\nX: y",
        "../../etc/passwd",
        "'; --",
        "²",
    ),
    *("https://0177.0.0.1/", "https://[v1.a]/", "https://xn--/", "https://a\\@b/", "https://example.com/#@x"),
    *("wss://127.0.0.1:1\\@93.184.216.34/", "ws://[::1", "http://a:0/", "https://user:p@x/", "//", "data:,x"),
    *("zh-CN", "x-y", "en--us", "passthrough", "conversation", "default", "f2", "ses_00000000000000000000"),
    *("000000000000", "9" * 400, "x" * 70_000, "at_1.1.9.x", "sk_live_x", "9223372036854775808"),
)
_HEADS: Final = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\xff\xff\xff\xffWAVE", b"RIFF\0\0\0\0WEBPVP8 ", b"OggS",
    b"ID3\x04\0\0\x7f\x7f\x7f\x7f", b"\x1aE\xdf\xa3", b"\0\0\0\x20ftypM4A ", b"fLaC", b"\xff\xf1", b"GIF89a",
    b"",
)  # fmt: skip
_TYPES: Final = (
    *(
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "text/plain",
    ),
    *(
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "a/b;;;=",
        "/",
    ),
    *("multipart/form-data; boundary*=utf-8''x", "application/JSON;", "image/png", "\xff", ""),
)
_DEEP: Final = 3000


@dataclass(frozen=True)
class Sent:
    """A request.

    Attributes:
        raw: Bytes to send.
        to_rooms: Whether to send it to the port of the room server.
        is_well_formed: Whether it must get an answer; for others, the server may close the connection.
        is_head: Whether its answer has no body.
        ends: Whether the client closes its side afterwards.
    """

    raw: bytes
    to_rooms: bool = False
    is_well_formed: bool = True
    is_head: bool = False
    ends: bool = False


def made_up(chance: random.Random, key: str) -> Sent:
    """Make a random request.

    Args:
        chance: Source of randomness.
        key: Valid key; most requests use it.
    """
    kind = chance.random()
    if kind < 0.04:
        return _no_http(chance, key)
    to_rooms = kind < 0.10
    method = chance.choice(_METHODS)
    path = _path(chance, _ROOM_PATHS if to_rooms else _PATHS)
    body, content_type = chance.choice(_BODIES)(chance)
    headers = [("Host", "fuzz.example"), *_headers(chance, key)]
    if content_type is not None:
        headers.append(("Content-Type", content_type))
    raw = f"{method} {path} HTTP/1.1\r\n".encode("latin-1", "replace")
    raw += b"".join(f"{name}: {value}\r\n".encode("latin-1", "replace") for name, value in headers)
    if chance.random() < 0.2:
        raw += b"Transfer-Encoding: chunked\r\n\r\n" + _chunked(chance, body)
    else:
        raw += b"Content-Length: %d\r\n\r\n" % len(body) + body
    return Sent(raw, to_rooms, is_head=method == "HEAD")


def _path(chance: random.Random, paths: tuple[str, ...]) -> str:
    path = chance.choice(paths).replace("{id}", _in_address(chance))
    if chance.random() < 0.3:
        pairs = [f"{chance.choice(_FIELDS)}={_in_address(chance)}" for _ in range(chance.randrange(4))]
        path += "?" + "&".join(pairs)
    return path


def _in_address(chance: random.Random) -> str:
    text = chance.choice(_TEXTS)[:2000]
    if chance.random() < 0.2:
        return "".join(f"%{chance.randrange(256):02x}" for _ in range(6))
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def _headers(chance: random.Random, key: str) -> list[tuple[str, str]]:
    headers = [("Authorization", f"Bearer {key}" if chance.random() < 0.85 else _in_head(chance))]
    for name in (
        "X-Callback-URL",
        "Idempotency-Key",
        "Cookie",
        "Origin",
        "X-Forwarded-For",
        "Accept",
        "Range",
    ):
        if chance.random() < 0.08:
            value = _in_head(chance)
            headers.append((name, f"visavis_console={value}" if name == "Cookie" else value))
    if chance.random() < 0.03:
        headers += [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")]
        headers.append(("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="))
    return headers


def _in_head(chance: random.Random) -> str:
    text = chance.choice(_TEXTS)[:4000]
    return "".join(
        sign for sign in text if sign == "\t" or 0x20 <= ord(sign) < 0x7F or 0xA0 <= ord(sign) < 0x100
    )


def _nothing(_chance: random.Random) -> tuple[bytes, str | None]:
    return b"", None


def _junk(chance: random.Random) -> tuple[bytes, str | None]:
    return chance.randbytes(chance.randrange(3000)), chance.choice(_TYPES)


def _json(chance: random.Random) -> tuple[bytes, str | None]:
    body: Any = {chance.choice(_FIELDS): _value(chance) for _ in range(chance.randrange(6))}
    if chance.random() < 0.1:
        body = _value(chance)
    said = json.dumps(body).encode()
    if chance.random() < 0.1:
        said = said[: chance.randrange(len(said) + 1)]
    if chance.random() < 0.02:
        said = b'{"text":' + b"[" * _DEEP + b"]" * _DEEP + b"}"
    return said, "application/json"


def _value(chance: random.Random) -> Any:
    if chance.random() < 0.6:
        return chance.choice(_TEXTS)
    odd: list[Any] = [None, True, False, 0, -1, 1.5, 2**63, 10**300, float("nan"), float("inf"), 300, [], {}]
    odd += [{chance.choice(_TEXTS): [chance.choice(_TEXTS)]}, [None] * 5]
    return chance.choice(odd)


def _urlencoded(chance: random.Random) -> tuple[bytes, str | None]:
    pairs = [f"{_name(chance)}={_in_address(chance)}" for _ in range(chance.randrange(6))]
    body = "&".join(pairs).encode()
    if chance.random() < 0.1:
        body += chance.randbytes(20)
    return body, "application/x-www-form-urlencoded"


def _name(chance: random.Random) -> str:
    return _in_address(chance) if chance.random() < 0.1 else chance.choice(_FIELDS)


def _multipart(chance: random.Random) -> tuple[bytes, str | None]:
    body = b""
    for _ in range(chance.randrange(5)):
        name = chance.choice(_FIELDS) if chance.random() < 0.9 else chance.choice(_TEXTS)[:100]
        head = f'Content-Disposition: form-data; name="{name}"'
        if chance.random() < 0.5:
            head += f'; filename="{chance.choice(_TEXTS)[:200]}"\r\nContent-Type: {chance.choice(_TYPES)}'
            content = chance.choice(_HEADS) + chance.randbytes(chance.randrange(500))
        else:
            content = chance.choice(_TEXTS).encode("utf-8", "surrogatepass")
        body += b"--x\r\n" + head.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + content + b"\r\n"
    body += b"--x--\r\n" + (chance.randbytes(100) if chance.random() < 0.1 else b"")
    if chance.random() < 0.15:
        body = body[: chance.randrange(len(body))]
    return body, "multipart/form-data; boundary=x"


_BODIES: Final[tuple[Callable[[random.Random], tuple[bytes, str | None]], ...]] = (
    *(_nothing, _junk, _json, _json, _json, _urlencoded, _multipart, _multipart),
)


def _chunked(chance: random.Random, body: bytes) -> bytes:
    chunked, at = b"", 0
    while at < len(body):
        size = chance.randrange(1, 5000)
        chunked += b"%x\r\n%s\r\n" % (len(body[at : at + size]), body[at : at + size])
        at += size
    return chunked + b"0\r\n\r\n"


def _no_http(chance: random.Random, key: str) -> Sent:
    """Malformed HTTP: the server may answer it or close the connection, and must survive it."""
    good = made_up_get(key)
    kinds = (
        chance.randbytes(chance.randrange(1, 2000)),
        good[: chance.randrange(1, len(good))],
        good.replace(b"\r\n", b"\n"),
        good.replace(b"HTTP/1.1", chance.choice((b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.1.1", b"ICY"))),
        good.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        good.replace(b"\r\n\r\n", b"\r\nContent-Length: -1\r\n\r\n"),
        good.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
        good.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"),
        good.replace(b"\r\n\r\n", b"\r\n" + b"X: y\r\n" * 2000 + b"\r\n"),
        good.replace(b"\r\n\r\n", b"\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"),
        good.replace(b"Host: x\r\n", b""),
        good.replace(b"/v1/me", b"http://other.example/v1/me"),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01" + struct.pack(">H", 300) + chance.randbytes(300),
    )
    return Sent(chance.choice(kinds), to_rooms=chance.random() < 0.2, is_well_formed=False, ends=True)


def made_up_get(key: str) -> bytes:
    """A valid request."""
    return f"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
