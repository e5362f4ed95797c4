"""Recordings of live sessions: what comes in is in the file, at its time, whenever the recording ends."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from visavis.errors import VideoError
from visavis.realtime.outputs.recording import RecordingOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block
from visavis.worker.children.remuxing import remux
from visavis.worker.protocol import RemuxRequest

VIDEO = VideoSettings(size_px=128, fps=25, codec="vp8", kbps=500)
COMMAND = (sys.executable, "-m", "visavis.cli.recording_process")
BEGAN_S = 1000.0  # of a clock that started long ago
TONE = Block(0.5 * np.sin(2 * np.pi * 1000 * np.arange(BLOCK_SAMPLES) / RATE_HZ).astype(np.float32))


def recorded(
    path: Path,
    *,
    seconds: float,
    silent: tuple[float, float] = (0, 0),
    max_s: float = 60.0,
    side_px: int = VIDEO.size_px,
) -> Path:
    """A recording of a tone and a grey picture; no sound comes for a while in `silent`, and no picture."""

    async def run() -> None:
        output = RecordingOutput(path, replace(VIDEO, size_px=side_px), COMMAND, max_s=max_s)
        running = asyncio.create_task(output.run())
        for number in range(round(seconds / BLOCK_S)):
            at_s = number * BLOCK_S
            if silent[0] <= at_s < silent[1]:
                continue
            await output.play([TONE], BEGAN_S + at_s)
            if number % 4 == 0:
                output.show(np.full((side_px, side_px, 3), 120, np.uint8), BEGAN_S + at_s)
        await output.close()
        await running

    asyncio.run(run())
    return path


def finished(*paths: Path) -> tuple[float, int, "np.ndarray[tuple[int], np.dtype[np.float32]]"]:
    """Length, number of pictures and sound of a recording after its job, of what each worker recorded."""
    done = paths[0].with_stem("done")
    duration_s = remux(RemuxRequest(videos=paths, output=done)).duration_s
    with av.open(str(done)) as file:
        pictures = sum(1 for _ in file.decode(video=0))
    with av.open(str(done)) as file:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    return duration_s, pictures, sound


def test_what_comes_is_recorded_and_gaps_are_silent(tmp_path: Path) -> None:
    duration_s, pictures, sound = finished(recorded(tmp_path / "made.mp4", seconds=4, silent=(1.2, 2.2)))
    assert duration_s == pytest.approx(4, abs=0.1)
    assert pictures == 75
    assert len(sound) / RATE_HZ == pytest.approx(4, abs=0.1)
    loud = np.abs(sound[: 4 * RATE_HZ - RATE_HZ // 10].reshape(-1, RATE_HZ // 10)).max(axis=1) > 0.1
    assert loud[:11].all()
    assert not loud[13:21].any()
    assert loud[23:38].all()


def test_a_recording_ends_at_its_longest_time(tmp_path: Path) -> None:
    duration_s, _, _ = finished(recorded(tmp_path / "made.mp4", seconds=4, max_s=2))
    assert duration_s == pytest.approx(2, abs=0.2)


def test_a_recording_that_was_cut_off_can_be_finished(tmp_path: Path) -> None:
    """As when the process or the worker was killed: fragments that were written are there."""
    whole = recorded(tmp_path / "made.mp4", seconds=4.9).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 9 // 10])
    duration_s, pictures, _ = finished(cut)
    assert duration_s >= 3.9
    assert pictures >= 95


@pytest.mark.parametrize("content", [b"", b"no video"])
def test_what_is_no_recording_is_refused(content: bytes, tmp_path: Path) -> None:
    video = tmp_path / "made.mp4"
    video.write_bytes(content)
    with pytest.raises(VideoError):
        remux(RemuxRequest(videos=(video,), output=tmp_path / "done.mp4"))


def test_what_several_workers_recorded_is_one_video(tmp_path: Path) -> None:
    """The second one was killed when it had just begun, and the first one in the middle of a fragment."""
    first = recorded(tmp_path / "1.mp4", seconds=4.9)
    first.write_bytes(first.read_bytes()[:-1000])
    (tmp_path / "2.mp4").write_bytes(first.read_bytes()[:500])
    third = recorded(tmp_path / "3.mp4", seconds=3)
    alone_s, pictures_alone, _ = finished(first)
    duration_s, pictures, _ = finished(first, tmp_path / "2.mp4", third)
    assert duration_s == pytest.approx(alone_s + 3, abs=0.15)
    assert pictures == pictures_alone + 75
    with av.open(str(tmp_path / "done.mp4")) as file:
        heard_s = max(frame.time or 0.0 for frame in file.decode(audio=0))
    assert heard_s == pytest.approx(duration_s, abs=0.15), "sound and pictures stay together"


def test_pictures_of_another_size_are_encoded_like_the_first_ones(tmp_path: Path) -> None:
    small = recorded(tmp_path / "1.mp4", seconds=2)
    large = recorded(tmp_path / "2.mp4", seconds=2, side_px=192)
    duration_s, pictures, sound = finished(small, large)
    assert duration_s == pytest.approx(4, abs=0.2)
    assert pictures == pytest.approx(100, abs=2)
    assert np.abs(sound[3 * RATE_HZ :]).max() > 0.3
    with av.open(str(tmp_path / "done.mp4")) as file:
        assert {frame.width for frame in file.decode(video=0)} == {128}
