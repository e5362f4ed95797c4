"""RTCP: reports (RFC 3550), NACK and PLI (RFC 4585), transport-wide feedback."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from visavis.errors import WireError
from visavis.rooms.wire.rtp import TIMESTAMPS

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
TRANSPORT_FEEDBACK: Final = 205
PAYLOAD_FEEDBACK: Final = 206

OWN_SSRC: Final = 1
"""SSRC of our feedback; receivers look only at the media SSRC."""

_NACK: Final = 1
_TRANSPORT_WIDE: Final = 15
_PLI: Final = 1
_FIR: Final = 4
_REPORT_BYTES: Final = 24
_MAX_REPORTS: Final = 31


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The wall time of an RTP timestamp.

    Attributes:
        ssrc: SSRC of the stream.
        ntp: NTP time, 64 bits.
        timestamp: RTP timestamp of the same moment.
        packets: Number of packets sent so far.
        octets: Number of bytes sent so far.
    """

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int

    def pack(self) -> bytes:
        """Write the packet."""
        head = struct.pack("!BBHI", 0x80, SENDER_REPORT, 6, self.ssrc)
        return head + struct.pack("!QIII", self.ntp, self.timestamp, self.packets, self.octets)

    def later(self, elapsed_s: float, clock_hz: int) -> "SenderReport":
        """The same report some time later."""
        return replace(
            self,
            ntp=(self.ntp + round(elapsed_s * (1 << 32))) % (1 << 64),
            timestamp=(self.timestamp + round(elapsed_s * clock_hz)) % TIMESTAMPS,
        )


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """Reception statistics of a stream.

    Attributes:
        ssrc: SSRC of the stream.
        fraction_lost: Share of packets lost since the last report, 0..1.
        lost: Number of packets lost in total.
        highest_sequence: Highest sequence number, with the number of wraps in the upper 16 bits.
        jitter: Jitter, in units of the timestamp.
        last_report: Middle 32 bits of the last sender report's NTP time; 0 if none came.
        delay_s: Time since that report came, in seconds.
    """

    ssrc: int
    fraction_lost: float
    lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    delay_s: float

    def pack(self) -> bytes:
        """Write the 24 bytes of a report block."""
        loss = min(255, int(self.fraction_lost * 256)) << 24 | max(0, min(self.lost, 0x7FFFFF))
        return struct.pack(
            "!IIIIII",
            self.ssrc,
            loss,
            self.highest_sequence & 0xFFFFFFFF,
            self.jitter & 0xFFFFFFFF,
            self.last_report,
            int(self.delay_s * 65536) & 0xFFFFFFFF,
        )


@dataclass(frozen=True, slots=True)
class Nack:
    """A request to retransmit packets of a stream."""

    ssrc: int
    sequences: tuple[int, ...]

    def pack(self) -> bytes:
        """Write the packet."""
        pairs = b"".join(struct.pack("!HH", *pair) for pair in _pair_up(self.sequences))
        head = struct.pack(
            "!BBHII", 0x80 | _NACK, TRANSPORT_FEEDBACK, 2 + len(pairs) // 4, OWN_SSRC, self.ssrc
        )
        return head + pairs


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """A request for a keyframe (PLI; FIR is treated the same)."""

    ssrc: int

    def pack(self) -> bytes:
        """Write the packet, as PLI."""
        return struct.pack("!BBHII", 0x80 | _PLI, PAYLOAD_FEEDBACK, 2, OWN_SSRC, self.ssrc)


Feedback = SenderReport | ReceptionReport | Nack | KeyframeRequest


def pack_receiver_report(reports: Sequence[ReceptionReport]) -> bytes:
    """Write a receiver report with at most 31 blocks; more are left out."""
    taken = reports[:_MAX_REPORTS]
    words = 1 + len(taken) * _REPORT_BYTES // 4
    head = struct.pack("!BBHI", 0x80 | len(taken), RECEIVER_REPORT, words, OWN_SSRC)
    return head + b"".join(report.pack() for report in taken)


def parse_rtcp(datagram: bytes) -> list[Feedback]:
    """Parse the packets that we use; others are ignored.

    Raises:
        WireError: A packet of the compound is truncated.
    """
    found: list[Feedback] = []
    position = 0
    while position < len(datagram):
        if position + 4 > len(datagram) or datagram[position] & 0xC0 != 0x80:
            raise WireError("The packet is not an RTCP packet.")
        first, kind, words = struct.unpack_from("!BBH", datagram, position)
        end = position + 4 + 4 * words
        if end > len(datagram):
            raise WireError("The RTCP packet is cut off.")
        found += _parse_one(kind, first & 0x1F, datagram[position + 4 : end])
        position = end
    return found


def _parse_one(kind: int, count: int, body: bytes) -> Iterable[Feedback]:
    if kind == SENDER_REPORT:
        return _parse_sender_report(count, body)
    if kind == RECEIVER_REPORT:
        return _parse_reports(count, body[4:])
    if kind == TRANSPORT_FEEDBACK and count == _NACK:
        return _parse_nack(body)
    if kind == PAYLOAD_FEEDBACK and count in (_PLI, _FIR):
        return _parse_keyframe_request(count, body)
    return ()


def _parse_sender_report(count: int, body: bytes) -> list[Feedback]:
    if len(body) < 24:
        raise WireError("The sender report is cut off.")
    ssrc, ntp, timestamp, packets, octets = struct.unpack_from("!IQIII", body)
    return [SenderReport(ssrc, ntp, timestamp, packets, octets), *_parse_reports(count, body[24:])]


def _parse_reports(count: int, body: bytes) -> list[Feedback]:
    if len(body) < count * _REPORT_BYTES:
        raise WireError("A report block is cut off.")
    found: list[Feedback] = []
    for at in range(0, count * _REPORT_BYTES, _REPORT_BYTES):
        ssrc, loss, highest, jitter, last, delay = struct.unpack_from("!IIIIII", body, at)
        report = ReceptionReport(
            ssrc, (loss >> 24) / 256, loss & 0xFFFFFF, highest, jitter, last, delay / 65536
        )
        found.append(report)
    return found


def _parse_nack(body: bytes) -> list[Feedback]:
    if len(body) < 8:
        raise WireError("The NACK is cut off.")
    (ssrc,) = struct.unpack_from("!I", body, 4)
    sequences: list[int] = []
    for at in range(8, len(body), 4):
        first, mask = struct.unpack_from("!HH", body, at)
        sequences.append(first)
        sequences += [(first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return [Nack(ssrc, tuple(sequences))]


def _parse_keyframe_request(count: int, body: bytes) -> list[Feedback]:
    if len(body) < 8:
        raise WireError("The keyframe request is cut off.")
    if count == _PLI:
        return [KeyframeRequest(struct.unpack_from("!I", body, 4)[0])]
    return [KeyframeRequest(struct.unpack_from("!I", body, at)[0]) for at in range(8, len(body) - 7, 8)]


def _pair_up(sequences: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of a sequence number and a mask of the 16 numbers after it."""
    pairs: list[tuple[int, int]] = []
    for sequence in sequences:
        step = (sequence - pairs[-1][0] - 1) & 0xFFFF if pairs else 16
        if step < 16:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] | 1 << step)
        else:
            pairs.append((sequence, 0))
    return pairs


_TICKS_A_SECOND: Final = 4000  # a receive delta counts in 250 µs
_TICKS_A_REFERENCE: Final = 256  # the reference time counts in 64 ms
_SYMBOLS_A_CHUNK: Final = 7


def pack_transport_feedback(
    media_ssrc: int, number: int, first_sequence: int, arrivals_s: Sequence[float | None]
) -> bytes:
    """Write transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).

    Args:
        media_ssrc: SSRC of any stream of the sender.
        number: Number of the feedback packet, modulo 256.
        first_sequence: Transport-wide number of the first packet.
        arrivals_s: Arrival times of this packet and the following ones, on any clock; `None` for a lost
            packet. At least one must have arrived.
    """
    came = [time_s for time_s in arrivals_s if time_s is not None]
    reference = int(min(came) * _TICKS_A_SECOND) // _TICKS_A_REFERENCE
    last_ticks = reference * _TICKS_A_REFERENCE
    symbols: list[int] = []
    deltas = b""
    for time_s in arrivals_s:
        if time_s is None:
            symbols.append(0)
            continue
        step = max(-0x8000, min(int(time_s * _TICKS_A_SECOND) - last_ticks, 0x7FFF))
        last_ticks += step
        small = 0 <= step <= 0xFF
        symbols.append(1 if small else 2)
        deltas += struct.pack("!B" if small else "!h", step)
    body = struct.pack(
        "!HHI", first_sequence & 0xFFFF, len(symbols), (reference & 0xFFFFFF) << 8 | number & 0xFF
    )
    body += _pack_symbols(symbols) + deltas
    padding = -len(body) % 4
    first = 0x80 | _TRANSPORT_WIDE
    if padding:
        first |= 0x20
        body += bytes(padding - 1) + bytes([padding])
    return struct.pack("!BBHII", first, TRANSPORT_FEEDBACK, 2 + len(body) // 4, OWN_SSRC, media_ssrc) + body


def _pack_symbols(symbols: Sequence[int]) -> bytes:
    """Pack two bits for each packet, seven packets in a chunk."""
    chunks = b""
    for start in range(0, len(symbols), _SYMBOLS_A_CHUNK):
        chunk = 0xC000
        for place, symbol in enumerate(symbols[start : start + _SYMBOLS_A_CHUNK]):
            chunk |= symbol << 2 * (_SYMBOLS_A_CHUNK - 1 - place)
        chunks += struct.pack("!H", chunk)
    return chunks
