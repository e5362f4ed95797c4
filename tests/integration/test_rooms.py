"""The room server as a process: its output, what it refuses, and hostile traffic."""

import asyncio
import contextlib
import json
import os
import pty
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.parse
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any

import aiohttp
import jwt
import numpy as np
import pytest
from aiortc import RTCCertificate
from harness.light_clients import Sender, Viewer
from harness.room_clients import DEADLINE_S, Target, asynchronous, joined, new_room, within
from harness.room_media import read_levels, showing
from livekit import api, rtc

KEY, SECRET = "testkey", "s" * 40
PACKETS = 3000
Server = tuple[Target, int, int]


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The server in a process of its own: where it is, and its ports for media, UDP and TCP."""
    host = getattr(request, "param", "127.0.0.1")
    process = subprocess.Popen(
        [sys.executable, "-m", "visavis", "rooms", "--host", host, "--port", "0", "--udp-port", "0"],
        env={**os.environ, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert SECRET not in line
        address = json.loads(line)
        assert address["api_key"] == KEY
        assert address["url"].endswith(f":{address['port']}")
        yield Target(address["url"], KEY, SECRET), address["udp_port"], address["tcp_port"]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            _, errors = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            _, errors = process.communicate()
    assert "LIVEKIT_" not in errors  # that is for people
    assert "Traceback" not in errors
    assert SECRET not in errors


def test_a_terminal_gets_the_address_in_words() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "visavis", "rooms", "--dev", "--port", "0", "--udp-port", "0"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    try:
        assert process.stderr is not None
        url, key, media = (process.stderr.readline() for _ in range(3))
        assert url.startswith("LIVEKIT_URL=ws://127.0.0.1:")
        assert key == "LIVEKIT_API_KEY=devkey\n"
        assert "Stop with Ctrl-C" in media
        assert json.loads(os.read(ours, 4096))["url"] == url.strip().removeprefix("LIVEKIT_URL=")
    finally:
        process.terminate()
        process.communicate(timeout=60)
        os.close(ours)


@pytest.fixture
def target(server: Server) -> Target:
    """Where the server is."""
    return server[0]


@pytest.fixture
def room() -> str:
    return new_room()


@contextlib.asynccontextmanager
async def watched(target: Target, room: str) -> AsyncIterator[rtc.Track]:
    """The pictures that ada shows in a room, as bob has them."""
    async with joined(target, room, "ada") as ada, joined(target, room, "bob") as bob, showing(ada):
        track, _, _ = await bob.event("track_subscribed")
        yield track


@contextlib.asynccontextmanager
async def meanwhile(*running: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something runs until the `with` is left."""
    tasks = [asyncio.create_task(each) for each in running]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_only(target: Target, room: str, *there: str) -> None:
    """Wait until exactly these participants are in a room."""
    asked = api.ListParticipantsRequest(room=room)
    async with target.service() as service:
        while True:
            listed = await service.room.list_participants(asked)
            if sorted(each.identity for each in listed.participants) == sorted(there):
                return
            await asyncio.sleep(0.1)


def run_rooms(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LIVEKIT_")}
    return subprocess.run(
        [sys.executable, "-m", "visavis", "rooms", *arguments],
        env={**bare, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_does_not_start_without_a_secret() -> None:
    ended = run_rooms()
    assert ended.returncode == 2
    assert "LIVEKIT_API_SECRET" in ended.stderr


def test_the_public_secret_is_for_this_machine_only() -> None:
    ended = run_rooms("--dev", "--host", "0.0.0.0")  # noqa: S104 - it must refuse
    assert ended.returncode == 2
    assert "loopback" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--udp-port", "x"), "neither a port"),
        (("--node-ip", "localhost"), "not an IP address"),
        (("--host", "0.0.0.0"), "loopback"),  # noqa: S104 - it must refuse
        (("--node-ip", "0.0.0.0"), "--node-ip"),  # noqa: S104 - it must refuse
    ],
)
def test_an_invalid_address_gives_one_line(arguments: tuple[str, str], said: str) -> None:
    ended = run_rooms("--dev", "--port", "0", *arguments)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_port_in_use_gives_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = run_rooms("--dev", "--udp-port", "0", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1


@pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 here")
@pytest.mark.parametrize("server", ["::1"], indirect=True)
@asynchronous
async def test_the_room_server_supports_ipv6(target: Target, room: str) -> None:
    async with watched(target, room) as track:
        assert await within(read_levels(track, 3))


@asynchronous
async def test_unknown_packets_on_the_media_port_are_ignored(server: Server, room: str) -> None:
    target, udp_port, _ = server
    random = np.random.default_rng(3)
    async with watched(target, room) as track:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for index in range(PACKETS):
                first = (0, 22, 128, 144, 255)[index % 5]
                junk = random.bytes(int(random.integers(0, 1400)))
                stranger.sendto(bytes([first]) + junk, ("127.0.0.1", udp_port))
                if index % 100 == 0:
                    await asyncio.sleep(0)
        assert await within(read_levels(track, 5))


@asynchronous
async def test_malformed_signalling_is_harmless(target: Target, room: str) -> None:
    token = target.token("eve", room)
    random = np.random.default_rng(4)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for wish in ("x", "_" * 1000, "AAAA"):
            query = {"join_request": wish}
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(f"{target.http_url}/rtc/v1", params=query)
            assert refused.value.status == 400
        async with session.ws_connect(f"{target.http_url}/rtc") as talk:
            assert (await within(talk.receive())).type is aiohttp.WSMsgType.BINARY
            for _ in range(40):
                await talk.send_bytes(random.bytes(200))
            await talk.send_str("text")
            await talk.close()
        async with session.ws_connect(f"{target.http_url}/rtc") as talk:
            for _ in range(500):  # far more than a client says in a second
                await talk.send_bytes(b"\x70\x01")
            while (await within(talk.receive())).type is aiohttp.WSMsgType.BINARY:
                pass
            assert talk.closed
        kind = {"Content-Type": "application/protobuf"}
        async with session.post(
            f"{target.http_url}/twirp/livekit.RoomService/ListRooms", data=b"\xff", headers=kind
        ) as answer:
            assert answer.status == 400
            assert set(await answer.json()) == {"code", "msg"}
        async with session.post(f"{target.http_url}/twirp/livekit.RoomService/Explode") as answer:
            assert answer.status == 404
    async with joined(target, new_room(), "ada") as ada:
        assert ada.room.isconnected()


@asynchronous
async def test_unknown_data_on_the_tcp_port_is_harmless(server: Server, room: str) -> None:
    target, _, tcp_port = server
    random = np.random.default_rng(5)
    async with contextlib.AsyncExitStack() as stack:
        silent = [await asyncio.open_connection("127.0.0.1", tcp_port) for _ in range(50)]
        for _, writer in silent:
            stack.callback(writer.close)
        reader, writer = await asyncio.open_connection("127.0.0.1", tcp_port)
        stack.callback(writer.close)
        for _ in range(200):
            junk = random.bytes(int(random.integers(1, 1400)))
            writer.write(struct.pack("!H", len(junk)) + junk)
        writer.write(b"\xff\xff")  # longer than any datagram of ours
        with contextlib.suppress(ConnectionError):
            assert await within(reader.read()) == b""
        async with watched(target, room) as track:
            assert await within(read_levels(track, 3))


@asynchronous
async def test_a_hostile_participant_is_harmless(target: Target, room: str) -> None:
    """A participant with a proven address sends forged media and invalid DTLS and SCTP."""
    random = np.random.default_rng(6)
    eve = Viewer(RTCCertificate.generateCertificate(), probe=False)
    async with (
        aiohttp.ClientSession() as session,
        watched(target, room) as track,
        meanwhile(eve.run(session, target.url, target.token("eve", room))),
    ):
        await within(eve.first_packet.wait())
        for index in range(2000):
            junk = random.bytes(int(random.integers(12, 1200)))
            eve.line.send(bytes([(128, 144, 20, 22, 23, 63)[index % 6]]) + junk)
            if index % 50 == 0:
                await asyncio.sleep(0)
        for _ in range(50):  # inside of DTLS, where SCTP is expected
            await eve.line.dtls._send_data(random.bytes(100))
        assert await within(read_levels(track, 5))


@asynchronous
async def test_floods_are_harmless(target: Target, room: str) -> None:
    """Many clients without permission, and one that joins repeatedly."""
    forged = {"Authorization": f"Bearer {target.token('eve', room, secret=new_room() * 3)}"}
    own = {"Authorization": f"Bearer {target.token('eve', room)}"}
    async with aiohttp.ClientSession() as session, watched(target, room) as track:

        async def ask() -> int:
            async with session.get(f"{target.http_url}/rtc/validate", headers=forged) as answer:
                return answer.status

        assert set(await within(asyncio.gather(*(ask() for _ in range(500))))) == {401}
        for _ in range(50):
            async with session.ws_connect(f"{target.http_url}/rtc", headers=own) as talk:
                await within(talk.receive())
        await within(until_only(target, room, "ada", "bob"))
        assert await within(read_levels(track, 5))


@asynchronous
async def test_sender_reports_keep_their_meaning(target: Target, room: str) -> None:
    """A sender report and the packets of the same moment agree on the time."""
    certificate = RTCCertificate.generateCertificate()
    sender, viewer = Sender(certificate), Viewer(certificate, probe=True)
    async with (
        aiohttp.ClientSession() as session,
        meanwhile(
            sender.run(session, target.url, target.token("ada", room)),
            viewer.run(session, target.url, target.token("bob", room)),
        ),
    ):
        await within(viewer.reported.wait())
        assert viewer.seen.mapping_s < 0.05  # between a frame's stamp and the next report's
        assert abs(viewer.seen.drift_s) < 0.05


@asynchronous
async def test_a_client_that_leaves_during_the_upgrade_leaves_nothing(target: Target, room: str) -> None:
    """Clients that ask for a socket and are gone before they get it."""
    address = urllib.parse.urlsplit(target.url)
    for index in range(50):
        query = urllib.parse.urlencode({"access_token": target.token(f"hasty{index}", room)})
        wish = f"GET /rtc?{query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        wish += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        with socket.create_connection((address.hostname, address.port), timeout=60) as hasty:
            hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends in a reset
            hasty.sendall(wish.encode())
    async with joined(target, room, "ada"), asyncio.timeout(DEADLINE_S / 2):
        await until_only(target, room, "ada")


@asynchronous
async def test_a_deleted_room_stays_deleted_for_tokens_from_before(target: Target, room: str) -> None:
    tokens = {name: target.token(name, room) for name in ("ada", "bob")}
    async with target.service() as service:
        async with joined(target, room, "ada", token=tokens["ada"]) as ada:
            await service.room.delete_room(api.DeleteRoomRequest(room=room))
            await ada.event("disconnected")
        for token in (*tokens.values(), ada.room._token):  # the last one: as the server has refreshed it
            with pytest.raises(rtc.ConnectError):
                async with joined(target, room, "?", token=token):
                    pass
        assert not (await service.room.list_rooms(api.ListRoomsRequest(names=[room]))).rooms
        claims = jwt.decode(tokens["ada"], SECRET, algorithms=["HS256"])
        later = jwt.encode({**claims, "nbf": int(time.time()) + 1}, SECRET, algorithm="HS256")
        async with joined(target, room, "ada", token=later) as ada:
            assert ada.room.isconnected()
        await service.room.delete_room(api.DeleteRoomRequest(room=room))
        await service.room.create_room(api.CreateRoomRequest(name=room))
        async with joined(target, room, "bob", token=tokens["bob"]) as bob:  # a backend wanted it again
            assert bob.room.isconnected()
