"""An RTMP output that shows a flash with each beep, in real time."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from signal import SIGKILL
from typing import Final

import numpy as np

from visavis.adapters import tethered
from visavis.adapters.rtmp_forward import forwarded
from visavis.core.urls import STREAMS, parse_url
from visavis.engine.arrays import Pixels
from visavis.ports.video import VideoDestination
from visavis.realtime.clock import MonotonicClock
from visavis.realtime.outputs.rtmp import RtmpOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block

VIDEO: Final = VideoSettings(size_px=512, fps=25, codec="h264", kbps=1200)
BEEP_EVERY_S: Final = 1.0
_BEEP_S: Final = 0.2
_TICK_BLOCKS: Final = 2
_DARK, _BRIGHT, _DARKER = 60, 200, 3


def way(url: str, ca_file: Path | None = None) -> AbstractAsyncContextManager[str]:
    """The way to a server on this machine."""
    local = ip_network("127.0.0.0/8"), ip_network("::1/128")
    return forwarded(parse_url(url, "url", schemes=STREAMS), also=local, ca_file=ca_file)


@asynccontextmanager
async def playing(
    destination: VideoDestination, *, picture: Pixels | None = None, ca_file: Path | None = None
) -> AsyncIterator[RtmpOutput]:
    """An output to which sound and pictures are sent, until the end of the block.

    Args:
        destination: Server.
        picture: A picture of the size of the video, which is dark between flashes; grey if `None`.
        ca_file: Certificates of authorities that are trusted.
    """
    bright = _grey(_BRIGHT) if picture is None else picture
    dark = _grey(_DARK) if picture is None else (picture // _DARKER).astype(np.uint8)
    command = [sys.executable, "-m", "visavis.cli.rtmp_process"]
    tied = tethered.command(command, on_parents_death=SIGKILL)
    output = RtmpOutput(destination, VIDEO, tied, partial(way, ca_file=ca_file), name="output-0")
    tasks = [asyncio.create_task(output.run()), asyncio.create_task(_play(output, dark, bright))]
    try:
        yield output
    finally:
        tasks[1].cancel()
        await output.close()
        await asyncio.gather(*tasks, return_exceptions=True)


def _grey(level: int) -> Pixels:
    return np.full((VIDEO.size_px, VIDEO.size_px, 3), level, np.uint8)


async def _play(output: RtmpOutput, dark: Pixels, bright: Pixels) -> None:
    clock = MonotonicClock()
    began_s, block = clock.now_s(), 0
    beep = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(BLOCK_SAMPLES) / RATE_HZ).astype(np.float32)
    while True:
        at_s = block * BLOCK_S
        await clock.sleep_until(began_s + at_s)
        is_beep = at_s % BEEP_EVERY_S < _BEEP_S - BLOCK_S / 2
        sound = Block(beep) if is_beep else Block.silent()
        await output.play([sound] * _TICK_BLOCKS, began_s + at_s)
        if block % (2 * _TICK_BLOCKS) == 0:
            output.show(bright if is_beep else dark, began_s + at_s)
        block += _TICK_BLOCKS
