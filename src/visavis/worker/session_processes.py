"""The processes of live sessions: some kept warm, each playing one session and then gone."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import structlog

_START_S: Final = 60.0
_LEAVE_S: Final = 4.0
_SETTLING_S: Final = 2.0
_PAUSE_AFTER_FAILED_START_S: Final = 2.0
_LONGEST_EVENT_BYTES: Final = 1 << 20

_log = structlog.get_logger()


class SessionProcess:
    """A process that has loaded everything and waits for a session; see `visavis.realtime.process`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Talk to a process."""
        self._process = process

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended."""
        return self._process.returncode is not None

    async def order(self, order: dict[str, Any]) -> None:
        """Give an order. One that comes too late is lost: the event stream tells that it is over."""
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():
            return
        with contextlib.suppress(OSError):
            stdin.write(json.dumps(order).encode() + b"\n")
            await stdin.drain()

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """What it tells, until it is gone."""
        stdout = self._process.stdout
        if stdout is None:
            return
        while (line := await stdout.readline()).endswith(b"\n"):
            yield json.loads(line)

    async def is_ready(self) -> bool:
        """Wait until everything is loaded."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START_S):
                async for event in self.events():
                    return bool(event["event"] == "ready")
        return False

    async def end(self) -> None:
        """Let it leave its room; when it takes too long, without asking."""
        await self.order({"do": "end"})
        try:
            async with asyncio.timeout(_LEAVE_S):
                await self._process.wait()
        except TimeoutError:
            _log.warning("player_killed")
            await self.kill()

    async def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


class SessionPool:
    """Warm players. Use it in an `async with`, from the main thread: the processes die with it."""

    def __init__(self, command: list[str], *, spares: int, environment: dict[str, str]) -> None:
        """Prepare.

        Args:
            command: Starts a process that runs `visavis.realtime.process.serve`.
            spares: How many wait for their session.
            environment: Of the processes.
        """
        self._command, self._environment, self._spares = command, environment, spares
        self._waiting: asyncio.Queue[SessionProcess] = asyncio.Queue()
        self._starting: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "SessionPool":
        for _ in range(self._spares):
            self._start_one()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        while not self._waiting.empty():
            await self._waiting.get_nowait().kill()

    async def acquire(self) -> SessionProcess:
        """A warm player; another one is started in its place."""
        # Loading everything takes a core for a second, which the one that begins now needs itself.
        self._start_one(after_s=_SETTLING_S if not self._waiting.empty() else 0.0)
        while (process := await self._waiting.get()).is_gone:
            self._start_one()  # it died while it waited
        return process

    async def measure(self, picture: dict[str, Any]) -> float:
        """What a session costs, in seconds of a core a second; a player is used up by that.

        Raises:
            RuntimeError: The player died over it.
        """
        process = await self.acquire()
        try:
            await process.order({"do": "measure", "picture": picture})
            async for event in process.events():
                return float(event["cost"])
        finally:
            await process.kill()
        raise RuntimeError("The cost of a session could not be measured.")

    def _start_one(self, *, after_s: float = 0.0) -> None:
        task = asyncio.create_task(self._start(after_s))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _start(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        while True:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST_EVENT_BYTES,
                env=self._environment,
                start_new_session=True,  # Ctrl-C at the terminal is for the worker, which drains
            )
            session_process = SessionProcess(process)
            try:
                if await session_process.is_ready():
                    self._waiting.put_nowait(session_process)
                    return
            except asyncio.CancelledError:
                await session_process.kill()
                raise
            await session_process.kill()
            _log.error("player_did_not_start", exit_status=process.returncode)
            await asyncio.sleep(_PAUSE_AFTER_FAILED_START_S)
