"""Tokens; joining, leaving, the same identity twice."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from harness.room_clients import Target, asynchronous, joined, new_room, within
from livekit import api, rtc
from livekit.protocol.rtc import SignalResponse

SOONER_THAN_RESUME_S = 10
BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])


@BOTH_WAYS
@asynchronous
async def test_two_participants_see_each_other_join_and_leave(target: Target, single: bool) -> None:
    room = new_room()
    async with joined(target, room, "ada", single=single, name="Ada", attributes={"side": "left"}) as ada:
        assert ada.room.name == room
        assert await ada.room.sid
        async with joined(target, room, "bob", single=single, metadata="hello") as bob:
            (seen,) = await ada.event("participant_connected")
            assert (seen.identity, seen.metadata) == ("bob", "hello")
            there = bob.room.remote_participants["ada"]
            assert (there.name, there.attributes, there.sid) == ("Ada", {"side": "left"}, ada.me.sid)
        (gone,) = await ada.event("participant_disconnected")
        assert gone.identity == "bob"
        assert gone.disconnect_reason == rtc.DisconnectReason.CLIENT_INITIATED


@BOTH_WAYS
@asynchronous
async def test_a_second_participant_with_the_same_identity_replaces_the_first(
    target: Target, single: bool
) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as first,
        joined(target, room, "ada", single=single) as second,
    ):
        (reason,) = await first.event("disconnected")
        assert reason == rtc.DisconnectReason.DUPLICATE_IDENTITY
        assert second.room.isconnected()


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another-secret-that-is-long-enough-too"},
        {"ttl": timedelta(hours=-1)},
        {"room_join": False},
    ],
    ids=["forged", "expired", "no-join"],
)
@asynchronous
async def test_wrong_tokens_are_refused(target: Target, wrong: dict[str, object]) -> None:
    room = new_room()
    arguments = {"identity": "eve", "room": room, **wrong}
    with pytest.raises(rtc.ConnectError):
        async with joined(target, room, "eve", token=target.token(**arguments)):
            pass


@asynchronous
async def test_malformed_tokens_are_refused(target: Target) -> None:
    with pytest.raises(rtc.ConnectError):
        async with joined(target, new_room(), "eve", token=new_room()):
            pass


@asynchronous
async def test_a_hidden_participant_is_not_seen(target: Target) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada") as ada,
        joined(target, room, "spy", hidden=True) as spy,
        joined(target, room, "bob"),
    ):
        await ada.event("participant_connected", lambda who: who.identity == "bob")
        assert set(ada.room.remote_participants) == {"bob"}
        assert await spy.until(lambda: set(spy.room.remote_participants) == {"ada", "bob"})


@asynchronous
async def test_a_client_that_drops_before_it_is_connected_is_removed(target: Target) -> None:
    """A participant that was connected may resume for a while; this one never was."""
    room = new_room()
    query = {
        "access_token": target.token("bob", room),
        "protocol": "16",
        "sdk": "python",
        "auto_subscribe": "1",
    }
    async with target.service() as service, joined(target, room, "ada"), aiohttp.ClientSession() as session:

        async def listed() -> set[str]:
            answer = await service.room.list_participants(api.ListParticipantsRequest(room=room))
            return {each.identity for each in answer.participants}

        async with session.ws_connect(f"{target.url}/rtc", params=query) as talk:
            greeting = SignalResponse.FromString((await within(talk.receive())).data)
            assert greeting.join.participant.identity == "bob"
            assert await listed() == {"ada", "bob"}
        async with asyncio.timeout(SOONER_THAN_RESUME_S):
            while await listed() != {"ada"}:
                await asyncio.sleep(0.1)


@asynchronous
async def test_a_join_request_without_a_websocket_does_not_join(target: Target) -> None:
    """A page that loads such a URL, or a flood of such requests, must not create participants."""
    empty, room = new_room(), new_room()
    async with target.service() as service, joined(target, room, "ada"), aiohttp.ClientSession() as session:
        for name, path in ((empty, "/rtc"), (room, "/rtc"), (room, "/rtc/v1")):
            query = {"access_token": target.token("ghost", name), "join_request": ""}
            async with session.get(f"{target.http_url}{path}", params=query) as answer:
                assert answer.status == 404
        listed = await service.room.list_rooms(api.ListRoomsRequest(names=[empty]))
        assert not listed.rooms
        there = await service.room.list_participants(api.ListParticipantsRequest(room=room))
        assert [each.identity for each in there.participants] == ["ada"]
