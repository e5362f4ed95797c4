"""Datagrams on a stream (RFC 4571): each after its length."""

import struct
from collections.abc import Iterator
from typing import Final

from visavis.errors import WireError

_LENGTH: Final = struct.Struct("!H")


def frame(datagram: bytes) -> bytes:
    """A datagram as it goes on the stream; at most 65535 bytes."""
    return _LENGTH.pack(len(datagram)) + datagram


class Frames:
    """Cuts a stream into datagrams again.

    Args:
        max_bytes: The longest datagram.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The datagrams that are whole now, without empty ones.

        Raises:
            WireError: One would be too long; the stream means nothing from there on.
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
