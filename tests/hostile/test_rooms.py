"""Limits on what a client can make the room server keep and wait for, and forbidden tracks."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from harness.room_clients import Client, Target, asynchronous, joined, new_room, within
from harness.room_media import sounding
from harness.room_servers import embedded
from livekit.protocol.rtc import (
    JoinRequest,
    SignalRequest,
    SignalResponse,
    UpdateSubscription,
    WrappedJoinRequest,
)
from livekit.rtc.participant import PublishDataError

from visavis.rooms.limits import RoomLimits
from visavis.rooms.server import Options, RoomServer

KEY, SECRET = "testkey", "s" * 40
HOST = "127.0.0.1"
GET = b"GET / HTTP/1.1\r\nHost: test\r\n"
PATIENT = RoomLimits()
HASTY = replace(PATIENT, header_timeout_s=0.3, body_timeout_s=0.3, keep_alive_timeout_s=0.3)
FEW = replace(PATIENT, connections=4, tcp_connections=4)


@contextlib.asynccontextmanager
async def serving(limits: RoomLimits) -> AsyncIterator[tuple[Target, RoomServer]]:
    options = Options(keys={KEY: SECRET}, ports=(0,), udp_ports=(0,), tcp_ports=(0,), limits=limits)
    async with RoomServer(options) as server:
        yield Target(f"ws://{HOST}:{server.port}", KEY, SECRET), server


async def hear(port: int, words: bytes) -> bytes:
    """The answer before the server closes the connection."""
    reader, writer = await asyncio.open_connection(HOST, port)
    heard = b""
    with contextlib.suppress(ConnectionError):  # it need not read all that is said
        writer.write(words)
        while block := await within(reader.read(65_536)):
            heard += block
    writer.close()
    return heard


@asynchronous
async def test_endless_headers_are_refused() -> None:
    async with serving(PATIENT) as (_, server):
        for words in (
            GET + b"A: b\r\n" * 200 + b"\r\n",
            GET + (b"A: " + b"b" * 60_000 + b"\r\n") * 4,
            GET + b"A: " + b"b" * 250_000,
            b"\r\n\r\n" + GET + b"A: b\r\n" * 200,
            GET + b"\r\n" + GET + b"A: b\r\n" * 200 + b"\r\n",
        ):
            heard = await hear(server.port, words)
            answers = [line.split()[1] for line in heard.split(b"\r\n") if line.startswith(b"HTTP/1.1")]
            assert answers in ([], [b"400"], [b"431"], [b"200", b"400"])
        assert b"200 OK" in await hear(server.port, GET + b"Connection: close\r\n\r\n")


@pytest.mark.parametrize("words", [b"", b"GET /", GET, GET + b"\r\n", GET + b"\r\n" + GET])
@asynchronous
async def test_incomplete_requests_time_out(words: bytes) -> None:
    async with serving(HASTY) as (_, server):
        heard = await hear(server.port, words)
        assert heard.count(b"200 OK") == words.count(b"\r\n\r\n")


@asynchronous
async def test_an_incomplete_body_times_out() -> None:
    async with serving(HASTY) as (target, server):
        head = b"POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
        head += b"Content-Type: application/json\r\n"
        assert (await hear(server.port, head + b"\r\n")).startswith(b"HTTP/1.1 401")
        token = target.token("backend", "", room_join=False, room_list=True).encode()
        heard = await hear(server.port, head + b"Authorization: Bearer " + token + b"\r\n\r\n{")
        assert heard.startswith(b"HTTP/1.1 408")


def test_malformed_requests_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def send() -> bytes:
        async with serving(PATIENT) as (_, server):
            return await hear(server.port, b"GET / HTTP/9.9.9 Authorization: Bearer sk_secret\r\n\r\n")

    assert b" 400 " in asyncio.run(send())
    assert "sk_secret" not in caplog.text


@asynchronous
async def test_idle_connections_are_closed_for_new_ones() -> None:
    """On the ports for signalling and for media; active connections stay."""
    room = new_room()
    async with serving(FEW) as (target, server), joined(target, room, "ada") as ada:
        for port in (server.port, server.tcp_port):
            idle = [await asyncio.open_connection(HOST, port) for _ in range(FEW.connections + 1)]
            reader, _ = idle[0]
            with contextlib.suppress(ConnectionError):
                assert await within(reader.read()) == b""
            for _, writer in idle:
                writer.close()
        async with joined(target, room, "bob"):
            await ada.event("participant_connected")


def restricted(token: str) -> str:
    """The same token, restricted to the tracks of agents."""
    claims: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"])
    claims["video"]["canSubscribeKinds"] = ["agent"]
    return jwt.encode(claims, SECRET, algorithm="HS256")


@contextlib.asynccontextmanager
async def raw(target: Target, token: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A client of one's own making, on the socket for one peer connection."""
    wish = WrappedJoinRequest(join_request=JoinRequest().SerializeToString())
    query = {
        "access_token": token,
        "join_request": base64.urlsafe_b64encode(wish.SerializeToString()).decode(),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{target.url}/rtc/v1", params=query) as talk,
    ):
        yield talk


async def said(talk: aiohttp.ClientWebSocketResponse, name: str) -> SignalResponse:
    """The next message of a kind."""
    while True:
        response = SignalResponse.FromString((await within(talk.receive())).data)
        if response.WhichOneof("message") == name:
            return response


@asynchronous
async def test_a_sid_gives_no_access_to_a_forbidden_track() -> None:
    """Also with a refreshed token; participants with permission get an offer with the track."""
    room = new_room()
    async with (
        serving(PATIENT) as (target, _),
        joined(target, room, "person", auto_subscribe=False) as person,
        joined(target, room, "avatar", auto_subscribe=False, kind="agent") as avatar,
        sounding(person) as foreign,
        sounding(avatar) as own,
    ):
        for client in (person, avatar):
            await client.event("track_published")
        token = restricted(target.token("viewer", room))
        for turn in range(2):
            async with raw(target, token) as talk:
                await said(talk, "join")
                token = (await said(talk, "refresh_token")).refresh_token
                for sids in ([foreign.sid], [own.sid, foreign.sid], [foreign.sid]):
                    wish = UpdateSubscription(track_sids=sids, subscribe=True)
                    await talk.send_bytes(SignalRequest(subscription=wish).SerializeToString())
                asked = (await said(talk, "media_sections_requirement")).media_sections_requirement
                assert (asked.num_audios, asked.num_videos, turn) == (1, 0, turn)
                await talk.send_bytes(SignalRequest(ping=1).SerializeToString())
                assert (await said(talk, "pong")).pong
        assert person.count("local_track_subscribed") == 0
        async with raw(target, target.token("friend", room)) as talk:
            wish = UpdateSubscription(track_sids=[foreign.sid], subscribe=True)
            await talk.send_bytes(SignalRequest(subscription=wish).SerializeToString())
            await person.event("local_track_subscribed")


def talks(client: Client) -> int:
    """How many messages came that are not of a flood."""
    return sum(name == "data_received" and arguments[0].topic == "talk" for name, arguments in client.events)


@pytest.mark.parametrize("reliable", [True, False], ids=["reliable", "lossy"])
@asynchronous
async def test_a_flood_of_data_does_not_delay_others(reliable: bool, tmp_path: Path) -> None:
    """One sends as fast as it can, the others' data and sound go on, and little is kept."""
    room = new_room()
    async with contextlib.AsyncExitStack() as stack:
        target = stack.enter_context(embedded(tmp_path / "rooms.log")).target
        ada, bob, eve = [
            await stack.enter_async_context(joined(target, room, name)) for name in ("ada", "bob", "eve")
        ]

        async def flood() -> None:
            while True:
                with contextlib.suppress(PublishDataError):
                    await eve.me.publish_data(b"x" * 50, reliable=reliable, topic="flood")

        floods = [asyncio.create_task(flood()) for _ in range(10)]
        try:
            await bob.event("data_received", lambda packet: packet.topic == "flood")
            for index in range(10):
                await within(ada.me.publish_data(str(index), reliable=True, topic="talk"))
                await bob.until(lambda count=index + 1: talks(bob) == count)
        finally:
            for each in floods:
                each.cancel()
            await asyncio.gather(*floods, return_exceptions=True)
        assert bob.count("reconnecting") == ada.count("reconnecting") == 0
