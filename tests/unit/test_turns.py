"""Sharing a few things among many."""

import asyncio

import pytest

from visavis.errors import BusyError
from visavis.worker.turns import Turns


async def served(turns: Turns[str], wishes: str) -> str:
    """Let requests of owners wait for the one thing there is; gives the order in which they had it."""
    order: list[str] = []

    async def use(owner: str) -> None:
        thing = await turns.take(owner)
        order.append(owner)
        turns.add(thing)
        turns.give_up(owner)

    tasks = [asyncio.create_task(use(owner)) for owner in wishes]
    await asyncio.sleep(0)
    turns.add("thing")
    await asyncio.gather(*tasks)
    return "".join(order)


def test_each_owner_in_turn() -> None:
    assert asyncio.run(served(Turns(), "aaaabbc")) == "abcabaa"


def test_nobody_has_all() -> None:
    async def run() -> None:
        turns: Turns[int] = Turns(max_held=1)
        turns.add(1)
        turns.add(2)
        assert await turns.take("greedy") == 1
        second = asyncio.create_task(turns.take("greedy"))
        await asyncio.sleep(0)
        assert await turns.take("modest") == 2
        assert not second.done()
        turns.add(1)
        turns.give_up("greedy")
        assert await second == 1

    asyncio.run(run())


def test_only_so_many_of_one_owner_wait() -> None:
    async def run() -> None:
        turns: Turns[int] = Turns(max_waiting=2)
        waiting = [asyncio.create_task(turns.take("a")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="2 of your requests"):
            await turns.take("a")
        other = asyncio.create_task(turns.take("b"))
        await asyncio.sleep(0)
        for thing in range(3):
            turns.add(thing)
        assert [await each for each in (*waiting, other)] == [0, 2, 1]

    asyncio.run(run())


def test_what_nobody_wants_any_more_goes_to_the_next() -> None:
    async def run() -> None:
        turns: Turns[str] = Turns()
        impatient = asyncio.create_task(turns.take("a"))
        patient = asyncio.create_task(turns.take("b"))
        await asyncio.sleep(0)
        turns.add("thing")
        impatient.cancel()  # in the moment in which it is served
        assert await patient == "thing"
        gone = asyncio.create_task(turns.take("a"))
        await asyncio.sleep(0)
        gone.cancel()
        turns.give_up("b")
        turns.add("thing")
        assert await turns.take("c") == "thing"
        assert not turns.discard("thing")

    asyncio.run(run())
