"""A surface that is added in one small file has all that the others have: a real server with it."""

import json
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support import tiny_surface
from tests.support.server import Server, until
from visavis.surfaces.shared.middleware import SECURITY_HEADERS

LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024
START = """
import sys
from tests.support.tiny_surface import SURFACE
from visavis.bootstrap.surfaces import SURFACES
from visavis.cli.main import run

SURFACES.insert(0, SURFACE)
sys.argv = sys.argv[1:]
run()
"""


@pytest.fixture(scope="module")
def tiny(open_folder: Callable[[], Path], face_models_folder: Path) -> Iterator[Server]:
    server = Server(open_folder(), prefix=(sys.executable, "-c", START))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(tiny: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=tiny.url, headers={"api-secret": tiny.key}) as client:
        yield client


def metric(tiny: Server, name: str, **labels: str) -> float:
    """A metric of the surface; 0 if it is not there."""
    shown = ",".join(f'{label}="{value}"' for label, value in sorted({"surface": "tiny", **labels}.items()))
    lines = httpx.get(f"{tiny.url}/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{name}{{{shown}}} "))


def events(tiny: Server, name: str) -> list[dict[str, Any]]:
    """Lines of the log of one name."""
    lines = [json.loads(line) for line in tiny.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name and line.get("surface") == "tiny"]


def dialled(tiny: Server, path: str = "/tiny/echo", key: str | None = None) -> ClientConnection:
    return connect(
        f"ws{tiny.url.removeprefix('http')}{path}",
        additional_headers={"api-secret": key or tiny.key},
        proxy=None,
    )


def test_the_tiny_surface_is_small() -> None:
    assert len(Path(tiny_surface.__file__).read_text(encoding="utf-8").splitlines()) < 60


def test_requests_are_answered_counted_and_logged(tiny: Server, client: httpx.Client) -> None:
    labels = {"method": "POST", "route": "/tiny/echo"}
    before = metric(tiny, "visavis_requests_total", status="200", **labels)
    answer = client.post("/tiny/echo", json={"words": "one"})
    assert answer.json() == {"words": "one"}
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value
    assert metric(tiny, "visavis_requests_total", status="200", **labels) == before + 1
    assert metric(tiny, "visavis_request_seconds_count", **labels) >= before + 1
    line = next(line for line in events(tiny, "request") if line["route"] == "/tiny/echo")
    assert (line["method"], line["status"]) == ("POST", 200)
    assert len({line["request_id"] for line in events(tiny, "request")}) == len(events(tiny, "request"))


def test_errors_have_the_shape_of_the_surface(tiny: Server, client: httpx.Client) -> None:
    stranger = httpx.post(f"{tiny.url}/tiny/echo", json={"words": "one"})
    wrong_key = httpx.post(f"{tiny.url}/tiny/echo", json={"words": "one"}, headers={"api-secret": "sk_x"})
    for answer, status, fault, words in (
        (stranger, 401, "no-key", "Missing api-secret header."),
        (wrong_key, 401, "no-key", "Invalid or revoked API key."),
        (client.post("/tiny/echo", json={"words": "tea"}), 418, "teapot", "This is no teapot."),
        (client.post("/tiny/echo", json={}), 422, "wrong", "words: is missing."),
        (
            client.post("/tiny/echo", json={"words": "a" * 2000}),
            413,
            "lost",
            "POST /tiny/echo leads nowhere.",
        ),
        (client.get("/tiny/echo"), 405, "lost", "GET /tiny/echo leads nowhere."),
        (client.get("/tiny/other"), 404, "lost", "GET /tiny/other leads nowhere."),
        (client.get("/tiny/other", headers={"Host": "a b"}), 422, "wrong", "The Host header names no host."),
    ):
        assert answer.status_code == status
        assert answer.json() == {"fault": fault, "words": words}
    assert httpx.get(f"{tiny.url}/nowhere").json()["error"] == "not_found"  # the other surfaces keep theirs


def test_an_unforeseen_error_shows_nothing(tiny: Server, client: httpx.Client) -> None:
    answer = client.post("/tiny/echo", json={"words": "crash"})
    with pytest.raises(InvalidStatus) as refused:
        dialled(tiny, "/tiny/echo?first=crash")
    response = refused.value.response
    for status, body in ((answer.status_code, answer.content), (response.status_code, response.body)):
        assert (status, json.loads(body)) == (500, {"fault": "broken", "words": "That is our fault."})
    assert len(events(tiny, "request_failed")) >= 2
    assert metric(tiny, "visavis_requests_total", method="WEBSOCKET", route="/tiny/echo", status="500") == 1


def test_it_has_its_own_openapi_document(tiny: Server) -> None:
    document = httpx.get(f"{tiny.url}/tiny/openapi.json").json()
    assert document == tiny_surface.SURFACE.openapi()
    assert (document["info"]["title"], list(document["paths"])) == ("tiny", ["/tiny/echo"])
    assert document["paths"]["/tiny/echo"]["post"]["security"] == [{"api-secret": []}]
    scheme = document["components"]["securitySchemes"]["api-secret"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "api-secret")


def test_websockets_are_counted_while_they_are_open(tiny: Server) -> None:
    labels = {"method": "WEBSOCKET", "route": "/tiny/echo", "status": "101"}
    before = metric(tiny, "visavis_requests_total", **labels)
    ended = len(events(tiny, "websocket_closed"))
    with dialled(tiny) as socket:
        for words in ("one", "two"):
            socket.send(words)
            assert socket.recv() == words
        assert metric(tiny, "visavis_websockets", route="/tiny/echo") == 1
        assert metric(tiny, "visavis_requests_total", **labels) == before + 1
    until(lambda: metric(tiny, "visavis_websockets", route="/tiny/echo") == 0)
    until(lambda: len(events(tiny, "websocket_closed")) == ended + 1)
    opened = [line for line in events(tiny, "request") if line["method"] == "WEBSOCKET"]
    assert events(tiny, "websocket_closed")[-1]["request_id"] in {line["request_id"] for line in opened}


@pytest.mark.parametrize(
    ("path", "key", "status", "fault"),
    [("/tiny/echo", "sk_x", 401, "no-key"), ("/tiny/other", None, 404, "lost")],
)
def test_a_refused_websocket_gets_the_reason(
    tiny: Server, path: str, key: str | None, status: int, fault: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        dialled(tiny, path, key)
    response = refused.value.response
    assert (response.status_code, json.loads(response.body)["fault"]) == (status, fault)
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ("tea", 1008, "teapot"),  # an error of the table
        ("crash", 1011, ""),  # one that nobody foresaw
    ],
)
def test_an_error_closes_an_open_websocket(tiny: Server, words: str, code: int, reason: str) -> None:
    with dialled(tiny) as socket:
        socket.send(words)
        with pytest.raises(ConnectionClosedError) as closed:
            socket.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (code, reason)


def test_a_message_that_is_too_large_is_refused_before_it_is_read(tiny: Server) -> None:
    with dialled(tiny) as socket:
        text, masked_64_bit_length, mask = 0x81, 0xFF, bytes(4)
        header = struct.pack(">BBQ", text, masked_64_bit_length, LARGEST_MESSAGE_BYTES + 1) + mask
        socket.socket.sendall(header)
        with pytest.raises(ConnectionClosedError) as closed:
            socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_without_a_websocket_surface_an_upgrade_is_answered_as_a_request(tiny: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        dialled(tiny, "/v1/me")
    assert json.loads(refused.value.response.body)["error"] == "unauthorized"


def test_the_console_and_its_pages_are_counted_too(tiny: Server) -> None:
    httpx.get(f"{tiny.url}/console/api/session").raise_for_status()
    httpx.get(f"{tiny.url}/sign-in", headers={"Accept": "text/html"}).raise_for_status()
    said = httpx.get(f"{tiny.url}/metrics").text
    assert 'method="GET",route="/console/api/session",status="200",surface="console"' in said
    assert 'method="GET",route="/{page:path}",status="200",surface="pages"' in said
