"""The process of one live session, as its worker sees it."""

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
from visavis.worker.protocol import CostMeasured, EndSession, MeasureCost, SessionCommand, SessionEvent

_LEAVE_S: Final = 4.0
_EVENTS: Final[TypeAdapter[SessionEvent]] = TypeAdapter(SessionEvent)

_log = structlog.get_logger()


class SessionProcess:
    """A process that plays one session; its side is `visavis.worker.children.session`."""

    def __init__(self, process: ChildProcess) -> None:
        """Talk to a process that was acquired for one session; `end` ends it."""
        self._process = process

    @property
    def pid(self) -> int:
        """Process ID."""
        return self._process.pid

    async def send(self, command: SessionCommand) -> None:
        """Send a command. One that comes too late is lost: the events tell that the session is over."""
        with contextlib.suppress(ChildError):
            await self._process.send(command)

    async def events(self) -> AsyncIterator[SessionEvent]:
        """What the process tells, until it is gone.

        Raises:
            ChildError: It told something that is no event.
        """
        while (event := await self._process.receive(_EVENTS)) is not None:
            yield event

    async def end(self) -> None:
        """Let it leave its room; kill it if that takes too long."""
        await self.send(EndSession())
        try:
            async with asyncio.timeout(_LEAVE_S):
                await self._process.wait()
        except TimeoutError:
            _log.warning("session_process_killed")
            await self._process.kill()


async def measure_cost(pool: ProcessPool, video: VideoSettings) -> float:
    """Measure what a session costs on this machine; that uses up a process.

    Args:
        pool: The processes of sessions.
        video: How the video is sent.

    Returns:
        Processor seconds that a second of a session takes.

    Raises:
        ChildError: The process died over it.
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
