"""Limits, where a client meets them."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import (
    ClientInfo,
    DataPacket,
    DisconnectReason,
    ParticipantPermission,
    TrackType,
    UserPacket,
)
from livekit.protocol.rtc import (
    AddTrackRequest,
    RequestResponse,
    SessionDescription,
    SignalRequest,
    SignalResponse,
    UpdateParticipantMetadata,
)

from visavis.errors import NotAllowedError, RoomLimitError, WireError
from visavis.rooms.arrival import Arrival, RoomContext
from visavis.rooms.backlog import Backlog
from visavis.rooms.connections import Connections, owner_of
from visavis.rooms.ice import Candidates, Ice
from visavis.rooms.limits import RoomLimits, TimeShare
from visavis.rooms.outbox import Outbox
from visavis.rooms.participant import Participant
from visavis.rooms.peer import RELIABLE, Certificate, _Path
from visavis.rooms.requests import Requests
from visavis.rooms.room import CONNECT_WITHIN_S
from visavis.rooms.rooms import RoomRegistry
from visavis.rooms.tokens import Grants
from visavis.rooms.waiting import FairQueue

KEYS = {"key": "s" * 32}
LIMITS = RoomLimits(
    rooms=2,
    deleted_rooms=3,
    participants=2,
    tracks=1,
    attribute_bytes=100,
    messages_a_second=5,
    signal_bytes_a_second=10_000,
    data_bytes_a_second=1000,
    waiting_messages=3,
    waiting_data_bytes=500,
)
PERMISSION = ParticipantPermission(
    can_publish=True, can_subscribe=True, can_publish_data=True, can_update_metadata=True
)


def with_rooms(test: Callable[[RoomRegistry], None], clock: Callable[[], float] = lambda: 0.0) -> None:
    async def run() -> None:
        ice = Ice(Candidates(("127.0.0.1",), 1, None), datagrams_a_second=100)
        test(
            RoomRegistry(
                RoomContext(ice, Certificate(), KEYS, LIMITS, Backlog(), lambda _peer: None, clock=clock)
            )
        )

    asyncio.run(run())


def join(rooms: RoomRegistry, identity: str, room: str = "r") -> Participant:
    grants = Grants(
        identity=identity, room=room, can_join=True, permission=PERMISSION, key="key", claims={"video": {}}
    )
    return rooms.create(room).join(grants, Arrival(ClientInfo(), single=True))


def say(participant: Participant, packed: bytes) -> None:
    """Let a client say something."""
    Requests(participant, participant._room).take(packed)


def said(participant: Participant, name: str) -> list[SignalResponse]:
    """What has been said to a participant, of one kind."""

    async def take() -> list[SignalResponse]:
        participant.outbox.close()
        responses = []
        while (packed := await participant.outbox.take()) is not None:
            responses.append(SignalResponse.FromString(packed))
        return responses

    coroutine = take()
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    return [response for response in ended.value.value if response.WhichOneof("message") == name]


def test_rooms_and_participants_are_counted() -> None:
    def check(rooms: RoomRegistry) -> None:
        join(rooms, "ada")
        join(rooms, "bob")
        with pytest.raises(RoomLimitError):
            join(rooms, "cyd")
        join(rooms, "ada")  # the same one again is no third
        rooms.create("another")
        with pytest.raises(RoomLimitError):
            rooms.create("a third")

    with_rooms(check)


def test_tracks_are_counted_and_refused_with_a_reason() -> None:
    def check(rooms: RoomRegistry) -> None:
        ada = join(rooms, "ada")
        for cid in ("one", "two"):
            say(ada, SignalRequest(add_track=AddTrackRequest(cid=cid)).SerializeToString())
        say(ada, SignalRequest(add_track=AddTrackRequest(cid="x", type=TrackType.DATA)).SerializeToString())
        reasons = [response.request_response.reason for response in said(ada, "request_response")]
        assert reasons == [RequestResponse.LIMIT_EXCEEDED, RequestResponse.UNSUPPORTED_TYPE]

    with_rooms(check)


def test_attributes_that_are_too_long_are_refused() -> None:
    def check(rooms: RoomRegistry) -> None:
        ada = join(rooms, "ada")
        update = UpdateParticipantMetadata(attributes={"a": "x" * 200})
        say(ada, SignalRequest(update_metadata=update).SerializeToString())
        (response,) = said(ada, "request_response")
        assert response.request_response.reason == RequestResponse.LIMIT_EXCEEDED
        assert not ada.info.attributes

    with_rooms(check)


def test_messages_are_counted_and_malformed_ones_refused() -> None:
    def check(rooms: RoomRegistry) -> None:
        ada = join(rooms, "ada")
        with pytest.raises(WireError):
            say(ada, b"\xff")
        for _ in range(LIMITS.messages_a_second - 1):
            say(ada, SignalRequest(ping=1).SerializeToString())
        with pytest.raises(RoomLimitError):
            say(ada, SignalRequest(ping=1).SerializeToString())

    with_rooms(check)


def test_large_messages_are_counted_by_their_bytes() -> None:
    def check(rooms: RoomRegistry) -> None:
        ada = join(rooms, "ada")
        offer = SignalRequest(offer=SessionDescription(type="offer", sdp="x" * 6000)).SerializeToString()
        with pytest.raises(WireError):
            say(ada, offer)
        with pytest.raises(RoomLimitError):
            say(ada, offer)

    with_rooms(check)


@given(st.binary(max_size=300), st.sampled_from([field.name for field in SignalRequest.DESCRIPTOR.fields]))
def test_any_message_is_handled_or_raises_our_error(junk: bytes, name: str) -> None:
    def check(rooms: RoomRegistry) -> None:
        ada, bob = join(rooms, "ada"), join(rooms, "bob")
        framed = bytes(_tagged(SignalRequest.DESCRIPTOR.fields_by_name[name].number, junk))
        for packed in (junk, framed):
            with contextlib.suppress(WireError):
                say(ada, packed)
            ada.on_message(ada.publisher.peer, RELIABLE, packed)
        assert not bob.gone

    with_rooms(check)


def _tagged(number: int, content: bytes) -> Iterator[int]:
    """A field of a protobuf message: its tag, its length, its bytes."""
    for value in (number << 3 | 2, len(content)):
        while value > 0x7F:
            yield value & 0x7F | 0x80
            value >>= 7
        yield value
    yield from content


def test_a_flood_of_data_ends_its_sender() -> None:
    def check(rooms: RoomRegistry) -> None:
        ada = join(rooms, "ada")
        packet = DataPacket(user=UserPacket(payload=bytes(400)))
        for _ in range(3):
            ada.on_message(ada.publisher.peer, RELIABLE, packet.SerializeToString())
        assert ada.gone

    with_rooms(check)


def test_a_viewer_that_reads_nothing_must_rejoin_and_does_not_affect_others() -> None:
    def check(rooms: RoomRegistry) -> None:
        ada, bob = join(rooms, "ada"), join(rooms, "bob")
        packet = DataPacket(user=UserPacket(payload=bytes(300)))
        for _ in range(2):
            ada.on_message(ada.publisher.peer, RELIABLE, packet.SerializeToString())
        assert bob.gone
        assert not ada.gone

    with_rooms(check)


def test_a_full_outbox_drops_messages_and_reports_it() -> None:
    async def check() -> None:
        outbox = Outbox(2)
        for _ in range(3):
            outbox.send_packed(b"x")
        assert await outbox.take() is None
        outbox.restart()
        outbox.send_packed(b"y")
        assert await outbox.take() == b"y"

    asyncio.run(check())


def test_a_participant_that_does_not_connect_is_removed() -> None:
    """A socket alone holds no place in a room for long."""
    now_s = [0.0]

    def check(rooms: RoomRegistry) -> None:
        ghost, slow = join(rooms, "ghost"), join(rooms, "slow")
        now_s[0] = CONNECT_WITHIN_S - 1
        rooms.tick()
        slow.on_connected(slow.publisher.peer)
        now_s[0] = CONNECT_WITHIN_S + 1
        rooms.tick()
        assert list(rooms.find("r").participants) == ["slow"]
        assert ghost.info.disconnect_reason == DisconnectReason.CONNECTION_TIMEOUT

    with_rooms(check, lambda: now_s[0])


def test_a_limited_number_of_deleted_rooms_is_remembered() -> None:
    def check(rooms: RoomRegistry) -> None:
        old = Grants(identity="ada", room="r0", can_join=True, issued_at_s=1)
        for index in range(LIMITS.deleted_rooms + 1):
            rooms.create(f"r{index}")
            rooms.delete(f"r{index}")
        rooms.require_place(old)
        with pytest.raises(NotAllowedError):
            rooms.require_place(replace(old, room="r1"))
        rooms.require_place(replace(old, room="r1", issued_at_s=time.time() + 1))

    with_rooms(check)


def test_a_client_above_its_share_of_time_waits() -> None:
    share = TimeShare(0.25, 0.0)
    share.charge(0.25)  # as much is saved
    assert share.wait_s(0.0) == 0
    share.charge(0.1)
    assert share.wait_s(0.0) == pytest.approx(0.4)
    assert share.wait_s(0.2) == pytest.approx(0.2)
    assert share.wait_s(10.0) == 0
    share.charge(0.5)
    assert share.wait_s(10.0) == pytest.approx(1.0)  # no more than a second's share was saved


def test_other_tasks_run_between_two_records_of_a_flood() -> None:
    async def run() -> None:
        path, turns = _Path(data_share=1.0), 0

        async def others() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        waiting = asyncio.create_task(others())
        for _ in range(100):
            path.records.put_nowait(b"x")
        for _ in range(100):
            await path._recv()
        waiting.cancel()
        assert turns >= 90

    asyncio.run(run())


def test_one_busy_sender_does_not_delay_others() -> None:
    queue = FairQueue()
    for index in range(100):
        queue.put("eve", b"flood %d" % index)
    queue.put("ada", b"hello")
    assert [queue.take() for _ in range(3)] == [b"flood 0", b"hello", b"flood 1"]
    while queue.take() is not None:
        pass
    assert queue.waiting_bytes == 0


class Line:
    """A connection that only knows whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def test_a_connection_above_the_limit_replaces_an_idle_one() -> None:
    connections = Connections(max_total=4, max_per_address=2)
    lines = {name: Line() for name in ("busy", "idle", "third", "local", "one", "two", "late")}
    assert connections.admit(lines["busy"], "192.0.2.7")
    connections.work(lines["busy"])
    assert connections.admit(lines["idle"], "::ffff:192.0.2.7")
    assert connections.admit(lines["third"], "192.0.2.7")
    assert (lines["busy"].closed, lines["idle"].closed) == (False, True)
    connections.work(lines["third"])
    assert not connections.admit(lines["late"], "192.0.2.7")  # all that it has are at work
    for name in ("one", "two"):
        assert connections.admit(lines[name], "127.0.0.1")
    assert connections.admit(lines["local"], "127.0.0.1")  # has no limit but the total
    assert (lines["one"].closed, len(connections)) == (True, 4)
    connections.release(lines["third"])
    assert connections.admit(lines["late"], "192.0.2.7")


def test_connections_are_counted_by_address_or_ipv6_network() -> None:
    assert owner_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert owner_of("2001:db8::1") == owner_of("2001:db8::2:1") != owner_of("2001:db8:0:1::1")
    assert owner_of("fe80::1%eth0") == "fe80::"
