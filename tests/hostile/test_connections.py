"""Limits on what a client can make the HTTP server keep and wait for: real sockets, a small application."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from tests.support.raw_http import GET, answer_of, ask, connected, hear, say
from tests.support.server import until
from websockets.sync.client import ClientConnection, connect

from visavis.bootstrap import loop_factory
from visavis.bootstrap.http_server import HttpServer
from visavis.settings import ServerSettings
from visavis.surfaces.shared.connections import HttpConnections, is_loopback, owner_of
from visavis.surfaces.shared.middleware import SECURITY_HEADERS

PATIENT = ServerSettings(
    max_connections=64,
    max_connections_per_address=8,
    max_header_bytes=64 * 1024,
    header_timeout_s=60.0,
    body_timeout_s=60.0,
    keep_alive_timeout_s=60.0,
)
HASTY = PATIENT.model_copy(
    update={"header_timeout_s": 0.3, "body_timeout_s": 0.3, "keep_alive_timeout_s": 0.3}
)


@dataclass
class Served:
    """A running server, and how many of its requests ended because the client was gone."""

    url: str
    left: list[str]
    server: HttpServer


Serve = Callable[[ServerSettings], Served]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Serves with some settings; the same ones are served once."""
    made: dict[ServerSettings, Served] = {}
    with ExitStack() as stack:

        def start(settings: ServerSettings) -> Served:
            if settings not in made:
                made[settings] = _start(stack, settings)
            return made[settings]

        yield start


def _start(stack: ExitStack, settings: ServerSettings) -> Served:
    left: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            await socket.accept()
            async for text in socket.iter_text():
                await socket.send_text(text)
            return
        request = Request(scope, receive)
        answer: Response = PlainTextResponse("ok")
        if scope["path"] == "/much":
            answer = StreamingResponse(b"x" * 65_536 for _ in range(1024))
        elif scope["method"] == "POST":
            try:
                answer = PlainTextResponse(str(len(await request.body())))
            except ClientDisconnect:
                left.append(scope["path"])
                return
        await answer(scope, receive, send)

    listener = stack.enter_context(socket.create_server(("0.0.0.0", 0), backlog=1024))  # noqa: S104 - on this machine
    server = HttpServer(app, listener, settings, takes_websocket=lambda path: path == "/socket")

    def run() -> None:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(server.serve())

    port = listener.getsockname()[1]
    thread = threading.Thread(target=run)
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join()

    stack.callback(stop)
    return Served(f"http://127.0.0.1:{port}", left, server)


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (GET + b"A: b\r\n" * 200 + b"\r\n", 431, "headers_too_large"),
        (GET + b"A: " + b"b" * 20_000 + b"\r\n\r\n", 431, "headers_too_large"),
        (GET + b"A: " + b"b" * 2_000_000, 431, "headers_too_large"),  # never ends
        (GET + b"a" * 2_000_000, 431, "headers_too_large"),  # a name without an end
        (GET + (b"A: " + b"b" * 10_000 + b"\r\n") * 8 + b"\r\n", 431, "headers_too_large"),
        (b"\r\n" * 1_000_000, 431, "headers_too_large"),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", 414, "uri_too_long"),
        (b"GET /" + b"a" * 2_000_000, 414, "uri_too_long"),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400, "invalid_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "invalid_request"),  # TLS
    ],
)
def test_endless_headers_are_refused(serve: Serve, words: bytes, status: int, code: str) -> None:
    served = serve(PATIENT)
    found, headers, said = ask(served.url, words)
    assert (found, said["error"]) == (status, code)
    assert said["message"]
    assert set(map(str.lower, SECURITY_HEADERS)) <= headers.keys()
    assert httpx.get(served.url).status_code == 200


@pytest.mark.parametrize("body_bytes", [0, 10, 70_000])
def test_an_upgrade_to_another_protocol_is_answered_as_a_request(serve: Serve, body_bytes: int) -> None:
    post = b"POST / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    with connected(serve(PATIENT).url) as line:
        say(line, post + b"Content-Length: %d\r\n\r\n" % body_bytes + b"a" * body_bytes)
        heard = hear(line)
    assert heard.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in heard.lower()


def dialled(served: Served) -> ClientConnection:
    return connect(f"ws{served.url.removeprefix('http')}/socket", proxy=None)


def test_a_websocket_counts_as_a_connection_until_it_ends(serve: Serve) -> None:
    served = serve(PATIENT)
    connections = served.server._connections
    until(lambda: len(connections) == 0)
    with dialled(served) as line:
        line.send("a")
        assert line.recv() == "a"
        assert len(connections) == 1
        assert not connections._idle  # so none is closed for another client
    until(lambda: len(connections) == 0)


def test_a_websocket_outlasts_the_limits_of_requests(serve: Serve) -> None:
    served = serve(HASTY)
    with dialled(served) as socket, connected(served.url) as line:
        assert answer_of(hear(line))[0] == 408  # as long as any of them
        socket.send("a")
        assert socket.recv() == "a"


def test_a_websocket_takes_no_connection_over_while_another_request_is_answered(serve: Serve) -> None:
    wish = b"GET /socket HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    with connected(serve(PATIENT).url) as line:
        say(line, GET + b"\r\n" + wish)
        assert hear(line).count(b"HTTP/1.1 200") == 2


def test_data_after_a_body_is_limited_too(serve: Serve) -> None:
    """Trailers and chunk extensions are headers in other places."""
    served = serve(PATIENT)
    post = b"POST /trailers HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert ask(served.url, post + b"1\r\na\r\n0\r\nA: " + b"b" * 2_000_000)[0] == 431
    assert ask(served.url, post + b"1;" + b"e" * 2_000_000)[0] == 431
    until(lambda: served.left.count("/trailers") == 2)


def test_usual_header_sizes_are_accepted(serve: Serve) -> None:
    """Also in pieces, one after the other, and several at once."""
    served = serve(PATIENT)
    large = {f"X-{n}": "a" * 1000 for n in range(50)}
    with httpx.Client(base_url=served.url) as client:
        for _ in range(3):
            assert client.get("/" + "a" * 8000, headers=large).status_code == 200
            assert client.post("/", content=b"x" * 3_000_000, headers=large).text == "3000000"
    with connected(served.url) as line:
        for sign in GET + b"\r\n":
            say(line, bytes([sign]))
        say(line, (GET + b"\r\n") * 4 + GET + b"Connection: close\r\n\r\n")
        assert hear(line).count(b"HTTP/1.1 200") == 6
    with connected(served.url) as line:
        say(line, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n")
        assert hear(line).startswith(b"HTTP/1.1 200")


def test_pipelined_requests_are_limited(serve: Serve) -> None:
    served = serve(PATIENT)
    with connected(served.url) as line:
        say(line, (GET + b"\r\n") * 10_000)
        assert hear(line).count(b"HTTP/1.1 200") < 100
    assert httpx.get(served.url).status_code == 200


@pytest.mark.parametrize("words", [b"", b"GET /", GET, GET + b"A: b", b"POST / HTTP/1.1\r\nHost: a\r\n"])
def test_incomplete_headers_time_out(serve: Serve, words: bytes) -> None:
    with connected(serve(HASTY).url) as line:
        say(line, words)
        assert answer_of(hear(line))[0] == 408


def test_an_incomplete_body_times_out(serve: Serve) -> None:
    served = serve(HASTY)
    for path in ("/silent", "/silent", "/slow"):
        with connected(served.url) as line:
            say(line, f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n".encode())
            if path == "/slow":  # something comes all the time, and never enough
                _trickle(line)
            assert answer_of(hear(line))[2]["error"] == "request_timeout"
    until(lambda: served.left[-3:] == ["/silent", "/silent", "/slow"])


def _trickle(line: socket.socket) -> None:
    """Send a byte now and then until there is an answer."""
    line.settimeout(0.05)
    for _ in range(1000):
        say(line, b"a")
        try:
            if line.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            continue
    line.settimeout(60)


def test_an_unread_answer_times_out(serve: Serve) -> None:
    """While it is produced, and when it is complete and waits to be sent."""
    served = serve(HASTY)
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(served.url)) for _ in range(2)]
        say(lines[0], b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
        say(lines[1], b"GET /much HTTP/1.0\r\nHost: a\r\n\r\n")
        until(lambda: len(served.server._connections) == 0, what="connections to be closed")


def test_idle_connections_time_out(serve: Serve) -> None:
    with connected(serve(HASTY).url) as line:
        say(line, GET + b"\r\n")
        assert hear(line).startswith(b"HTTP/1.1 200")


def test_a_connection_above_the_limit_replaces_an_idle_one(serve: Serve) -> None:
    served = serve(PATIENT)
    with ExitStack() as stack:
        idle = [stack.enter_context(connected(served.url)) for _ in range(PATIENT.max_connections)]
        until(lambda: len(served.server._connections) == PATIENT.max_connections)
        assert httpx.get(served.url).status_code == 200
        assert hear(idle[0]) == b""
        say(idle[-1], GET + b"Connection: close\r\n\r\n")
        assert hear(idle[-1]).startswith(b"HTTP/1.1 200")


def test_when_all_connections_are_busy_a_new_one_gets_503(serve: Serve) -> None:
    served = serve(PATIENT)
    wish = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\na"
    with ExitStack() as stack:
        busy = [stack.enter_context(connected(served.url)) for _ in range(PATIENT.max_connections)]
        for line in busy:
            say(line, wish)
        until(lambda: not served.server._connections._idle)
        status, headers, said = ask(served.url, b"")
        assert (status, said["error"]) == (503, "temporarily_unavailable")
        assert int(headers["retry-after"]) == said["retry_after_seconds"] > 0
        for line in busy:
            say(line, b"b")
            assert hear(line).startswith(b"HTTP/1.1 200")


def test_connections_of_one_address_are_limited(serve: Serve) -> None:
    """Addresses on this machine are not limited: a proxy has everybody's connections."""
    served = serve(PATIENT)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but the loopback ones")
        own = probe.getsockname()[0]
    outside = f"http://{own}:{served.url.rpartition(':')[2]}"
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(outside, own)) for _ in range(20)]
        for line in lines[: -(PATIENT.max_connections_per_address)]:
            assert hear(line) == b""
        say(lines[-1], GET + b"Connection: close\r\n\r\n")
        assert hear(lines[-1]).startswith(b"HTTP/1.1 200")


class Counted:
    """A connection that only knows whether it was ended."""

    ended = False

    def abort(self) -> None:
        self.ended = True


def test_the_address_with_most_idle_connections_loses_one() -> None:
    connections = HttpConnections(max_connections=6, max_per_address=None)
    hoard, modest = [Counted() for _ in range(5)], Counted()
    connections.opened("192.0.2.7", modest)
    for each in hoard:
        connections.opened("192.0.2.8", each)
    connections.works("192.0.2.8", hoard[0])
    assert connections.admit("192.0.2.9")
    assert [each.ended for each in (*hoard, modest)] == [False, True, False, False, False, False]
    connections.closed("192.0.2.8", hoard[1])  # the socket's own word comes later
    assert len(connections) == 5


def test_connections_are_counted_by_address_or_ipv6_network() -> None:
    assert owner_of(("192.0.2.7", 1)) == owner_of(("::ffff:192.0.2.7", 1, 0, 0)) == "192.0.2.7"
    assert owner_of(("2001:db8::1", 1, 0, 0)) == owner_of(("2001:db8::2:1", 1, 0, 0)) == "2001:db8::"
    assert owner_of(("fe80::1%eth0", 1, 0, 2)) == "fe80::"
    assert is_loopback(owner_of(("127.8.8.8", 1)))
    assert is_loopback(owner_of(("::1", 1, 0, 0)))
    assert is_loopback(owner_of(None))
