"""What is billed: seconds of output, by job."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import VIDEO, ApiKey, Job, Usage

_HOUR_S: Final = 3600.0


@dataclass(frozen=True)
class Bill:
    """What a key has used since the month began."""

    seconds: float
    cost_usd: float


async def record(session: AsyncSession, job: Job, *, seconds: float, price_per_hour_usd: float) -> None:
    """Note what a job made; speech alone costs nothing. Once a job, however often it is said."""
    cost = seconds / _HOUR_S * price_per_hour_usd if job.type == VIDEO else 0.0
    row = {"job_id": job.id, "key_id": job.key_id, "type": job.type, "seconds": seconds, "cost_usd": cost}
    await session.execute(insert(Usage).values(row).on_conflict_do_nothing())


async def bill(session: AsyncSession, key: ApiKey) -> Bill:
    """What a key has used since the month began."""
    sums = select(
        func.coalesce(func.sum(Usage.seconds), 0), func.coalesce(func.sum(Usage.cost_usd), 0)
    ).where(Usage.key_id == key.id, Usage.at >= func.date_trunc("month", func.now()))
    seconds, cost = (await session.execute(sums)).one()
    return Bill(float(seconds), float(cost))
