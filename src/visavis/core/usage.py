"""What is billed: seconds of output, by job and by session."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Date, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import REALTIME, VIDEO, ApiKey, Job, Session, Usage

_HOUR_S: Final = 3600.0


@dataclass(frozen=True)
class MonthlyUsage:
    """What a key has used since the month began."""

    seconds: float
    cost_usd: float


@dataclass(frozen=True)
class Day:
    """What a key used on one day (UTC), of one kind of work."""

    day: date
    type: str
    key_id: int
    count: int
    seconds: float
    cost_usd: float


async def record(tx: AsyncSession, job: Job, *, seconds: float, price_per_hour_usd: float) -> None:
    """Note what a job made; speech alone costs nothing. Once a job, however often it is said."""
    is_video = job.type == VIDEO
    cost = cost_usd(seconds=seconds, price_per_hour_usd=price_per_hour_usd) if is_video else 0.0
    row = {"job_id": job.id, "key_id": job.key_id, "type": job.type, "seconds": seconds, "cost_usd": cost}
    await tx.execute(insert(Usage).values(row).on_conflict_do_nothing())


def cost_usd(*, seconds: float, price_per_hour_usd: float) -> float:
    """What a time costs."""
    return seconds / _HOUR_S * price_per_hour_usd


async def record_session(tx: AsyncSession, live: Session, *, seconds: int) -> None:
    """Note how long a session lasted. Once a session, whoever ends it."""
    cost = cost_usd(seconds=seconds, price_per_hour_usd=live.price_per_hour_usd)
    row = {"job_id": live.id, "key_id": live.key_id, "type": REALTIME, "seconds": seconds, "cost_usd": cost}
    await tx.execute(insert(Usage).values(row).on_conflict_do_nothing())


async def bill(tx: AsyncSession, key: ApiKey) -> MonthlyUsage:
    """What a key has used since the month began."""
    sums = select(
        func.coalesce(func.sum(Usage.seconds), 0), func.coalesce(func.sum(Usage.cost_usd), 0)
    ).where(Usage.key_id == key.id, Usage.at >= func.date_trunc("month", func.now()))
    seconds, cost = (await tx.execute(sums)).one()
    return MonthlyUsage(float(seconds), float(cost))


async def by_day(tx: AsyncSession, keys: list[int] | None, *, days: int) -> list[Day]:
    """What was used on each of the last days, today included.

    Args:
        tx: The transaction.
        keys: Whose; everybody's if nothing.
        days: How far back.

    Returns:
        One row a day, kind and key that has any; oldest first.
    """
    day = cast(func.timezone("UTC", Usage.at), Date)
    today = cast(func.timezone("UTC", func.now()), Date)
    query = (
        select(day, Usage.type, Usage.key_id, func.count(), func.sum(Usage.seconds), func.sum(Usage.cost_usd))
        .where(day > today - days)
        .group_by(day, Usage.type, Usage.key_id)
        .order_by(day, Usage.type, Usage.key_id)
    )
    if keys is not None:
        query = query.where(Usage.key_id.in_(keys))
    return [
        Day(at, kind, key, count, float(seconds), float(cost))
        for at, kind, key, count, seconds, cost in await tx.execute(query)
    ]
