"""Lines that are not as good as loopback: no UDP, lost packets, viewers that take nothing."""

import asyncio
from typing import Any

import pytest
from harness.bad_line import line_to
from harness.room_clients import DEADLINE_S, Client, Target, asynchronous, joined, new_room, within
from harness.room_media import read_levels, showing
from livekit import rtc
from livekit.rtc._proto import room_pb2
from tests.conformance.rooms.test_media import follows

BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])
LOSS = 0.05
MADE_GOOD = 0.6  # none would be without repeats; some are lost as well
MORE_THAN_AT_FIRST_BIT_S = 600_000
LEVELS_SEEN = 30  # ten seconds; each level is there for a third of one


async def stats(client: Client) -> list[Any]:
    """All statistics of a client's connections."""
    both = await within(client.room.get_rtc_stats())
    return [*both.publisher_stats, *both.subscriber_stats]


async def protocols(client: Client) -> set[str]:
    """Protocols of a client's connections."""
    all_of_them = await stats(client)
    chosen = {
        each.candidate_pair.candidate_pair.remote_candidate_id
        for each in all_of_them
        if each.WhichOneof("stats") == "candidate_pair" and each.candidate_pair.candidate_pair.nominated
    }
    return {
        each.remote_candidate.candidate.protocol
        for each in all_of_them
        if each.WhichOneof("stats") == "remote_candidate" and each.remote_candidate.rtc.id in chosen
    }


async def until_over(client: Client, protocol: str) -> None:
    """Ask until all connections of a client go over a protocol."""
    async with asyncio.timeout(DEADLINE_S):
        while await protocols(client) != {protocol}:
            await asyncio.sleep(0.1)


def made_good(inbound: Any) -> bool:
    """Whether most lost packets were retransmitted; this does not depend on the load of the machine."""
    lost, repeated = inbound.received.packets_lost, inbound.inbound.retransmitted_packets_received
    return bool(lost and inbound.inbound.nack_count and repeated > MADE_GOOD * lost)


async def until_stats(client: Client, kind: str, fits: Any) -> None:
    """Ask for statistics until those of a kind fit."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            found = [getattr(each, kind) for each in await stats(client) if each.WhichOneof("stats") == kind]
            if any(fits(each) for each in found):
                return
            await asyncio.sleep(0.1)


@BOTH_WAYS
@asynchronous
async def test_a_client_that_udp_does_not_reach_uses_tcp(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        line_to(target, udp=False) as line,
        joined(line.target, room, "ada", single=single) as ada,
        joined(line.target, room, "bob", single=single) as bob,
        showing(ada),
    ):
        track, _, _ = await bob.event("track_subscribed")
        assert follows(await within(read_levels(track, 6)))
        for client in (ada, bob):
            assert await protocols(client) == {"tcp"}


@asynchronous
async def test_a_client_can_ask_for_tcp(target: Target) -> None:
    room = new_room()
    async with joined(target, room, "ada") as ada, joined(target, room, "bob") as bob, showing(ada):
        first, _, _ = await bob.event("track_subscribed")
        await until_over(bob, "udp")
        await within(bob.room.simulate_scenario(room_pb2.SIMULATE_FORCE_TCP))
        await bob.event("reconnected")
        again, _, _ = await bob.event("track_subscribed", lambda track, *_: track is not first)
        assert follows(await within(read_levels(again, 4)))
        await until_over(bob, "tcp")


@BOTH_WAYS
@asynchronous
async def test_a_publisher_gets_bandwidth_feedback(target: Target, single: bool) -> None:
    """Without transport-wide feedback its estimate stays at the initial 300 kbit/s."""
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob") as bob,
        showing(ada),
    ):
        await bob.event("track_subscribed")
        await until_stats(
            ada,
            "candidate_pair",
            lambda each: each.candidate_pair.available_outgoing_bitrate > MORE_THAN_AT_FIRST_BIT_S,
        )
        await until_stats(
            ada, "remote_inbound_rtp", lambda each: each.remote_inbound.round_trip_time_measurements
        )


@BOTH_WAYS
@asynchronous
async def test_packets_lost_upstream_are_retransmitted(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        line_to(target) as line,
        joined(line.target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
        showing(ada),
    ):
        track, _, _ = await bob.event("track_subscribed")
        line.lose(LOSS)
        assert await within(read_levels(track, LEVELS_SEEN))
        line.lose(0.0)  # what was lost last can still be sent again
        assert line.lost["up"]
        # How many it should be cannot be told: padding, by which a sender probes its line, is never repeated.
        await until_stats(ada, "outbound_rtp", lambda each: each.outbound.nack_count)
        await until_stats(ada, "outbound_rtp", lambda each: each.outbound.retransmitted_packets_sent)


@BOTH_WAYS
@asynchronous
async def test_packets_lost_downstream_are_retransmitted(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        line_to(target) as line,
        joined(target, room, "ada", single=single) as ada,
        joined(line.target, room, "bob", single=single) as bob,
        showing(ada),
    ):
        track, _, _ = await bob.event("track_subscribed")
        line.lose(LOSS)
        assert await within(read_levels(track, LEVELS_SEEN))
        line.lose(0.0)  # what was lost last can still be sent again
        assert line.lost["down"]
        await until_stats(bob, "inbound_rtp", made_good)


@asynchronous
async def test_a_viewer_without_packets_does_not_affect_others(target: Target) -> None:
    room = new_room()
    async with (
        line_to(target) as line,
        joined(target, room, "ada") as ada,
        joined(line.target, room, "deaf") as deaf,
        joined(target, room, "bob") as bob,
        showing(ada),
    ):
        await deaf.event("track_subscribed")
        track, _, _ = await bob.event("track_subscribed")
        line.lose(1.0)
        for index in range(50):
            await within(ada.me.publish_data(bytes(10_000), topic=str(index)))
        assert follows(await within(read_levels(track, 10)))
        await bob.until(lambda: bob.count("data_received") == 50)
        assert bob.room.connection_state == rtc.ConnectionState.CONN_CONNECTED
        line.lose(0.0)
        await deaf.until(lambda: deaf.count("data_received") == 50)
