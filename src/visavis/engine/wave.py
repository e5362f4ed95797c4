"""The header of a WAV file."""

import struct
from dataclasses import dataclass
from typing import Final

_CHUNK_HEADER: Final = 8
_FIRST_CHUNK: Final = 12
_FORMAT_BYTES: Final = 16
_PLAIN: Final = 1  # format tag of samples without compression
_UNKNOWN_SIZES: Final = (0, 0xFFFFFFFF, 0x7FFFFFFF)  # what encoders write that do not know the end yet


@dataclass(frozen=True)
class WaveHeader:
    """What a WAV file says before its samples.

    Attributes:
        is_plain: Whether they are 16-bit samples of one or two channels, without compression.
        channels: Number of channels.
        rate_hz: Sample rate.
        data_at: Where the samples begin.
        data_bytes: Number of their bytes; `None` for all that follow.
    """

    is_plain: bool
    channels: int
    rate_hz: int
    data_at: int
    data_bytes: int | None


def read_wave_header(head: bytes | bytearray) -> WaveHeader | None:
    """Read the header of a WAV file.

    Args:
        head: First bytes, with the signature.

    Returns:
        The header; `None` if it is not complete.
    """
    at, tag, channels, rate_hz, bits = _FIRST_CHUNK, 0, 0, 0, 0
    while len(head) >= at + _CHUNK_HEADER:
        kind, size = struct.unpack_from("<4sI", head, at)
        at += _CHUNK_HEADER
        if kind == b"data":
            is_plain = tag == _PLAIN and bits == 16 and channels in {1, 2} and 4_000 <= rate_hz <= 384_000
            return WaveHeader(is_plain, channels, rate_hz, at, None if size in _UNKNOWN_SIZES else size)
        if kind == b"fmt " and size >= _FORMAT_BYTES:
            if len(head) < at + _FORMAT_BYTES:
                return None
            tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", head, at)
        at += size + size % 2
    return None
