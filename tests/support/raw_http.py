"""A client that sends any bytes."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

WAIT_S = 60.0
GET = b"GET /healthz HTTP/1.1\r\nHost: test\r\n"


@contextmanager
def connected(url: str, source: str | None = None) -> Iterator[socket.socket]:
    """A connection to a server."""
    parts = urlsplit(url)
    place = (parts.hostname or "", parts.port or 80)
    with socket.create_connection(place, WAIT_S, source_address=(source, 0) if source else None) as line:
        yield line


def say(line: socket.socket, words: bytes) -> None:
    """Send, as far as the server takes it."""
    try:
        line.sendall(words)
    except (ConnectionError, TimeoutError):
        return


def hear(line: socket.socket) -> bytes:
    """Everything that comes until the server hangs up."""
    heard = b""
    try:
        while block := line.recv(65_536):
            heard += block
    except ConnectionResetError:
        return heard
    return heard


def answer_of(heard: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and JSON body of the only answer in the received bytes."""
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, json.loads(body)


def ask(url: str, words: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Send on a connection of its own, and read the answer after which the server hangs up."""
    with connected(url) as line:
        say(line, words)
        return answer_of(hear(line))
