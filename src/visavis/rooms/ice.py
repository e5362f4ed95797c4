"""ICE-lite: whose a datagram is, over whatever route it comes.

A client proves with a signed connectivity check that a route leads to it; from then on what comes over that
route is its, and what is for it takes the route that it nominated last. Anything else is dropped unread.
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
        """Where the client is, as we see it."""

    def send(self, datagram: bytes) -> bool:
        """Send, or drop when there is no room for it; the answer is whether it was sent."""

    def close(self) -> None:
        """It is needed no longer."""


class Connection(Protocol):
    """What has to be known of a peer connection."""

    def password_of(self, ufrag: str) -> str | None:
        """The ICE password that goes with a user fragment; `None` once it is replaced."""

    def use_route(self, route: Route, *, nominated: bool) -> None:
        """The client has proven that it is reached there."""

    def receive_dtls(self, datagram: bytes) -> None:
        """A DTLS record came."""

    def receive_media(self, datagram: bytes, arrival_s: float) -> None:
        """An SRTP or SRTCP packet came; the arrival is Unix time."""


class Candidates:
    """The addresses that clients are told.

    Args:
        addresses: IPv4 or IPv6, as clients reach them.
        udp_port: For UDP.
        tcp_port: For TCP; `None` if there is none.
    """

    def __init__(self, addresses: tuple[str, ...], udp_port: int, tcp_port: int | None) -> None:
        # RFC 8445, 5.1.2.1 and RFC 6544, 4.2: a host's, of UDP, then of passive TCP
        udp = [f"1 udp {2130706431 - index * 256} {each} {udp_port}" for index, each in enumerate(addresses)]
        tcp = [f"1 tcp {1671430143 - index * 256} {each} {tcp_port}" for index, each in enumerate(addresses)]
        self._udp = [f"{number} {line} typ host" for number, line in enumerate(udp, 1)]
        self._tcp = [f"{number} {line} typ host tcptype passive" for number, line in enumerate(tcp, 101)]
        if tcp_port is None:
            self._tcp = []

    def lines(self, *, tcp_only: bool) -> tuple[str, ...]:
        """Values of `candidate` lines.

        Args:
            tcp_only: Leave out UDP, if there is anything else.
        """
        return tuple(self._tcp if tcp_only and self._tcp else self._udp + self._tcp)


class Ice:
    """All routes and the connections that they lead to.

    Args:
        candidates: What clients are told.
        datagrams_a_second: The most from one route; more are dropped.
    """

    def __init__(self, candidates: Candidates, *, datagrams_a_second: int) -> None:
        self.candidates = candidates
        self._rate = datagrams_a_second
        self._by_ufrag: dict[str, Connection] = {}
        self._owners: dict[Route, tuple[Connection, TokenBucket]] = {}
        self.dropped = 0

    def register(self, ufrag: str, connection: Connection) -> None:
        """Let checks for this user fragment reach a connection."""
        self._by_ufrag[ufrag] = connection

    def forget(self, connection: Connection) -> None:
        """Drop all that is known of a connection."""
        self._by_ufrag = {key: value for key, value in self._by_ufrag.items() if value is not connection}
        for route in self._routes_of(connection):
            del self._owners[route]
            route.close()

    def lose(self, route: Route) -> None:
        """A route has ended by itself."""
        self._owners.pop(route, None)

    def _routes_of(self, connection: Connection) -> list[Route]:
        return [route for route, (owner, _) in self._owners.items() if owner is connection]

    def receive(self, datagram: bytes, route: Route, arrival_s: float) -> bool:
        """Hand a datagram on; RFC 7983: the first byte tells the protocol.

        Returns:
            Whether the route is somebody's.
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
