"""What is sent twice over a line that loses packets, and how soon a publisher is asked again."""

from dataclasses import dataclass, field
from typing import cast

from livekit.protocol.models import TrackType
from livekit.protocol.rtc import AddTrackRequest

from visavis.rooms.outbox import Outbox
from visavis.rooms.peer import Peer
from visavis.rooms.reception import MAX_AGAIN_S, MIN_AGAIN_S, NACK_AGAIN_S, Reception
from visavis.rooms.sections import OfferedSections
from visavis.rooms.subscribing import CONGESTED, LOSSY_S, Subscriber
from visavis.rooms.tracks import Track
from visavis.rooms.wire.codecs import codec_named
from visavis.rooms.wire.rtcp import Nack, ReceptionReport
from visavis.rooms.wire.rtp import RtpPacket, parse_rtp, unwrap_rtx

RTX, VIDEO = 97, 96
KEYFRAME, DELTA = b"\x10\x00key", b"\x10\x01delta"


@dataclass
class Wire:
    """What would be encrypted and sent."""

    connected: bool = True
    sent: list[RtpPacket] = field(default_factory=list)

    def send_rtp(self, packet: bytes) -> None:
        self.sent.append(parse_rtp(packet))

    def take(self) -> list[tuple[str, int]]:
        """What was sent since the last call: first or again, and which."""
        taken = []
        for packet in self.sent:
            again = packet.payload_type == RTX
            number = unwrap_rtx(packet, payload_type=VIDEO, ssrc=1).sequence if again else packet.sequence
            taken.append(("again" if again else "first", number))
        self.sent.clear()
        return taken


class Watching:
    """A viewer of one track of pictures."""

    def __init__(self) -> None:
        codec = codec_named("vp8")
        assert codec is not None
        self.wire = Wire()
        self.track = Track(AddTrackRequest(cid="c", type=TrackType.VIDEO))
        self.track.agree("0", codec)
        peer = cast("Peer", self.wire)
        self.subscriber = Subscriber("PA_bob", peer, OfferedSections(Outbox(10)))
        assert self.subscriber.add(self.track, "PA_ada|camera")
        view = self.subscriber.views[self.track.info.sid]
        view.mid, view.codec_number, view.rtx_number = "0", codec.payload_type, RTX
        view.begin()
        self.ssrc, self.sequence = view.ssrc, 99

    def send(self, *, ends: bool, payload: bytes = DELTA) -> None:
        """A packet of a frame, perhaps its last one."""
        self.sequence += 1
        self.track.receive("", RtpPacket(VIDEO, self.sequence, 0, 5, ends, payload, {}), 0.0)

    def report(self, lost: float, now_s: float) -> None:
        """The viewer says what share of packets it has lost."""
        self.subscriber.take_feedback([ReceptionReport(self.ssrc, lost, 0, 0, 0, 0, 0.0)], now_s)


def test_nothing_is_sent_twice_over_a_good_connection() -> None:
    watching = Watching()
    watching.report(0.0, 0.0)
    watching.send(ends=True, payload=KEYFRAME)
    watching.subscriber.tick(0.02)
    assert watching.wire.take() == [("first", 100)]


def test_frame_ends_and_retransmissions_are_sent_twice_over_a_lossy_connection() -> None:
    watching = Watching()
    watching.report(0.05, 0.0)
    watching.subscriber.tick(0.01)
    watching.send(ends=False, payload=KEYFRAME)
    watching.send(ends=True)
    assert watching.wire.take() == [("first", 100), ("first", 101)]
    watching.subscriber.tick(0.02)
    assert watching.wire.take() == [("again", 101)]
    watching.subscriber.take_feedback([Nack(watching.ssrc, (100,))], 0.03)
    assert watching.wire.take() == [("again", 100)]
    watching.subscriber.tick(0.04)
    assert watching.wire.take() == [("again", 100)]
    watching.subscriber.tick(0.06)
    assert watching.wire.take() == []


def test_a_connection_that_stops_losing_packets_is_trusted_again() -> None:
    watching = Watching()
    watching.report(0.05, 0.0)
    watching.subscriber.tick(LOSSY_S - 1)
    watching.report(0.0, LOSSY_S - 1)
    watching.subscriber.tick(LOSSY_S + 1)
    watching.send(ends=True, payload=KEYFRAME)
    watching.subscriber.tick(LOSSY_S + 1.1)
    assert watching.wire.take() == [("first", 100)]


def test_nothing_is_sent_twice_over_a_congested_connection() -> None:
    watching = Watching()
    watching.report(CONGESTED, 0.0)
    watching.subscriber.tick(0.01)
    watching.send(ends=True, payload=KEYFRAME)
    watching.subscriber.tick(0.02)
    assert watching.wire.take() == [("first", 100)]


def asked_again_after_s(round_trip_s: float) -> float:
    """How long a lost packet's second request waits once many answers have taken so long."""
    reception = Reception(5, 90000)
    reception.receive(0, 0, 0.0)
    now_s = 1.0
    for lost in range(1, 60, 2):
        reception.receive(lost + 1, 0, now_s)
        assert reception.take_nack(now_s) == (lost,)
        now_s += round_trip_s
        assert reception.receive(lost, 0, now_s)
    reception.receive(70, 0, now_s)
    missing = reception.take_nack(now_s)
    assert missing
    waited_s = 0.0
    while not reception.take_nack(now_s + waited_s):
        waited_s += 0.001
    return waited_s


def test_a_retransmission_is_requested_again_when_it_is_overdue() -> None:
    assert abs(asked_again_after_s(NACK_AGAIN_S) - 1.5 * NACK_AGAIN_S) < 0.002
    assert abs(asked_again_after_s(0.001) - MIN_AGAIN_S) < 0.002
    assert abs(asked_again_after_s(2.0) - MAX_AGAIN_S) < 0.002
