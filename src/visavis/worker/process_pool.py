"""Rendering processes, kept warm, and ended when they take too long."""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any, Final

import structlog

from visavis.errors import BusyError, ChildError, InputError, TakingTooLongError, VisavisError
from visavis.worker.turns import Turns

_START_S: Final = 120.0  # on a slow disk the models take their time
_PAUSE_AFTER_FAILED_START_S: Final = 2.0
_LONGEST_ANSWER_BYTES: Final = 1 << 20
_RETRY_AFTER_S: Final = 5

_log = structlog.get_logger()


class RefusedInputError(InputError):
    """What was sent cannot be used; the rendering process said why."""

    code = "invalid_input"


class _FoundDeadError(Exception):
    """The process had died before it took the request."""


@dataclass(eq=False)
class _Child:
    process: asyncio.subprocess.Process

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Let it do something: it says first that it has taken the request, then what came of it."""
        try:
            await self._say(request)
            await self._hear()
        except (OSError, RuntimeError, ValueError, ChildError) as error:
            raise _FoundDeadError from error
        try:
            return await self._hear()
        except (OSError, ValueError) as error:
            raise ChildError("The rendering process broke off.") from error

    async def _say(self, request: dict[str, Any]) -> None:
        stdin = self.process.stdin
        if stdin is None or stdin.is_closing():
            raise ChildError("The rendering process is gone.")
        stdin.write(json.dumps(request).encode() + b"\n")
        await stdin.drain()

    async def _hear(self) -> dict[str, Any]:
        stdout = self.process.stdout
        line = await stdout.readline() if stdout else b""
        if not line.endswith(b"\n"):
            raise ChildError("The rendering process died.")
        said: dict[str, Any] = json.loads(line)
        return said

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class ProcessPool:
    """A number of rendering processes, each doing one thing at a time.

    Use it in an `async with`, from the main thread: the processes die with it.
    """

    def __init__(
        self,
        command: list[str],
        *,
        children: int,
        environment: dict[str, str] | None = None,
        max_held: int | None = None,
        max_waiting: int | None = None,
    ) -> None:
        """Prepare.

        Args:
            command: Starts a process that runs `visavis.worker.child.serve`.
            children: How many.
            environment: Of the processes; ours if not given.
            max_held: Processes that work for one owner at a time; `None` for no limit.
            max_waiting: Requests of one owner that wait at a time; `None` for no limit.
        """
        self._command, self._environment = command, environment
        self.children = children
        self.busy = 0
        self._idle: Turns[_Child] = Turns(max_held=max_held, max_waiting=max_waiting)
        self._living: set[_Child] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._watching: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def __aenter__(self) -> "ProcessPool":
        for _ in range(self.children):
            self._start_one()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closed = True
        beside = self._starting | self._watching
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await asyncio.gather(*(child.end() for child in self._living))

    async def wait_until_warm(self) -> None:
        """Wait until the processes that are being started are ready."""
        await asyncio.gather(*self._starting)

    async def work(
        self,
        request: dict[str, Any],
        *,
        limit_s: float | None,
        patience_s: float | None = None,
        owner: str = "",
    ) -> dict[str, Any]:
        """Let a process do something.

        Args:
            request: What; see `visavis.worker.child`.
            limit_s: After that time the process is ended.
            patience_s: How long to wait for a free process.
            owner: For whom: owners get processes in turn.

        Raises:
            RefusedInputError: What was sent cannot be used.
            BusyError: No process was free in time, or the owner has too many requests waiting.
            TakingTooLongError: It took longer than the limit.
            ChildError: The process died, or could not do it.
        """
        until = None if patience_s is None else asyncio.get_running_loop().time() + patience_s
        while True:
            child = await self._take(owner, until)
            try:
                return _result(await self._ask(child, request, limit_s))
            except _FoundDeadError:
                _log.warning("child_found_dead")  # the next one is asked
            finally:
                self._idle.give_up(owner)

    async def _take(self, owner: str, until: float | None) -> _Child:
        try:
            async with asyncio.timeout_at(until):
                return await self._idle.take(owner)
        except TimeoutError as error:
            raise BusyError(
                "No process was free in time. Try again in a moment.", retry_after_s=_RETRY_AFTER_S
            ) from error

    async def _ask(self, child: _Child, request: dict[str, Any], limit_s: float | None) -> dict[str, Any]:
        self.busy += 1
        try:
            async with asyncio.timeout(limit_s):
                answer = await child.ask(request)
        except TimeoutError as error:
            await self._replace(child)
            raise TakingTooLongError(f"The work took longer than {limit_s:g} s.") from error
        except BaseException:
            await asyncio.shield(self._replace(child))
            raise
        finally:
            self.busy -= 1
        self._idle.add(child)
        return answer

    async def _replace(self, child: _Child) -> None:
        """Start another process in a child's place, once."""
        if child not in self._living:
            return
        self._living.discard(child)
        await child.end()
        if not self._is_closed:
            self._start_one()

    async def _watch(self, child: _Child) -> None:
        """Replace a child that dies while it has nothing to do; otherwise whoever asked it does."""
        await child.process.wait()
        if self._idle.discard(child):
            _log.error("idle_child_died", exit_status=child.process.returncode)
            await self._replace(child)

    def _start_one(self) -> None:
        task = asyncio.create_task(self._start())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        while not self._is_closed:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST_ANSWER_BYTES,
                env=self._environment,
                start_new_session=True,  # Ctrl-C at the terminal is for the parent, which drains
            )
            child = _Child(process)
            self._living.add(child)
            if await self._is_ready(child):
                watching = asyncio.create_task(self._watch(child))
                self._watching.add(watching)
                watching.add_done_callback(self._watching.discard)
                self._idle.add(child)
                return
            self._living.discard(child)
            await child.end()
            _log.error("child_did_not_start", exit_status=process.returncode)
            await asyncio.sleep(_PAUSE_AFTER_FAILED_START_S)

    async def _is_ready(self, child: _Child) -> bool:
        stdout = child.process.stdout
        with contextlib.suppress(TimeoutError, ValueError, OSError):
            async with asyncio.timeout(_START_S):
                return bool(stdout and await stdout.readline())
        return False


def _result(answer: dict[str, Any]) -> dict[str, Any]:
    if "done" in answer:
        done: dict[str, Any] = answer["done"]
        return done
    if answer.get("input"):
        raise RefusedInputError(answer["message"])
    error: VisavisError = ChildError(f"The rendering process failed: {answer['failed']}, {answer['message']}")
    raise error
