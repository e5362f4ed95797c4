"""Sessions that are paid in advance, by whole minutes."""

import math
from typing import Final

from pydantic import BaseModel, ConfigDict

from visavis.core.billing import ledger
from visavis.core.billing.ledger import Entry
from visavis.core.database import Tx
from visavis.core.schema import Session

MINUTE_S: Final = 60
MINUTES_PER_HOUR: Final = 60
PURCHASE: Final = "purchase"
REFUND: Final = "refund"


class Prepaid(BaseModel):
    """What was paid for a session.

    Attributes:
        paid_micros: Sum of what was paid, in micro-dollars.
        free_minutes: Minutes at its beginning that cost nothing.
        price_per_minute_micros: Price of each further minute, in micro-dollars.
        refunds_unused: Whether minutes that the client did not use become credit of its wallet.
    """

    model_config = ConfigDict(frozen=True)

    paid_micros: int
    free_minutes: int
    price_per_minute_micros: int
    refunds_unused: bool

    def used_micros(self, used_s: float) -> int:
        """Price of the time that was used; a minute that began counts, and never more than was paid."""
        minutes = max(0, math.ceil(used_s / MINUTE_S) - self.free_minutes)
        return min(self.paid_micros, minutes * self.price_per_minute_micros)


def prepaid_of(row: Session) -> Prepaid | None:
    """What was paid for a session in advance; `None` if it is billed at its end."""
    return None if row.prepaid is None else Prepaid.model_validate(row.prepaid)


async def charge(tx: Tx, row: Session, micros: int) -> None:
    """Charge the account of a session for its time, before it begins."""
    await ledger.record(tx, Entry(row.account_id, ledger.SESSION, row.id, PURCHASE, -micros))


async def charge_extension(tx: Tx, row: Session, micros: int) -> None:
    """Charge the account of a session for more time; `max_duration_s` holds the new sum."""
    subject_id = f"{row.id}/{row.max_duration_s}"
    await ledger.record(tx, Entry(row.account_id, ledger.EXTENSION, subject_id, PURCHASE, -micros))


async def refund_unused(tx: Tx, row: Session, *, used_s: float, is_our_fault: bool) -> int:
    """Make what was paid for unused minutes of an ended session credit of its account.

    Args:
        tx: The transaction that ends the session.
        row: The session.
        used_s: Time since the avatar's first appearance; 0 if it never came.
        is_our_fault: Whether the session ended because something broke here.

    Returns:
        The credit, in micro-dollars.
    """
    paid = prepaid_of(row)
    if paid is None or not (paid.refunds_unused or is_our_fault or row.joined_at is None):
        return 0
    unused = paid.paid_micros - paid.used_micros(used_s)
    await ledger.record(tx, Entry(row.account_id, ledger.SESSION, row.id, REFUND, unused))
    return unused
