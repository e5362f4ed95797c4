"""Data packets of one participant: checked and stamped when received, kept for a while when sent."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError
from livekit.protocol.models import DataPacket, ParticipantInfo

from visavis.errors import RoomLimitError, WireError
from visavis.rooms.limits import RoomLimits, TokenBucket
from visavis.rooms.peer import LOSSY, RELIABLE, Peer
from visavis.rooms.waiting import OVERHEAD_BYTES

KEPT_S: Final = 30.0
KEPT_BYTES: Final = 8 * 1024 * 1024
_SERVER_ONLY: Final = ("speaker",)


@dataclass(frozen=True)
class _Kept:
    at_s: float
    sender_sid: str
    sequence: int
    packed: bytes


class Mailbox:
    """Receives and sends data packets of one participant.

    Args:
        peer: Connection to the participant.
        limits: Limits on what it sends and on what waits for it.
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, peer: Peer, limits: RoomLimits, clock: Callable[[], float]) -> None:
        self._peer = peer
        self._limits = limits
        self._clock = clock
        self._budget = TokenBucket(limits.data_bytes_a_second, clock())
        self._kept: deque[_Kept] = deque()
        self._kept_bytes = 0
        self.last_sequence = 0
        """Number of the last reliable packet that came in; a client that resumes needs it."""

    def accept(self, label: str, message: bytes, sender: ParticipantInfo) -> DataPacket | None:
        """Read a packet and write its sender into it.

        Returns:
            The packet; `None` if it is a repeat or not meant for others.

        Raises:
            WireError: The packet cannot be read, or is too long.
            RoomLimitError: The participant sends too much.
        """
        if label not in (RELIABLE, LOSSY):
            return None
        if len(message) > self._limits.message_bytes:
            raise WireError("The data packet is too long.")
        if not self._budget.take(self._clock(), len(message)):
            raise RoomLimitError("The participant sends too much data.")
        try:
            packet = DataPacket.FromString(message)
        except DecodeError as error:
            raise WireError("The data packet cannot be read.") from error
        if packet.WhichOneof("value") in (None, *_SERVER_ONLY):
            return None
        if label == RELIABLE and packet.sequence:
            if packet.sequence <= self.last_sequence:
                return None
            self.last_sequence = packet.sequence
        packet.kind = DataPacket.RELIABLE if label == RELIABLE else DataPacket.LOSSY
        is_agent = sender.kind == ParticipantInfo.AGENT
        if packet.HasField("transcription") and not is_agent:
            return None  # nobody else may say what others have said
        author = _author(packet) if is_agent else ""
        stamp(packet, sender.sid, author or sender.identity)
        return packet

    def post(self, label: str, packed: bytes, sender_sid: str, sequence: int) -> None:
        """Send a packet, or keep it until the channels are open.

        Raises:
            RoomLimitError: This viewer does not read its data.
        """
        if label == RELIABLE and sequence:
            self._keep(_Kept(self._clock(), sender_sid, sequence, packed))
        self._send(label, packed, sender_sid)

    def _keep(self, kept: _Kept) -> None:
        self._kept.append(kept)
        self._kept_bytes += len(kept.packed) + OVERHEAD_BYTES
        while self._kept and (kept.at_s - self._kept[0].at_s > KEPT_S or self._kept_bytes > KEPT_BYTES):
            self._kept_bytes -= len(self._kept.popleft().packed) + OVERHEAD_BYTES

    def replay(self, seen: Mapping[str, int]) -> None:
        """Send again what a client that has resumed did not receive.

        Args:
            seen: Sids of senders, with the last sequence number that the client received from each.
        """
        for kept in self._kept:
            if kept.sender_sid in seen and kept.sequence > seen[kept.sender_sid]:
                self._send(RELIABLE, kept.packed, kept.sender_sid)

    def _send(self, label: str, packed: bytes, sender: str) -> None:
        limit = self._limits.waiting_data_bytes
        self._peer.send_message(label, packed, sender=sender, max_waiting_bytes=limit)


def _author(packet: DataPacket) -> str:
    """Identity of the participant whose words a text stream holds, as the agent that sends it names it."""
    if not packet.HasField("stream_header") or not packet.stream_header.HasField("text_header"):
        return ""
    packet.stream_header.text_header.generated = True
    return packet.participant_identity


def stamp(packet: DataPacket, sid: str, identity: str) -> None:
    """Write the sender into a packet; this replaces whatever the client wrote there."""
    packet.participant_sid = sid
    packet.participant_identity = identity
    if packet.WhichOneof("value") == "user":
        packet.user.participant_sid = sid
        packet.user.participant_identity = identity


def destinations(packet: DataPacket) -> tuple[set[str], set[str]]:
    """Identities and sids that a packet is for; both are empty if it is for everybody."""
    identities = set(packet.destination_identities)
    sids: set[str] = set()
    if packet.WhichOneof("value") == "user":
        identities |= set(packet.user.destination_identities)
        sids = set(packet.user.destination_sids)
    return identities, sids
