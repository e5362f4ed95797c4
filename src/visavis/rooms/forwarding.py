"""From the layers of a published track to the one stream that every viewer gets.

Each track has one SSRC, one sequence and one timestamp for all viewers, so that a packet is made once, kept
once for repeats, and only encrypted for each. Pure state; the time is an argument.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from visavis.rooms.wire.codecs import Codec, starts_keyframe
from visavis.rooms.wire.rtcp import SenderReport
from visavis.rooms.wire.rtp import SEQUENCES, TIMESTAMPS, RtpPacket, sequence_step

HISTORY_PACKETS: Final = 1024
STALLED_S: Final = 1.5
"""A layer that sends nothing for so long has been switched off by its sender."""

KEYFRAME_EVERY_S: Final = 0.31
"""Keyframes are large: no more than three a second are asked for, however many viewers need one."""

_ORDER: Final = {"": 0, "q": 0, "l": 0, "h": 1, "m": 1, "f": 2}


@dataclass
class _Layer:
    """What is known of an incoming layer."""

    rank: int
    last_s: float


@dataclass
class _Numbering:
    """Incoming to outgoing sequence numbers, which have no step at a switch and no room for padding."""

    offset: int = 0
    _begun: int | None = None  # as long as older packets may come late
    _newest: int | None = None
    _left_out: deque[int] = field(default_factory=deque)

    def begin(self, incoming: int, outgoing: int) -> None:
        """Go on with another stream, or after a gap, at a number of ours."""
        self.offset = (outgoing - incoming) % SEQUENCES
        self._begun, self._newest = incoming, None
        self._left_out.clear()

    def take(self, packet: RtpPacket) -> int | None:
        """The number of a packet; `None` if it is not to be sent.

        That is padding, with which a sender tries its line (padding that comes late has left a gap, and
        closes it), and what is from before the last `begin`: its number would be one that is used already.
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
        codec: Of the track.
        ssrc: Outgoing.
    """

    codec: Codec
    ssrc: int
    _layers: dict[str, _Layer] = field(default_factory=dict)
    _current: str | None = None
    _wanted: str | None = None
    _numbering: _Numbering = field(default_factory=_Numbering)
    _shift: int = 0  # of timestamps
    _last: tuple[int, int, float] | None = None
    _interrupted: bool = False
    _history: list[bytes | None] = field(default_factory=lambda: [None] * HISTORY_PACKETS)

    @property
    def wanted(self) -> str | None:
        """The layer that a keyframe should be asked of; `None` before the first packet."""
        return self._wanted

    @property
    def needs_keyframe(self) -> bool:
        """Whether another layer is wanted than flows, or none can flow without one."""
        return self._wanted != self._current or self._interrupted

    def forward(self, layer: str, packet: RtpPacket, now_s: float) -> bytes | None:
        """Take a packet of a layer.

        Args:
            layer: The layer's name, empty without simulcast.
            packet: As it came, repeats unwrapped.
            now_s: The time.

        Returns:
            The packet for viewers, or `None` if they do not get it.
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
        """Packets have been left out on purpose: go on from the next keyframe, numbered without a gap."""
        self._interrupted = self._last is not None

    def _choose(self, now_s: float) -> None:
        """The best layer that is alive is wanted; if none is, nothing changes."""
        alive = [name for name, layer in self._layers.items() if now_s - layer.last_s < STALLED_S]
        if alive:
            self._wanted = max(alive, key=lambda name: self._layers[name].rank)

    def _switch(self, layer: str, packet: RtpPacket, now_s: float) -> bool:
        """Begin to forward another layer, if it is the wanted one and this packet can be begun with."""
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
        """A sender report with the outgoing numbers; `None` if viewers do not get that layer."""
        if layer != self._current:
            return None
        timestamp = (report.timestamp + self._shift) % TIMESTAMPS
        return replace(report, ssrc=self.ssrc, timestamp=timestamp)


class KeyframeRequests:
    """Requests of many viewers, made into few: deferred, never dropped."""

    def __init__(self) -> None:
        self._asked_s = float("-inf")
        self._waiting = False

    def ask(self) -> None:
        """A viewer needs a keyframe."""
        self._waiting = True

    def take(self, now_s: float) -> bool:
        """Whether to ask the publisher now."""
        if not self._waiting or now_s - self._asked_s < KEYFRAME_EVERY_S:
            return False
        self._waiting = False
        self._asked_s = now_s
        return True
