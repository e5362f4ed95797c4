"""Byte streams of sound in records, with the emotions of the words between the sound.

Agents that know the emotions of what they say mark the stream with the attribute `kfl.framing`. A record is
its kind (one byte), the size of its content (four bytes, the lowest first) and the content: 16-bit samples,
or an emotion as JSON. Emotions are skipped: the avatar does not act them yet.
"""

import struct
from collections.abc import Mapping
from typing import Final

from visavis.errors import SoundError

ATTRIBUTE: Final = "kfl.framing"
_VERSION: Final = "1"
_SOUND, _EMOTION = 0x01, 0x02
_HEADER: Final = struct.Struct("<BI")
_MAX_RECORD_BYTES: Final = 4 * 1024 * 1024


class SoundRecords:
    """Takes the sound out of the records of one stream."""

    def __init__(self) -> None:
        """Start."""
        self._rest = bytearray()

    def __call__(self, chunk: bytes) -> bytes:
        """The sound in a chunk, as far as its records are complete. Records may be cut anywhere.

        Raises:
            SoundError: A record is of an unknown kind, or too large.
        """
        self._rest += chunk
        sound, at = bytearray(), 0
        while len(self._rest) - at >= _HEADER.size:
            kind, size = _HEADER.unpack_from(self._rest, at)
            if kind not in (_SOUND, _EMOTION) or size > _MAX_RECORD_BYTES:
                raise SoundError("The stream has a record that is not known.")
            end = at + _HEADER.size + size
            if end > len(self._rest):
                break
            if kind == _SOUND:
                sound += self._rest[at + _HEADER.size : end]
            at = end
        del self._rest[:at]
        return bytes(sound)


def unpacker(attributes: Mapping[str, str]) -> SoundRecords | None:
    """What takes the sound out of a stream; `None` for a stream that is nothing but sound.

    Args:
        attributes: Attributes of the stream.

    Raises:
        SoundError: Its records are of an unknown version.
    """
    version = attributes.get(ATTRIBUTE)
    if version is None:
        return None
    if version != _VERSION:
        raise SoundError("The stream's records are of an unknown version.")
    return SoundRecords()
