"""ICE-lite: finds the connection that a datagram belongs to, over any route.

A client proves with a signed connectivity check that it owns a route. From then on, datagrams from this route
belong to it. Datagrams for it take the route that it nominated last. Others are dropped unread.
"""

import time
from typing import Final, Protocol

from visavis.errors import WireError
from visavis.rooms.limits import TokenBucket
from visavis.rooms.wire.stun import Address, build_binding_response, parse_binding_request

MAX_DATAGRAM_BYTES: Final = 2048
_ROUTES_A_CONNECTION: Final = 8


class Route(Protocol):
    """A way to one client: a UDP address, or a TCP connection."""

    @property
    def address(self) -> Address:
        """Address of the client, as we see it."""

    def send(self, datagram: bytes) -> bool:
        """Send a datagram, or drop it if there is no space. Returns whether it was sent."""

    def close(self) -> None:
        """Release the route."""


class Connection(Protocol):
    """What ICE needs from a peer connection."""

    def password_of(self, ufrag: str) -> str | None:
        """ICE password of a user fragment; `None` after it was replaced."""

    def use_route(self, route: Route, *, nominated: bool) -> None:
        """Use a route: the client has proven that it owns it."""

    def receive_dtls(self, datagram: bytes) -> None:
        """Process a DTLS record."""

    def receive_media(self, datagram: bytes, arrival_s: float) -> None:
        """Process an SRTP or SRTCP packet; the arrival is in Unix time."""


class Candidates:
    """The addresses that clients get.

    Args:
        addresses: IPv4 or IPv6 addresses of this server for clients.
        udp_port: Port for UDP.
        tcp_port: Port for TCP; `None` for no TCP.
    """

    def __init__(self, addresses: tuple[str, ...], udp_port: int, tcp_port: int | None) -> None:
        # RFC 8445, 5.1.2.1 and RFC 6544, 4.2: host candidates, UDP first, then passive TCP
        udp = [f"1 udp {2130706431 - index * 256} {each} {udp_port}" for index, each in enumerate(addresses)]
        tcp = [f"1 tcp {1671430143 - index * 256} {each} {tcp_port}" for index, each in enumerate(addresses)]
        self._udp = [f"{number} {line} typ host" for number, line in enumerate(udp, 1)]
        self._tcp = [f"{number} {line} typ host tcptype passive" for number, line in enumerate(tcp, 101)]
        if tcp_port is None:
            self._tcp = []

    def lines(self, *, tcp_only: bool) -> tuple[str, ...]:
        """Values of `candidate` lines.

        Args:
            tcp_only: Whether to leave out UDP, if there is TCP.
        """
        return tuple(self._tcp if tcp_only and self._tcp else self._udp + self._tcp)


class Ice:
    """All routes, with the connections that they belong to.

    Args:
        candidates: Addresses for clients.
        datagrams_a_second: Maximum from one route; more are dropped.
    """

    def __init__(self, candidates: Candidates, *, datagrams_a_second: int) -> None:
        self.candidates = candidates
        self._rate = datagrams_a_second
        self._by_ufrag: dict[str, Connection] = {}
        self._owners: dict[Route, tuple[Connection, TokenBucket]] = {}
        self.dropped = 0

    def register(self, ufrag: str, connection: Connection) -> None:
        """Register a connection for checks with this user fragment."""
        self._by_ufrag[ufrag] = connection

    def forget(self, connection: Connection) -> None:
        """Forget a connection and its routes."""
        self._by_ufrag = {key: value for key, value in self._by_ufrag.items() if value is not connection}
        for route in self._routes_of(connection):
            del self._owners[route]
            route.close()

    def lose(self, route: Route) -> None:
        """Forget a route that has ended."""
        self._owners.pop(route, None)

    def _routes_of(self, connection: Connection) -> list[Route]:
        return [route for route, (owner, _) in self._owners.items() if owner is connection]

    def receive(self, datagram: bytes, route: Route, arrival_s: float) -> bool:
        """Pass a datagram to its connection; its first byte shows the protocol (RFC 7983).

        Returns:
            Whether the route belongs to a connection.
        """
        first = datagram[0]
        if first < 4:
            return self._check(datagram, route)
        known = self._owners.get(route)
        if known is None or not known[1].take(time.monotonic()):
            self.dropped += 1
        elif 128 <= first < 192:
            known[0].receive_media(datagram, arrival_s)
        elif 20 <= first < 64:
            known[0].receive_dtls(datagram)
        return known is not None

    def _check(self, datagram: bytes, route: Route) -> bool:
        try:
            request = parse_binding_request(datagram)
        except WireError:
            self.dropped += 1
            return route in self._owners
        connection = self._by_ufrag.get(request.ufrag)
        password = connection.password_of(request.ufrag) if connection else None
        if connection is None or password is None or not request.is_signed_with(password):
            self.dropped += 1
            return route in self._owners
        self._own(route, connection)
        route.send(build_binding_response(request, route.address, password))
        connection.use_route(route, nominated=request.nominated)
        return True

    def _own(self, route: Route, connection: Connection) -> None:
        known = self._owners.get(route)
        if known is not None and known[0] is connection:
            return
        own = self._routes_of(connection)
        if len(own) >= _ROUTES_A_CONNECTION:
            del self._owners[own[0]]
            own[0].close()
        self._owners[route] = (connection, TokenBucket(self._rate, time.monotonic()))
