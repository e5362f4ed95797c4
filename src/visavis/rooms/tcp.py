"""Passive ICE over TCP (RFC 6544): one port for clients that UDP does not reach.

Each datagram follows its length (RFC 4571). A datagram that does not fit into the connection's buffer is
dropped as a whole, as UDP would: repeats and keyframes heal that, while an old queue would stay.
"""

import asyncio
import socket
import time
from typing import Final, cast

from visavis.errors import WireError
from visavis.rooms.connections import Connections
from visavis.rooms.ice import MAX_DATAGRAM_BYTES, Ice
from visavis.rooms.wire.framing import Frames, frame
from visavis.rooms.wire.stun import Address

PROVE_WITHIN_S: Final = 10.0
"""Time for a new connection to pass a connectivity check."""

_WAITING_BYTES: Final = 256 * 1024


class TcpRoute(asyncio.Protocol):
    """One TCP connection; see `Route`."""

    def __init__(self, listener: "TcpListener", ice: Ice) -> None:
        self._listener = listener
        self._ice = ice
        self._frames = Frames(MAX_DATAGRAM_BYTES)
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._address: Address = ("", 0)

    @property
    def address(self) -> Address:
        """See `Route`."""
        return self._address

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._address = transport.get_extra_info("peername")[:2]
        if not self._listener.connections.admit(self, self._address[0]):
            self._transport.abort()
            return
        self._deadline = asyncio.get_running_loop().call_later(PROVE_WITHIN_S, self.close)

    def data_received(self, data: bytes) -> None:
        """Process bytes."""
        try:
            for datagram in self._frames.feed(data):
                if self._ice.receive(datagram, self, time.time()) and self._deadline is not None:
                    self._deadline.cancel()
                    self._deadline = None
                    self._listener.connections.work(self)
        except WireError:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - all the same
        """Forget the connection."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._listener.connections.release(self)
        self._ice.lose(self)

    def send(self, datagram: bytes) -> bool:
        """See `Route`."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        if transport.get_write_buffer_size() > _WAITING_BYTES:
            return False
        transport.write(frame(datagram))
        return True

    def close(self) -> None:
        """See `Route`."""
        if self._transport is not None:
            self._transport.abort()


class TcpListener:
    """The TCP port for media.

    Args:
        bound: Listening socket; `close` closes it.
        ice: Receiver of datagrams.
        max_connections: Maximum number of connections. A new one replaces one that has not proven its owner.
    """

    def __init__(self, bound: socket.socket, ice: Ice, *, max_connections: int) -> None:
        self._socket = bound
        self._ice = ice
        self.connections = Connections(max_connections)
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Start to accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: TcpRoute(self, self._ice), sock=self._socket)

    def close(self) -> None:
        """Close the port and all connections; may be called twice."""
        if self._server is not None:
            self._server.close()
        self._socket.close()
        self.connections.close()
