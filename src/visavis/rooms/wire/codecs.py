"""Codecs: how a keyframe starts, and the payload types that we offer."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Codec:
    """A codec, as viewers are offered it.

    Attributes:
        mime: MIME type, as in `TrackInfo.mime_type`.
        payload_type: Our payload type; a viewer that makes the offer uses its own.
        rtx_payload_type: Payload type of retransmissions, for video.
        rtpmap: Name, clock and channels.
        fmtp: Format parameters, or empty.
    """

    mime: str
    payload_type: int
    rtx_payload_type: int | None
    rtpmap: str
    fmtp: str

    @property
    def name(self) -> str:
        """Name in lower case, for comparison with `rtpmap` lines."""
        return self.rtpmap.partition("/")[0].lower()

    @property
    def kind(self) -> str:
        """Kind of media: `audio` or `video`."""
        return self.mime.partition("/")[0]

    @property
    def clock_hz(self) -> int:
        """Clock rate of the RTP timestamp."""
        return int(self.rtpmap.split("/")[1])


CODECS: Final = (
    Codec("audio/opus", 111, None, "opus/48000/2", "minptime=10;useinbandfec=1"),
    Codec("video/VP8", 96, 97, "VP8/90000", ""),
    Codec(
        "video/H264",
        102,
        103,
        "H264/90000",
        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    ),
)
_BY_NAME: Final = {codec.name: codec for codec in CODECS}


def codec_named(name: str) -> Codec | None:
    """Find a codec by its `rtpmap` name or MIME type; case does not matter."""
    return _BY_NAME.get(name.rpartition("/")[2].lower())


def starts_keyframe(codec: Codec, payload: bytes) -> bool:
    """Whether a viewer can start to decode with this packet; always true for audio."""
    if codec.name == "vp8":
        return _starts_vp8_keyframe(payload)
    if codec.name == "h264":
        return _starts_h264_keyframe(payload)
    return True


def _starts_vp8_keyframe(payload: bytes) -> bool:
    """RFC 7741: start of partition 0, and bit P of the frame header is 0."""
    if len(payload) < 2 or not payload[0] & 0x10 or payload[0] & 0x07:
        return False
    position = 1
    if payload[0] & 0x80:
        extended = payload[1]
        position = 2
        if extended & 0x80:
            long_picture = position < len(payload) and payload[position] & 0x80
            position += 2 if long_picture else 1
        position += bool(extended & 0x40) + bool(extended & 0x30)
    return position < len(payload) and not payload[position] & 0x01


def _starts_h264_keyframe(payload: bytes) -> bool:
    """RFC 6184: a parameter set or an IDR slice, alone, aggregated (STAP-A) or in its first part (FU-A)."""
    starting = (5, 7)
    if not payload:
        return False
    kind = payload[0] & 0x1F
    if kind == 24:
        return len(payload) > 3 and payload[3] & 0x1F in starting
    if kind == 28:
        return len(payload) > 1 and bool(payload[1] & 0x80) and payload[1] & 0x1F in starting
    return kind in starting
