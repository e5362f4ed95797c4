"""Resume, full reconnect and the end of a server, as official clients simulate them."""

import pytest
from harness.room_clients import Target, asynchronous, joined, new_room, within
from harness.room_media import TONE_HZ, read_levels, read_pitch, showing, sounding
from livekit import rtc
from livekit.rtc._proto import room_pb2
from tests.conformance.rooms.test_media import follows

BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])


@BOTH_WAYS
@asynchronous
async def test_a_lost_socket_is_resumed_while_media_continues(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
        showing(ada),
    ):
        track, _, _ = await bob.event("track_subscribed")
        before = bob.me.sid
        for client in (bob, ada):
            await within(client.room.simulate_scenario(room_pb2.SIMULATE_SIGNAL_RECONNECT))
            await client.event("reconnected")
        assert bob.me.sid == before
        assert bob.count("track_unsubscribed") == 0
        assert follows(await within(read_levels(track, 4)))
        await within(ada.me.publish_data("still there?"))
        await bob.event("data_received")


@BOTH_WAYS
@pytest.mark.parametrize(
    "scenario",
    [room_pb2.SIMULATE_FULL_RECONNECT, room_pb2.SIMULATE_NODE_FAILURE],
    ids=["full-reconnect", "node-failure"],
)
@asynchronous
async def test_a_full_reconnect_restores_everything(target: Target, single: bool, scenario: int) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
        sounding(ada),
    ):
        first, _, _ = await bob.event("track_subscribed")
        await within(ada.room.simulate_scenario(scenario))
        await ada.event("reconnected")
        again, _, _ = await bob.event("track_subscribed", lambda track, *_: track.sid != first.sid)
        assert await within(read_pitch(again)) == pytest.approx(TONE_HZ, abs=5)


@asynchronous
async def test_the_server_can_disconnect_a_client(target: Target) -> None:
    async with joined(target, new_room(), "ada") as ada:
        await within(ada.room.simulate_scenario(room_pb2.SIMULATE_SERVER_LEAVE))
        (reason,) = await ada.event("disconnected")
        assert reason != rtc.DisconnectReason.CLIENT_INITIATED
