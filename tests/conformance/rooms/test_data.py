"""Metadata and attributes; data packets, streams, calls."""

import asyncio
import contextlib
import hashlib

import numpy as np
import pytest
from harness.room_clients import Target, asynchronous, joined, new_room, within
from livekit import rtc
from livekit.rtc.participant import PublishDataError

BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])
MEGABYTE = 1_000_000


@BOTH_WAYS
@asynchronous
async def test_changes_of_ones_own_metadata_are_seen(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single, can_update_own_metadata=True) as ada,
        joined(target, room, "bob", single=single) as bob,
    ):
        await within(ada.me.set_name("Ada"))
        await within(ada.me.set_metadata("likes bridges"))
        await within(ada.me.set_attributes({"mood": "glad", "side": "left"}))
        await within(ada.me.set_attributes({"side": ""}))
        seen = bob.room.remote_participants
        await bob.until(lambda: "ada" in seen and seen["ada"].attributes == {"mood": "glad"})
        assert (seen["ada"].name, seen["ada"].metadata) == ("Ada", "likes bridges")
        await bob.event("participant_name_changed")
        await bob.event("participant_metadata_changed")
        await bob.event("participant_attributes_changed")


@asynchronous
async def test_metadata_does_not_change_without_permission(target: Target) -> None:
    room = new_room()
    async with (
        joined(target, room, "eve", can_update_own_metadata=False) as eve,
        joined(target, room, "bob") as bob,
    ):
        await within(eve.me.set_metadata("I am the administrator"))
        await within(eve.me.publish_data("and then"))
        await bob.event("data_received")
        assert bob.room.remote_participants["eve"].metadata == ""


@BOTH_WAYS
@pytest.mark.parametrize("reliable", [True, False], ids=["reliable", "lossy"])
@asynchronous
async def test_data_reaches_everybody_else(target: Target, single: bool, reliable: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
        joined(target, room, "cyd", single=not single) as cyd,
    ):
        for client in (bob, cyd):  # lossy data is for channels that are open
            await within(ada.me.publish_data("ready?", reliable=True))
            await client.event("data_received")
        await within(ada.me.publish_data(b"\x00\xff", reliable=reliable, topic="numbers"))
        for client in (bob, cyd):
            (packet,) = await client.event("data_received", lambda packet: packet.topic == "numbers")
            assert packet.data == b"\x00\xff"
            assert packet.participant is not None
            assert packet.participant.identity == "ada"
        assert ada.count("data_received") == 0


@asynchronous
async def test_data_for_one_participant_reaches_only_that_one(target: Target) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada") as ada,
        joined(target, room, "bob") as bob,
        joined(target, room, "cyd") as cyd,
    ):
        await within(ada.me.publish_data("secret", destination_identities=["cyd"]))
        await within(ada.me.publish_data("for all"))
        await cyd.event("data_received", lambda packet: packet.data == b"secret")
        await bob.event("data_received", lambda packet: packet.data == b"for all")
        assert bob.count("data_received") == 1


@asynchronous
async def test_data_without_permission_is_not_sent(target: Target) -> None:
    room = new_room()
    async with (
        joined(target, room, "eve", can_publish_data=False) as eve,
        joined(target, room, "ada") as ada,
        joined(target, room, "bob") as bob,
    ):
        with contextlib.suppress(PublishDataError):
            await within(eve.me.publish_data("let me in"))
        await within(ada.me.publish_data("hello"))
        (packet,) = await bob.event("data_received")
        assert packet.data == b"hello"


@BOTH_WAYS
@asynchronous
async def test_five_megabytes_arrive_whole(target: Target, single: bool) -> None:
    room = new_room()
    content = np.random.default_rng(7).bytes(5 * MEGABYTE)
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
    ):
        received: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def read(reader: rtc.ByteStreamReader) -> None:
            digest = hashlib.sha256()
            async for chunk in reader:
                digest.update(chunk)
            received.set_result(digest.hexdigest())

        tasks = []
        bob.room.register_byte_stream_handler(
            "file", lambda reader, _: tasks.append(asyncio.create_task(read(reader)))
        )
        writer = await ada.me.stream_bytes("content.bin", total_size=len(content), topic="file")
        async with asyncio.timeout(60):
            await writer.write(content)
            await writer.aclose()
            assert await received == hashlib.sha256(content).hexdigest()


@asynchronous
async def test_text_streams_arrive_with_their_attributes(target: Target) -> None:
    room = new_room()
    async with joined(target, room, "ada") as ada, joined(target, room, "bob") as bob:
        received: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

        async def read(reader: rtc.TextStreamReader, who: str) -> None:
            assert reader.info.attributes == {"tone": "friendly"}
            received.set_result((await reader.read_all(), who))

        tasks = []
        bob.room.register_text_stream_handler(
            "chat", lambda *seen: tasks.append(asyncio.create_task(read(*seen)))
        )
        await ada.me.send_text("grüß dich " * 5000, topic="chat", attributes={"tone": "friendly"})
        assert await within(received) == ("grüß dich " * 5000, "ada")


@pytest.mark.parametrize("kind", ["agent", "standard"])
@asynchronous
async def test_only_agents_write_in_the_name_of_others(target: Target, kind: str) -> None:
    room = new_room()
    scribe_token = target.token("scribe", room, kind=kind)
    async with (
        joined(target, room, "scribe", token=scribe_token) as scribe,
        joined(target, room, "bob") as bob,
    ):
        received: asyncio.Queue[str] = asyncio.Queue()
        bob.room.register_text_stream_handler("words", lambda _reader, who: received.put_nowait(who))
        said = rtc.TranscriptionSegment(id="1", text="Hi", start_time=0, end_time=0, final=True, language="")
        await scribe.me.publish_transcription(
            rtc.Transcription(participant_identity="bob", track_sid="TR_1", segments=[said])
        )
        writer = await scribe.me.stream_text(topic="words", sender_identity="bob")
        await writer.write("Hi")
        await writer.aclose()
        assert await within(received.get()) == ("bob" if kind == "agent" else "scribe")
        assert bob.count("transcription_received") == (kind == "agent")


@BOTH_WAYS
@asynchronous
async def test_rpc_calls_are_answered(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
    ):

        @bob.me.register_rpc_method("double")
        async def double(call: rtc.RpcInvocationData) -> str:
            if not call.payload:
                raise rtc.RpcError(1234, "nothing to double")
            return f"{call.caller_identity}: {call.payload * 2}"

        await ada.until(lambda: "bob" in ada.room.remote_participants)
        ask = ada.me.perform_rpc
        assert await within(ask(destination_identity="bob", method="double", payload="ab")) == "ada: abab"
        with pytest.raises(rtc.RpcError, match="nothing to double"):
            await within(ask(destination_identity="bob", method="double", payload=""))
        with pytest.raises(rtc.RpcError) as unknown:
            await within(ask(destination_identity="bob", method="halve", payload="x"))
        assert unknown.value.code == rtc.RpcError.ErrorCode.UNSUPPORTED_METHOD
