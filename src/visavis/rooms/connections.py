"""Limits the number of connections, and chooses which one to close for a new one.

It knows no sockets. A connection is idle before a request, between two requests, and before it has proven its
owner. Only idle connections are closed for others.
"""

import ipaddress
from typing import Final, Protocol

_IPV6_PREFIX: Final = 64  # what a provider gives to one customer


class Closable(Protocol):
    """A connection that can be closed."""

    def close(self) -> None:
        """Close at once."""


class Connections:
    """The open connections of one port.

    Args:
        max_total: Maximum number at a time.
        max_per_address: Maximum number at a time from one IPv4 address or one IPv6 network of 64 bits; `None`
            for no limit. Loopback addresses have no limit, because a proxy on this machine has everybody's
            connections.
    """

    def __init__(self, max_total: int, max_per_address: int | None = None) -> None:
        self._max_total, self._max_per_address = max_total, max_per_address
        self._owners: dict[Closable, str] = {}
        self._counts: dict[str, int] = {}
        self._idle: dict[str, dict[Closable, None]] = {}

    def __len__(self) -> int:
        return len(self._owners)

    def admit(self, connection: Closable, address: str) -> bool:
        """Whether a new connection may stay. If necessary, the one that was idle longest is closed for it.

        If the total is reached, the address with the most idle connections loses one.
        """
        owner = owner_of(address)
        limit = None if _is_loopback(owner) else self._max_per_address
        if limit is not None and self._counts.get(owner, 0) >= limit:
            if not self._close_idle_of(owner):
                return False
        elif len(self._owners) >= self._max_total:
            crowded = max(self._idle, key=lambda each: len(self._idle[each]), default=owner)
            if not self._close_idle_of(crowded):
                return False
        self._owners[connection] = owner
        self._counts[owner] = self._counts.get(owner, 0) + 1
        self.rest(connection)
        return True

    def rest(self, connection: Closable) -> None:
        """Mark a connection as idle."""
        owner = self._owners.get(connection)
        if owner is not None:
            self._idle.setdefault(owner, {})[connection] = None

    def work(self, connection: Closable) -> None:
        """Mark a connection as busy."""
        owner = self._owners.get(connection)
        idle = self._idle.get(owner or "")
        if owner is not None and idle is not None:
            idle.pop(connection, None)
            if not idle:
                del self._idle[owner]

    def release(self, connection: Closable) -> None:
        """Forget a connection that has ended; may be called twice."""
        self.work(connection)
        owner = self._owners.pop(connection, None)
        if owner is not None:
            self._counts[owner] -= 1
            if not self._counts[owner]:
                del self._counts[owner]

    def close(self) -> None:
        """Close all connections."""
        for connection in list(self._owners):
            connection.close()

    def _close_idle_of(self, owner: str) -> bool:
        connection = next(iter(self._idle.get(owner, ())), None)
        if connection is None:
            return False
        self.release(connection)
        connection.close()
        return True


def owner_of(address: str) -> str:
    """Key by which connections are counted: an IPv4 address, or the network of an IPv6 address."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        if not parsed.is_loopback:
            return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False).network_address)
    return str(parsed)


def _is_loopback(owner: str) -> bool:
    return ipaddress.ip_address(owner).is_loopback
