"""Rate limits: for any 60 seconds and for a calendar month, exact across all gateways.

The database stores the time of each of the last requests, and decides by its own clock.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select, text

from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.schema import KeyMonth
from visavis.errors import MonthlyCapError, RateLimitError

READS_SHARE: Final = 10  # a key may poll jobs this many times as often as it may send other requests
WINDOW_S: Final = 60.0
_FORGOTTEN_AFTER_S: Final = 600.0


@dataclass(frozen=True)
class Allowed:
    """Requests that a key has left.

    Attributes:
        requests_per_minute: Rate of the key.
        remaining: Number of requests that it may send now.
        resets_in_s: Time until it may send one more: until the oldest counted request is 60 seconds old.
    """

    requests_per_minute: int
    remaining: int
    resets_in_s: int


async def take(
    tx: Tx,
    principal: Principal,
    *,
    default_rate: int,
    polling: bool = False,
    at: datetime | None = None,
) -> None:
    """Count a request, or refuse it: no more are accepted within any 60 seconds.

    Args:
        tx: A transaction that is committed even if the request fails later.
        principal: Who sends the request.
        default_rate: Requests a minute, for keys without a rate of their own.
        polling: Whether the request polls a job. Polling has a limit of its own, so that a client that polls
            every two seconds can still submit a job. It does not count towards the month.
        at: Time of the request; `None` for now, by the database's clock.

    Raises:
        RateLimitError: Too many requests within 60 seconds.
        MonthlyCapError: Too many requests within the month.
    """
    rate = _rate(principal, default_rate) * (READS_SHARE if polling else 1)
    wait_s = await _take(tx, _name(principal, rate, polling=polling), rate, at)
    if wait_s:
        raise RateLimitError(
            f"Slow down! You've hit the limit of {rate} requests per minute.", retry_after_s=_whole(wait_s)
        )
    if not polling:
        await _count_month(tx, principal)


async def take_named(tx: Tx, name: str, *, max_per_minute: int) -> None:
    """Count something other than a key's request, or refuse it.

    Args:
        tx: A transaction that is committed in any case.
        name: Name of what is counted.
        max_per_minute: Maximum within 60 seconds.

    Raises:
        RateLimitError: Too many within 60 seconds.
    """
    wait_s = await _take(tx, f"{name}:{max_per_minute}", max_per_minute, None)
    if wait_s:
        raise RateLimitError(
            "Too many attempts. Wait a minute, then try again.", retry_after_s=_whole(wait_s)
        )


async def stand(tx: Tx, principal: Principal, *, default_rate: int, at: datetime | None = None) -> Allowed:
    """Read how many requests a key has left; reading is not counted."""
    rate = _rate(principal, default_rate)
    statement = text(
        "SELECT used, wait_s "
        "FROM rate_stand(:name, :window, coalesce(CAST(:at AS timestamptz), clock_timestamp()))"
    )
    values = {"name": _name(principal, rate, polling=False), "window": WINDOW_S, "at": at}
    used, wait_s = (await tx.execute(statement, values)).one()
    return Allowed(rate, max(0, rate - used), _whole(wait_s) if used else 0)


async def forget(tx: Tx) -> None:
    """Delete the counts of keys that sent nothing for a while."""
    statement = text(
        "WITH gone AS ("
        "DELETE FROM rate_rings WHERE last_at < now() - make_interval(secs => :age) RETURNING id) "
        "DELETE FROM rate_marks USING gone WHERE ring = gone.id"
    )
    await tx.execute(statement, {"age": _FORGOTTEN_AFTER_S})


async def requests_this_month(tx: Tx, principal: Principal) -> int:
    """Number of a key's requests that were counted since the month began."""
    query = select(KeyMonth.requests).where(
        KeyMonth.account_id == principal.account_id,
        KeyMonth.key_id == principal.key_id,
        KeyMonth.month == _month(datetime.now(UTC)),
    )
    return (await tx.execute(query)).scalar_one_or_none() or 0


async def _take(tx: Tx, name: str, max_per_minute: int, at: datetime | None) -> float:
    """Count one more. Returns 0, or the seconds until one more is allowed."""
    statement = text("SELECT rate_take(:name, :max_per_minute, :window, CAST(:at AS timestamptz))")
    values = {"name": name, "max_per_minute": max_per_minute, "window": WINDOW_S, "at": at}
    return float((await tx.execute(statement, values)).scalar_one())


def _rate(principal: Principal, default_rate: int) -> int:
    return principal.credential.allowance.requests_per_minute or default_rate


def _name(principal: Principal, rate: int, *, polling: bool) -> str:
    """Name of a ring buffer. It includes the rate: the buffer has one place for each allowed request."""
    credential = principal.credential
    return f"{credential.kind}:{credential.id}:{'polling' if polling else 'all'}:{rate}"


def _whole(wait_s: float) -> int:
    return min(max(math.ceil(wait_s), 1), math.ceil(WINDOW_S))


async def _count_month(tx: Tx, principal: Principal) -> None:
    now, cap = datetime.now(UTC), principal.credential.allowance.monthly_cap
    statement = text(
        "INSERT INTO key_months AS m (account_id, key_id, month, requests) SELECT :account, :key, :month, 1 "
        "WHERE CAST(:cap AS bigint) IS NULL OR :cap >= 1 "
        "ON CONFLICT (key_id, month) DO UPDATE SET requests = m.requests + 1 "
        "WHERE CAST(:cap AS bigint) IS NULL OR m.requests < :cap RETURNING requests"
    )
    values = {"account": principal.account_id, "key": principal.key_id, "month": _month(now), "cap": cap}
    if (await tx.execute(statement, values)).one_or_none() is None:
        next_month = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
        raise MonthlyCapError(
            f"You've reached the cap of {cap} requests per month.",
            retry_after_s=math.ceil((next_month - now).total_seconds()),
        )


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"
