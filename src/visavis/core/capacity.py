"""How much the living workers can do, and how much they do."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SEAT_LIFE_S: Final = 10.0


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


async def measure(session: AsyncSession) -> Capacity:
    """Look now."""
    row = await session.execute(
        text(
            "SELECT coalesce(sum(slots), 0), coalesce(sum(busy), 0), "
            "(SELECT count(*) FROM jobs WHERE status = 'pending'), "
            "(SELECT count(*) FROM jobs WHERE status = 'processing') "
            "FROM workers WHERE seen_at > now() - make_interval(secs => :life)"
        ),
        {"life": SEAT_LIFE_S},
    )
    slots, busy, pending, processing = row.one()
    return Capacity(int(slots), int(busy), pending, processing)
