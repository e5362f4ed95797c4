"""What one client may cost the others: numbers, and a bucket that counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RoomLimits:
    """Upper bounds; reaching one is answered, never queued.

    Attributes:
        rooms: Open at once.
        deleted_rooms: Whose names are kept, the newest, so that old tokens do not make them anew.
        participants: In one room.
        tracks: Published by one participant.
        attribute_bytes: Metadata, names and attributes of one participant, together.
        message_bytes: One signalling message or data packet.
        datagrams_a_second: Accepted from one address or TCP connection.
        connections: For signalling and RoomService, at once. One more takes the place of an idle one.
        connections_per_address: The same of one address that is not this machine's.
        header_bytes, header_lines: Of a request: its first line, with the wish to join, and its headers.
        header_timeout_s: For all of them to come.
        body_timeout_s: For the body of a call of RoomService.
        keep_alive_timeout_s: Between two requests.
        tcp_connections: For media, at once. One more takes the place of one that has not proven whose it is.
        messages_a_second: Signalling messages of one participant.
        signal_bytes_a_second: The same in bytes: reading a description takes a microsecond a byte.
        data_bytes_a_second: Data packets of one participant.
        data_share: Of the processor, for the data of one connection. What would take more is taken in later,
            and its sender waits, as SCTP has it.
        waiting_messages: Signalling messages not yet read by a client; beyond them its socket is closed.
        waiting_data_bytes: Data not yet taken by a viewer; beyond it reliable data ends the connection.
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
    """So much a second, and as much at once.

    Args:
        rate: Units a second, and the most that can be saved.
        now_s: The time, on any clock that only goes forward.
    """

    def __init__(self, rate: float, now_s: float) -> None:
        self._rate = rate
        self._left = rate
        self._at_s = now_s

    def take(self, now_s: float, units: float = 1) -> bool:
        """Whether that many may pass now."""
        self._left = min(self._rate, self._left + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        if self._left < units:
            return False
        self._left -= units
        return True


class TimeShare:
    """A share of the processor's time: who has used more has to wait.

    Args:
        share: 0..1.
        now_s: The time, on any clock that only goes forward.
    """

    def __init__(self, share: float, now_s: float) -> None:
        self._share = share
        self._saved_s = share
        self._at_s = now_s

    def charge(self, used_s: float) -> None:
        """Note that so much time was used."""
        self._saved_s -= used_s

    def wait_s(self, now_s: float) -> float:
        """How long to wait; what is not used is saved for a second."""
        self._saved_s = min(self._share, self._saved_s + (now_s - self._at_s) * self._share)
        self._at_s = now_s
        return max(0.0, -self._saved_s / self._share)
