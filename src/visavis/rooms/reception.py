"""Reception of packets: what is missing, what to report, when transport-wide feedback is due.

Pure state; the time is an argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from visavis.rooms.wire.rtcp import ReceptionReport, SenderReport, pack_transport_feedback
from visavis.rooms.wire.rtp import SEQUENCES, sequence_step

MAX_MISSING: Final = 128
"""Packets of a longer gap are not requested: a keyframe heals it."""

NACK_AGAIN_S: Final = 0.06
"""Time between two requests for a lost packet, until the round trip time is known."""

ROUND_TRIPS: Final = 1.5
MIN_AGAIN_S, MAX_AGAIN_S = 0.02, 0.25
MAX_NACKS: Final = 10
MAX_FEEDBACK: Final = 400


@dataclass
class _Missing:
    asked: int
    asked_s: float


class Reception:
    """State of one incoming stream.

    Args:
        ssrc: SSRC of the stream.
        clock_hz: Clock rate of its timestamps.
    """

    def __init__(self, ssrc: int, clock_hz: int) -> None:
        self._ssrc = ssrc
        self._clock_hz = clock_hz
        self._first = 0
        self._highest = -1  # with cycles
        self._received = 0
        self._reported = (0, 0)
        self._missing: dict[int, _Missing] = {}
        self._round_trip_s = NACK_AGAIN_S / ROUND_TRIPS
        self._sender: tuple[int, float] | None = None
        self._transit: float | None = None
        self._jitter = 0.0

    def receive(self, sequence: int, timestamp: int, now_s: float) -> bool:
        """Count a packet. Returns whether it is new; false for a repeat."""
        if self._highest < 0:
            self._first = self._highest = sequence
            self._received = 1
            return True
        step = sequence_step(self._highest % SEQUENCES, sequence)
        if step <= 0:
            missing = self._missing.pop(sequence, None)
            if missing is None:
                return False
            if missing.asked == 1:  # with several requests it is unknown which one this packet answers (Karn)
                self._round_trip_s += (now_s - missing.asked_s - self._round_trip_s) / 4
            self._received += 1
            return True
        for lost in range(self._highest + 1, self._highest + step):
            if step > MAX_MISSING:
                self._missing.clear()
                break
            self._missing[lost % SEQUENCES] = _Missing(0, 0.0)
        self._highest += step
        self._received += 1
        self._measure_jitter(timestamp, now_s)
        self._forget_old()
        return True

    def _measure_jitter(self, timestamp: int, now_s: float) -> None:
        transit = now_s * self._clock_hz - timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self._clock_hz:  # a wrap or a jump of the source is not jitter
                self._jitter += (change - self._jitter) / 16
        self._transit = transit

    def _forget_old(self) -> None:
        while len(self._missing) > MAX_MISSING:
            del self._missing[next(iter(self._missing))]

    def take_nack(self, now_s: float) -> tuple[int, ...]:
        """Packets to request now: new gaps at once, old ones a few times, when an answer is overdue."""
        if not self._missing:
            return ()
        again_s = min(max(ROUND_TRIPS * self._round_trip_s, MIN_AGAIN_S), MAX_AGAIN_S)
        due: list[int] = []
        for sequence, missing in list(self._missing.items()):
            if missing.asked and now_s - missing.asked_s < again_s:
                continue
            if missing.asked >= MAX_NACKS:
                del self._missing[sequence]
                continue
            missing.asked += 1
            missing.asked_s = now_s
            due.append(sequence)
        return tuple(due)

    def note_sender_report(self, report: SenderReport, now_s: float) -> None:
        """Remember the last sender report, for the delay in our reports."""
        self._sender = (report.ntp >> 16 & 0xFFFFFFFF, now_s)

    def take_report(self, now_s: float) -> ReceptionReport | None:
        """Report on the time since the last report; `None` before the first packet."""
        if self._highest < 0:
            return None
        expected = self._highest - self._first + 1
        newly_expected = expected - self._reported[0]
        newly_lost = newly_expected - (self._received - self._reported[1])
        self._reported = (expected, self._received)
        last, since_s = (self._sender[0], now_s - self._sender[1]) if self._sender else (0, 0.0)
        return ReceptionReport(
            ssrc=self._ssrc,
            fraction_lost=max(0.0, newly_lost / newly_expected) if newly_expected > 0 else 0.0,
            lost=max(0, expected - self._received),
            highest_sequence=self._highest,
            jitter=int(self._jitter),
            last_report=last,
            delay_s=since_s,
        )


class TransportFeedback:
    """Arrival times on one connection, by transport-wide sequence number, until they are sent."""

    def __init__(self) -> None:
        self._arrivals_s: dict[int, float] = {}
        self._highest: int | None = None
        self._next: int | None = None
        self._count = 0

    def receive(self, number: int, arrival_s: float) -> None:
        """Add a packet.

        Args:
            number: Transport-wide sequence number, 0..65535.
            arrival_s: Unix time at which the kernel received it.
        """
        if self._highest is None:
            self._highest = self._next = number
        unwrapped = self._highest + sequence_step(self._highest % SEQUENCES, number)
        self._highest = max(self._highest, unwrapped)
        if len(self._arrivals_s) < MAX_FEEDBACK:
            self._arrivals_s.setdefault(unwrapped, arrival_s)

    def take(self, media_ssrc: int) -> bytes | None:
        """Feedback on all packets since the last one; `None` if there were none."""
        if not self._arrivals_s or self._next is None:
            return None
        last = max(self._arrivals_s)
        first = max(min(self._next, min(self._arrivals_s)), last - MAX_FEEDBACK)
        arrivals: Sequence[float | None] = [self._arrivals_s.get(number) for number in range(first, last + 1)]
        feedback = pack_transport_feedback(media_ssrc, self._count, first, arrivals)
        self._arrivals_s.clear()
        self._next = last + 1
        self._count = (self._count + 1) % 256
        return feedback
