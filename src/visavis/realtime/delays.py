"""Delays of a session: the mean of each stage since the last report."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from livekit import rtc
from livekit.rtc._proto import stats_pb2

_MS: Final = 1e3


class Delays:
    """Mean delays of stages, from single values or from running totals of WebRTC."""

    def __init__(self) -> None:
        """Start without values."""
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._counts: defaultdict[str, float] = defaultdict(float)
        self._before: dict[tuple[str, str], tuple[float, float]] = {}

    def add(self, stage: str, delay_s: float) -> None:
        """Add one delay."""
        self._sums[stage] += delay_s
        self._counts[stage] += 1

    def add_total(self, stage: str, of: str, total_s: float, count: float) -> None:
        """Update a running total.

        Args:
            stage: Name of the stage.
            of: Name of the total, if a stage has several.
            total_s: Sum of all delays so far.
            count: Number of these delays.
        """
        total_before_s, count_before = self._before.get((stage, of), (0.0, 0.0))
        self._before[stage, of] = total_s, count
        self._sums[stage] += total_s - total_before_s
        self._counts[stage] += count - count_before

    def take_ms(self) -> dict[str, float]:
        """Return the means in milliseconds, and start new ones."""
        means = {
            name: round(total_s / self._counts[name] * _MS, 1)
            for name, total_s in self._sums.items()
            if self._counts[name] > 0
        }
        self._sums.clear()
        self._counts.clear()
        return means


def note_stats(delays: Delays, of: str, stats: Iterable[stats_pb2.RtcStats]) -> None:
    """Add WebRTC's delays of a track: waiting to be played, encoding, decoding."""
    for each in stats:
        if each.HasField("inbound_rtp"):
            came, kind = each.inbound_rtp.inbound, each.inbound_rtp.stream.kind
            buffered_s, out = came.jitter_buffer_delay, came.jitter_buffer_emitted_count
            delays.add_total(f"{kind}_buffer", of, buffered_s, out)
            if kind == "video":
                delays.add_total("decode", of, came.total_decode_time, came.frames_decoded)
        elif each.HasField("outbound_rtp") and each.outbound_rtp.stream.kind == "video":
            went, sent = each.outbound_rtp.outbound, each.outbound_rtp.sent
            delays.add_total("encode", of, went.total_encode_time, went.frames_encoded)
            delays.add_total("pacer", of, went.total_packet_send_delay, sent.packets_sent)


async def note_track(delays: Delays, track: rtc.Track) -> None:
    """Ask a track for WebRTC's delays, and add them."""
    note_stats(delays, track.sid, await track.get_stats())
