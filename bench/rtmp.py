"""Sends video to a real RTMP server, pulls it back, and measures what a viewer gets.

    python -m bench.rtmp [--quick] [--seconds 3600] [--stall 10] [--sheet pictures.webp]

Each second has a flash and a beep. It measures how far apart they come back, the distance of keyframes, and
how soon the stream is back after the server stood still for ten seconds and was started again. Twelve
pictures of what came back are laid on a sheet.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np
from harness.rtmp_output import VIDEO, playing
from harness.rtmp_server import Pulled, RtmpServer, is_installed, offsets_ms, pull, rtmp_server

from bench.machine import keep, not_here
from visavis.engine.arrays import Pixels
from visavis.ports.video import VideoDestination
from visavis.samples.portrait import read_portrait

SECONDS, QUICK_SECONDS = 60.0, 3.0
_STALL_S, _QUICK_STALL_S = 10.0, 1.0
_OPEN_S: Final = 3.0
PICTURES, _COLUMNS, _SMALL_PX = 12, 6, 160


def main() -> None:
    """Run the bench."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--seconds", type=float)
    options.add_argument("--stall", type=float)
    options.add_argument("--sheet", type=Path, help="where the pictures are put")
    chosen = options.parse_args()
    if not is_installed():
        raise not_here("nginx with libnginx-mod-rtmp and libnginx-mod-stream")
    seconds = chosen.seconds or (QUICK_SECONDS if chosen.quick else SECONDS)
    with tempfile.TemporaryDirectory() as folder, rtmp_server(Path(folder)) as server:
        stall_s = chosen.stall or (_QUICK_STALL_S if chosen.quick else _STALL_S)
        figures, pictures = asyncio.run(measure(server, seconds=seconds, stall_s=stall_s))
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    if not chosen.quick:
        print(keep("rtmp", figures))
    if chosen.sheet is not None:
        cv2.imwrite(str(chosen.sheet), cv2.cvtColor(_sheet(pictures), cv2.COLOR_RGB2BGR))


async def measure(
    server: RtmpServer, *, seconds: float, stall_s: float
) -> tuple[dict[str, Any], list[Pixels]]:
    """Measure one output. Returns figures, and pictures that came back."""
    face = read_portrait(VIDEO.size_px)
    async with playing(VideoDestination(url=server.url), picture=face) as output:
        found = await _pulled(server, seconds, keep_every_s=seconds / PICTURES)
        server.stall()
        await asyncio.sleep(stall_s)
        server.stop()
        server.start()
        began_s = time.monotonic()
        again = await _pulled(server, QUICK_SECONDS)
        processes = output.processes
    offsets = offsets_ms(found)
    figures = {
        "seconds": seconds,
        "pulled_s": round(found.pictures[-1][0] - found.pictures[0][0], 1),
        "pictures_per_s": round(len(found.pictures) / seconds, 2),
        "expected_pictures_per_s": VIDEO.fps,
        "keyframes_apart_s": _spread(np.diff(found.keyframes_s)),
        "flash_after_beep_ms": _spread(offsets),
        "flashes": len(offsets),
        "stalled_s": stall_s,
        "back_after_restart_s": round(again.began_s - began_s, 2),
        "flash_after_beep_after_restart_ms": _spread(offsets_ms(again)),
        "processes": processes,
    }
    return figures, found.kept[:PICTURES]


def _spread(values: Iterable[float]) -> dict[str, float]:
    """Smallest, middle and largest of some values; nothing of none."""
    given = list(values)
    if not given:
        return {}
    found = np.percentile(given, [0, 50, 100]).round(2).tolist()
    return dict(zip(("min", "p50", "max"), found, strict=True))


def _sheet(pictures: list[Pixels]) -> Pixels:
    """Pictures side by side, in rows."""
    small = [cv2.resize(each, (_SMALL_PX, _SMALL_PX), interpolation=cv2.INTER_AREA) for each in pictures]
    small += [np.zeros_like(small[0])] * (-len(small) % _COLUMNS)
    rows = [np.hstack(small[at : at + _COLUMNS]) for at in range(0, len(small), _COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)


async def _pulled(server: RtmpServer, seconds: float, *, keep_every_s: float | None = None) -> Pulled:
    """What is pulled as soon as there is a stream."""
    while True:
        try:
            found = await asyncio.to_thread(
                pull, server.url, seconds=seconds, open_s=_OPEN_S, keep_every_s=keep_every_s
            )
            if found.pictures:
                return found
        except (OSError, av.FFmpegError):
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
    sys.exit(0)
