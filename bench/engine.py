"""Measures the engine: the cost of a frame, a rig and a whole job.

    python -m bench.engine [--seconds 10] [--size 512] [--quick]

Frames are drawn and encoded in turn in one loop, so that both run under the same load. They are timed by the
thread's own processor time, which a busy machine does not stretch. The face is the built-in portrait, the
sound is the built-in sentence, repeated. `--quick` does everything once, small and short, and keeps nothing,
to check that the benchmark runs.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import av
import cv2
import numpy as np
from harness.api_server import make_sound

from bench.machine import keep
from visavis import bootstrap
from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face import FaceModels
from visavis.engine.mp4 import PRESET, SOUND_RATE_HZ
from visavis.engine.performer import Performer
from visavis.engine.photo import Photo
from visavis.engine.render import render
from visavis.engine.resample import Resampler
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.file import load_rig, rig_bytes
from visavis.engine.rig.frame import FrameRenderer
from visavis.engine.rig.model import Rig
from visavis.engine.sound import open_sound
from visavis.engine.speech import RATE_HZ, SpeechModel
from visavis.engine.threads import use_one_thread
from visavis.engine.view import FaceView
from visavis.samples.portrait import read_portrait

FPS = Fraction(25)
REPEATS, JOBS = 7, 3
STAGES = ("_draw_eyes", "_source_cells", "_warp", "_compose")  # of `FrameRenderer.draw`, with `_mouth.draw`


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--quick", action="store_true")
    wanted = parser.parse_args(arguments)
    repeats, jobs = (1, 1) if wanted.quick else (REPEATS, JOBS)
    if wanted.quick:
        wanted.seconds, wanted.size = min(wanted.seconds, 1.0), min(wanted.size, 256)
    settings = bootstrap.read_settings()
    use_one_thread()
    models, speech = bootstrap.face_models(settings.models), bootstrap.speech_model()
    photo = Photo(read_portrait(), None)
    rig = build_rig(models, photo, size=wanted.size).rig
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        make_sound(sound, wanted.seconds)
        weights = _weights(rig, speech, sound)
        figures: dict[str, Any] = {
            "size_px": wanted.size,
            "frame_ms": _frame_ms(rig, weights),
            "rig": _rig_figures(models, photo, rig, repeats),
            "job": _job_figures(rig, speech, sound, wanted.seconds, Path(folder), jobs),
        }
    _print(figures)
    if not wanted.quick:
        print(f"kept in {keep('engine', figures).name}")


def _weights(rig: Rig, speech: SpeechModel, sound_path: Path) -> Floats:
    """Rows of weights for a sound, `(frames, controls)`."""
    performer, state = Performer(rig.neutral, fps=float(FPS)), speech.begin()
    to_speech, rows = Resampler(SOUND_RATE_HZ, RATE_HZ), []
    with open_sound(sound_path, rate_hz=SOUND_RATE_HZ) as sound:
        for block in sound:
            motion, state = speech.listen(to_speech(block.samples.mean(axis=0)), state)
            rows.append(performer.perform(motion))
    return np.concatenate(rows)


def _frame_ms(rig: Rig, weights: Floats) -> dict[str, float]:
    """Milliseconds of one core: medians of each stage, means of the whole and of x264 on the same frames."""
    renderer, encoder = FrameRenderer(rig), _Encoder(rig.size)
    spent_s: dict[str, float] = {}
    for name in STAGES:
        _clock(renderer, name, spent_s)
    _clock(renderer._mouth, "draw", spent_s, "mouth")
    stages: dict[str, list[float]] = {}
    frames_ms, total_encode_s = [], 0.0
    for row in weights:
        spent_s.clear()
        started = time.thread_time()
        frame = renderer.draw(row)
        frames_ms.append((time.thread_time() - started) * 1e3)
        for name, stage_s in spent_s.items():
            stages.setdefault(name, []).append(stage_s * 1e3)
        total_encode_s += encoder.encode(frame)
    total_encode_s += encoder.finish()
    figures = {f"stage_{name}": round(median(values), 3) for name, values in stages.items()}
    return figures | {
        "render_median": round(median(frames_ms), 3),
        "render_mean": round(sum(frames_ms) / len(weights), 3),
        f"x264_{PRESET}_mean": round(total_encode_s / len(weights) * 1e3, 3),
        "render_over_x264": round(sum(frames_ms) / 1e3 / total_encode_s, 3),
        "frames": float(len(weights)),
    }


def _clock(owner: object, method: str, spent_s: dict[str, float], name: str | None = None) -> None:
    """Make a method of one object add its duration to `spent_s`."""
    plain, name = getattr(owner, method), name or method.strip("_")

    def clocked(*arguments: Any) -> Any:
        started = time.thread_time()
        result = plain(*arguments)
        spent_s[name] = spent_s.get(name, 0.0) + time.thread_time() - started
        return result

    setattr(owner, method, clocked)


class _Encoder:
    """x264 with the product's settings, on this thread."""

    def __init__(self, size: int) -> None:
        self._codec = av.CodecContext.create("libx264", "w")
        self._codec.width = self._codec.height = size  # type: ignore[attr-defined]
        self._codec.pix_fmt, self._codec.time_base = "yuv420p", 1 / FPS  # type: ignore[attr-defined]
        self._codec.options, self._codec.thread_count = {"preset": PRESET, "crf": "20"}, 1
        self._count = 0

    def encode(self, rgb: Pixels) -> float:
        yuv = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(yuv, format="yuv420p")
        frame.pts = self._count
        self._count += 1
        return self._timed(frame)

    def finish(self) -> float:
        return self._timed(None)

    def _timed(self, frame: av.VideoFrame | None) -> float:
        started = time.thread_time()
        self._codec.encode(frame)  # type: ignore[attr-defined]
        return time.thread_time() - started


def _rig_figures(models: FaceModels, photo: Photo, rig: Rig, repeats: int) -> dict[str, float]:
    content = rig_bytes(rig)
    builds = [_seconds(lambda: build_rig(models, photo, size=rig.size)) for _ in range(repeats)]
    loads = [_seconds(lambda: load_rig(content)) for _ in range(repeats)]
    tracemalloc.start()
    loaded = load_rig(content)
    rig_bytes_held = tracemalloc.get_traced_memory()[0]
    renderer = FrameRenderer(loaded)
    both_held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del renderer
    return {
        "build_s": round(median(builds), 3),
        "load_ms": round(median(loads) * 1e3, 1),
        "file_mb": round(len(content) / 1e6, 2),
        "memory_mb": round(rig_bytes_held / 1e6, 1),
        "memory_with_renderer_mb": round(both_held / 1e6, 1),
    }


def _job_figures(
    rig: Rig, speech: SpeechModel, sound: Path, seconds: float, folder: Path, times: int
) -> dict[str, float]:
    def job() -> None:
        with open_sound(sound, rate_hz=SOUND_RATE_HZ) as opened:
            render(FaceView(rig, side_px=rig.size), opened, folder / "job.mp4", speech=speech)

    job_s = median(_seconds(job) for _ in range(times))
    face = folder / "face.png"
    encoded = cv2.imencode(".png", cv2.cvtColor(read_portrait(), cv2.COLOR_RGB2BGR))[1]
    face.write_bytes(encoded.tobytes())
    command = [
        sys.executable,
        "-m",
        "visavis",
        "render",
        str(face),
        str(sound),
        "-o",
        str(folder / "cli.mp4"),
    ]
    command_s = median(
        _seconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(times)
    )
    return {
        "seconds": seconds,
        "render_and_encode_real_time_factor": round(seconds / job_s, 2),
        "whole_command_real_time_factor": round(seconds / command_s, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 0),
    }


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _print(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            for inner, number in value.items():
                print(f"{name + '.' + inner:44}{number:>10}")
        else:
            print(f"{name:44}{value:>10}")


if __name__ == "__main__":
    main()
