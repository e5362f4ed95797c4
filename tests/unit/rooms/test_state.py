"""State machines, on a clock that the test moves: reception, forwarding, keyframes, voices, limits."""

import base64
import gzip
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit import api
from livekit.protocol.rtc import JoinRequest, WrappedJoinRequest

from visavis.errors import NotAllowedError, TokenError, WireError
from visavis.rooms.backlog import INTERVAL_S, MAX_AGE_S, TARGET_S, Backlog
from visavis.rooms.forwarding import KEYFRAME_EVERY_S, STALLED_S, Forwarder, KeyframeRequests
from visavis.rooms.limits import TokenBucket
from visavis.rooms.reception import (
    MAX_MISSING,
    MAX_NACKS,
    NACK_AGAIN_S,
    ROUND_TRIPS,
    Reception,
    TransportFeedback,
)
from visavis.rooms.signalling import read_join_request
from visavis.rooms.speakers import Loudness
from visavis.rooms.tokens import read_token
from visavis.rooms.wire.codecs import codec_named
from visavis.rooms.wire.rtcp import SenderReport
from visavis.rooms.wire.rtp import RtpPacket, parse_rtp

KEYFRAME, DELTA = b"\x10\x00key", b"\x10\x01delta"
SECRET = "s" * 32


def packet(sequence: int, timestamp: int = 0, payload: bytes = DELTA) -> RtpPacket:
    return RtpPacket(96, sequence % 65536, timestamp % (1 << 32), 5, False, payload, {})


def test_gaps_are_requested_repeatedly_and_then_given_up() -> None:
    reception = Reception(5, 90000)
    for sequence in (65534, 65535, 2):
        assert reception.receive(sequence, 0, 0.0)
    assert reception.take_nack(0.0) == (0, 1)
    assert reception.take_nack(NACK_AGAIN_S / 2) == ()
    assert reception.receive(1, 0, NACK_AGAIN_S / ROUND_TRIPS)
    assert not reception.receive(1, 0, NACK_AGAIN_S / ROUND_TRIPS)
    asked = [reception.take_nack(NACK_AGAIN_S * turn) for turn in range(1, 20)]
    assert asked.count((0,)) == MAX_NACKS - 1


def test_a_long_gap_is_not_requested() -> None:
    reception = Reception(5, 90000)
    reception.receive(0, 0, 0.0)
    reception.receive(MAX_MISSING + 10, 0, 0.0)
    assert reception.take_nack(0.0) == ()


def test_reports_count_what_was_lost() -> None:
    reception = Reception(5, 90000)
    assert reception.take_report(0.0) is None
    for sequence in (65530, 65531, 65533, 1):
        reception.receive(sequence, 0, 0.0)
    reception.note_sender_report(SenderReport(5, 0x0123456789ABCDEF, 0, 0, 0), 1.0)
    report = reception.take_report(1.5)
    assert report is not None
    assert (report.lost, report.highest_sequence, report.last_report) == (4, 65537, 0x456789AB)
    assert (report.fraction_lost, report.delay_s) == (0.5, 0.5)
    again = reception.take_report(2.0)
    assert again is not None
    assert again.fraction_lost == 0


@given(st.lists(st.integers(0, 65535), max_size=200))
def test_packets_are_accepted_in_any_order(sequences: list[int]) -> None:
    reception, feedback = Reception(5, 90000), TransportFeedback()
    for index, sequence in enumerate(sequences):
        reception.receive(sequence, sequence * 17, index / 100)
        reception.take_nack(index / 100)
        feedback.receive(sequence, 1e9 + index / 100)
        if index % 10 == 9:
            assert reception.take_report(index / 100) is not None
            assert feedback.take(1) is not None
    assert feedback.take(1) is None or sequences


def test_viewers_get_one_stream_from_all_layers() -> None:
    codec = codec_named("vp8")
    assert codec is not None
    forwarder = Forwarder(codec, 77)
    first = forwarder.forward("q", packet(100, 1000, KEYFRAME), 0.0)
    assert first is not None
    assert forwarder.forward("f", packet(900, 50, DELTA), 0.1) is None
    assert (forwarder.wanted, forwarder.needs_keyframe) == ("f", True)
    assert forwarder.forward("q", packet(101, 4000), 0.1) is not None
    switched = forwarder.forward("f", packet(901, 3050, KEYFRAME), 0.2)
    assert switched is not None
    read = parse_rtp(switched)
    assert (read.ssrc, read.sequence) == (77, 102)
    assert 4000 < read.timestamp <= 4000 + 90000 * 0.11
    assert forwarder.forward("q", packet(102, 7000), 0.2) is None
    assert forwarder.repeat(101) is not None
    assert forwarder.repeat(101 + 1024) is None
    report = forwarder.translate("f", SenderReport(5, 1, 3050, 2, 3))
    assert report is not None
    assert (report.ssrc, report.timestamp) == (77, read.timestamp)
    assert forwarder.translate("q", SenderReport(5, 1, 0, 0, 0)) is None


def test_a_layer_that_stops_is_replaced() -> None:
    codec = codec_named("vp8")
    assert codec is not None
    forwarder = Forwarder(codec, 77)
    forwarder.forward("f", packet(1, 0, KEYFRAME), 0.0)
    forwarder.forward("q", packet(1, 0, KEYFRAME), STALLED_S + 0.1)
    assert forwarder.wanted == "q"
    assert forwarder.forward("q", packet(2, 0, KEYFRAME), STALLED_S + 0.2) is not None


def test_viewers_continue_from_a_keyframe_after_a_drop() -> None:
    codec = codec_named("vp8")
    assert codec is not None
    forwarder = Forwarder(codec, 77)
    forwarder.forward("", packet(100, 1000, KEYFRAME), 0.0)
    forwarder.interrupt()  # 101 and 102
    assert forwarder.forward("", packet(103, 7000), 0.3) is None
    assert forwarder.needs_keyframe
    resumed = forwarder.forward("", packet(105, 9000, KEYFRAME), 0.4)
    assert resumed is not None
    assert not forwarder.needs_keyframe
    assert (parse_rtp(resumed).sequence, parse_rtp(resumed).timestamp) == (101, 9000)
    assert forwarder.forward("", packet(104, 8000), 0.4) is None  # it would take a number that is used
    after = forwarder.forward("", packet(106, 9000), 0.4)
    assert after is not None
    assert parse_rtp(after).sequence == 102


def test_padding_is_removed_without_a_gap() -> None:
    codec = codec_named("vp8")
    assert codec is not None
    forwarder = Forwarder(codec, 77)

    def number(sequence: int, payload: bytes = DELTA) -> int | None:
        packed = forwarder.forward("", packet(sequence, 0, payload), 0.0)
        return None if packed is None else parse_rtp(packed).sequence

    assert [number(65533, KEYFRAME), number(65534, b""), number(65535, b""), number(0)] == [
        65533,
        None,
        None,
        65534,
    ]
    assert [number(3), number(4, b""), number(5)] == [1, None, 2]  # 1 and 2 are missing
    assert [number(2, b""), number(1)] == [0, 65535]  # what comes late closes the gap that it has left


def test_media_is_dropped_only_for_a_standing_queue() -> None:
    backlog = Backlog()

    def read(arrival_s: float, now_s: float) -> bool:
        backlog.note(arrival_s, now_s)
        return backlog.sheds

    assert not any(
        read(0.0, now_s) for now_s in (0.0, TARGET_S * 2, TARGET_S * 3)
    )  # a stop; what waited goes on
    assert not read(10.0, 10.0)
    late_s = TARGET_S * 2
    assert not any(read(10 + step / 100, 10 + step / 100 + late_s) for step in range(int(INTERVAL_S * 100)))
    assert read(10 + INTERVAL_S * 1.1, 10 + INTERVAL_S * 1.1 + late_s)
    assert read(11.0, 11.0 + TARGET_S * 1.1)
    assert not read(12.0, 12.0 + TARGET_S / 2)
    assert read(20.0, 20.0 + MAX_AGE_S * 1.1)


def test_keyframe_requests_are_delayed_but_never_dropped() -> None:
    requests = KeyframeRequests()
    assert not requests.take(0.0)
    requests.ask()
    assert requests.take(0.0)
    requests.ask()
    requests.ask()
    assert not requests.take(KEYFRAME_EVERY_S / 2)
    assert requests.take(KEYFRAME_EVERY_S)
    assert not requests.take(KEYFRAME_EVERY_S * 3)


def test_speaking_needs_enough_loud_packets() -> None:
    voice = Loudness()
    for level in [20] * 10 + [90] * 5:
        voice.hear(bytes([level]))
    assert 0 < voice.take() <= 1
    for level in [20] + [90] * 9:
        voice.hear(bytes([level]))
    assert voice.take() == 0
    voice.hear(b"")


def test_a_bucket_lets_through_its_rate() -> None:
    bucket = TokenBucket(10, 0.0)
    assert sum(bucket.take(0.0) for _ in range(50)) == 10
    assert sum(bucket.take(0.5) for _ in range(50)) == 5


def make_token(**grants: object) -> str:
    token = api.AccessToken("key", SECRET).with_identity("ada").with_ttl(timedelta(minutes=1))
    return token.with_grants(api.VideoGrants(room_join=True, room="r", **grants)).to_jwt()


def test_grants_of_a_token_are_read() -> None:
    grants = read_token(
        make_token(can_publish=False, can_publish_data=None, can_publish_sources=["camera"]), {"key": SECRET}
    )
    assert grants.require_join() == "r"
    assert not grants.permission.can_publish_data
    assert grants.permission.can_subscribe
    for forbidden in (lambda: grants.require_admin("r"), grants.require_create, grants.require_list):
        with pytest.raises(NotAllowedError):
            forbidden()
    with pytest.raises(NotAllowedError):
        grants.require_join("another")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        jwt.encode({"iss": "key", "exp": 1}, SECRET),
        jwt.encode({"iss": "key"}, SECRET),
        jwt.encode({"iss": "other", "exp": 1 << 33}, SECRET),
        jwt.encode({"iss": "key", "exp": 1 << 33, "nbf": 1 << 33}, SECRET),
        jwt.encode({"iss": "key", "exp": 1 << 33}, "t" * 32),
        jwt.encode({"iss": "key", "exp": 1 << 33, "video": [1]}, SECRET),
        jwt.encode({"iss": "key", "exp": 1 << 33, "sub": "x" * 300}, SECRET),
        jwt.encode({"iss": "key", "exp": 1 << 33}, "", algorithm="none"),
    ],
)
def test_wrong_tokens_are_refused(token: str) -> None:
    with pytest.raises(TokenError):
        read_token(token, {"key": SECRET})


def test_a_zipped_request_may_not_grow_without_bound() -> None:
    bomb = WrappedJoinRequest(
        compression=WrappedJoinRequest.GZIP, join_request=gzip.compress(bytes(10_000_000))
    )
    with pytest.raises(WireError):
        read_join_request(base64.urlsafe_b64encode(bomb.SerializeToString()).decode(), 100_000)
    fine = WrappedJoinRequest(
        compression=WrappedJoinRequest.GZIP,
        join_request=gzip.compress(JoinRequest(participant_sid="PA_1").SerializeToString()),
    )
    text = base64.urlsafe_b64encode(fine.SerializeToString()).decode().rstrip("=")
    assert read_join_request(text, 100_000).participant_sid == "PA_1"
