"""Capacity and load of the live workers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import ENDED, Session, Worker

HEARTBEAT_TTL_S: Final = 10.0
"""A worker is alive if its heartbeat is newer. One in the future does not count: the clock was set back."""


@dataclass(frozen=True)
class Capacity:
    """Capacity of all workers together.

    Attributes:
        slots: Number of jobs that they can do at the same time.
        busy: Number of slots in use.
        pending: Number of jobs that wait.
        processing: Number of jobs in progress.
    """

    slots: int
    busy: int
    pending: int
    processing: int

    @property
    def is_free(self) -> bool:
        """Whether a job that is submitted now would start at once."""
        return max(self.busy, self.processing) + self.pending < self.slots


async def measure(tx: AsyncSession) -> Capacity:
    """Measure the capacity now."""
    row = await tx.execute(
        text(
            "SELECT coalesce(sum(slots), 0), coalesce(sum(busy), 0), "
            "(SELECT count(*) FROM jobs WHERE status = 'pending'), "
            "(SELECT count(*) FROM jobs WHERE status = 'processing') "
            "FROM workers WHERE abs(extract(epoch FROM now() - seen_at)) < :ttl"
        ),
        {"ttl": HEARTBEAT_TTL_S},
    )
    slots, busy, pending, processing = row.one()
    return Capacity(int(slots), int(busy), pending, processing)


@dataclass(frozen=True)
class LiveWorker:
    """A worker that is alive, with the number of its live sessions."""

    worker: Worker
    live_busy: int


async def live_workers(tx: AsyncSession) -> list[LiveWorker]:
    """Workers that are alive, by name."""
    held = (
        select(func.count())
        .where(Session.worker_id == Worker.id, Session.status != ENDED)
        .correlate(Worker)
        .scalar_subquery()
    )
    life = timedelta(seconds=HEARTBEAT_TTL_S)
    alive = Worker.seen_at.between(func.now() - life, func.now() + life)
    rows = await tx.execute(select(Worker, held).where(alive).order_by(Worker.id))
    return [LiveWorker(worker, live_busy) for worker, live_busy in rows]
