"""Limits, where a client meets them."""

import asyncio
from collections.abc import Callable

import pytest
from livekit.protocol.models import ClientInfo, DataPacket, ParticipantPermission, TrackType, UserPacket
from livekit.protocol.rtc import (
    AddTrackRequest,
    RequestResponse,
    SignalRequest,
    SignalResponse,
    UpdateParticipantMetadata,
)

from visavis.errors import RoomLimitError, WireError
from visavis.rooms.arrival import Arrival, Means
from visavis.rooms.limits import Limits
from visavis.rooms.outbox import Outbox
from visavis.rooms.participant import Participant
from visavis.rooms.peer import RELIABLE, Certificate
from visavis.rooms.room import Rooms
from visavis.rooms.tokens import Grants
from visavis.rooms.udp import UdpSocket

LIMITS = Limits(
    rooms=2,
    participants=2,
    tracks=1,
    attribute_bytes=100,
    messages_a_second=5,
    data_bytes_a_second=1000,
    waiting_messages=3,
    waiting_data_bytes=500,
)
PERMISSION = ParticipantPermission(
    can_publish=True, can_subscribe=True, can_publish_data=True, can_update_metadata=True
)


def with_rooms(test: Callable[[Rooms], None]) -> None:
    async def run() -> None:
        socket = UdpSocket("127.0.0.1", 0, public_address="", datagrams_a_second=100)
        try:
            test(Rooms(Means(socket, Certificate(), LIMITS, lambda _peer: None, clock=lambda: 0.0)))
        finally:
            socket.close()

    asyncio.run(run())


def join(rooms: Rooms, identity: str, room: str = "r") -> Participant:
    grants = Grants(identity=identity, room=room, can_join=True, permission=PERMISSION)
    return rooms.create(room).join(grants, Arrival(ClientInfo(), single=True))


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
    def check(rooms: Rooms) -> None:
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
    def check(rooms: Rooms) -> None:
        ada = join(rooms, "ada")
        for cid in ("one", "two"):
            ada.receive(SignalRequest(add_track=AddTrackRequest(cid=cid)).SerializeToString())
        ada.receive(
            SignalRequest(add_track=AddTrackRequest(cid="x", type=TrackType.DATA)).SerializeToString()
        )
        reasons = [response.request_response.reason for response in said(ada, "request_response")]
        assert reasons == [RequestResponse.LIMIT_EXCEEDED, RequestResponse.UNSUPPORTED_TYPE]

    with_rooms(check)


def test_long_attributes_are_refused_and_change_nothing() -> None:
    def check(rooms: Rooms) -> None:
        ada = join(rooms, "ada")
        update = UpdateParticipantMetadata(attributes={"a": "x" * 200})
        ada.receive(SignalRequest(update_metadata=update).SerializeToString())
        (response,) = said(ada, "request_response")
        assert response.request_response.reason == RequestResponse.LIMIT_EXCEEDED
        assert not ada.info.attributes

    with_rooms(check)


def test_messages_are_counted_and_nonsense_is_refused() -> None:
    def check(rooms: Rooms) -> None:
        ada = join(rooms, "ada")
        with pytest.raises(WireError):
            ada.receive(b"\xff")
        for _ in range(LIMITS.messages_a_second - 1):
            ada.receive(SignalRequest(ping=1).SerializeToString())
        with pytest.raises(RoomLimitError):
            ada.receive(SignalRequest(ping=1).SerializeToString())

    with_rooms(check)


def test_a_flood_of_data_ends_its_sender() -> None:
    def check(rooms: Rooms) -> None:
        ada = join(rooms, "ada")
        packet = DataPacket(user=UserPacket(payload=bytes(400)))
        for _ in range(3):
            ada.on_message(RELIABLE, packet.SerializeToString())
        assert ada.gone

    with_rooms(check)


def test_a_viewer_that_takes_nothing_is_told_to_come_anew_and_harms_nobody() -> None:
    def check(rooms: Rooms) -> None:
        ada, bob = join(rooms, "ada"), join(rooms, "bob")
        packet = DataPacket(user=UserPacket(payload=bytes(300)))
        for _ in range(2):
            ada.on_message(RELIABLE, packet.SerializeToString())
        assert bob.gone
        assert not ada.gone

    with_rooms(check)


def test_an_outbox_that_is_full_drops_and_says_so() -> None:
    async def check() -> None:
        outbox = Outbox(2)
        for _ in range(3):
            outbox.send_packed(b"x")
        assert await outbox.take() is None
        outbox.restart()
        outbox.send_packed(b"y")
        assert await outbox.take() == b"y"

    asyncio.run(check())
