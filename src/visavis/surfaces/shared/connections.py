"""Who may have how many connections, and which one goes when there is no room for another.

It knows no sockets: `HttpProtocol` tells it what becomes of each connection.
"""

import ipaddress
from typing import Final, Protocol

_IPV6_PREFIX: Final = 64  # what one customer of a provider has


class HttpConnection(Protocol):
    """What is counted."""

    def abort(self) -> None:
        """End at once; nothing is waited for."""
        ...


class HttpConnections:
    """The open connections by address, and which of them are idle: those that no request is answered on."""

    def __init__(self, *, max_connections: int, max_per_address: int | None) -> None:
        """Begin with none.

        Args:
            max_connections: Of all addresses together.
            max_per_address: Of each; `None` for no limit.
        """
        self._max_connections, self._max_per_address = max_connections, max_per_address
        self._open: dict[str, set[HttpConnection]] = {}
        self._idle: dict[str, dict[HttpConnection, None]] = {}  # in each the longest idle one first
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def admit(self, address: str) -> bool:
        """Whether one more connection may be opened; an idle one is closed for it where that is needed.

        Args:
            address: As `owner_of` gives it.
        """
        max_open = self._max_per_address
        if max_open is not None and len(self._open.get(address, ())) >= max_open and not is_loopback(address):
            return self._close_idle(address)
        return self._count < self._max_connections or self.make_room()

    def make_room(self) -> bool:
        """Close the longest idle connection of whoever has most of them; false if none is idle."""
        if not self._idle:
            return False
        return self._close_idle(max(self._idle, key=lambda address: len(self._idle[address])))

    def opened(self, address: str, connection: HttpConnection) -> None:
        """A connection was opened; it is idle until it has sent a request."""
        self._count += 1
        self._open.setdefault(address, set()).add(connection)
        self.rests(address, connection)

    def rests(self, address: str, connection: HttpConnection) -> None:
        """No request is answered on a connection, from now on."""
        if connection in self._open.get(address, ()):
            self._idle.setdefault(address, {})[connection] = None

    def works(self, address: str, connection: HttpConnection) -> None:
        """A request is answered on a connection."""
        idle = self._idle.get(address, {})
        idle.pop(connection, None)
        if not idle:
            self._idle.pop(address, None)

    def closed(self, address: str, connection: HttpConnection) -> None:
        """A connection is gone."""
        if connection not in self._open.get(address, ()):
            return  # it was closed from here
        self.works(address, connection)
        self._count -= 1
        self._open[address].discard(connection)
        if not self._open[address]:
            del self._open[address]

    def _close_idle(self, address: str) -> bool:
        connection = next(iter(self._idle.get(address, ())), None)
        if connection is None:
            return False
        self.closed(address, connection)
        connection.abort()
        return True


def owner_of(peer: object) -> str:
    """What connections are counted by: an IPv4 address, or the network of an IPv6 address.

    Args:
        peer: As sockets name it: a pair or a quadruple; anything else has no address.
    """
    if not isinstance(peer, tuple) or not peer:
        return ""
    address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address.is_loopback:
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False).network_address)


def is_loopback(address: str) -> bool:
    """Whether clients at an address are on this machine."""
    return not address or ipaddress.ip_address(address).is_loopback
