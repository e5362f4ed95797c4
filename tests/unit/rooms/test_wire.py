"""Parsers and writers of the wire: known bytes, an independent reader, and anything at all."""

import struct

import pytest
from aioice import stun as other_stun
from aiortc.rtp import RtcpPacket, RtcpRtpfbPacket
from aiortc.rtp import RtpPacket as OtherRtpPacket
from hypothesis import given
from hypothesis import strategies as st

from visavis.errors import WireError
from visavis.rooms.signalling import read_join_request
from visavis.rooms.wire import rtcp, rtp, sdp, stun
from visavis.rooms.wire.codecs import codec_named, starts_keyframe

# RFC 5769, section 2.1
SAMPLE_REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
SAMPLE_PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"  # noqa: S105 - of the RFC

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97 45",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:efgh",
        "a=fingerprint:SHA-256 AA:BB",
        "a=mid:0",
        "a=sendonly",
        "a=msid:stream track",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=rtpmap:45 AV1/90000",
        "a=extmap:4/sendonly urn:ietf:params:rtp-hdrext:sdes:mid",
        "a=extmap:5 urn:unknown",
        "a=ssrc-group:FID 11 12",
        "a=ssrc:11 cname:x",
        "a=ssrc:12 cname:x",
        "a=rid:q send",
        "a=rid:h send",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:1",
        "a=sctp-port:5000",
        "",
    ]
)


def test_the_sample_of_the_rfc_is_parsed() -> None:
    request = stun.parse_binding_request(SAMPLE_REQUEST)
    assert request.ufrag == "evtj"
    assert not request.nominated
    assert request.is_signed_with(SAMPLE_PASSWORD)
    assert not request.is_signed_with(SAMPLE_PASSWORD[:-1])


def test_another_parser_understands_our_response() -> None:
    request = stun.parse_binding_request(SAMPLE_REQUEST)
    answer = stun.build_binding_response(request, ("192.0.2.1", 32853), SAMPLE_PASSWORD)
    read = other_stun.parse_message(answer)
    assert read.check_message_integrity(SAMPLE_PASSWORD.encode())
    assert read.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.1", 32853)
    assert read.transaction_id == request.transaction


@pytest.mark.parametrize("cut", range(0, len(SAMPLE_REQUEST), 7))
def test_a_truncated_check_is_refused(cut: int) -> None:
    with pytest.raises(WireError):
        stun.parse_binding_request(SAMPLE_REQUEST[:cut])


@given(st.integers(8, len(SAMPLE_REQUEST) - 1), st.integers(1, 255))
def test_a_changed_check_is_refused(place: int, change: int) -> None:
    changed = bytearray(SAMPLE_REQUEST)
    changed[place] ^= change
    try:
        request = stun.parse_binding_request(bytes(changed))
    except WireError:
        return
    fingerprint_at = len(SAMPLE_REQUEST) - 8
    assert place >= fingerprint_at or not request.is_signed_with(SAMPLE_PASSWORD)


def test_a_media_packet_is_parsed() -> None:
    extension = struct.pack("!HH", 0xBEDE, 2) + b"\x10\x35\x22\x01\x02\x03\x00\x00"
    packet = rtp.parse_rtp(struct.pack("!BBHII", 0xB0, 0xE0, 7, 9, 11) + extension + b"ab\x00\x02")
    assert packet == rtp.RtpPacket(96, 7, 9, 11, True, b"ab", {1: b"\x35", 2: b"\x01\x02\x03"})
    assert rtp.parse_rtp(packet.pack()).payload == b"ab"


def test_padding_only_is_an_empty_payload() -> None:
    empty = rtp.RtpPacket(96, 7, 9, 11, False, b"", {})
    assert rtp.parse_rtp(empty.pack()) == empty


def test_an_rtx_packet_is_wrapped_and_unwrapped() -> None:
    packet = rtp.RtpPacket(96, 65535, 9, 11, True, b"content", {})
    repeated = rtp.parse_rtp(rtp.wrap_rtx(packet.pack(), payload_type=97, sequence=3, ssrc=12))
    assert (repeated.payload_type, repeated.sequence, repeated.ssrc) == (97, 3, 12)
    assert rtp.unwrap_rtx(repeated, payload_type=96, ssrc=11) == packet


def test_another_parser_understands_our_packets() -> None:
    packet = rtp.RtpPacket(111, 5, 6, 7, True, b"sound", {})
    read = OtherRtpPacket.parse(packet.pack())
    assert (read.payload_type, read.sequence_number, read.timestamp, read.ssrc) == (111, 5, 6, 7)
    assert read.payload == b"sound"


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=60, unique=True))
def test_nacks_are_written_and_parsed(sequences: list[int]) -> None:
    ordered = tuple(sorted(sequences))
    packed = rtcp.Nack(5, ordered).pack()
    (nack,) = rtcp.parse_rtcp(packed)
    assert isinstance(nack, rtcp.Nack)
    assert nack.sequences == ordered
    (read,) = RtcpPacket.parse(packed)
    assert isinstance(read, RtcpRtpfbPacket)
    assert sorted(read.lost) == list(ordered)


def test_reports_are_written_and_parsed() -> None:
    report = rtcp.ReceptionReport(5, 0.25, 10, 70000, 33, 44, 0.5)
    sender = rtcp.SenderReport(6, 1 << 40, 90000, 3, 300)
    compound = sender.pack() + rtcp.pack_receiver_report([report]) + rtcp.KeyframeRequest(8).pack()
    assert rtcp.parse_rtcp(compound) == [sender, report, rtcp.KeyframeRequest(8)]
    assert len(RtcpPacket.parse(compound)) == 3


def test_transport_feedback_has_the_bytes_of_the_draft() -> None:
    feedback = rtcp.pack_transport_feedback(9, 3, 0xFFFF, [0.064, None, 0.065, 0.2])
    expected_symbols = 0b11_01_00_01_10_00_00_00  # small, lost, small, large
    body = (
        struct.pack("!HHIH", 0xFFFF, 4, 1 << 8 | 3, expected_symbols) + b"\x00\x04" + struct.pack("!h", 540)
    )
    body += b"\x00\x02"
    assert feedback == struct.pack("!BBHII", 0xAF, 205, 2 + len(body) // 4, 1, 9) + body


def test_an_offer_is_parsed() -> None:
    description = sdp.parse_description(OFFER)
    video, data = description.sections
    assert (description.ufrag, description.fingerprint) == ("abcd", ("sha-256", "AA:BB"))
    assert (video.mid, video.track, video.rtx, video.ssrcs) == ("0", "track", {96: 97}, (11, 12))
    assert (video.repairs, video.rids, video.extensions) == ({11: 12}, ("q", "h"), {4: sdp.MID})
    assert video.sends
    assert data.kind == "application"


def test_our_descriptions_can_be_parsed() -> None:
    video, data = sdp.parse_description(OFFER).sections
    transport = sdp.Transport("u", "p", "CC:DD", "passive", ("1 1 udp 1 127.0.0.1 9 typ host",))
    sections = [
        ("0", sdp.write_section(video, transport, codec=96, outgoing=sdp.Outgoing("PA", "TR", 1, 2))),
        ("1", sdp.write_section(data, transport, codec=None)),
    ]
    read = sdp.parse_description(sdp.write_description(1, 1, sections))
    assert read.sections[0].repairs == {1: 2}
    assert read.sections[0].track == "TR"
    assert read.fingerprint == ("sha-256", "CC:DD")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "v=0",
        OFFER.replace("a=mid:1", "a=mid:0"),
        OFFER.replace("a=rtpmap:96", "a=rtpmap:x"),
        OFFER.replace("a=fingerprint", "a=finger"),
        OFFER.replace("m=video", "m=smell"),
        "m=audio 9 x 0\n" * 300,
        "x" * (sdp.MAX_CHARACTERS + 1),
    ],
)
def test_a_wrong_description_is_refused(wrong: str) -> None:
    with pytest.raises(WireError):
        sdp.parse_description(wrong)


@pytest.mark.parametrize(
    ("name", "payload", "starts"),
    [
        ("vp8", "1000", True),
        ("vp8", "1001", False),
        ("vp8", "0000", False),
        ("vp8", "9080812300", True),
        ("vp8", "90f081230a0b01", False),
        ("h264", "65", True),
        ("h264", "41", False),
        ("h264", "7c85", True),
        ("h264", "7c05", False),
        ("h264", "78000467", True),
        ("opus", "00", True),
    ],
)
def test_keyframes_are_recognised(name: str, payload: str, starts: bool) -> None:
    codec = codec_named(name)
    assert codec is not None
    assert starts_keyframe(codec, bytes.fromhex(payload)) is starts


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_our_error(junk: bytes) -> None:
    for parse in (stun.parse_binding_request, rtp.parse_rtp, rtcp.parse_rtcp):
        for datagram in (
            junk,
            b"\x80" + junk,
            b"\x90" + junk,
            SAMPLE_REQUEST[:20] + junk,
            b"\x81\xcd" + junk,
        ):
            try:
                parse(datagram)
            except WireError:
                continue
    for name in ("vp8", "h264"):
        codec = codec_named(name)
        assert codec is not None
        starts_keyframe(codec, junk)


@given(st.text(max_size=300), st.integers(0, len(OFFER)))
def test_any_text_in_an_offer_gives_a_value_or_our_error(junk: str, place: int) -> None:
    for text in (junk, OFFER[:place] + junk + OFFER[place:], OFFER[:place] + junk):
        try:
            sdp.parse_description(text)
        except WireError:
            continue


@given(st.text(max_size=100) | st.binary(max_size=100).map(lambda packed: packed.hex()))
def test_any_join_request_gives_a_value_or_our_error(junk: str) -> None:
    try:
        read_join_request(junk, 1000)
    except WireError:
        return
