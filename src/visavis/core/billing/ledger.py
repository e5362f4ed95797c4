"""The ledger: every amount that an account owes or is credited, written once."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from visavis.core.database import Tx
from visavis.core.schema import LedgerEntry

JOB: Final = "job"
SESSION: Final = "session"
EXTENSION: Final = "extension"  # more time for a session
PAYMENT: Final = "payment"
REALTIME: Final = "realtime"  # reason of the charge for a session


@dataclass(frozen=True)
class Entry:
    """An amount that changes the balance of an account.

    Attributes:
        account_id: ID of the account.
        subject_kind: `JOB`, `SESSION`, `EXTENSION` or `PAYMENT`.
        subject_id: ID of the subject.
        reason: Kind of work: the name of a kind of job, or `realtime`. Or why money moved.
        amount_micros: Amount in micro-dollars; what the account owes is negative.
        seconds: Time of output, of metered work.
        key_id: ID of the key that caused it.
    """

    account_id: int
    subject_kind: str
    subject_id: str
    reason: str
    amount_micros: int
    seconds: float | None = None
    key_id: int | None = None


async def record(tx: Tx, entry: Entry) -> bool:
    """Record an amount. Each subject has one entry for each reason; a second one changes nothing.

    Returns:
        Whether it was recorded now.
    """
    row = {
        "account_id": entry.account_id,
        "key_id": entry.key_id,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "reason": entry.reason,
        "seconds": entry.seconds,
        "amount_micros": entry.amount_micros,
    }
    statement = insert(LedgerEntry).values(row).on_conflict_do_nothing().returning(LedgerEntry.id)
    return (await tx.execute(statement)).scalar_one_or_none() is not None


async def balance_micros(tx: Tx, account_id: int) -> int:
    """Sum of all amounts of an account, in micro-dollars; negative if it owes something."""
    total = func.coalesce(func.sum(LedgerEntry.amount_micros), 0)
    return int((await tx.execute(select(total).where(LedgerEntry.account_id == account_id))).scalar_one())
