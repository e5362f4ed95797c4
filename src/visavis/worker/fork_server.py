"""Starts our processes by forking one that has imported their code."""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from pydantic import TypeAdapter

from visavis.worker.child_process import ChildProcess
from visavis.worker.protocol import MAX_LINE_BYTES, Ready
from visavis.worker.protocol.forking import MAX_PACKET_BYTES, Ended, Fork, ForkAnswer, Forked, Kill, NotForked

_ANSWERS: TypeAdapter[ForkAnswer | Ready] = TypeAdapter(ForkAnswer | Ready)
_KILLED = -9

_log = structlog.get_logger()


class ForkServer:
    """A process that forks others. It starts with the first of them, and again if it has died.

    A process costs some milliseconds this way instead of seconds. All end with the fork server, and the fork
    server ends with the thread that uses it. Only Linux can fork what we import.
    """

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        """Prepare; this starts nothing.

        Args:
            command: Command that serves `visavis.worker.children.fork_server`, on its standard input.
            environment: Environment of the fork server, not of its processes.
        """
        # Threads do not survive a fork, so libraries must not start any when they are imported.
        self._command, self._environment = command, environment | {"OPENBLAS_NUM_THREADS": "1"}
        self._starting = asyncio.Lock()
        self._running: _Running | None = None

    async def __aenter__(self) -> "ForkServer":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._running is not None:
            await self._running.end()

    async def start(self, module: str, environment: dict[str, str]) -> ChildProcess:
        """Start a process.

        Args:
            module: Module whose `main` it runs.
            environment: Its environment.

        Raises:
            OSError: It could not be started.
        """
        async with self._starting:
            if self._running is None or self._running.is_over:
                self._running = await _Running.start(self._command, self._environment)
        return ChildProcess(await self._running.fork(module, environment))


class _Running:
    """A fork server that runs."""

    def __init__(self, process: asyncio.subprocess.Process, connection: socket.socket) -> None:
        self._process, self._connection = process, connection
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._wanted: deque[asyncio.Future[ForkedProcess]] = deque()
        self._forked: dict[int, ForkedProcess] = {}
        self._connected: set[ForkedProcess] = set()
        self.is_over = False
        connection.setblocking(False)
        self._loop.add_reader(connection, self._read)

    @classmethod
    async def start(cls, command: list[str], environment: dict[str, str]) -> "_Running":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command, stdin=theirs.fileno(), env=environment
                )
            except BaseException:
                ours.close()
                raise
        running = cls(process, ours)
        try:
            await running._ready
        except BaseException:
            await running.end()
            raise
        return running

    async def fork(self, module: str, environment: dict[str, str]) -> "ForkedProcess":
        (input_ours, input_theirs), (output_ours, output_theirs) = socket.socketpair(), socket.socketpair()
        with input_theirs, output_theirs, contextlib.ExitStack() as undoing:
            for end in (input_ours, output_ours):
                undoing.callback(end.close)
            files = [input_theirs.fileno(), output_theirs.fileno()]
            socket.send_fds(self._connection, [Fork(module=module, environment=environment).to_line()], files)
            wanted = self._loop.create_future()
            self._wanted.append(wanted)
            process: ForkedProcess = await wanted
            undoing.callback(process.kill)
            self._connected.add(process)
            await process.connect(input_ours, output_ours, on_end=partial(self._connected.discard, process))
            undoing.pop_all()
        return process

    async def end(self) -> None:
        """End it, and with it all that it forked."""
        self._close()
        for process in list(self._connected):
            process.disconnect()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def _kill(self, pid: int) -> None:
        # The fork server knows whether the process still has this ID.
        with contextlib.suppress(OSError):
            self._connection.send(Kill(pid=pid).to_line())

    def _read(self) -> None:
        try:
            packet = self._connection.recv(MAX_PACKET_BYTES)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            _log.error("fork_server_ended")
            self._close()
            return
        match _ANSWERS.validate_json(packet):
            case Ready() if not self._ready.done():
                self._ready.set_result(None)
            case Forked(pid=pid):
                self._forked[pid] = process = ForkedProcess(pid, self._kill)
                wanted = self._wanted.popleft()
                if wanted.done():  # who wanted it was cancelled
                    process.kill()
                else:
                    wanted.set_result(process)
            case NotForked(reason=reason):
                wanted = self._wanted.popleft()
                if not wanted.done():
                    wanted.set_exception(OSError(0, reason))
            case Ended(pid=pid, exit_status=exit_status):
                self._forked.pop(pid).note_end(exit_status)

    def _close(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        self._loop.remove_reader(self._connection)
        self._connection.close()
        gone = OSError(0, "the fork server has ended")
        waiting: list[asyncio.Future[Any]] = [self._ready, *self._wanted]
        for wanted in waiting:
            if not wanted.done():
                wanted.set_exception(gone)
        self._wanted.clear()
        for process in self._forked.values():
            process.note_end(_KILLED)
        self._forked.clear()


class ForkedProcess:
    """A process that a fork server forked, with what `ChildProcess` needs of a process of asyncio."""

    def __init__(self, pid: int, kill: Callable[[int], None]) -> None:
        self.pid = pid
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout: asyncio.StreamReader | None = None
        self._output: asyncio.Transport | None = None
        self._kill, self._is_killed = kill, False

    @property
    def returncode(self) -> int | None:
        """Exit status; `None` while it runs."""
        return self._ended.result() if self._ended.done() else None

    async def connect(
        self, standard_input: socket.socket, standard_output: socket.socket, *, on_end: Callable[[], None]
    ) -> None:
        """Connect to its standard streams.

        Args:
            standard_input: Our end of its standard input.
            standard_output: Our end of its standard output.
            on_end: Called when its output has been received to the end, or was closed.
        """
        _, self.stdin = await asyncio.open_connection(sock=standard_input)
        self.stdout = asyncio.StreamReader(limit=MAX_LINE_BYTES)
        output = _Output(self.stdout, on_end)
        loop = asyncio.get_running_loop()
        self._output, _ = await loop.create_connection(lambda: output, sock=standard_output)
        if self.returncode is not None:  # it has ended meanwhile
            self.stdin.close()

    def note_end(self, exit_status: int) -> None:
        """Note that it has ended. Its output can still be read to the end, unless it was killed."""
        self._ended.set_result(exit_status)
        if self._is_killed:
            self.disconnect()
        elif self.stdin is not None:
            self.stdin.close()

    def disconnect(self) -> None:
        """Close its standard streams."""
        if self.stdin is not None:
            self.stdin.close()
        if self._output is not None:
            self._output.close()

    def kill(self) -> None:
        """Kill it."""
        self._is_killed = True
        self._kill(self.pid)

    async def wait(self) -> int:
        """Wait until it has ended; returns its exit status."""
        return await asyncio.shield(self._ended)


class _Output(asyncio.StreamReaderProtocol):
    """Closes the connection at the end of what is read."""

    def __init__(self, reader: asyncio.StreamReader, on_end: Callable[[], None]) -> None:
        super().__init__(reader)
        self._on_end = on_end

    def eof_received(self) -> bool:
        super().eof_received()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._on_end()
