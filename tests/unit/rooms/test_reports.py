"""How viewers learn which wall time sound and pictures belong to, in between what their sender says of it."""

from dataclasses import dataclass, field
from typing import cast

from livekit.protocol.models import TrackType
from livekit.protocol.rtc import AddTrackRequest

from visavis.rooms.peer import Peer
from visavis.rooms.tracks import REPORT_TTL_S, TELL_EVERY_S, Subscription, Track
from visavis.rooms.wire.codecs import codec_named
from visavis.rooms.wire.rtcp import SenderReport, parse_rtcp
from visavis.rooms.wire.rtp import TIMESTAMPS, RtpPacket

CLOCK_HZ = 48_000
NTP_S = 1 << 32
SAID = SenderReport(ssrc=5, ntp=10 * NTP_S, timestamp=TIMESTAMPS - 1000, packets=7, octets=70)


@dataclass
class Wire:
    """What would be encrypted and sent."""

    connected: bool = True
    reports: list[SenderReport] = field(default_factory=list)

    def send_rtp(self, packet: bytes) -> None:
        pass

    def send_rtcp(self, packet: bytes) -> None:
        (report,) = parse_rtcp(packet)
        assert isinstance(report, SenderReport)
        self.reports.append(report)


def watched() -> tuple[Track, Subscription, Wire]:
    """A track of sound that flows, and a viewer of it."""
    codec = codec_named("opus")
    assert codec is not None
    track, wire = Track(AddTrackRequest(cid="c", type=TrackType.AUDIO)), Wire()
    track.agree("0", codec)
    view = track.show("PA_bob", cast("Peer", wire), "PA_ada|avatar")
    view.mid, view.codec_number = "0", codec.payload_type
    view.begin()
    track.receive("", RtpPacket(codec.payload_type, 1, 0, 5, False, b"sound", {}), 0.0)
    return track, view, wire


def test_sender_reports_are_forwarded_at_once_and_repeated() -> None:
    track, view, wire = watched()
    track.tick(0.0)
    assert not wire.reports  # nobody knows yet
    track.report("", SAID, 0.0)
    for tick in range(1, 26):
        track.tick(tick * TELL_EVERY_S / 10)
    assert [report.ssrc for report in wire.reports] == [view.ssrc] * 3
    assert [round((report.ntp - SAID.ntp) / NTP_S, 6) for report in wire.reports] == [
        0,
        TELL_EVERY_S,
        2 * TELL_EVERY_S,
    ]
    assert [(report.timestamp - SAID.timestamp) % TIMESTAMPS for report in wire.reports] == [
        0,
        round(TELL_EVERY_S * CLOCK_HZ),
        round(2 * TELL_EVERY_S * CLOCK_HZ),
    ]


def test_a_new_viewer_gets_a_sender_report_at_once() -> None:
    track, view, wire = watched()
    track.report("", SAID, 0.0)
    late = Wire()
    other = track.show("PA_carol", cast("Peer", late), "PA_ada|avatar")
    other.mid, other.codec_number = "0", view.codec_number
    other.begin()
    track.tick(0.01)
    track.tick(0.02)
    assert [report.ssrc for report in late.reports] == [other.ssrc]
    assert len(wire.reports) == 1  # who knows already waits
    track.tick(TELL_EVERY_S)
    assert [len(each.reports) for each in (wire, late)] == [2, 2]


def test_a_newer_sender_report_replaces_the_older() -> None:
    track, _, wire = watched()
    track.report("", SAID, 0.0)
    track.report("", SAID.later(4.0, CLOCK_HZ), 4.5)  # held up on its way
    track.tick(4.5 + TELL_EVERY_S)
    assert round((wire.reports[-1].ntp - SAID.ntp) / NTP_S, 6) == 4 + TELL_EVERY_S


def test_no_reports_are_made_for_a_silent_sender() -> None:
    track, _, wire = watched()
    track.report("", SAID, 0.0)
    track.tick(REPORT_TTL_S)
    assert len(wire.reports) == 1
