"""An external room server must not lead an avatar, or the gateway, to internal addresses."""

import asyncio
import ipaddress
import json
import socket
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from harness.room_clients import Target, asynchronous
from harness.room_servers import Server, embedded
from livekit import rtc
from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import ICEServer, JoinResponse, LeaveRequest, SignalResponse, TrickleRequest

from visavis.adapters.external_rooms import check_answer, check_token, forwarded
from visavis.adapters.external_rooms.signals import SignalError, filter_signal
from visavis.bootstrap.external_rooms import checker
from visavis.core.urls import ROOMS, parse_url
from visavis.errors import InputError
from visavis.ports import RoomServerAddress
from visavis.settings import RoomSettings

HERE, INSIDE = "127.0.0.1", "127.0.0.2"
"""The first stands for a public address, which the tests let in; the second for one inside a network."""
PUBLIC = (ipaddress.ip_network(f"{HERE}/32"),)


def parsed(url: str) -> Any:
    return parse_url(url, "livekit_url", schemes=ROOMS)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with embedded(tmp_path_factory.mktemp("rooms") / "rooms.log") as server:
        yield server


@dataclass
class Trap:
    """Sockets that nobody should connect to: TCP and UDP, on the same port."""

    tcp: socket.socket
    udp: socket.socket

    @property
    def port(self) -> int:
        return int(self.tcp.getsockname()[1])

    def was_reached(self) -> bool:
        for take in (self.tcp.accept, lambda: self.udp.recv(2048)):
            try:
                taken = take()
            except BlockingIOError:
                continue
            if isinstance(taken, tuple):
                taken[0].close()
            return True
        return False


@pytest.fixture
def trap() -> Iterator[Trap]:
    with socket.create_server((INSIDE, 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((INSIDE, tcp.getsockname()[1]))
        tcp.setblocking(False)
        udp.setblocking(False)
        yield Trap(tcp, udp)


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    """A server at the address that is let in, which answers everything in one way."""
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(app, max_line_size=1 << 17, max_field_size=1 << 17, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, HERE, 0).start()
        yield f"ws://{HERE}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def connect(url: str, token: str) -> rtc.Room:
    room = rtc.Room()
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False, connect_timeout=30))
    return room


@pytest.mark.parametrize(
    "url",
    [
        "ws://127.0.0.1:7880\\@93.184.216.34/",
        "ws://93.184.216.34@127.0.0.1/",
        "ws://user:word@93.184.216.34/",
        "ws:/\\127.0.0.1/",
        "ws:\\\\127.0.0.1",
        "ws://127.0.0.1\t/",
        "ws://93.184.216.34\n.example.com/",
        "ws://0177.0.0.1/",
        "ws://127.1/",
        "ws://2130706433/",
        "ws://0x7f.0.0.1/",
        "ws://127.0.0.1#@93.184.216.34/",
        "ws://93.184.216.34/?x#y",
        "ws://[::ffff:127.0.0.1%25lo]/",
        "ws://127。0。0。1/",
        "ws://93.184.216.34:0/",
        "ws://93.184.216.34:65536/",
        "file:///etc/passwd",
        "ws://",
        "",
    ],
)
def test_ambiguous_urls_are_refused(url: str) -> None:
    with pytest.raises(InputError):
        parsed(url)


@asynchronous
async def test_the_gateway_contacts_no_internal_server(trap: Trap, rooms: Server) -> None:
    """By number, by name, mapped into IPv6; only our own server may have any address."""
    own = RoomServerAddress(rooms.target.url, rooms.target.key, rooms.target.secret)
    token = rooms.target.token("avatar", "a-room")
    check = checker(RoomSettings(), shown=own.url, own=own)
    for host in (INSIDE, "localhost", f"[::ffff:{INSIDE}]"):
        with pytest.raises(InputError, match="public"):
            await check(parsed(f"ws://{host}:{trap.port}"), token)
    assert not trap.was_reached()
    assert await check(parsed(own.url), token) == own.url


@asynchronous
async def test_a_name_that_later_resolves_to_an_internal_address_is_refused(
    trap: Trap, rooms: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name was public when it was checked; it is inside when the avatar joins, and later again."""
    loop, asked = asyncio.get_running_loop(), []

    async def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (INSIDE, port))]

    monkeypatch.setattr(loop, "getaddrinfo", resolve)
    url = parsed(f"ws://rebind.example.com:{trap.port}")
    async with forwarded(url, also=PUBLIC) as local:
        with pytest.raises(rtc.ConnectError):
            await connect(local, rooms.target.token("avatar", "a-room"))
    assert set(asked) == {"rebind.example.com"}
    assert not trap.was_reached()


@asynchronous
async def test_redirects_are_not_followed(trap: Trap, rooms: Server) -> None:
    """Neither inside, nor to another port of the same host: the session has one server."""
    token = rooms.target.token("avatar", "a-room")
    reached = []

    async def elsewhere(request: web.Request) -> web.Response:
        reached.append(request.path)
        return web.Response(text="success")

    async with serving(elsewhere) as other:
        for target in (f"http://{INSIDE}:{trap.port}", other.replace("ws", "http", 1)):

            async def redirect(request: web.Request, target: str = target) -> web.Response:
                return web.Response(status=307, headers={"Location": f"{target}{request.path_qs}"})

            async with serving(redirect) as server:
                with pytest.raises(InputError, match="redirects"):
                    await check_answer(parsed(server), token, also=PUBLIC)
                async with forwarded(parsed(server), also=PUBLIC) as local:
                    with pytest.raises(rtc.ConnectError):
                        await connect(local, token)
    assert not reached
    assert not trap.was_reached()


@asynchronous
async def test_the_proxy_serves_only_its_session_and_known_paths(rooms: Server) -> None:
    reached = []

    async def note(request: web.Request) -> web.Response:
        reached.append(request.path)
        return web.Response(text="success")

    async with serving(note) as server, forwarded(parsed(server), also=PUBLIC) as local:
        base = local.replace("ws", "http", 1)
        origin = base.rpartition("/")[0]
        async with aiohttp.ClientSession() as client:
            for url in (f"{origin}/rtc/validate", f"{base}/twirp/livekit.RoomService/ListRooms", f"{base}/"):
                async with client.get(url) as answer:
                    assert answer.status == 404
            async with client.post(f"{base}/rtc/validate") as answer:
                assert answer.status == 404
            assert not reached
            async with client.get(f"{base}/rtc/validate?a=b") as answer:
                assert (answer.status, await answer.text()) == (200, "success")
    assert reached == ["/rtc/validate"]


@dataclass
class Liar:
    """A room server that names the trap wherever a server can name an address; media passes all the same."""

    rooms: Target
    trap: Trap
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        headers = {"Authorization": request.headers["Authorization"]}
        url = f"{self.rooms.http_url}/{request.match_info['path']}?{request.query_string}"
        async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=headers) as inner:
            outer = web.WebSocketResponse()
            await outer.prepare(request)
            up = asyncio.create_task(self._up(outer, inner))
            try:
                async for message in inner:
                    for each in self._lie(message.data):
                        await outer.send_bytes(each.SerializeToString())
            finally:
                up.cancel()
                await asyncio.gather(up, return_exceptions=True)
        return outer

    @staticmethod
    async def _up(outer: web.WebSocketResponse, inner: aiohttp.ClientWebSocketResponse) -> None:
        async for message in outer:
            await inner.send_bytes(message.data)
        await inner.close()

    def _lie(self, packed: bytes) -> list[SignalResponse]:
        said = SignalResponse.FromString(packed)
        place = f"{INSIDE} {self.trap.port} typ host"
        candidates = [f"candidate:7 1 udp 2130706431 {place}", f"candidate:8 1 tcp 1 {place} tcptype passive"]
        if said.HasField("join"):
            said.join.alternative_url = f"ws://{INSIDE}:{self.trap.port}"
            for kind in ("stun", "turn"):
                url = f"{kind}:{INSIDE}:{self.trap.port}" + ("?transport=tcp" if kind == "turn" else "")
                said.join.ice_servers.append(ICEServer(urls=[url], username="a", credential="b"))
        for name in ("answer", "offer"):
            if said.HasField(name):  # type: ignore[arg-type]
                description = getattr(said, name)
                first = "\r\n".join(f"a={each}" for each in candidates)
                description.sdp = description.sdp.replace("a=ice-ufrag", f"{first}\r\na=ice-ufrag")
                trickles = [
                    TrickleRequest(
                        candidateInit=json.dumps({"candidate": each, "sdpMid": "0", "sdpMLineIndex": 0}),
                        target=1 if name == "offer" else 0,  # type: ignore[arg-type]
                    )
                    for each in candidates
                ]
                return [said, *(SignalResponse(trickle=each) for each in trickles)]
        return [said]


async def stay(url: str, token: str, until: Callable[[], bool] = lambda: True) -> None:
    """Join, publish, and leave when the media's way has been found, and a condition holds."""
    room = await connect(url, token)
    try:
        source = rtc.AudioSource(48_000, 1)
        track = rtc.LocalAudioTrack.create_audio_track("a", source)
        await room.local_participant.publish_track(track)
        await source.capture_frame(rtc.AudioFrame(bytes(960), 48_000, 1, 480))
        await room.local_participant.publish_data(b"x", reliable=True)
        await source.aclose()
        while not until():
            await asyncio.sleep(0.02)
    finally:
        await room.disconnect()


@asynchronous
async def test_media_is_not_sent_to_internal_addresses(trap: Trap, rooms: Server) -> None:
    """Candidates, STUN and TURN servers of its choice: the library believes it, the forward does not."""
    liar = Liar(rooms.target, trap)
    async with serving(liar.serve) as server:
        async with forwarded(parsed(server), also=PUBLIC) as local:
            await stay(local, rooms.target.token("avatar", f"room-{uuid.uuid4().hex}"))
        assert not trap.was_reached()
        # What the library does when it is let:
        await stay(server, rooms.target.token("avatar", f"room-{uuid.uuid4().hex}"), until=trap.was_reached)


def candidate(address: str) -> str:
    return f"candidate:1 1 udp 2130706431 {address} 9 typ host"


@pytest.mark.parametrize(
    ("address", "passes"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.0.0.1", False),
        ("127.1", False),
        ("0177.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("metadata.example.com", False),
        ("x.local", False),
        ("93.184.216.34 9 typ host\r\na=candidate:1 1 udp 1 10.0.0.1", False),
    ],
)
def test_only_candidates_with_public_numeric_addresses_pass(address: str, passes: bool) -> None:
    said = SignalResponse()
    said.answer.sdp = (
        f"v=0\r\na={candidate('93.184.216.34')}\r\na={candidate(address)}\r\na=end-of-candidates\r\n"
    )
    kept = filtered(said).answer.sdp
    assert "10.0.0.1" not in kept
    assert kept.startswith("v=0\r\na=candidate")
    assert kept.endswith("candidates\r\n")
    assert (kept == said.answer.sdp) == passes
    trickle = SignalResponse(
        trickle=TrickleRequest(candidateInit=json.dumps({"candidate": candidate(address)}))
    )
    assert (asyncio.run(filter_signal(trickle.SerializeToString(), also=())) is not None) == passes


def filtered(said: SignalResponse) -> SignalResponse:
    kept = asyncio.run(filter_signal(said.SerializeToString(), also=()))
    assert kept is not None
    return SignalResponse.FromString(kept)


def test_only_media_servers_with_public_addresses_pass() -> None:
    urls = [
        "stun:93.184.216.34",
        "turn:93.184.216.34:443?transport=tcp",
        "turns:93.184.216.34",
        "stun:10.0.0.1",
    ]
    urls += ["turn:localhost:22", "turn:[::1]:22", "http://93.184.216.34", "stun:93.184.216.34:3478@10.0.0.1"]
    said = SignalResponse(
        join=JoinResponse(alternative_url="ws://10.0.0.1", ice_servers=[ICEServer(urls=urls)])
    )
    join = filtered(said).join
    assert [url for each in join.ice_servers for url in each.urls] == [
        "stun:93.184.216.34:3478",
        "turn:93.184.216.34:443?transport=tcp",
    ]
    assert not join.alternative_url
    leave = LeaveRequest(reason=DisconnectReason.SERVER_SHUTDOWN)
    leave.regions.regions.add(url="wss://10.0.0.1")
    assert not filtered(SignalResponse(leave=leave)).leave.HasField("regions")


def test_malformed_messages_are_not_passed_on() -> None:
    with pytest.raises(SignalError):
        asyncio.run(filter_signal(b"\xff" * 9, also=()))
    unknown = b"\xfa\x3f\x02hi"  # a field that this version of the protocol does not have
    assert asyncio.run(filter_signal(unknown, also=())) is None


@pytest.mark.parametrize(
    "token", ["t", "a.b.c", "eyJhbGciOiJIUzI1NiJ9.e30", "\x00.\x00.\x00", "...", "ä.ö.ü"]
)
def test_a_token_that_is_not_a_jwt_is_refused(token: str) -> None:
    with pytest.raises(InputError, match="livekit_token"):
        check_token(token)


@asynchronous
async def test_a_refusal_by_the_room_server_is_reported(rooms: Server) -> None:
    url, target = parsed(rooms.target.url), rooms.target
    await check_answer(url, target.token("avatar", "a-room"), also=PUBLIC)
    late = target.token("avatar", "a-room", ttl=timedelta(minutes=-5))
    for token in (late, target.token("avatar", "a-room", secret=uuid.uuid4().hex)):
        check_token(token)
        with pytest.raises(InputError, match="livekit_token: the server refuses it"):
            await check_answer(url, token, also=PUBLIC)


@asynchronous
async def test_a_room_server_without_an_answer_is_reported(tmp_path: Path) -> None:
    with socket.create_server((HERE, 0)) as silent:
        url = f"ws://{HERE}:{silent.getsockname()[1]}"
        with pytest.raises(InputError, match="does not answer"):
            await check_answer(parsed(url), "a.b.c", also=PUBLIC)
    with pytest.raises(InputError, match="cannot be reached"):
        await check_answer(parsed(url), "a.b.c", also=PUBLIC)
