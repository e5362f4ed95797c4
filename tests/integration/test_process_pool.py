"""A pool of real processes: warm, used again or once, replaced when they die, ended with the pool."""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest
from harness.room_clients import asynchronous
from tests.integration import obedient

from visavis.errors import BusyError, ChildError, TakingTooLongError, TooMuchMemoryError
from visavis.worker.child_process import ChildProcess
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import SpeechRendered, SpeechRequest, SpokenText
from visavis.worker.rendering_requests import run_request

START = partial(ChildProcess.start, [sys.executable, obedient.__file__], None)
MEMORY_BYTES = 8 << 30


async def ask(pool: ProcessPool, text: str, *, limit_s: float | None = None) -> SpeechRendered:
    speech = SpokenText(text=text)
    return await run_request(
        pool, SpeechRequest(speech=speech, format="wav", output=Path("x")), limit_s=limit_s
    )


async def idle(pool: ProcessPool) -> ChildProcess:
    """A process of the pool that has nothing to do."""
    process = await pool.acquire()
    pool.release(process)
    return process


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@asynchronous
async def test_a_process_is_used_again() -> None:
    async with ProcessPool(START, size=1) as pool:
        pid = (await idle(pool)).pid
        assert (await ask(pool, "hello")).sample_rate_hz == 16_000
        assert (pool.size, pool.busy) == (1, 0)
        async with pool.borrow() as process:
            assert process.pid == pid
            assert pool.busy == 1


@pytest.mark.parametrize("text", ["die", "fail", "answer something else"])
@asynchronous
async def test_the_pool_survives_a_failed_request(text: str) -> None:
    async with ProcessPool(START, size=1) as pool:
        with pytest.raises(ChildError):
            await ask(pool, text)
        assert await ask(pool, "hello")


@asynchronous
async def test_a_request_that_takes_too_long_ends_its_process() -> None:
    async with ProcessPool(START, size=1) as pool:
        process = await idle(pool)
        with pytest.raises(TakingTooLongError, match=r"longer than 0\.2 s"):
            await ask(pool, "hang", limit_s=0.2)
        assert process.exit_status == -signal.SIGKILL
        assert await ask(pool, "hello")


@asynchronous
async def test_cancelling_a_request_ends_the_process() -> None:
    async with ProcessPool(START, size=1) as pool:
        process = await idle(pool)
        asking = asyncio.create_task(ask(pool, "hang"))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert process.exit_status is not None
        assert await ask(pool, "hello")


@asynchronous
async def test_an_idle_process_that_dies_is_replaced() -> None:
    async with ProcessPool(START, size=1) as pool:
        process = await idle(pool)
        os.kill(process.pid, signal.SIGKILL)
        assert await ask(pool, "hello")  # whether or not its death was noticed before
        assert (await idle(pool)).pid != process.pid


@asynchronous
async def test_the_memory_of_a_process_is_limited() -> None:
    async with ProcessPool(START, size=1, memory_bytes=MEMORY_BYTES) as pool:
        with pytest.raises(TooMuchMemoryError):
            await ask(pool, "take all memory")
        pid = (await idle(pool)).pid
        (line,) = [line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if "address" in line]
        assert line.split()[3:5] == [str(MEMORY_BYTES)] * 2
        assert await ask(pool, "hello")


@asynchronous
async def test_one_owner_never_holds_all_processes() -> None:
    async with ProcessPool(START, size=2, max_held=1, max_waiting=1) as pool:
        first = await pool.acquire("greedy")
        waiting = asyncio.create_task(pool.acquire("greedy"))
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="1 of your requests"):
            await pool.acquire("greedy")
        other = await pool.acquire("modest")
        with pytest.raises(BusyError, match="All processes are busy"):
            await pool.acquire("third", patience_s=0)
        pool.release(first, "greedy")
        assert await waiting is first
        pool.release(other, "modest")


@asynchronous
async def test_each_process_of_a_single_use_pool_is_used_once() -> None:
    async with ProcessPool(START, size=1, single_use=True) as pool:
        one, two = await pool.acquire(), await pool.acquire()
        assert one.pid != two.pid
        await one.kill()
        assert (await pool.acquire()).pid not in {one.pid, two.pid}
        assert pool.busy == 2


@asynchronous
async def test_without_spares_a_process_is_started_on_demand() -> None:
    async with ProcessPool(START, size=0, single_use=True) as pool:
        assert pool.busy == 0
        process = await pool.acquire()
        assert process.exit_status is None
        assert pool.busy == 1


@pytest.mark.parametrize("single_use", [False, True])
@asynchronous
async def test_no_process_outlives_its_pool(single_use: bool) -> None:
    async with ProcessPool(START, size=2, single_use=single_use) as pool:
        held = await pool.acquire()
        waiting = await idle(pool) if not single_use else held
    assert is_gone(held.pid)
    assert is_gone(waiting.pid)


@asynchronous
async def test_an_invalid_command_fails_at_once(tmp_path: Path) -> None:
    async with ProcessPool(partial(ChildProcess.start, [str(tmp_path / "nothing")], None), size=1) as pool:
        with pytest.raises(BusyError):
            await pool.acquire(patience_s=0.1)


@asynchronous
async def test_a_process_that_fails_to_start_is_retried(tmp_path: Path) -> None:
    async with ProcessPool(
        partial(ChildProcess.start, [*START.args[0], str(tmp_path / "flag")], None), size=1
    ) as pool:
        assert await ask(pool, "hello")
        assert (tmp_path / "flag").exists()
