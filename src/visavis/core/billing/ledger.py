"""The ledger: every amount that an account owes or is credited, written once."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.dialects.postgresql import insert

from visavis.core.database import Tx
from visavis.core.schema import LedgerEntry

JOB: Final = "job"
SESSION: Final = "session"
REALTIME: Final = "realtime"  # reason of the charge for a session


@dataclass(frozen=True)
class Charge:
    """What an account owes for something.

    Attributes:
        account_id: ID of the account.
        key_id: ID of the key that caused it.
        subject_kind: `JOB` or `SESSION`.
        subject_id: ID of the job or session.
        reason: Kind of work: the name of a kind of job, or `realtime`.
        seconds: Time of output.
        cost_micros: Cost in micro-dollars.
    """

    account_id: int
    key_id: int
    subject_kind: str
    subject_id: str
    reason: str
    seconds: float
    cost_micros: int


async def charge(tx: Tx, owed: Charge) -> None:
    """Record what an account owes. Each subject is charged once for each reason."""
    row = {
        "account_id": owed.account_id,
        "key_id": owed.key_id,
        "subject_kind": owed.subject_kind,
        "subject_id": owed.subject_id,
        "reason": owed.reason,
        "seconds": owed.seconds,
        "amount_micros": -owed.cost_micros,
    }
    await tx.execute(insert(LedgerEntry).values(row).on_conflict_do_nothing())
