"""How often a key may ask: a sliding minute and a calendar month, exact across all gateways."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.storage.base import SlidingWindowCounterSupport
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import ApiKey
from visavis.errors import MonthlyCapError, RateLimitError

READS_SHARE: Final = 10  # polling a job may be this many times as frequent as everything else
_NAMESPACE: Final = "key"


class _SessionStorage(Storage, SlidingWindowCounterSupport):
    """Rate windows in the database, through the transaction of the request: one statement to take."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__()
        self._session = session

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return SQLAlchemyError

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        statement = text("SELECT rate_take(:key, :most, :window, :amount)")
        values = {"key": key, "most": limit, "window": float(expiry), "amount": amount}
        return bool((await self._session.execute(statement, values)).scalar_one())

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        statement = text(
            "SELECT number, current, previous, extract(epoch FROM now()) FROM rate_windows WHERE key = :key"
        )
        row = (await self._session.execute(statement, {"key": key})).one_or_none()
        if row is None:
            return 0, 0.0, 0, float(expiry)
        number, past_s = divmod(float(row[3]), expiry)
        left_s = expiry - past_s
        match int(number) - row[0]:
            case 0:
                return row[2], left_s, row[1], left_s + expiry
            case 1:
                return row[1], left_s, 0, left_s + expiry
            case _:
                return 0, 0.0, 0, float(expiry)

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        del expiry
        await self._session.execute(text("DELETE FROM rate_windows WHERE key = :key"), {"key": key})

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("Only sliding windows are counted here.")

    async def get(self, key: str) -> int:
        raise NotImplementedError("Only sliding windows are counted here.")

    async def get_expiry(self, key: str) -> float:
        raise NotImplementedError("Only sliding windows are counted here.")

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        await self._session.execute(text("TRUNCATE rate_windows"))
        return None

    async def clear(self, key: str) -> None:
        await self.clear_sliding_window(key, 0)


@dataclass(frozen=True)
class Allowed:
    """Where a key stands.

    Attributes:
        requests_per_minute: What it may.
        remaining: Requests it may make now.
        resets_in_s: Until all of them are free again.
    """

    requests_per_minute: int
    remaining: int
    resets_in_s: int


async def take(session: AsyncSession, key: ApiKey, *, default_rate: int, polling: bool = False) -> None:
    """Count a request, or refuse it.

    Args:
        session: A transaction that is committed even when the request fails later.
        key: Whose request.
        default_rate: Requests a minute of keys without a rate of their own.
        polling: Asking after a job, which has an allowance of its own: a client that asks every two seconds
            and then submits something has not misbehaved. It does not count towards the month either.

    Raises:
        RateLimitError: Too many within a minute.
        MonthlyCapError: Too many within the month.
    """
    rate = key.requests_per_minute or default_rate
    item = RateLimitItemPerMinute(rate * READS_SHARE if polling else rate, namespace=_NAMESPACE)
    limiter = SlidingWindowCounterRateLimiter(_SessionStorage(session))
    name = f"{key.id}:{'polling' if polling else 'all'}"
    if not await limiter.hit(item, name):
        stats = await limiter.get_window_stats(item, name)
        wait_s = math.ceil(stats.reset_time - datetime.now(UTC).timestamp())
        raise RateLimitError(
            f"Slow down! You've hit the limit of {item.amount} requests per minute.",
            retry_after_s=min(max(wait_s, 1), 60),
        )
    if not polling:
        await _count_month(session, key)


async def take_named(session: AsyncSession, name: str, *, most: int) -> None:
    """Count something that is no key's request, or refuse it.

    Args:
        session: A transaction that is committed whatever follows.
        name: What is counted.
        most: Times a minute.

    Raises:
        RateLimitError: Too many within a minute.
    """
    item = RateLimitItemPerMinute(most, namespace=_NAMESPACE)
    if not await SlidingWindowCounterRateLimiter(_SessionStorage(session)).hit(item, name):
        raise RateLimitError("Too many tries. Wait a minute, then try again.", retry_after_s=60)


async def stand(session: AsyncSession, key: ApiKey, *, default_rate: int) -> Allowed:
    """Where a key stands, without counting."""
    rate = key.requests_per_minute or default_rate
    item = RateLimitItemPerMinute(rate, namespace=_NAMESPACE)
    storage = _SessionStorage(session)
    name = item.key_for(f"{key.id}:all")
    previous, previous_left_s, current, _ = await storage.get_sliding_window(name, item.get_expiry())
    used = previous * previous_left_s / item.get_expiry() + current
    resets_in_s = math.ceil(previous_left_s or item.get_expiry())
    return Allowed(rate, max(0, math.floor(rate - used)), resets_in_s)


async def requests_this_month(session: AsyncSession, key: ApiKey) -> int:
    """How many requests of a key were counted since the month began."""
    statement = text("SELECT requests FROM key_months WHERE key_id = :key AND month = :month")
    return (
        await session.execute(statement, {"key": key.id, "month": _month(datetime.now(UTC))})
    ).scalar_one_or_none() or 0


async def _count_month(session: AsyncSession, key: ApiKey) -> None:
    now = datetime.now(UTC)
    statement = text(
        "INSERT INTO key_months AS m (key_id, month, requests) SELECT :key, :month, 1 "
        "WHERE CAST(:cap AS bigint) IS NULL OR :cap >= 1 "
        "ON CONFLICT (key_id, month) DO UPDATE SET requests = m.requests + 1 "
        "WHERE CAST(:cap AS bigint) IS NULL OR m.requests < :cap RETURNING requests"
    )
    values = {"key": key.id, "month": _month(now), "cap": key.monthly_cap}
    if (await session.execute(statement, values)).one_or_none() is None:
        next_month = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
        raise MonthlyCapError(
            f"You've reached the cap of {key.monthly_cap} requests per month.",
            retry_after_s=math.ceil((next_month - now).total_seconds()),
        )


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"
