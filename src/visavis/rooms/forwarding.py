"""Turns the layers of a published track into the one stream that every viewer gets.

All viewers of a track get the same SSRC, sequence numbers and timestamps. So a packet is made once, stored
once for retransmission, and only encrypted for each viewer. Pure state; the time is an argument.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from visavis.rooms.wire.codecs import Codec, starts_keyframe
from visavis.rooms.wire.rtcp import SenderReport
from visavis.rooms.wire.rtp import SEQUENCES, TIMESTAMPS, RtpPacket, sequence_step

HISTORY_PACKETS: Final = 1024
STALLED_S: Final = 1.5
"""A layer that sent nothing for this long was switched off by its sender."""

KEYFRAME_EVERY_S: Final = 0.31
"""Keyframes are large: at most three a second are requested, however many viewers need one."""

_ORDER: Final = {"": 0, "q": 0, "l": 0, "h": 1, "m": 1, "f": 2}


@dataclass
class _Layer:
    """State of an incoming layer."""

    rank: int
    last_s: float


@dataclass
class _Numbering:
    """Maps incoming to outgoing sequence numbers, without gaps at a switch or for padding."""

    offset: int = 0
    _begun: int | None = None  # as long as older packets may still arrive
    _newest: int | None = None
    _left_out: deque[int] = field(default_factory=deque)

    def begin(self, incoming: int, outgoing: int) -> None:
        """Continue with another stream, or after a gap, at a given outgoing number."""
        self.offset = (outgoing - incoming) % SEQUENCES
        self._begun, self._newest = incoming, None
        self._left_out.clear()

    def take(self, packet: RtpPacket) -> int | None:
        """Number of a packet; `None` if it is not sent.

        Two kinds are not sent: padding, with which a sender probes its connection (late padding has left a
        gap, and closes it), and packets from before the last `begin`, whose numbers are in use already.
        """
        incoming = packet.sequence
        if self._begun is not None:
            since = sequence_step(self._begun, incoming)
            if since < 0:
                return None
            if since > HISTORY_PACKETS:
                self._begun = None
        if self._newest is not None and sequence_step(self._newest, incoming) <= 0:
            left_out_since = sum(sequence_step(incoming, number) > 0 for number in self._left_out)
            return (incoming + self.offset + left_out_since) % SEQUENCES
        self._newest = incoming
        while self._left_out and sequence_step(self._left_out[0], incoming) > HISTORY_PACKETS:
            self._left_out.popleft()
        if packet.payload:
            return (incoming + self.offset) % SEQUENCES
        self._left_out.append(incoming)
        self.offset = (self.offset - 1) % SEQUENCES
        return None


@dataclass
class Forwarder:
    """The outgoing stream of a track.

    Attributes:
        codec: Codec of the track.
        ssrc: Outgoing SSRC.
    """

    codec: Codec
    ssrc: int
    _layers: dict[str, _Layer] = field(default_factory=dict)
    _current: str | None = None
    _wanted: str | None = None
    _numbering: _Numbering = field(default_factory=_Numbering)
    _shift: int = 0  # offset of timestamps
    _last: tuple[int, int, float] | None = None
    _interrupted: bool = False
    _history: list[bytes | None] = field(default_factory=lambda: [None] * HISTORY_PACKETS)

    @property
    def wanted(self) -> str | None:
        """Layer that should be asked for a keyframe; `None` before the first packet."""
        return self._wanted

    @property
    def needs_keyframe(self) -> bool:
        """Whether another layer is wanted than the current one, or no layer can start without a keyframe."""
        return self._wanted != self._current or self._interrupted

    def forward(self, layer: str, packet: RtpPacket, now_s: float) -> bytes | None:
        """Process a packet of a layer.

        Args:
            layer: Name of the layer; empty without simulcast.
            packet: Packet as it was sent; RTX is unwrapped.
            now_s: Current time.

        Returns:
            The packet for viewers; `None` if they do not get it.
        """
        known = self._layers.setdefault(layer, _Layer(_ORDER.get(layer, 0), now_s))
        known.last_s = now_s
        self._choose(now_s)
        if (layer != self._current or self._interrupted) and not self._switch(layer, packet, now_s):
            return None
        sequence = self._numbering.take(packet)
        if sequence is None:
            return None
        out = replace(
            packet,
            payload_type=self.codec.payload_type,
            sequence=sequence,
            timestamp=(packet.timestamp + self._shift) % TIMESTAMPS,
            ssrc=self.ssrc,
        )
        if self._last is None or sequence_step(self._last[0], out.sequence) > 0:
            self._last = (out.sequence, out.timestamp, now_s)
        packed = out.pack()
        self._history[out.sequence % HISTORY_PACKETS] = packed
        return packed

    def interrupt(self) -> None:
        """Continue from the next keyframe, numbered without a gap, after packets were dropped on purpose."""
        self._interrupted = self._last is not None

    def _choose(self, now_s: float) -> None:
        """Choose the best layer that is alive; if none is, keep the current choice."""
        alive = [name for name, layer in self._layers.items() if now_s - layer.last_s < STALLED_S]
        if alive:
            self._wanted = max(alive, key=lambda name: self._layers[name].rank)

    def _switch(self, layer: str, packet: RtpPacket, now_s: float) -> bool:
        """Switch to another layer, if it is the chosen one and this packet starts a keyframe."""
        begins = bool(packet.payload) and starts_keyframe(self.codec, packet.payload)
        if layer != self._wanted or (self._current is not None and not begins):
            return False
        if self._last is not None:
            sequence, timestamp, at_s = self._last
            if layer != self._current:
                elapsed = max(1, int((now_s - at_s) * self.codec.clock_hz))
                self._shift = (timestamp + elapsed - packet.timestamp) % TIMESTAMPS
            self._numbering.begin(packet.sequence, sequence + 1)
        self._current = layer
        self._interrupted = False
        return True

    def repeat(self, sequence: int) -> bytes | None:
        """The packet that a viewer misses, if it is not too old."""
        packet = self._history[sequence % HISTORY_PACKETS]
        return packet if packet is not None and int.from_bytes(packet[2:4], "big") == sequence else None

    def translate(self, layer: str, report: SenderReport) -> SenderReport | None:
        """Translate a sender report to outgoing numbers; `None` if viewers do not get that layer."""
        if layer != self._current:
            return None
        timestamp = (report.timestamp + self._shift) % TIMESTAMPS
        return replace(report, ssrc=self.ssrc, timestamp=timestamp)


class KeyframeRequests:
    """Combines the keyframe requests of many viewers into few. Requests are delayed, never dropped."""

    def __init__(self) -> None:
        self._asked_s = float("-inf")
        self._waiting = False

    def ask(self) -> None:
        """Register that a viewer needs a keyframe."""
        self._waiting = True

    def take(self, now_s: float) -> bool:
        """Whether to send a request to the publisher now."""
        if not self._waiting or now_s - self._asked_s < KEYFRAME_EVERY_S:
            return False
        self._waiting = False
        self._asked_s = now_s
        return True
