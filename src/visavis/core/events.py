"""The outbox: what happened, written in the transaction that makes it happen.

Events are neutral: they know no address, header or format of a surface. Surfaces render them for their
clients; see `visavis.core.webhooks`.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, exists, func

from visavis.core.database import Tx
from visavis.core.schema import Delivery, Event

_TTL: Final = timedelta(days=30)


async def record(
    tx: Tx, *, account_id: int, surface: str, kind: str, subject_id: str, payload: dict[str, Any]
) -> Event:
    """Write down that something happened.

    Args:
        tx: The transaction that makes it happen.
        account_id: ID of the account that owns the subject.
        surface: Name of the surface whose clients learn of it.
        kind: What happened, such as `job.completed`.
        subject_id: ID of the job or session that it happened to.
        payload: JSON that a surface needs to tell of it; no texts and no secrets.
    """
    event = Event(account_id=account_id, surface=surface, kind=kind, subject_id=subject_id, payload=payload)
    tx.add(event)
    await tx.flush()
    return event


async def forget(tx: Tx) -> None:
    """Delete events that are a month old, with their deliveries; not those that are still to be delivered."""
    is_open = exists().where(
        Delivery.event_id == Event.id, Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None)
    )
    await tx.execute(delete(Event).where(Event.created_at < func.now() - _TTL, ~is_open))
