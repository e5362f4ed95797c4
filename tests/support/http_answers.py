"""HTTP as no client library would send it: bytes on a socket."""

import socket
from dataclasses import dataclass

import httpx

ANSWER_WITHIN_S = 60.0


@dataclass(frozen=True)
class Answer:
    """An HTTP answer.

    Attributes:
        status: Of the answer.
        headers: By name in small letters; of several of one name the last.
        body: What came after the head until the server was done.
        is_closed: Whether the server ended the connection.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    is_closed: bool


def connect(url: str) -> socket.socket:
    parts = httpx.URL(url)
    return socket.create_connection((parts.host, parts.port), timeout=ANSWER_WITHIN_S)


def read_answer(wire: socket.socket, *, has_body: bool = True) -> Answer:
    """Read one answer; `has_body` is false for answers to HEAD."""
    got = b""
    while b"\r\n\r\n" not in got:
        block = wire.recv(65_536)
        assert block, f"the connection was dropped without an answer: {got[:100]!r}"
        got += block
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0")) if has_body else 0
    while len(body) < length:
        block = wire.recv(65_536)
        assert block, "the answer was cut off"
        body += block
    is_closed = headers.get("connection") == "close" and wire.recv(1) == b""
    return Answer(int(first.split()[1]), headers, body, is_closed)


def send(url: str, request: bytes, *, has_body: bool = True) -> Answer:
    """Send bytes, and read the answer."""
    with connect(url) as wire:
        wire.sendall(request)
        return read_answer(wire, has_body=has_body)
