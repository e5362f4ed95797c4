"""An output that sends the video of a session to an RTMP server.

    session ─pictures, sound─▶ queue of a second ─▶ process: encode, send ─▶ the server
                                                       └─ started anew when it stands still

The session never waits. A server that stands still costs it what does not fit into the queue. The process
connects again when a connection breaks.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import cv2
import numpy as np
import structlog

from visavis.engine.arrays import Pixels
from visavis.ports.video import VideoDestination
from visavis.realtime.outputs.rtmp_wire import PICTURE, SOUND, RtmpSettings, record
from visavis.realtime.ports import VideoSettings
from visavis.realtime.sound import Block, to_pcm

_QUEUE_S: Final = 1.0
_STALL_S: Final = 4.0  # a process that takes nothing for so long is ended
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 2.0
_GOOD_S: Final = 10.0  # after so long, a process counts as good: the next pause is short again
_LEAVE_S: Final = 2.0
_START_S: Final = 30.0

_log = structlog.get_logger()


class RtmpOutput:
    """An `AvOutput` that sends to one RTMP server, whenever it can be reached."""

    def __init__(
        self,
        destination: VideoDestination,
        video: VideoSettings,
        command: Sequence[str],
        open_way: Callable[[str], AbstractAsyncContextManager[str]],
        *,
        name: str,
    ) -> None:
        """Prepare; `run` does the work.

        Args:
            destination: Server, key and size.
            video: Video settings of the session.
            command: Command that starts a process that encodes and sends.
            open_way: Opens the way to a server for the duration of a block; it yields the URL to connect to.
            name: Name for the log, which says nothing of the server.
        """
        width, height = (int(each) for each in destination.size.split("x"))
        self._url, self._command, self._open_way, self._name = destination.url, command, open_way, name
        colour = destination.background.removeprefix("#")
        self._settings = {
            "side_px": video.size_px,
            "width_px": width,
            "height_px": height,
            "background": tuple(bytes.fromhex(colour)),
            "fps": video.fps,
        }
        self._queue: deque[tuple[int, bytes]] = deque()  # times in µs, and records
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()
        self.processes = 0

    async def run(self) -> None:
        """Send until cancelled or closed, by another process whenever one ends."""
        pause_s, loop = _FIRST_PAUSE_S, asyncio.get_running_loop()
        while not self._closed.is_set():
            began_s = loop.time()
            try:
                async with self._open_way(self._url) as url:
                    await self._send(RtmpSettings(url=url, **self._settings))  # type: ignore[arg-type]
            except OSError as error:
                _log.warning("rtmp_unreachable", output=self._name, reason=type(error).__name__)
            if self._closed.is_set():
                return
            if loop.time() - began_s > _GOOD_S:
                pause_s = _FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def play(self, blocks: Sequence[Block], time_s: float) -> None:
        """Send blocks. Never waits."""
        if blocks:
            pcm = b"".join(to_pcm(block.samples) for block in blocks)
            self._put(SOUND, time_s, pcm)

    def show(self, rgb: Pixels, time_s: float) -> None:
        """Send a frame."""
        self._put(PICTURE, time_s, cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2YUV_I420).tobytes())

    async def close(self) -> None:
        """Send nothing more; `run` ends the stream and returns."""
        self._closed.set()
        self._changed.set()

    async def _until_started(self, said: asyncio.StreamReader) -> None:
        """Wait until a process reads what it is sent, or has ended, or nothing more is sent."""
        waiting = [asyncio.create_task(said.readline()), asyncio.create_task(self._closed.wait())]
        try:
            async with asyncio.timeout(_START_S):
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    def _put(self, kind: int, time_s: float, content: bytes) -> None:
        """Queue a record; the oldest ones are dropped when the queue is full."""
        if self._closed.is_set():
            return
        time_us = round(time_s * 1e6)
        self._queue.append((time_us, record(kind, time_us, content)))
        while self._queue[-1][0] - self._queue[0][0] > _QUEUE_S * 1e6:
            self._queue.popleft()
        self._changed.set()

    async def _send(self, settings: RtmpSettings) -> None:
        """Have a process send, until it ends or takes nothing more."""
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        pipe, said = process.stdin, process.stdout
        if pipe is None or said is None:
            raise OSError("The process has no pipes.")
        self.processes += 1
        try:
            pipe.write(settings.model_dump_json().encode() + b"\n")
            await self._until_started(said)
            ended = asyncio.create_task(process.wait())
            while not self._closed.is_set() and not ended.done():
                self._changed.clear()
                while self._queue:
                    pipe.write(self._queue.popleft()[1])
                    async with asyncio.timeout(_STALL_S):
                        await pipe.drain()
                changed = asyncio.create_task(self._changed.wait())
                await asyncio.wait({ended, changed}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
            if self._closed.is_set():
                pipe.close()
                await asyncio.wait({ended}, timeout=_LEAVE_S)
            else:
                _log.warning("rtmp_broke", output=self._name, exit_status=ended.result())
        except TimeoutError:
            _log.warning("rtmp_stalled", output=self._name)
        except (ConnectionError, RuntimeError):
            _log.warning("rtmp_broke", output=self._name, exit_status=process.returncode)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await asyncio.shield(process.wait())
