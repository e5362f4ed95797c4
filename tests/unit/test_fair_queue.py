"""Sharing a few items among many."""

import asyncio

import pytest

from visavis.errors import BusyError
from visavis.worker.fair_queue import FairQueue


async def served(queue: FairQueue[str], wishes: str) -> str:
    """Let requests of owners wait for the one item there is; gives the order in which they had it."""
    order: list[str] = []

    async def use(owner: str) -> None:
        item = await queue.acquire(owner)
        order.append(owner)
        queue.put(item)
        queue.release(owner)

    tasks = [asyncio.create_task(use(owner)) for owner in wishes]
    await asyncio.sleep(0)
    queue.put("item")
    await asyncio.gather(*tasks)
    return "".join(order)


def test_each_owner_in_turn() -> None:
    assert asyncio.run(served(FairQueue(), "aaaabbc")) == "abcabaa"


def test_no_owner_holds_everything() -> None:
    async def run() -> None:
        queue: FairQueue[int] = FairQueue(max_held=1)
        queue.put(1)
        queue.put(2)
        assert await queue.acquire("greedy") == 1
        second = asyncio.create_task(queue.acquire("greedy"))
        await asyncio.sleep(0)
        assert await queue.acquire("modest") == 2
        assert not second.done()
        queue.put(1)
        queue.release("greedy")
        assert await second == 1

    asyncio.run(run())


def test_waiting_requests_of_one_owner_are_limited() -> None:
    async def run() -> None:
        queue: FairQueue[int] = FairQueue(max_waiting=2)
        waiting = [asyncio.create_task(queue.acquire("a")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="2 of your requests"):
            await queue.acquire("a")
        other = asyncio.create_task(queue.acquire("b"))
        await asyncio.sleep(0)
        for item in range(3):
            queue.put(item)
        assert [await each for each in (*waiting, other)] == [0, 2, 1]

    asyncio.run(run())


def test_the_item_of_a_cancelled_request_goes_to_the_next() -> None:
    async def run() -> None:
        queue: FairQueue[str] = FairQueue()
        impatient = asyncio.create_task(queue.acquire("a"))
        patient = asyncio.create_task(queue.acquire("b"))
        await asyncio.sleep(0)
        queue.put("item")
        impatient.cancel()  # in the moment in which it is served
        assert await patient == "item"
        gone = asyncio.create_task(queue.acquire("a"))
        await asyncio.sleep(0)
        gone.cancel()
        queue.release("b")
        queue.put("item")
        assert await queue.acquire("c") == "item"
        assert not queue.remove("item")

    asyncio.run(run())
