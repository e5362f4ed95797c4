"""What a session sends to the process of an RTMP output: settings, then pictures and sound with their times.

one line of JSON, then records: kind (1 byte), time in µs (8 bytes), length (4 bytes), content
"""

import struct
from typing import BinaryIO, Final

from pydantic import BaseModel, ConfigDict, Field

PICTURE: Final = 1  # planes of YUV 4:2:0, one after the other
SOUND: Final = 2  # 16-bit samples, mono, 48 kHz
_HEADER: Final = struct.Struct("<BqI")


class RtmpSettings(BaseModel):
    """What is sent where.

    Attributes:
        url: Address to connect to, with the key of the stream.
        side_px: Side of the pictures that come.
        width_px: Width of the video.
        height_px: Height of the video.
        background: Colour around the picture, red, green and blue.
        fps: Frames a second.
    """

    model_config = ConfigDict(frozen=True)

    url: str = Field(repr=False)
    side_px: int
    width_px: int
    height_px: int
    background: tuple[int, int, int]
    fps: int


def record(kind: int, time_us: int, content: bytes) -> bytes:
    """A record.

    Args:
        kind: `PICTURE` or `SOUND`.
        time_us: Time at which it is shown or begins to be heard, on any clock, in µs.
        content: The planes or the samples.
    """
    return _HEADER.pack(kind, time_us, len(content)) + content


def read_record(stream: BinaryIO) -> tuple[int, int, bytes] | None:
    """The next record: kind, time in µs, content; `None` at the end."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, time_us, length = _HEADER.unpack(header)
    content = stream.read(length)
    return (kind, time_us, content) if len(content) == length else None
