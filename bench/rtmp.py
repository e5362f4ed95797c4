"""Sends video to a real RTMP server, pulls it back, and measures what a viewer gets.

    python -m bench.rtmp [--quick] [--seconds 3600]

Each second has a flash and a beep. It measures how far apart they come back, the distance of keyframes, and
how soon the stream is back after the server stood still for ten seconds and was started again.
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
import numpy as np
from harness.rtmp_output import VIDEO, playing
from harness.rtmp_server import Pulled, RtmpServer, module, offsets_ms, pull, rtmp_server

from bench.machine import keep, not_here
from visavis.ports.video import VideoDestination

SECONDS, QUICK_SECONDS = 60.0, 3.0
_STALL_S, _QUICK_STALL_S = 10.0, 1.0
_OPEN_S: Final = 3.0


def main() -> None:
    """Run the bench."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--seconds", type=float)
    chosen = options.parse_args()
    if module() is None:
        raise not_here("nginx with the module of libnginx-mod-rtmp")
    seconds = chosen.seconds or (QUICK_SECONDS if chosen.quick else SECONDS)
    with tempfile.TemporaryDirectory() as folder, rtmp_server(Path(folder)) as server:
        stall_s = _QUICK_STALL_S if chosen.quick else _STALL_S
        figures = asyncio.run(measure(server, seconds=seconds, stall_s=stall_s))
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    if not chosen.quick:
        print(keep("rtmp", figures))


async def measure(server: RtmpServer, *, seconds: float, stall_s: float) -> dict[str, Any]:
    """Measure one output."""
    async with playing(VideoDestination(url=server.url)):
        found, _ = await _pulled(server, seconds)
        server.stall()
        await asyncio.sleep(stall_s)
        server.stop()
        server.start()
        began_s = time.monotonic()
        _, first_at_s = await _pulled(server, 0.2)
    offsets = offsets_ms(found)
    return {
        "seconds": seconds,
        "pictures_per_s": round(len(found.pictures) / seconds, 2),
        "expected_pictures_per_s": VIDEO.fps,
        "keyframes_apart_s": _spread(np.diff(found.keyframes_s)),
        "flash_after_beep_ms": _spread(offsets),
        "flashes": len(offsets),
        "stalled_s": stall_s,
        "back_after_restart_s": round(first_at_s - began_s, 2),
    }


def _spread(values: Iterable[float]) -> dict[str, float]:
    """Smallest, middle and largest of some values; nothing of none."""
    given = list(values)
    if not given:
        return {}
    found = np.percentile(given, [0, 50, 100]).round(2).tolist()
    return dict(zip(("min", "p50", "max"), found, strict=True))


async def _pulled(server: RtmpServer, seconds: float) -> tuple[Pulled, float]:
    """What is pulled as soon as there is a stream, and the time at which the first of it was there."""
    while True:
        try:
            found = await asyncio.to_thread(pull, server.url, seconds=seconds, open_s=_OPEN_S)
            if found.pictures:
                return found, time.monotonic() - seconds
        except (OSError, av.FFmpegError):
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
    sys.exit(0)
