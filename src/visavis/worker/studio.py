"""Rendering processes, kept warm, and ended when they take too long."""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any, Final

import structlog

from visavis.errors import ChildError, InputError, TakingTooLongError, VisavisError

_START_S: Final = 120.0  # on a slow disk the models take their time
_PAUSE_AFTER_FAILED_START_S: Final = 2.0
_LONGEST_ANSWER_BYTES: Final = 1 << 20

_log = structlog.get_logger()


class RefusedInputError(InputError):
    """What was sent cannot be used; the rendering process said why."""

    code = "invalid_input"


@dataclass(eq=False)
class _Child:
    process: asyncio.subprocess.Process

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise ChildError("The rendering process has no pipes.")
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            await stdin.drain()
            line = await stdout.readline()
        except (OSError, ValueError) as error:
            raise ChildError("The rendering process broke off.") from error
        if not line.endswith(b"\n"):
            raise ChildError("The rendering process died.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Studio:
    """A number of rendering processes, each doing one thing at a time.

    Use it in an `async with`, from the main thread: the processes die with it.
    """

    def __init__(
        self, command: list[str], *, children: int, environment: dict[str, str] | None = None
    ) -> None:
        """Prepare.

        Args:
            command: Starts a process that runs `visavis.worker.child.serve`.
            children: How many.
            environment: Of the processes; ours if not given.
        """
        self._command, self._environment = command, environment
        self.children = children
        self.busy = 0
        self._idle: asyncio.Queue[_Child] = asyncio.Queue()
        self._living: set[_Child] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def __aenter__(self) -> "Studio":
        for _ in range(self.children):
            self._start_one()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(child.end() for child in self._living))

    async def wait_until_warm(self) -> None:
        """Wait until the processes that are being started are ready."""
        await asyncio.gather(*self._starting)

    async def work(
        self, request: dict[str, Any], *, limit_s: float | None, patience_s: float | None = None
    ) -> dict[str, Any]:
        """Let a process do something.

        Args:
            request: What; see `visavis.worker.child`.
            limit_s: After that time the process is ended.
            patience_s: How long to wait for a free process.

        Raises:
            RefusedInputError: What was sent cannot be used.
            TakingTooLongError: It took longer than the limit, or no process was free in time.
            ChildError: The process died, or could not do it.
        """
        try:
            async with asyncio.timeout(patience_s):
                child = await self._idle.get()
        except TimeoutError as error:
            raise TakingTooLongError("No rendering process was free.") from error
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
        self._idle.put_nowait(child)
        return _result(answer)

    async def _replace(self, child: _Child) -> None:
        self._living.discard(child)
        await child.end()
        if not self._is_closed:
            self._start_one()

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
                self._idle.put_nowait(child)
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
