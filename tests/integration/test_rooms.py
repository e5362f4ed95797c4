"""The room server as a process: what it says, what it refuses, and what strangers cannot do to it."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import aiohttp
import numpy as np
import pytest
from tests.conformance.rooms.clients import Target, asynchronous, joined, new_room, within
from tests.conformance.rooms.media import read_levels, showing

KEY, SECRET = "testkey", "s" * 40
PACKETS = 3000


@pytest.fixture
def server() -> Iterator[tuple[Target, int]]:
    """The server in a process of its own: where it is, and its UDP port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "visavis", "rooms", "--port", "0", "--udp-port", "0"],
        env={**os.environ, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = "".join(process.stdout.readline() for _ in range(3))
        url, udp_port = re.search(r"LIVEKIT_URL=(\S+)", said), re.search(r"UDP port (\d+)", said)
        assert url is not None
        assert udp_port is not None
        assert SECRET not in said
        yield Target(url[1], KEY, SECRET), int(udp_port[1])
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            _, errors = process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            _, errors = process.communicate()
    assert "Traceback" not in errors
    assert SECRET not in errors


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


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = run_rooms("--dev", "--udp-port", "0", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1


@asynchronous
async def _check_strangers(server: tuple[Target, int]) -> None:
    target, udp_port = server
    room = new_room()
    random = np.random.default_rng(3)
    async with joined(target, room, "ada") as ada, joined(target, room, "bob") as bob, showing(ada):
        track, _, _ = await bob.event("track_subscribed")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for index in range(PACKETS):
                first = (0, 22, 128, 144, 255)[index % 5]
                junk = random.bytes(int(random.integers(0, 1400)))
                stranger.sendto(bytes([first]) + junk, ("127.0.0.1", udp_port))
                if index % 100 == 0:
                    await asyncio.sleep(0)
        assert await within(read_levels(track, 5))


def test_strangers_on_the_media_port_do_no_harm(server: tuple[Target, int]) -> None:
    _check_strangers(server)


@asynchronous
async def _check_nonsense(server: tuple[Target, int]) -> None:
    target, _ = server
    token = target.token("eve", new_room())
    random = np.random.default_rng(4)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for wish in ("", "x", "_" * 1000, "AAAA"):
            query = {"join_request": wish}
            async with session.get(f"{target.http_url}/rtc/v1", params=query) as answer:
                assert answer.status == 400
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
        async with session.post(
            f"{target.http_url}/twirp/livekit.RoomService/ListRooms", data=b"\xff"
        ) as answer:
            assert answer.status in (400, 401)
            assert set(await answer.json()) == {"code", "msg"}
        async with session.post(f"{target.http_url}/twirp/livekit.RoomService/Explode") as answer:
            assert answer.status == 404
    async with joined(target, new_room(), "ada") as ada:
        assert ada.room.isconnected()


def test_nonsense_in_signalling_does_no_harm(server: tuple[Target, int]) -> None:
    _check_nonsense(server)
