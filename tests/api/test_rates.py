"""How often a key may ask and an account be tried, on a real database, by a clock of the tests' own."""

import asyncio
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import text

from tests.support.jobs import a_key
from tests.support.server import in_database
from visavis.core import rates, sign_in_tries
from visavis.core.database import Database
from visavis.errors import RateLimitError

NOON: Final = datetime(2026, 3, 25, 12, tzinfo=UTC)


def test_rates_are_exact_when_many_ask_at_once(postgres: str) -> None:
    """On many connections, as several gateways would have."""

    async def run(database: Database) -> None:
        key = await a_key(database)

        async def ask() -> bool:
            try:
                async with database.transaction() as tx:
                    await rates.take(tx, key, default_rate=50, at=NOON)
            except RateLimitError:
                return False
            return True

        allowed = sum(await asyncio.gather(*(ask() for _ in range(120))))
        assert allowed == 50
        async with database.transaction() as tx:
            assert await rates.requests_this_month(tx, key) == allowed

    in_database(postgres, run)


@pytest.mark.parametrize("polling", [False, True])
def test_never_more_than_the_rate_within_any_minute(postgres: str, polling: bool) -> None:
    """Ten minutes of requests at odd moments, in bursts and lulls, by a clock of the test's own."""
    rate = 3 if polling else 30  # polling has ten times as much
    chance = random.Random(5)

    async def run(database: Database) -> None:
        key = await a_key(database)
        at_ms, let_in, refused = 0, list[int](), 0
        async with database.transaction() as tx:
            while at_ms < 600_000:
                at_ms += chance.choice((0, 50, 500, 1000, 2000, 7000 if chance.random() < 0.1 else 300))
                at = NOON + timedelta(milliseconds=at_ms)
                within = [each for each in let_in if each > at_ms - 60_000]
                try:
                    await rates.take(tx, key, default_rate=rate, polling=polling, at=at)
                except RateLimitError as error:
                    refused += 1
                    # One more is free when the first of the last thirty is a minute old, and not before.
                    wait_s = error.retry_after_s
                else:
                    let_in.append(at_ms)
                    wait_s = 0
                expected_s = 0 if len(within) < 30 else math.ceil((within[0] + 60_000 - at_ms) / 1000)
                assert wait_s == expected_s
        assert refused > 100
        assert len(let_in) > 250

    in_database(postgres, run)


def test_remaining_requests_of_a_key(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        async with database.transaction() as tx:
            for at_s, take, remaining, resets_in_s in (
                (0, False, 5, 0),
                (0, True, 4, 60),
                (20.5, True, 3, 40),
                (59, False, 3, 1),
                (60, False, 4, 21),
                (80.4, False, 4, 1),
                (90, False, 5, 0),
            ):
                at = NOON + timedelta(seconds=at_s)
                if take:
                    await rates.take(tx, key, default_rate=5, at=at)
                stand = await rates.stand(tx, key, default_rate=5, at=at)
                assert stand == rates.Allowed(5, remaining, resets_in_s), at_s

    in_database(postgres, run)


def test_a_clock_that_is_set_back_blocks_nobody(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        async with database.transaction() as tx:
            for at in (NOON, NOON - timedelta(hours=1)):
                for _ in range(5):
                    await rates.take(tx, key, default_rate=5, at=at)
                with pytest.raises(RateLimitError):
                    await rates.take(tx, key, default_rate=5, at=at)

    in_database(postgres, run)


def test_old_counts_are_deleted(postgres: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            await rates.take_named(tx, "old", max_per_minute=3)
            await tx.execute(text("UPDATE rate_rings SET last_at = now() - interval '1 h'"))
            await rates.take_named(tx, "new", max_per_minute=3)
            await rates.forget(tx)
            names = await tx.execute(text("SELECT name FROM rate_rings"))
            assert list(names.scalars()) == ["new:3"]
            count = await tx.execute(text("SELECT count(*) FROM rate_marks"))
            assert count.scalar_one() == 1

    in_database(postgres, run)


def test_pauses_between_failed_sign_ins_grow(postgres: str) -> None:
    """Five tries at once, then after 1, 2, 4, 8 s … and after a quarter of an hour at most."""

    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            who = sign_in_tries.prober("192.0.2.1", "ada@example.com")
            at, waits = NOON, list[int]()
            for _ in range(18):
                try:
                    await sign_in_tries.count(tx, machine="192.0.2.1", prober=who, at=at)
                except RateLimitError as error:
                    waits.append(error.retry_after_s)
                    at += timedelta(seconds=error.retry_after_s)
                    await sign_in_tries.count(tx, machine="192.0.2.1", prober=who, at=at)
            assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
            # Nobody else is slowed down by it, and whoever signs in begins anew.
            other = sign_in_tries.prober("192.0.2.2", "ada@example.com")
            await sign_in_tries.count(tx, machine="192.0.2.2", prober=other, at=at)
            await sign_in_tries.forgive(tx, who)
            await sign_in_tries.count(tx, machine="192.0.2.1", prober=who, at=at)

    in_database(postgres, run)


def test_a_browser_proves_that_it_was_signed_in(postgres: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            proof = await sign_in_tries.browser_proof(tx, "ada@example.com")
            assert await sign_in_tries.is_proven(tx, " ADA@example.com", proof)
            assert not await sign_in_tries.is_proven(tx, "bob@example.com", proof)
            for forged in ("", ".", proof[:-1], proof + "0", "\xff.\xff", proof.replace(".", "")):
                assert not await sign_in_tries.is_proven(tx, "ada@example.com", forged)

    in_database(postgres, run)
