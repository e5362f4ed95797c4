"""Uploads of any size, and bodies that never end: an answer comes, and comes soon."""

import httpx
import pytest
from tests.hostile.conftest import UPLOAD_MAX_BYTES
from tests.support.http_answers import connect, read_answer
from tests.support.server import Server

FORM_SPARE = 1024 * 1024
HEAD = b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize("chunked", [False, True])
def test_every_size_above_the_limit_gets_an_answer(server: Server, chunked: bool) -> None:
    """The overflow may lie in the last block that comes: nothing may be waited for after it."""
    over = (1, 2, 100, 4096, 16_384, 65_536, 100_000, 131_072, FORM_SPARE - 1, FORM_SPARE, FORM_SPARE * 3)
    with server.client() as client:
        client.timeout = httpx.Timeout(20.0)
        for more in over:
            body = HEAD + bytes(UPLOAD_MAX_BYTES + more) + TAIL
            sent = iter([body]) if chunked else body
            answer = client.post("/v1/generate", content=sent, headers=MULTIPART)
            assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large"), more
        exactly = client.post(
            "/v1/generate", content=HEAD + bytes(UPLOAD_MAX_BYTES) + TAIL, headers=MULTIPART
        )
        assert exactly.json()["message"] == "Missing required fields: image."


def test_data_after_a_form_is_not_read_endlessly(server: Server) -> None:
    """The form is complete and its sender continues: the server reads a limited amount, then closes."""
    request = (
        f"POST /v1/generate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
        f"Content-Type: {MULTIPART['Content-Type']}\r\nContent-Length: 10000000000\r\n\r\n"
    )
    with connect(server.url) as wire:
        wire.sendall(request.encode() + HEAD + b"x" + TAIL)
        answer = read_answer(wire)  # 413 by what it declares, without waiting for it
    assert (answer.status, answer.is_closed) == (413, True)

    request = request.replace("Content-Length: 10000000000", "Transfer-Encoding: chunked")
    block = bytes(65_536)
    with connect(server.url) as wire:
        wire.sendall(request.encode() + b"%x\r\n%s\r\n" % (len(HEAD + b"x" + TAIL), HEAD + b"x" + TAIL))
        sent = 0
        try:
            while sent < 2**30:
                wire.sendall(b"%x\r\n%s\r\n" % (len(block), block))
                sent += len(block)
        except OSError:
            pass
    assert sent < 2**29


def test_an_upload_that_stalls_times_out(server: Server) -> None:
    """A path that reads no body, a body that is announced and not sent: the answer does not hang on it."""
    for path in ("/v1/nowhere", "/v1/me", "/console/api/nowhere"):
        request = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
        with connect(server.url) as wire:
            wire.sendall(request.encode())
            answer = read_answer(wire)
        assert (answer.status, answer.is_closed) in {(404, True), (405, True), (403, True)}


def test_the_console_takes_no_large_bodies(server: Server) -> None:
    with httpx.Client(base_url=server.url, timeout=60.0) as client:
        large = b'{"email": "' + bytes(b"x" * 100_000) + b'"}'
        for content in (large, iter([large])):
            answer = client.post(
                "/console/api/session", content=content, headers={"Content-Type": "application/json"}
            )
            assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large")
