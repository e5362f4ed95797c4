"""Datagrams on a stream (RFC 4571): each follows its length."""

import struct
from collections.abc import Iterator
from typing import Final

from visavis.errors import WireError

_LENGTH: Final = struct.Struct("!H")


def frame(datagram: bytes) -> bytes:
    """Put the length before a datagram of at most 65535 bytes."""
    return _LENGTH.pack(len(datagram)) + datagram


class Frames:
    """Splits a stream into datagrams.

    Args:
        max_bytes: Maximum length of a datagram.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the datagrams that are complete, without empty ones.

        Raises:
            WireError: A datagram is too long; the stream cannot be read any further.
        """
        self._waiting += data
        while len(self._waiting) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._waiting)
            if length > self._max_bytes:
                raise WireError(f"A datagram can have at most {self._max_bytes} bytes.")
            end = _LENGTH.size + length
            if len(self._waiting) < end:
                return
            datagram = bytes(self._waiting[_LENGTH.size : end])
            del self._waiting[:end]
            if datagram:
                yield datagram
