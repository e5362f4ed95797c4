"""The outbox: events, recorded in the transaction that causes them.

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
    """Record an event.

    Args:
        tx: The transaction that causes it.
        account_id: ID of the account that owns the subject.
        surface: Name of the surface whose clients are notified.
        kind: Kind of the event, such as `job.completed`.
        subject_id: ID of the job or session.
        payload: JSON that a surface needs to render the event; no texts and no secrets.
    """
    event = Event(account_id=account_id, surface=surface, kind=kind, subject_id=subject_id, payload=payload)
    tx.add(event)
    await tx.flush()
    return event


async def forget(tx: Tx) -> None:
    """Delete events that are a month old, with their deliveries. Events with pending deliveries stay."""
    is_open = exists().where(
        Delivery.event_id == Event.id, Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None)
    )
    await tx.execute(delete(Event).where(Event.created_at < func.now() - _TTL, ~is_open))
