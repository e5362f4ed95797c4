"""A session process, from the worker's side."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import structlog
from pydantic import TypeAdapter

from visavis.errors import ChildError
from visavis.realtime.ports import VideoSettings
from visavis.worker.child_process import ChildProcess
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import (
    CostMeasured,
    DropSpeech,
    EndSession,
    MeasureCost,
    SessionCommand,
    SessionEvent,
)

_LEAVE_S: Final = 4.0
_EVENTS: Final[TypeAdapter[SessionEvent]] = TypeAdapter(SessionEvent)

_log = structlog.get_logger()


class SessionProcess:
    """A process that runs one session; the process itself runs `visavis.worker.children.session`."""

    def __init__(self, process: ChildProcess) -> None:
        """Wrap a process that was acquired for one session; `end` ends it."""
        self._process = process

    @property
    def pid(self) -> int:
        """Process ID."""
        return self._process.pid

    async def send(self, command: SessionCommand) -> None:
        """Send a command. A late command is lost; the events show that the session is over."""
        with contextlib.suppress(ChildError):
            await self._process.send(command)

    async def drop_speech(self) -> None:
        """Have the avatar be silent: who spoke for it is gone."""
        await self.send(DropSpeech())

    async def events(self) -> AsyncIterator[SessionEvent]:
        """Yield the events of the process until it exits.

        Raises:
            ChildError: The process sent something that is no event.
        """
        while (event := await self._process.receive(_EVENTS)) is not None:
            yield event

    async def end(self) -> None:
        """Let the session leave its room; kill the process if that takes too long."""
        await self.send(EndSession())
        try:
            async with asyncio.timeout(_LEAVE_S):
                await self._process.wait()
        except TimeoutError:
            _log.warning("session_process_killed")
            await self._process.kill()


async def measure_cost(pool: ProcessPool, video: VideoSettings) -> float:
    """Measure the cost of a session on this machine; this uses one process up.

    Args:
        pool: Pool of session processes.
        video: Video settings.

    Returns:
        Processor seconds for each second of a session.

    Raises:
        ChildError: The process died.
    """
    process = await pool.acquire()
    try:
        await process.send(MeasureCost(video=video))
        event = await process.receive(_EVENTS)
        if not isinstance(event, CostMeasured):
            raise ChildError("The cost of a session could not be measured.")
        return event.cores
    finally:
        await process.kill()
