"""How packets arrive: what is missing, what to report, when transport-wide feedback is due.

Pure state; the time is an argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from visavis.rooms.wire.rtcp import ReceptionReport, SenderReport, pack_transport_feedback
from visavis.rooms.wire.rtp import SEQUENCES, sequence_step

MAX_MISSING: Final = 128
"""A longer gap is not asked for: a keyframe heals it."""

NACK_AGAIN_S: Final = 0.06
"""From one request for a lost packet to the next, until it is known how long an answer takes."""

ROUND_TRIPS: Final = 1.5
MIN_AGAIN_S, MAX_AGAIN_S = 0.02, 0.25
MAX_NACKS: Final = 10
MAX_FEEDBACK: Final = 400


@dataclass
class _Missing:
    asked: int
    asked_s: float


class Reception:
    """The state of one incoming stream.

    Args:
        ssrc: Which.
        clock_hz: Units of its timestamp in a second.
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
        """Count a packet; the answer is whether it is a new one, not a repeat of one that was here."""
        if self._highest < 0:
            self._first = self._highest = sequence
            self._received = 1
            return True
        step = sequence_step(self._highest % SEQUENCES, sequence)
        if step <= 0:
            missing = self._missing.pop(sequence, None)
            if missing is None:
                return False
            if missing.asked == 1:  # of several requests nobody knows which one this answers (Karn)
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
            if change < self._clock_hz:  # a wrap or a jump of the source is no jitter
                self._jitter += (change - self._jitter) / 16
        self._transit = transit

    def _forget_old(self) -> None:
        while len(self._missing) > MAX_MISSING:
            del self._missing[next(iter(self._missing))]

    def take_nack(self, now_s: float) -> tuple[int, ...]:
        """The packets to ask for now: new gaps at once, old ones when an answer is overdue, a few times."""
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
        """Remember when the sender last reported; ours will say how long ago."""
        self._sender = (report.ntp >> 16 & 0xFFFFFFFF, now_s)

    def take_report(self, now_s: float) -> ReceptionReport | None:
        """A report since the last one; `None` before the first packet."""
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
    """Arrival times of one connection, by transport-wide number, until they are sent back."""

    def __init__(self) -> None:
        self._arrivals_s: dict[int, float] = {}
        self._highest: int | None = None
        self._next: int | None = None
        self._count = 0

    def receive(self, number: int, arrival_s: float) -> None:
        """Note a packet.

        Args:
            number: Transport-wide, 0..65535.
            arrival_s: When the kernel got it, Unix time.
        """
        if self._highest is None:
            self._highest = self._next = number
        unwrapped = self._highest + sequence_step(self._highest % SEQUENCES, number)
        self._highest = max(self._highest, unwrapped)
        if len(self._arrivals_s) < MAX_FEEDBACK:
            self._arrivals_s.setdefault(unwrapped, arrival_s)

    def take(self, media_ssrc: int) -> bytes | None:
        """The feedback on all that came since the last one; `None` if nothing did."""
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
