"""Limits on how often a client may send a live session messages of a kind."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select

from visavis.core.database import Tx
from visavis.core.schema import Session, SessionMessage
from visavis.errors import SessionRateError

_WINDOW_S: Final = 60


async def check(tx: Tx, row: Session, which: ColumnElement[bool], *, max_per_minute: int, what: str) -> None:
    """Refuse one more message within a minute. The row of the session is locked by the caller.

    Args:
        tx: The transaction.
        row: The session.
        which: Condition on the messages that count.
        max_per_minute: Maximum number.
        what: What they are, in the plural, for the client.

    Raises:
        SessionRateError: There were as many in the last minute.
    """
    recent = (
        select(func.count(), func.min(SessionMessage.created_at))
        .where(SessionMessage.session_id == row.id, which)
        .where(SessionMessage.created_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, _WINDOW_S))
    )
    count, oldest = (await tx.execute(recent)).one()
    if count >= max_per_minute:
        wait_s = _WINDOW_S - (datetime.now(UTC) - oldest).total_seconds()
        raise SessionRateError(
            f"At most {max_per_minute} {what} per minute are allowed. Wait before the next one.",
            retry_after_s=max(1, round(wait_s)),
        )
