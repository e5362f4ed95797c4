"""The stream that RTMP servers get, in a file."""

from pathlib import Path

import av
import numpy as np
import pytest

from visavis.realtime.outputs.rtmp_encoder import RtmpEncoder
from visavis.realtime.outputs.rtmp_wire import RtmpSettings
from visavis.realtime.sound import BLOCK_SAMPLES

SIDE_PX, FPS, TICK_US = 64, 25, 40_000
PICTURE = bytes([128]) * (SIDE_PX * SIDE_PX * 3 // 2)
SOUND = bytes(2 * 4 * BLOCK_SAMPLES)
SETTLED_S = 0.1


def encoded(path: Path, times_us: list[int], *, silent: int = 0) -> tuple[list[float], list[float]]:
    """Times of the pictures and of the sound in the stream, in seconds."""
    settings = RtmpSettings(
        url=str(path),
        side_px=SIDE_PX,
        width_px=SIDE_PX,
        height_px=SIDE_PX,
        background=(0, 0, 0),
        fps=FPS,
    )
    encoder = RtmpEncoder(settings)
    encoder.connect()
    for number, time_us in enumerate(times_us):
        if number >= silent:
            encoder.sound(time_us, SOUND)
        encoder.picture(time_us, PICTURE)
    encoder.close()
    times_s: dict[str, list[float]] = {"video": [], "audio": []}
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.pts is not None and packet.size:
                times_s[packet.stream.type].append(float(packet.pts * packet.time_base))
    return times_s["video"], times_s["audio"]


@pytest.mark.parametrize("jump_us", [0, 3_000_000, -3_000_000])
def test_a_stream_goes_on_where_it_was_when_the_times_jump(tmp_path: Path, jump_us: int) -> None:
    before = [at * TICK_US for at in range(25)]
    after = [before[-1] + TICK_US + jump_us + at * TICK_US for at in range(25)]
    for times_s in encoded(tmp_path / "stream.flv", before + after):
        assert np.diff(times_s).min() >= 0
        assert np.diff(times_s).max() < SETTLED_S
        assert times_s[-1] == pytest.approx(50 * TICK_US / 1e6, abs=SETTLED_S)


def test_sound_that_begins_after_the_pictures_is_at_its_own_time(tmp_path: Path) -> None:
    times_us = [at * TICK_US for at in range(25)]
    whole = encoded(tmp_path / "whole.flv", times_us)
    later = encoded(tmp_path / "later.flv", times_us, silent=1)
    assert later == whole


def test_a_short_gap_is_filled_with_silence(tmp_path: Path) -> None:
    before = [at * TICK_US for at in range(25)]
    after = [before[-1] + TICK_US + 500_000 + at * TICK_US for at in range(25)]
    pictures_s, sounds_s = encoded(tmp_path / "stream.flv", before + after)
    assert np.diff(sounds_s).max() < SETTLED_S
    assert pictures_s[-1] == pytest.approx(sounds_s[-1], abs=SETTLED_S)
    assert np.diff(pictures_s).max() == pytest.approx(0.54, abs=SETTLED_S / 2)
