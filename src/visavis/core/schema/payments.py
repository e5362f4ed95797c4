"""Tables of wallets and their payments."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now


class Wallet(Table):
    """The wallet that an account of kind wallet stands for.

    Attributes:
        address: Network and address as CAIP-10 writes them, such as `eip155:8453:0xab…`; empty for the
            account of sessions that nobody pays for.
    """

    __tablename__ = "wallets"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)


class Payment(Table):
    """A signed payment of a wallet, from the moment in which it was found valid.

    Attributes:
        key: Identity of the payment on its chain. Each can be settled once.
        identifier: Client's own name for it (extension `payment-identifier`).
        fingerprint: Digest of the request that it paid for.
        purpose: `SESSION` or `EXTENSION` of `visavis.core.billing.payments`.
        amount: Amount in the smallest units of the asset.
        amount_micros: Price in micro-dollars.
        valid_until: Time after which its chain refuses it.
        payload: Payload that the client signed; `None` once the outcome is known.
        status: `RESERVED`, `PENDING`, `PAID` or `NOT_PAID`.
        transaction: Hash or signature of its transaction.
        error: Why it was not paid.
        session_id: ID of the session that it bought, or bought time for.
        minutes: Minutes that it bought.
        sealed_answer: Answer to the request, sealed: the same payment gets it again.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("account_id", "identifier"),
        Index("payments_of_account", "account_id", "created_at"),
        Index("payments_of_session", "session_id"),
        Index("payments_open", "created_at", postgresql_where=sql("status IN ('reserved', 'pending')")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    identifier: Mapped[str | None]
    fingerprint: Mapped[bytes]
    purpose: Mapped[str]
    network: Mapped[str]
    asset: Mapped[str]
    payer: Mapped[str]
    pay_to: Mapped[str]
    amount: Mapped[int]
    amount_micros: Mapped[int]
    valid_until: Mapped[datetime]
    payload: Mapped[dict[str, Any] | None]
    status: Mapped[str] = mapped_column(server_default=sql("'reserved'"))
    transaction: Mapped[str | None]
    error: Mapped[str | None]
    session_id: Mapped[str | None] = mapped_column(ForeignKey("sessions.id", ondelete="SET NULL"))
    minutes: Mapped[int]
    sealed_answer: Mapped[bytes | None]
    created_at: Mapped[datetime] = now()
    settled_at: Mapped[datetime | None]
