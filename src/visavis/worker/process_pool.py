"""Pools of warm processes, which load everything before they are needed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

from visavis.errors import BusyError
from visavis.worker.child_process import ChildProcess
from visavis.worker.fair_queue import FairQueue

_START_S: Final = 120.0  # loading the models takes long on a slow disk
_PAUSE_AFTER_FAILED_START_S: Final = 2.0
_SETTLING_S: Final = 2.0
_RETRY_AFTER_S: Final = 5

_log = structlog.get_logger()


class ProcessPool:
    """A pool of warm processes. A process that dies or is discarded is replaced.

    Use it in an `async with`, in the main thread: the processes end with that thread.

    Attributes:
        size: Number of processes; in a single-use pool, number of processes that wait.
    """

    def __init__(
        self,
        start: Callable[[], Awaitable[ChildProcess]],
        *,
        size: int,
        single_use: bool = False,
        memory_bytes: int | None = None,
        max_held: int | None = None,
        max_waiting: int | None = None,
    ) -> None:
        """Prepare; this starts nothing.

        Args:
            start: Starts a process that runs code of `visavis.worker.children`; raises `OSError` if
                it cannot.
            size: Number of processes; in a single-use pool, number of processes that wait.
            single_use: Whether a process is used only once. Then the pool starts another process when one is
                acquired, and the caller ends the acquired one.
            memory_bytes: Address space of a process; `None` for no limit.
            max_held: Maximum number of processes that one owner holds at a time; `None` for no limit.
            max_waiting: Maximum number of requests of one owner that wait; `None` for no limit.
        """
        self._start_process = start
        self._single_use, self._memory_bytes = single_use, memory_bytes
        self.size = size
        self._idle: FairQueue[ChildProcess] = FairQueue(max_held=max_held, max_waiting=max_waiting)
        self._alive: set[ChildProcess] = set()
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def busy(self) -> int:
        """Number of processes in use."""
        return len(self._alive) - self._idle.free

    async def __aenter__(self) -> "ProcessPool":
        self._fill()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(process.kill() for process in self._alive))

    async def acquire(self, owner: str = "", *, patience_s: float | None = None) -> ChildProcess:
        """Wait for a process. The caller owns it until it is released or discarded.

        Args:
            owner: Account that the process works for; accounts take turns.
            patience_s: Time to wait for a free process; `None` for no limit.

        Raises:
            BusyError: No process was free in time, or the owner has too many requests waiting.
        """
        try:
            async with asyncio.timeout(patience_s):
                while (process := await self._next(owner)).exit_status is not None:
                    self._idle.release(owner)  # it has just died
        except TimeoutError as error:
            raise BusyError(
                "All processes are busy. Try again in a moment.", retry_after_s=_RETRY_AFTER_S
            ) from error
        if self._single_use:
            self._idle.release(owner)
        return process

    async def _next(self, owner: str) -> ChildProcess:
        if self._single_use:
            # Loading takes a core for a second, which a session that starts now needs itself.
            self._fill(requests=1, after_s=_SETTLING_S if self._idle.free else 0.0)
        return await self._idle.acquire(owner)

    def release(self, process: ChildProcess, owner: str = "") -> None:
        """Return a process that can be used again."""
        if process.exit_status is None:
            self._idle.put(process)
        self._idle.release(owner)

    async def discard(self, process: ChildProcess, owner: str = "") -> None:
        """End a process that must not be used again; the pool starts another one in its place."""
        try:
            await process.kill()
        finally:
            self._idle.release(owner)

    @asynccontextmanager
    async def borrow(
        self, owner: str = "", *, patience_s: float | None = None
    ) -> AsyncIterator[ChildProcess]:
        """Acquire a process; it is released at the end, or discarded after an error. See `acquire`."""
        process = await self.acquire(owner, patience_s=patience_s)
        try:
            yield process
        except BaseException:
            await asyncio.shield(self.discard(process, owner))
            raise
        self.release(process, owner)

    def _fill(self, *, requests: int = 0, after_s: float = 0.0) -> None:
        """Start the missing processes.

        Args:
            requests: Number of requests that are about to wait.
            after_s: Delay.
        """
        if self._single_use:
            missing = self.size + self._idle.waiting + requests - self._idle.free - self._starting
        else:
            missing = self.size - len(self._alive) - self._starting
        if self._is_closed:
            return
        for _ in range(missing):
            self._starting += 1
            self._spawn(self._start(after_s))

    async def _start(self, after_s: float) -> None:
        try:
            await asyncio.sleep(after_s)
            while (process := await self._start_once()) is None:
                await asyncio.sleep(_PAUSE_AFTER_FAILED_START_S)
        finally:
            self._starting -= 1
        self._alive.add(process)
        self._spawn(self._watch(process))
        self._idle.put(process)

    async def _start_once(self) -> ChildProcess | None:
        """Start a process; `None` if it did not become ready."""
        try:
            process = await self._start_process()
        except OSError as error:
            _log.error("process_did_not_start", reason=error.strerror)
            return None
        is_ready = False
        try:
            is_ready = await process.is_ready(within_s=_START_S)
        finally:
            if not is_ready:
                await process.kill()
        if not is_ready:
            _log.error("process_did_not_start", exit_status=process.exit_status)
            return None
        if self._memory_bytes is not None:
            process.limit_memory(self._memory_bytes)
        return process

    async def _watch(self, process: ChildProcess) -> None:
        """Replace a process when it ends for any reason."""
        await process.wait()
        self._alive.discard(process)
        if self._idle.remove(process):
            _log.error("idle_process_died", exit_status=process.exit_status)
        self._fill()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
