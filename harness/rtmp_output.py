"""An RTMP output that shows a flash with each beep, in real time."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from ipaddress import ip_network
from signal import SIGKILL
from typing import Final

import numpy as np

from visavis.adapters import tethered
from visavis.adapters.rtmp_forward import forwarded
from visavis.core.urls import STREAMS, parse_url
from visavis.ports.video import VideoDestination
from visavis.realtime.clock import MonotonicClock
from visavis.realtime.outputs.rtmp import RtmpOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block

VIDEO: Final = VideoSettings(size_px=512, fps=25, codec="h264", kbps=1200)
BEEP_EVERY_S: Final = 1.0
_BEEP_S: Final = 0.2
_TICK_BLOCKS: Final = 2
_DARK, _BRIGHT = 60, 200


def way(url: str) -> AbstractAsyncContextManager[str]:
    """The way to a server on this machine."""
    return forwarded(parse_url(url, "url", schemes=STREAMS), also=(ip_network("127.0.0.0/8"),))


@asynccontextmanager
async def playing(destination: VideoDestination) -> AsyncIterator[RtmpOutput]:
    """An output to which sound and pictures are sent, until the end of the block."""
    command = [sys.executable, "-m", "visavis.cli.rtmp_process"]
    tied = tethered.command(command, on_parents_death=SIGKILL)
    output = RtmpOutput(destination, VIDEO, tied, way, name="output-0")
    tasks = [asyncio.create_task(output.run()), asyncio.create_task(_play(output))]
    try:
        yield output
    finally:
        tasks[1].cancel()
        await output.close()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _play(output: RtmpOutput) -> None:
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
            grey = _BRIGHT if is_beep else _DARK
            output.show(np.full((VIDEO.size_px, VIDEO.size_px, 3), grey, np.uint8), began_s + at_s)
        block += _TICK_BLOCKS
