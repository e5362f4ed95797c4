"""The UDP socket of all connections."""

import asyncio
import contextlib
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any, Final

from visavis.rooms.backlog import Backlog
from visavis.rooms.ice import MAX_DATAGRAM_BYTES, Ice
from visavis.rooms.wire.stun import Address

_SO_TIMESTAMPNS: Final = 35  # Linux; the socket module has no name for it
_READS_A_TURN: Final = 64
_BUFFER_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class UdpRoute:
    """An address of a client; see `Route`."""

    socket: socket.socket
    source: tuple[Any, ...]

    @property
    def address(self) -> Address:
        """See `Route`."""
        return self.source[0], self.source[1]

    def send(self, datagram: bytes) -> bool:
        """See `Route`: without space the packet is dropped, because media would be late."""
        try:
            self.socket.sendto(datagram, self.source)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """See `Route`: does nothing."""


class UdpSocket:
    """Reads datagrams with their time of arrival.

    Args:
        bound: Socket; `close` closes it.
        ice: Receiver of datagrams.
        backlog: Receiver of waiting times.
    """

    def __init__(self, bound: socket.socket, ice: Ice, backlog: Backlog) -> None:
        self._socket = bound
        self._ice = ice
        self._backlog = backlog
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        with contextlib.suppress(OSError):  # only Linux has this; elsewhere we use our own clock
            bound.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def open(self) -> None:
        """Start to read, in the running event loop."""
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def close(self) -> None:
        """Stop reading and close the socket; may be called twice."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()

    def _read(self) -> None:
        for _ in range(_READS_A_TURN):
            try:
                datagram, ancillary, _flags, source = self._socket.recvmsg(MAX_DATAGRAM_BYTES, 64)
            except OSError:  # no datagram left, or an ICMP error
                return
            if datagram:
                arrival_s = _arrival_s(ancillary)
                self._backlog.note(arrival_s, time.time())
                self._ice.receive(datagram, UdpRoute(self._socket, source), arrival_s)


def _arrival_s(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= 16:
            seconds, nanoseconds = struct.unpack_from("qq", data)
            return float(seconds + nanoseconds * 1e-9)
    return time.time()
