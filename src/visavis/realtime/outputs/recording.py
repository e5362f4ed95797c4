"""An output that records a session to an MP4 file.

    session ─pictures, sound─▶ queue of some seconds ─▶ process: encode ─▶ file

The session never waits. A process that stands still costs the recording what does not fit into the queue. The
file can be played whenever the process ends, however it ends.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import structlog

from visavis.engine.arrays import Pixels
from visavis.realtime.outputs.recording_wire import RecordingSettings
from visavis.realtime.outputs.rtmp_wire import PICTURE, SOUND, record
from visavis.realtime.ports import VideoSettings
from visavis.realtime.sound import Block, to_pcm

_QUEUE_S: Final = 5.0
_STALL_S: Final = 20.0  # a process that takes nothing for so long is ended
_FINISH_S: Final = 5.0

_log = structlog.get_logger()


class RecordingOutput:
    """An `AvOutput` that records until it is closed, or for a maximum time."""

    def __init__(self, path: Path, video: VideoSettings, command: Sequence[str], *, max_s: float) -> None:
        """Prepare; `run` does the work.

        Args:
            path: File to write.
            video: Video settings of the session.
            command: Command that starts a process that encodes.
            max_s: Length after which the recording ends.
        """
        self._settings = RecordingSettings(path=path, side_px=video.size_px, fps=video.fps)
        self._command, self._max_us = command, round(max_s * 1e6)
        self._queue: deque[tuple[int, bytes]] = deque()  # times in µs, and records
        self._changed = asyncio.Event()
        self._began_us: int | None = None
        self._is_closed = False

    async def run(self) -> None:
        """Record until closed. The file is complete when this returns."""
        process = await asyncio.create_subprocess_exec(*self._command, stdin=asyncio.subprocess.PIPE)
        pipe = process.stdin
        if pipe is None:
            raise OSError("The process has no pipe.")
        try:
            pipe.write(self._settings.model_dump_json().encode() + b"\n")
            await self._pump(pipe)
            pipe.close()
            async with asyncio.timeout(_FINISH_S):
                await process.wait()
        except (TimeoutError, ConnectionError):
            _log.warning("recording_broke", exit_status=process.returncode)
        finally:
            self._is_closed = True
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await asyncio.shield(process.wait())

    async def play(self, blocks: Sequence[Block], time_s: float) -> None:
        """Record blocks. Never waits."""
        if blocks and not self._is_closed:
            self._put(SOUND, time_s, b"".join(to_pcm(block.samples) for block in blocks))

    def show(self, rgb: Pixels, time_s: float) -> None:
        """Record a frame."""
        if not self._is_closed:
            planes = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2YUV_I420)
            self._put(PICTURE, time_s, planes.tobytes())

    async def close(self) -> None:
        """Record nothing more; `run` completes the file and returns."""
        self._is_closed = True
        self._changed.set()

    def _put(self, kind: int, time_s: float, content: bytes) -> None:
        """Queue a record; the oldest ones are dropped when the queue is full."""
        time_us = round(time_s * 1e6)
        if self._began_us is None:
            self._began_us = time_us
        self._is_closed = time_us - self._began_us > self._max_us
        self._queue.append((time_us, record(kind, time_us, content)))
        while self._queue[-1][0] - self._queue[0][0] > _QUEUE_S * 1e6:
            self._queue.popleft()
        self._changed.set()

    async def _pump(self, pipe: asyncio.StreamWriter) -> None:
        while self._queue or not self._is_closed:
            self._changed.clear()
            while self._queue:
                pipe.write(self._queue.popleft()[1])
                async with asyncio.timeout(_STALL_S):
                    await pipe.drain()
            if not self._is_closed:
                await self._changed.wait()
