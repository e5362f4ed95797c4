"""How much the living workers can do, and how much they do."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import ACTIVE, Session, Worker

HEARTBEAT_TTL_S: Final = 10.0
"""A worker lives that was heard of so lately; what lies ahead was written before the clock was set back."""


@dataclass(frozen=True)
class Capacity:
    """Of all workers together.

    Attributes:
        slots: Jobs they can do at a time.
        busy: Of these, taken.
        pending: Jobs that wait.
        processing: Jobs being done.
    """

    slots: int
    busy: int
    pending: int
    processing: int

    @property
    def is_free(self) -> bool:
        """Whether a job that came now would be begun at once."""
        return max(self.busy, self.processing) + self.pending < self.slots


async def measure(tx: AsyncSession) -> Capacity:
    """Look now."""
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
    """A living worker, and how many live sessions it holds."""

    worker: Worker
    live_busy: int


async def live_workers(tx: AsyncSession) -> list[LiveWorker]:
    """The living workers, by name."""
    held = (
        select(func.count())
        .where(Session.worker_id == Worker.id, Session.status == ACTIVE)
        .correlate(Worker)
        .scalar_subquery()
    )
    life = timedelta(seconds=HEARTBEAT_TTL_S)
    alive = Worker.seen_at.between(func.now() - life, func.now() + life)
    rows = await tx.execute(select(Worker, held).where(alive).order_by(Worker.id))
    return [LiveWorker(worker, live_busy) for worker, live_busy in rows]
