"""Where the milliseconds of a session go: the mean of each stage since it was last asked for."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from livekit import rtc
from livekit.rtc._proto import stats_pb2

_MS: Final = 1e3


class Delays:
    """RoomContext of stages, from single values or from the running totals that WebRTC keeps."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._counts: defaultdict[str, float] = defaultdict(float)
        self._before: dict[tuple[str, str], tuple[float, float]] = {}

    def add(self, stage: str, delay_s: float) -> None:
        """Note how long something took."""
        self._sums[stage] += delay_s
        self._counts[stage] += 1

    def add_total(self, stage: str, of: str, total_s: float, count: float) -> None:
        """Note a running total.

        Args:
            stage: What took so long.
            of: Names the total, of several of a stage.
            total_s: Of all so far.
            count: How many these are.
        """
        total_before_s, count_before = self._before.get((stage, of), (0.0, 0.0))
        self._before[stage, of] = total_s, count
        self._sums[stage] += total_s - total_before_s
        self._counts[stage] += count - count_before

    def take_ms(self) -> dict[str, float]:
        """The means in milliseconds; what is noted from now on counts for the next ones."""
        means = {
            name: round(total_s / self._counts[name] * _MS, 1)
            for name, total_s in self._sums.items()
            if self._counts[name] > 0
        }
        self._sums.clear()
        self._counts.clear()
        return means


def note_stats(delays: Delays, of: str, stats: Iterable[stats_pb2.RtcStats]) -> None:
    """Note what WebRTC counts of a track: its waiting to be played, its encoding, its decoding."""
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
    """Ask a track for what WebRTC counts of it."""
    note_stats(delays, track.sid, await track.get_stats())
