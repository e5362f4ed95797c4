"""Tables of the ledger."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now


class LedgerEntry(Table):
    """An amount, in micro-dollars, that changes the balance of an account. What an account owes is negative.

    A subject has one entry for each reason, so nothing is charged twice. Metered work has `seconds`. An entry
    of prepaid credits has `credits`, which it adds, or takes if negative, and an amount of 0.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "reason"),
        Index("ledger_of_account", "account_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    reason: Mapped[str]
    amount_micros: Mapped[int]
    seconds: Mapped[float | None]
    credits: Mapped[int | None]
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    at: Mapped[datetime] = now()
