"""RTP packets (RFC 3550), their one-byte header extensions (RFC 8285) and RTX (RFC 4588)."""

import struct
from dataclasses import dataclass
from typing import Final

from visavis.errors import WireError

HEADER_BYTES: Final = 12
SEQUENCES: Final = 1 << 16
TIMESTAMPS: Final = 1 << 32

_HEADER: Final = struct.Struct("!BBHII")
_VERSION: Final = 0x80
MARKER: Final = 0x80
_ONE_BYTE: Final = 0xBEDE
_TWO_BYTE_MASK: Final = 0xFFF0
_TWO_BYTE: Final = 0x1000


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """An RTP packet.

    Attributes:
        payload_type: Payload type, 0..127.
        sequence: Sequence number, 0..65535.
        timestamp: Timestamp in units of the codec's clock, 0..2³²-1.
        ssrc: SSRC of the stream.
        marker: Whether it is the last packet of a frame, for video.
        payload: Payload without padding; empty in a packet that is only padding.
        extensions: Header extensions, by number.
    """

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    marker: bool
    payload: bytes
    extensions: dict[int, bytes]

    def pack(self) -> bytes:
        """Write the packet without extensions; an empty payload becomes one byte of padding."""
        return pack_header(self) + self.payload if self.payload else pack_padding(self)


def pack_header(packet: RtpPacket) -> bytes:
    """Write the 12 bytes at the start of every packet."""
    second = packet.payload_type | (MARKER if packet.marker else 0)
    return _HEADER.pack(_VERSION, second, packet.sequence, packet.timestamp, packet.ssrc)


def pack_padding(packet: RtpPacket) -> bytes:
    """Write a packet that is only padding, to close a gap in the sequence."""
    return (
        _HEADER.pack(_VERSION | 0x20, packet.payload_type, packet.sequence, packet.timestamp, packet.ssrc)
        + b"\x01"
    )


def is_rtcp(datagram: bytes) -> bool:
    """Whether a datagram on a multiplexed port is RTCP (RFC 5761)."""
    return len(datagram) > 1 and 192 <= datagram[1] <= 223


def parse_rtp(datagram: bytes) -> RtpPacket:
    """Parse a packet after decryption.

    Raises:
        WireError: It is truncated, or not RTP version 2.
    """
    if len(datagram) < HEADER_BYTES or datagram[0] & 0xC0 != _VERSION:
        raise WireError("The packet is not an RTP packet.")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(datagram)
    start = HEADER_BYTES + 4 * (first & 0x0F)
    extensions: dict[int, bytes] = {}
    if first & 0x10:
        if len(datagram) < start + 4:
            raise WireError("The RTP header extension is cut off.")
        profile, words = struct.unpack_from("!HH", datagram, start)
        end = start + 4 + 4 * words
        if len(datagram) < end:
            raise WireError("The RTP header extension is cut off.")
        extensions = _parse_extensions(profile, datagram[start + 4 : end])
        start = end
    end = len(datagram)
    if first & 0x20:
        end -= datagram[-1] or end  # a padding length of 0 is invalid
    if end < start:
        raise WireError("The RTP packet is shorter than its own header and padding.")
    return RtpPacket(
        payload_type=second & 0x7F,
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        marker=bool(second & MARKER),
        payload=datagram[start:end],
        extensions=extensions,
    )


def _parse_extensions(profile: int, block: bytes) -> dict[int, bytes]:
    if profile == _ONE_BYTE:
        return _parse_one_byte(block)
    if profile & _TWO_BYTE_MASK == _TWO_BYTE:
        return _parse_two_byte(block)
    return {}


def _parse_one_byte(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position < len(block):
        number, size = block[position] >> 4, (block[position] & 0x0F) + 1
        if not block[position]:
            position += 1
            continue
        if number == 15:  # reserved: stop reading here
            break
        found[number] = block[position + 1 : position + 1 + size]
        position += 1 + size
    return found


def _parse_two_byte(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position + 1 < len(block):
        number, size = block[position], block[position + 1]
        if not number:
            position += 1
            continue
        found[number] = block[position + 2 : position + 2 + size]
        position += 2 + size
    return found


def unwrap_rtx(packet: RtpPacket, *, payload_type: int, ssrc: int) -> RtpPacket:
    """Extract the original packet from an RTX packet.

    Raises:
        WireError: There is none: the packet is shorter than a sequence number, or padding.
    """
    if len(packet.payload) < 2:
        raise WireError("The RTX packet is empty.")
    (sequence,) = struct.unpack_from("!H", packet.payload)
    return RtpPacket(
        payload_type, sequence, packet.timestamp, ssrc, packet.marker, packet.payload[2:], packet.extensions
    )


def wrap_rtx(packet: bytes, *, payload_type: int, sequence: int, ssrc: int) -> bytes:
    """Wrap one of our packets (12 bytes of header, no extensions) as RTX."""
    first, second, original, timestamp, _ = _HEADER.unpack_from(packet)
    header = _HEADER.pack(first, (second & MARKER) | payload_type, sequence, timestamp, ssrc)
    return header + struct.pack("!H", original) + packet[HEADER_BYTES:]


def renumbered(packet: bytes, *, payload_type: int, ssrc: int) -> bytes:
    """The same packet with the codec and stream numbers of another viewer."""
    return (
        packet[:1]
        + bytes([packet[1] & MARKER | payload_type])
        + packet[2:8]
        + ssrc.to_bytes(4, "big")
        + packet[HEADER_BYTES:]
    )


def sequence_step(before: int, after: int) -> int:
    """Distance from `before` to `after`, -32768..32767, across the wrap."""
    return (after - before + 0x8000) % SEQUENCES - 0x8000
