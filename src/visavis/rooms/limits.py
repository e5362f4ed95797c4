"""What one client may cost the others: numbers, and a bucket that counts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds; reaching one is answered, never queued.

    Attributes:
        rooms: Open at once.
        deleted_rooms: Whose names are kept, the newest, so that old tokens do not make them anew.
        participants: In one room.
        tracks: Published by one participant.
        attribute_bytes: Metadata, names and attributes of one participant, together.
        message_bytes: One signalling message or data packet.
        datagrams_a_second: Accepted from one address or TCP connection.
        tcp_connections: For media, at once.
        messages_a_second: Signalling messages of one participant.
        signal_bytes_a_second: The same in bytes: reading a description takes a microsecond a byte.
        data_bytes_a_second: Data packets of one participant.
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
    tcp_connections: int = 1000
    messages_a_second: int = 100
    signal_bytes_a_second: int = 1024 * 1024
    data_bytes_a_second: int = 16 * 1024 * 1024
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
