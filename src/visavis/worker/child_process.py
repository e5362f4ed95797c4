"""A child process that receives messages on standard input and sends messages on standard output."""

import asyncio
import contextlib
import resource
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from visavis.errors import ChildError
from visavis.worker.protocol import MAX_LINE_BYTES, Message, Ready

_Message = TypeVar("_Message")
_READY: TypeAdapter[Ready] = TypeAdapter(Ready)


class RunningProcess(Protocol):
    """What runs, however it was started: the part of `asyncio.subprocess.Process` that is used here."""

    stdin: asyncio.StreamWriter | None
    stdout: asyncio.StreamReader | None

    @property
    def pid(self) -> int:
        """Process ID."""

    @property
    def returncode(self) -> int | None:
        """Exit status; `None` while it runs."""

    async def wait(self) -> int:
        """Wait until it has ended; returns its exit status."""

    def kill(self) -> None:
        """Kill it."""


class ChildProcess:
    """A running child process."""

    def __init__(self, process: RunningProcess) -> None:
        """Wrap a process that `start` or a fork server created."""
        self._process = process

    @classmethod
    async def start(cls, command: list[str], environment: dict[str, str] | None) -> "ChildProcess":
        """Start a process.

        Args:
            command: The command line.
            environment: Environment of the process; `None` for ours.
        """
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE_BYTES,
            env=environment,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """Process ID."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """Exit status; `None` while it runs."""
        return self._process.returncode

    def limit_memory(self, address_space_bytes: int) -> None:
        """Limit the address space of the process; the kernel enforces it."""
        with contextlib.suppress(ProcessLookupError):  # it has died; the code that waits for it will see that
            limit = (address_space_bytes, address_space_bytes)
            resource.prlimit(self.pid, resource.RLIMIT_AS, limit)

    async def send(self, message: Message) -> None:
        """Send a message; returns when the process can accept more.

        Raises:
            ChildError: The process is gone.
        """
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():
            raise ChildError("The process has ended.")
        try:
            stdin.write(message.to_line())
            await stdin.drain()
        except (OSError, RuntimeError) as error:
            raise ChildError("The process has ended.") from error

    async def receive(self, messages: TypeAdapter[_Message]) -> _Message | None:
        """Wait for the next message.

        Args:
            messages: Types of message that are accepted.

        Returns:
            The message; `None` if the process has closed its output.

        Raises:
            ChildError: The process sent something else.
        """
        stdout = self._process.stdout
        try:
            line = await stdout.readline() if stdout else b""
            return messages.validate_json(line) if line.endswith(b"\n") else None
        except ValidationError as error:
            raise ChildError("The process sent an unknown message.") from error
        except (OSError, ValueError) as error:  # a line that is too long is a ValueError
            raise ChildError("The connection to the process was lost.") from error

    async def is_ready(self, *, within_s: float) -> bool:
        """Wait until the process has loaded everything. Returns false if it died or took too long."""
        with contextlib.suppress(TimeoutError, ChildError):
            async with asyncio.timeout(within_s):
                return await self.receive(_READY) is not None
        return False

    async def wait(self) -> None:
        """Wait until the process has ended."""
        await self._process.wait()

    async def kill(self) -> None:
        """Kill the process."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
