"""A real fork server: what it forks talks, ends, and is gone with it."""

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from harness.room_clients import asynchronous
from pydantic import TypeAdapter
from tests.support.server import is_alive, until

from visavis.adapters import tethered
from visavis.worker.child_process import ChildProcess
from visavis.worker.fork_server import ForkServer
from visavis.worker.protocol import Ready

MODULE = "tests.integration.forked"
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]}
MODULES = [f"visavis.cli.{kind}_process" for kind in ("rendering", "session", "conversation", "sound")]


@asynccontextmanager
async def forking() -> AsyncIterator[ForkServer]:
    command = tethered.command(
        [sys.executable, "-m", "visavis.cli.fork_server"], on_parents_death=signal.SIGKILL
    )
    async with ForkServer(command, ENVIRONMENT) as server:
        yield server


def parent_of(process: ChildProcess) -> int:
    return int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[1])


@asynchronous
async def test_a_forked_process_is_like_an_executed_one() -> None:
    async with forking() as server:
        process = await server.start(MODULE, {"WORD": "hello"})
        assert await process.is_ready(within_s=60)
        await process.send(Ready())
        told = await process.receive(TypeAdapter(dict[str, object]))
        assert told == {
            "environment": {"WORD": "hello"},
            "is_leader": True,
            "session": os.getsid(0),  # so that niceness counts between our processes
            "files": [0, 1, 2, 3, 4],  # for messages one more, and one that lists them
            "interrupt": "default",
            "title": f"python -m {MODULE}",
        }
        await process.wait()
        assert process.exit_status == 3
        assert await process.receive(TypeAdapter(dict[str, object])) is None


@asynchronous
async def test_processes_are_killed_one_by_one() -> None:
    async with forking() as server:
        one, two = [await server.start(MODULE, {}) for _ in range(2)]
        assert parent_of(one) == parent_of(two)
        await one.kill()
        assert (one.exit_status, two.exit_status) == (-signal.SIGKILL, None)
        assert await two.is_ready(within_s=60)
        await one.kill()  # harmless when repeated
    until(lambda: not is_alive(two.pid), what="the end of the other")


@asynchronous
async def test_all_end_with_the_fork_server_and_another_takes_its_place() -> None:
    async with forking() as server:
        first = await server.start(MODULE, {})
        gone = parent_of(first)
        os.kill(gone, signal.SIGKILL)
        await first.wait()
        assert first.exit_status == -signal.SIGKILL
        until(lambda: not is_alive(first.pid), what="the end of what it forked")
        second = await server.start(MODULE, {})
        assert await second.is_ready(within_s=60)
        assert parent_of(second) != gone


@asynchronous
async def test_what_cannot_be_imported_is_told() -> None:
    async with forking() as server:
        with pytest.raises(OSError, match=r"no_such_module"):
            await server.start("visavis.no_such_module", {})
        assert await (await server.start(MODULE, {})).is_ready(within_s=60)


@asynchronous
async def test_importing_our_processes_starts_no_threads() -> None:
    # A thread does not survive a fork, and what it holds stays locked.
    async with forking() as server:
        for module in MODULES:
            process = await server.start(module, ENVIRONMENT | dict(os.environ))
            server_pid = parent_of(process)
        assert [task.name for task in Path(f"/proc/{server_pid}/task").iterdir()] == [str(server_pid)]
