"""One UDP socket for all connections: ICE-lite, and telling whose a datagram is.

A client proves with a signed connectivity check that an address is its own; from then on what comes from
there is its, and what is for it goes to the address that it nominated last. Anything else is dropped unread.
"""

import asyncio
import contextlib
import socket
import struct
import time
from typing import Final, Protocol

from visavis.errors import AddressTakenError, WireError
from visavis.rooms.limits import TokenBucket
from visavis.rooms.wire.stun import Address, build_binding_response, parse_binding_request

_SO_TIMESTAMPNS: Final = 35  # Linux; the socket module has no name for it
_MOST_DATAGRAM_BYTES: Final = 2048
_READS_A_TURN: Final = 64
_BUFFER_BYTES: Final = 4 << 20
_ADDRESSES_A_CONNECTION: Final = 8


class Connection(Protocol):
    """What the socket needs to know of a peer connection."""

    def password_of(self, ufrag: str) -> str | None:
        """The ICE password that goes with a user fragment; `None` once it is replaced."""

    def use_address(self, address: Address, *, nominated: bool) -> None:
        """The client has proven that it is reached there."""

    def receive_dtls(self, datagram: bytes) -> None:
        """A DTLS record came."""

    def receive_media(self, datagram: bytes, arrival_s: float) -> None:
        """An SRTP or SRTCP packet came; the arrival is Unix time."""


class UdpSocket:
    """The socket.

    Args:
        host: IPv4 address to bind.
        port: 0 is any.
        public_address: What clients are told; `host` if empty.
        datagrams_a_second: The most from one address; more are dropped.

    Raises:
        AddressTakenError: The port is taken, or the address is not this machine's.
    """

    def __init__(self, host: str, port: int, *, public_address: str, datagrams_a_second: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise AddressTakenError(f"UDP {host}:{port} cannot be used: {error.strerror}.") from error
        with contextlib.suppress(OSError):  # elsewhere than on Linux our own clock must do
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._rate = datagrams_a_second
        self._by_ufrag: dict[str, Connection] = {}
        self._by_address: dict[Address, tuple[Connection, TokenBucket]] = {}
        self.port: int = self._socket.getsockname()[1]
        self.candidates = (f"1 1 udp 2130706431 {public_address or host} {self.port} typ host",)
        self.dropped = 0

    def open(self) -> None:
        """Begin to read, in the running event loop."""
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def close(self) -> None:
        """Stop reading and close; may be called twice."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()

    def register(self, ufrag: str, connection: Connection) -> None:
        """Let checks for this user fragment reach a connection."""
        self._by_ufrag[ufrag] = connection

    def forget(self, connection: Connection) -> None:
        """Drop all that is known of a connection."""
        self._by_ufrag = {key: value for key, value in self._by_ufrag.items() if value is not connection}
        self._by_address = {
            key: value for key, value in self._by_address.items() if value[0] is not connection
        }

    def send(self, datagram: bytes, address: Address) -> None:
        """Send, or drop when the kernel's buffer is full: media is late by then anyway."""
        try:
            self._socket.sendto(datagram, address)
        except OSError:
            self.dropped += 1

    def _read(self) -> None:
        for _ in range(_READS_A_TURN):
            try:
                datagram, ancillary, _flags, address = self._socket.recvmsg(_MOST_DATAGRAM_BYTES, 64)
            except OSError:  # nothing left, or the answer to something that we sent
                return
            if datagram:
                self._dispatch(datagram, address, _arrival_s(ancillary))

    def _dispatch(self, datagram: bytes, address: Address, arrival_s: float) -> None:
        """RFC 7983: the first byte tells the protocol."""
        first = datagram[0]
        if first < 4:
            self._check(datagram, address)
            return
        known = self._by_address.get(address)
        if known is None or not known[1].take(time.monotonic()):
            self.dropped += 1
        elif 128 <= first < 192:
            known[0].receive_media(datagram, arrival_s)
        elif 20 <= first < 64:
            known[0].receive_dtls(datagram)

    def _check(self, datagram: bytes, address: Address) -> None:
        try:
            request = parse_binding_request(datagram)
        except WireError:
            self.dropped += 1
            return
        connection = self._by_ufrag.get(request.ufrag)
        password = connection.password_of(request.ufrag) if connection else None
        if connection is None or password is None or not request.is_signed_with(password):
            self.dropped += 1
            return
        self._remember(address, connection)
        self.send(build_binding_response(request, address, password), address)
        connection.use_address(address, nominated=request.nominated)

    def _remember(self, address: Address, connection: Connection) -> None:
        known = self._by_address.get(address)
        if known is not None and known[0] is connection:
            return
        own = [key for key, (owner, _) in self._by_address.items() if owner is connection]
        if len(own) >= _ADDRESSES_A_CONNECTION:
            del self._by_address[own[0]]
        self._by_address[address] = (connection, TokenBucket(self._rate, time.monotonic()))


def _arrival_s(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= 16:
            seconds, nanoseconds = struct.unpack_from("qq", data)
            return float(seconds + nanoseconds * 1e-9)
    return time.time()
