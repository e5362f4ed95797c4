"""Usage, read from the ledger: seconds of output of jobs and sessions."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, cast, func, select

from visavis.core.billing import ledger, prepaid
from visavis.core.billing.ledger import Entry
from visavis.core.billing.prices import cost_micros
from visavis.core.database import Tx
from visavis.core.identity.ownership import owned
from visavis.core.identity.principals import Principal
from visavis.core.schema import ApiKey, Job, LedgerEntry, Session


@dataclass(frozen=True)
class MonthlyUsage:
    """Usage of a key since the month began.

    Attributes:
        seconds: Time of output.
        cost_micros: Cost in micro-dollars.
    """

    seconds: float = 0.0
    cost_micros: int = 0


@dataclass(frozen=True)
class DailyUsage:
    """Usage of a key on one day (UTC), for one kind of work.

    Attributes:
        day: The day.
        type: Name of a kind of job, or `realtime`.
        key_id: ID of the key.
        count: Number of jobs or sessions.
        seconds: Time of output.
        cost_micros: Cost in micro-dollars.
    """

    day: date
    type: str
    key_id: int
    count: int
    seconds: float
    cost_micros: int


async def record_job(tx: Tx, job: Job, *, seconds: float, cost_micros: int) -> None:
    """Charge an account for the output of a job. A job is charged once, however often this is called."""
    owed = Entry(job.account_id, ledger.JOB, job.id, job.kind, -cost_micros, seconds, job.key_id)
    await ledger.record(tx, owed)


async def record_session(tx: Tx, row: Session, *, seconds: int) -> None:
    """Charge an account for the time of a session. A session is charged once, whoever ends it.

    Of a session that was paid in advance, only the time is recorded.
    """
    cost = cost_micros(seconds=seconds, per_hour_micros=row.price_per_hour_micros)
    amount = 0 if prepaid.prepaid_of(row) is not None else -cost
    owed = Entry(row.account_id, ledger.SESSION, row.id, ledger.REALTIME, amount, seconds, row.key_id)
    await ledger.record(tx, owed)


async def this_month(tx: Tx, key: ApiKey) -> MonthlyUsage:
    """Read the usage of a key since the month began."""
    sums = select(func.sum(LedgerEntry.seconds), func.sum(LedgerEntry.amount_micros)).where(
        LedgerEntry.account_id == key.account_id,
        LedgerEntry.key_id == key.id,
        LedgerEntry.at >= func.date_trunc("month", func.now()),
    )
    seconds, micros = (await tx.execute(sums)).one()
    return MonthlyUsage(seconds or 0.0, -int(micros or 0))


async def by_day(tx: Tx, principal: Principal, *, days: int) -> list[DailyUsage]:
    """Read the usage of an account on each of the last days, today included; an operator reads everybody's.

    Args:
        tx: The transaction.
        principal: Reader.
        days: Number of days.

    Returns:
        One row for each day, kind and key with usage; oldest first.
    """
    day = cast(func.timezone("UTC", LedgerEntry.at), Date)
    today = cast(func.timezone("UTC", func.now()), Date)
    one = (day, LedgerEntry.reason, ApiKey.id)
    query = (
        select(*one, func.count(), func.sum(LedgerEntry.seconds), func.sum(LedgerEntry.amount_micros))
        .join(ApiKey, ApiKey.id == LedgerEntry.key_id)
        .where(owned(LedgerEntry.account_id, principal), LedgerEntry.credits.is_(None), day > today - days)
        .group_by(*one)
        .order_by(*one)
    )
    return [
        DailyUsage(at, reason, key_id, count, seconds or 0.0, -int(micros))
        for at, reason, key_id, count, seconds, micros in await tx.execute(query)
    ]
