"""Payments of wallets: each settles once, buys one thing, and ends as paid or not paid."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from visavis.core import schema
from visavis.core.billing import ledger
from visavis.core.billing.ledger import Entry
from visavis.core.database import Tx
from visavis.core.identity.ownership import owned
from visavis.core.identity.principals import Principal
from visavis.core.paging import Page, read_page
from visavis.core.schema import LedgerEntry, Payment, Session, Wallet
from visavis.ports.payments import Outcome, Settlement, SignedPayment

RESERVED, PENDING, PAID, NOT_PAID = "reserved", "pending", "paid", "not_paid"
SESSION: Final = "session"
EXTENSION: Final = "extension"
CREDIT: Final = "credit"
"""Asset of purchases that are paid with credit."""

_OPEN: Final = (RESERVED, PENDING)
_RECEIVED: Final = "received"
_IN_FLIGHT: Final = timedelta(seconds=60)  # a request that settles may still be at it
_UNUSED_AFTER: Final = timedelta(minutes=10)
_ANSWER_TTL: Final = timedelta(days=30)
_UNRESOLVED: Final = Payment.status.in_(_OPEN) & (
    (Payment.status == PENDING) | (Payment.created_at < func.now() - _IN_FLIGHT)
)


@dataclass(frozen=True)
class Purchase:
    """What a payment is to buy.

    Attributes:
        account_id: ID of the wallet's account.
        purpose: `SESSION` or `EXTENSION`.
        session_id: ID of the session that is reserved or to be extended.
        minutes: Minutes that are bought.
        price_micros: Price in micro-dollars.
        fingerprint: Digest of the request.
    """

    account_id: int
    purpose: str
    session_id: str
    minutes: int
    price_micros: int
    fingerprint: bytes


async def find(
    tx: Tx, signed: SignedPayment, account_id: int | None, *, for_update: bool = False
) -> Payment | None:
    """The payment that was made with a signature, or under the same identifier of the wallet.

    Args:
        tx: The transaction.
        signed: Payment as it was sent.
        account_id: ID of the wallet's account; `None` if it has none yet.
        for_update: Whether to wait for other transactions that handle it.
    """
    which = Payment.key == signed.key
    if account_id is not None and signed.identifier is not None:
        mine = (Payment.account_id == account_id) & (Payment.identifier == signed.identifier)
        which = or_(which, mine)
    query = select(Payment).where(which).order_by(Payment.id).limit(1)
    if for_update:
        query = query.with_for_update()
    return (await tx.execute(query)).scalar_one_or_none()


async def lock(tx: Tx, payment_id: int) -> Payment:
    """Wait for other transactions that handle a payment, and read it."""
    query = select(Payment).where(Payment.id == payment_id).with_for_update()
    return (await tx.execute(query)).scalar_one()


async def reserve(tx: Tx, signed: SignedPayment, purchase: Purchase) -> int | None:
    """Record a valid payment that is about to be settled.

    Returns:
        ID of the payment; `None` if it is used already: then the transaction must be rolled back.
    """
    row = {
        "key": signed.key,
        "account_id": purchase.account_id,
        "identifier": signed.identifier,
        "fingerprint": purchase.fingerprint,
        "purpose": purchase.purpose,
        "network": signed.network,
        "asset": signed.asset,
        "payer": signed.payer,
        "pay_to": signed.pay_to,
        "amount": signed.amount,
        "amount_micros": purchase.price_micros,
        "valid_until": signed.valid_until,
        "payload": signed.payload,
        "session_id": purchase.session_id,
        "minutes": purchase.minutes,
    }
    statement = insert(Payment).values(row).on_conflict_do_nothing().returning(Payment.id)
    return (await tx.execute(statement)).scalar_one_or_none()


async def find_credit_purchase(tx: Tx, account_id: int, key: str) -> Payment | None:
    """What a wallet has bought for its credit with a message.

    Args:
        tx: The transaction.
        account_id: ID of the wallet's account.
        key: Identity of the message.
    """
    query = select(Payment).where(Payment.account_id == account_id, Payment.key == key)
    return (await tx.execute(query)).scalar_one_or_none()


async def record_credit_purchase(
    tx: Tx, purchase: Purchase, *, key: str, network: str, payer: str, sealed_answer: bytes
) -> None:
    """Record what a wallet buys for its credit. Nothing moves on a chain: it has no transaction.

    Args:
        tx: The transaction that opens it.
        purchase: What it buys.
        key: Identity of the message that the wallet has signed.
        network: Network of the wallet.
        payer: Address of the wallet.
        sealed_answer: Answer to the request: the same message gets it again.
    """
    row = Payment(
        key=key,
        account_id=purchase.account_id,
        fingerprint=purchase.fingerprint,
        purpose=purchase.purpose,
        network=network,
        asset=CREDIT,
        payer=payer,
        pay_to="",
        amount=purchase.price_micros,
        amount_micros=purchase.price_micros,
        valid_until=func.now(),
        status=PAID,
        session_id=purchase.session_id,
        minutes=purchase.minutes,
        sealed_answer=sealed_answer,
        settled_at=func.now(),
    )
    tx.add(row)
    await tx.flush()


async def conclude(tx: Tx, payment_id: int, settlement: Settlement) -> Payment | None:
    """Record what became of a payment. One that is paid adds its amount to the balance of its wallet.

    Returns:
        The payment; `None` if its outcome was known before.
    """
    status = {Outcome.PAID: PAID, Outcome.NOT_PAID: NOT_PAID, Outcome.UNKNOWN: PENDING}[settlement.outcome]
    values: dict[str, Any] = {"status": status, "error": settlement.reason or None}
    if settlement.transaction:
        values["transaction"] = settlement.transaction
    if settlement.outcome is not Outcome.UNKNOWN:
        values |= {"settled_at": func.now(), "payload": None}
    statement = (
        update(Payment)
        .where(Payment.id == payment_id, Payment.status.in_(_OPEN))
        .values(values)
        .returning(Payment)
        .execution_options(populate_existing=True)
    )
    row = (await tx.execute(statement)).scalar_one_or_none()
    if row is not None and row.status == PAID:
        entry = Entry(row.account_id, ledger.PAYMENT, str(row.id), _RECEIVED, row.amount_micros)
        await ledger.record(tx, entry)
    return row


async def keep_answer(tx: Tx, row: Payment, sealed: bytes) -> None:
    """Keep the answer to the request of a payment: the same payment gets it again."""
    row.sealed_answer = sealed
    await tx.flush()


async def unresolved_networks(tx: Tx) -> list[str]:
    """Networks with payments whose outcome is not known, and that no request is settling any more."""
    return list((await tx.execute(select(Payment.network).where(_UNRESOLVED).distinct())).scalars())


async def unresolved(tx: Tx, network: str, *, after: int = 0, limit: int = 20) -> list[Payment]:
    """Such payments on a network, oldest first.

    Args:
        tx: The transaction.
        network: Network as CAIP-2 writes it.
        after: ID of the last payment of the page before; 0 for the first page.
        limit: Maximum number.
    """
    query = select(Payment).where(Payment.network == network, Payment.id > after, _UNRESOLVED)
    return list((await tx.execute(query.order_by(Payment.id).limit(limit))).scalars())


async def unused_reservations(tx: Tx, *, limit: int = 100) -> list[str]:
    """IDs of sessions that are still reserved, long after their payment ended one way or the other."""
    query = (
        select(Session.id)
        .join(Payment, Payment.session_id == Session.id)
        .where(
            Session.status == schema.RESERVED,
            or_(
                Payment.status == NOT_PAID,
                (Payment.status == PAID) & (Payment.settled_at < func.now() - _UNUSED_AFTER),
                # Its network cannot be asked since; what it turns out to have paid is credit.
                Payment.status.in_(_OPEN) & (Payment.valid_until < func.now() - _UNUSED_AFTER),
            ),
        )
        .limit(limit)
    )
    return list((await tx.execute(query)).scalars())


async def forget_answers(tx: Tx) -> None:
    """Delete answers that have been kept for a month. The payments stay: they are accounts."""
    old = Payment.created_at < func.now() - _ANSWER_TTL
    await tx.execute(
        update(Payment).where(old, Payment.sealed_answer.is_not(None)).values(sealed_answer=None)
    )


async def search(
    tx: Tx, principal: Principal, *, words: str, status: str | None, limit: int, offset: int
) -> Page[Payment]:
    """Payments of the account, for an operator all, newest first.

    Args:
        tx: The transaction.
        principal: Reader.
        words: In the wallet, the transaction or the session's ID; in any case of letters.
        status: `RESERVED`, `PENDING`, `PAID` or `NOT_PAID`; `None` for any.
        limit: Maximum number on the page.
        offset: Number to skip.
    """
    found = select(Payment).where(owned(Payment.account_id, principal))
    if status:
        found = found.where(Payment.status == status)
    if words:
        places = (Payment.payer, Payment.transaction, Payment.session_id)
        found = found.where(or_(*(place.icontains(words, autoescape=True) for place in places)))
    return await read_page(tx, found, Payment.created_at.desc(), Payment.id, limit=limit, offset=offset)


async def list_all(tx: Tx, *, limit: int) -> list[Payment]:
    """The newest payments of the installation."""
    return list((await tx.execute(select(Payment).order_by(Payment.id.desc()).limit(limit))).scalars())


@dataclass(frozen=True)
class WalletCredit:
    """Credit of a wallet.

    Attributes:
        address: Network and address as CAIP-10 writes them.
        refunded_micros: Sum of what came back for unused time, in micro-dollars.
        balance_micros: What is left, in micro-dollars.
    """

    address: str
    refunded_micros: int
    balance_micros: int


async def wallet_credits(tx: Tx) -> list[WalletCredit]:
    """Wallets that have credit, or have had some back; the largest credit first."""
    refunded = func.coalesce(func.sum(LedgerEntry.amount_micros).filter(LedgerEntry.reason == "refund"), 0)
    balance = func.sum(LedgerEntry.amount_micros)
    query = (
        select(Wallet.address, refunded, balance)
        .join(LedgerEntry, LedgerEntry.account_id == Wallet.account_id)
        .where(Wallet.address != "")
        .group_by(Wallet.address)
        .having(or_(balance != 0, refunded != 0))
        .order_by(balance.desc(), Wallet.address)
    )
    return [WalletCredit(address, int(back), int(left)) for address, back, left in await tx.execute(query)]
