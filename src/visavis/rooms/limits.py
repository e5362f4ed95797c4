"""Limits on what one client may cost: numbers, and a token bucket."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RoomLimits:
    """Upper limits. A request that exceeds one is refused, not queued.

    Attributes:
        rooms: Number of open rooms.
        deleted_rooms: Number of names of deleted rooms that are remembered, so that old tokens cannot create
            them again.
        participants: Number of participants in one room.
        tracks: Number of tracks that one participant publishes.
        attribute_bytes: Size of metadata, names and attributes of one participant, together.
        message_bytes: Size of one signalling message or data packet.
        datagrams_a_second: Datagrams a second from one address or TCP connection.
        connections: Number of connections for signalling and RoomService. A new one replaces an idle one.
        connections_per_address: The same for one address that is not this machine's.
        header_bytes, header_lines: Size of a request's first line, which may contain a join request, and
            headers.
        header_timeout_s: Time to receive all of them.
        body_timeout_s: Time to receive the body of a RoomService request.
        keep_alive_timeout_s: Idle time between two requests.
        tcp_connections: Number of TCP connections for media. A new one replaces one that has not proven its
            owner.
        messages_a_second: Signalling messages a second from one participant.
        signal_bytes_a_second: The same in bytes: parsing a description takes a microsecond a byte.
        data_bytes_a_second: Bytes of data packets a second from one participant.
        data_share: Share of the processor for the data of one connection. What would exceed it is read later,
            and SCTP makes its sender wait.
        waiting_messages: Signalling messages that a client has not read; if there are more, its socket is
            closed.
        waiting_data_bytes: Data that a viewer has not read; if there is more, reliable data ends the
            connection.
    """

    rooms: int = 200
    deleted_rooms: int = 20_000
    participants: int = 250
    tracks: int = 32
    attribute_bytes: int = 64 * 1024
    message_bytes: int = 256 * 1024
    datagrams_a_second: int = 10_000
    connections: int = 4000
    connections_per_address: int = 1000
    header_bytes: int = 192 * 1024
    header_lines: int = 100
    header_timeout_s: float = 15.0
    body_timeout_s: float = 15.0
    keep_alive_timeout_s: float = 30.0
    tcp_connections: int = 1000
    messages_a_second: int = 100
    signal_bytes_a_second: int = 1024 * 1024
    data_bytes_a_second: int = 16 * 1024 * 1024
    data_share: float = 0.25
    waiting_messages: int = 512
    waiting_data_bytes: int = 32 * 1024 * 1024


class TokenBucket:
    """Token bucket: a rate, and a burst of the same amount.

    Args:
        rate: Units a second; also the maximum that can be saved.
        now_s: Current time, on any monotonic clock.
    """

    def __init__(self, rate: float, now_s: float) -> None:
        self._rate = rate
        self._left = rate
        self._at_s = now_s

    def take(self, now_s: float, units: float = 1) -> bool:
        """Take units, if there are enough. Returns whether there were."""
        self._left = min(self._rate, self._left + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        if self._left < units:
            return False
        self._left -= units
        return True


class TimeShare:
    """A share of the processor's time: whoever has used more must wait.

    Args:
        share: 0..1.
        now_s: Current time, on any monotonic clock.
    """

    def __init__(self, share: float, now_s: float) -> None:
        self._share = share
        self._saved_s = share
        self._at_s = now_s

    def charge(self, used_s: float) -> None:
        """Count time that was used."""
        self._saved_s -= used_s

    def wait_s(self, now_s: float) -> float:
        """Time to wait. Unused time is saved for up to a second."""
        self._saved_s = min(self._share, self._saved_s + (now_s - self._at_s) * self._share)
        self._at_s = now_s
        return max(0.0, -self._saved_s / self._share)
