"""How a request is paid: verified, reserved, settled, and only then opened.

Whatever happens on the way, the same payment can be sent again. It gives the answer that it has bought, or
says that it was not paid, or that nobody knows yet. It never buys two things, and no second payment is asked
for while the first may have been made.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from starlette.responses import JSONResponse, Response

from visavis.core import paid_sessions
from visavis.core.billing import ledger, money, payments
from visavis.core.billing.payments import NOT_PAID, PAID, Purchase
from visavis.core.database import Tx
from visavis.core.identity import wallets
from visavis.core.identity.wallets import WalletAddress
from visavis.core.schema import Payment
from visavis.core.secret import SEALS, seal, shared_secret, unseal
from visavis.errors import (
    PaymentRefusedError,
    PaymentUsedError,
    SettlementPendingError,
    VisavisError,
    WalletRefusedError,
)
from visavis.ports.payments import Outcome, Payments, Settlement, SignedPayment
from visavis.surfaces.mirrorstage.context import PaidContext
from visavis.surfaces.mirrorstage.error_responses import PAYMENT_REQUIRED, SETTLEMENT_PENDING, TABLE

SIGNATURE: Final = "PAYMENT-SIGNATURE"
REQUIRED: Final = "PAYMENT-REQUIRED"
RESPONSE: Final = "PAYMENT-RESPONSE"
_RETRY_AFTER_S: Final = 5

_log = structlog.get_logger()

Answer = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """What a request wants to buy.

    Attributes:
        purpose: `SESSION` or `EXTENSION` of `visavis.core.billing.payments`.
        minutes: Minutes.
        price_micros: Price in micro-dollars.
        url: URL of the request.
        description: What it is, for people.
        fingerprint: Digest of the request.
        check: Refuses what cannot be sold now. A payment that was sent before is not asked.
        reserve: Reserves it for an account; gives the ID of its session.
        deliver: Opens it, once it is paid, and gives the answer. Its session may be `None`: the reservation
            was given up.
        wallet: Wallet that must pay; `None` if any may.
    """

    purpose: str
    minutes: int
    price_micros: int
    url: str
    description: str
    fingerprint: bytes
    check: Callable[[], Awaitable[None]]
    reserve: Callable[[Tx, int], Awaitable[str]]
    deliver: Callable[[Tx, int, str | None], Awaitable[Answer]]
    wallet: str | None = None


class _TakenError(Exception):
    """Another request has used the payment in the meantime; rolls a transaction back."""


class Checkout:
    """Takes the payment of one request."""

    def __init__(self, context: PaidContext, taking: Payments, order: Order) -> None:
        """Prepare.

        Args:
            context: What the surface is given.
            taking: Takes payments.
            order: What is bought.
        """
        self._database, self._payments, self._order = context.shared.database, taking, order
        self._proofs = context.proofs

    async def ask(self, error: str = "", receipt: str | None = None) -> Response:
        """Ask for a payment: 402, with what can be paid on each network.

        Args:
            error: Why the payment that was sent is none; empty if none was sent.
            receipt: What to say of that payment's settlement.
        """
        order = self._order
        price = price_text(order)
        message = error or f"Payment required: {price}."
        extensions = self._proofs.challenge(order.url, price) if self._proofs else {}
        demand = await self._payments.demand(
            order.price_micros,
            url=order.url,
            description=order.description,
            error=message,
            extensions=extensions,
        )
        headers = {REQUIRED: demand.header} | ({RESPONSE: receipt} if receipt else {})
        body = demand.body | {"error": PAYMENT_REQUIRED.code, "message": message}
        return JSONResponse(body, PAYMENT_REQUIRED.status, headers)

    async def take(self, header: str) -> Response:
        """Take the payment of a header, and answer the request."""
        try:
            signed = self._payments.read(header)
            if self._order.wallet is not None:
                _refuse_other_wallet(signed, self._order.wallet)
            used = await self._find(signed)
            if used is None:
                payment_id = await self._accept(signed)
                if payment_id is not None:
                    settlement = await self._payments.settle(signed, since=datetime.now(UTC))
                    return await self._conclude(signed, payment_id, settlement)
                used = await self._find(signed)
        except PaymentRefusedError as error:
            return await self.ask(error.message)
        if used is None:
            raise SettlementPendingError(SETTLEMENT_PENDING.example, retry_after_s=_RETRY_AFTER_S)
        return await self._replay(signed, used)

    async def _find(self, signed: SignedPayment) -> Payment | None:
        async with self._database.transaction() as tx:
            account_id = await wallets.account_of(tx, _wallet(signed).text) if signed.identifier else None
            row = await payments.find(tx, signed, account_id)
            if row is not None and row.status == NOT_PAID and row.key != signed.key:
                row.identifier = None  # the same request, paid anew
                return None
            return row

    async def _accept(self, signed: SignedPayment) -> int | None:
        """Verify a payment, and record it with what it buys; `None` if another request did so first."""
        try:
            await self._order.check()
            await self._payments.verify(signed, self._order.price_micros)
            return await self._reserve(signed)
        except VisavisError:
            # What that one bought is what is missing here: the money is spent, or the last slot is taken.
            if await self._find(signed) is None:
                raise
            return None

    async def _reserve(self, signed: SignedPayment) -> int | None:
        """Reserve what is bought, and record the payment; `None` if another request did so first."""
        order = self._order
        try:
            async with self._database.transaction() as tx:
                account_id = await wallets.account_of(tx, _wallet(signed).text)
                purchase = Purchase(
                    account_id=account_id,
                    purpose=order.purpose,
                    session_id=await order.reserve(tx, account_id),
                    minutes=order.minutes,
                    price_micros=order.price_micros,
                    fingerprint=order.fingerprint,
                )
                return _reserved(await payments.reserve(tx, signed, purchase))
        except _TakenError:
            return None

    async def _conclude(self, signed: SignedPayment, payment_id: int, settlement: Settlement) -> Response:
        """Record the outcome of a settlement, and answer accordingly."""
        async with self._database.transaction() as tx:
            await payments.conclude(tx, payment_id, settlement)
            row = await payments.lock(tx, payment_id)
            if row.status == NOT_PAID and row.session_id is not None and row.purpose == payments.SESSION:
                await paid_sessions.release(tx, row.session_id)
        _log.info("payment", payment=payment_id, status=row.status, network=row.network)
        return await self._answer(signed, row)

    async def _replay(self, signed: SignedPayment, row: Payment) -> Response:
        """Answer a payment that was sent before."""
        if row.fingerprint != self._order.fingerprint:
            raise PaymentUsedError("This payment was already used for a different request. Sign a new one.")
        if row.status in {PAID, NOT_PAID}:
            return await self._answer(signed, row)
        if row.key != signed.key:  # its identifier is that of another one, which is on its way
            return self._pending(signed, Settlement(Outcome.UNKNOWN, row.transaction or ""))
        found = await self._payments.look_up(signed, row.transaction or "", since=row.created_at)
        if found.outcome is Outcome.UNKNOWN and row.status == payments.PENDING:
            # Its network takes the same payment once, so it can be sent again.
            found = await self._payments.settle(signed, since=row.created_at)
        if found.outcome is Outcome.UNKNOWN and row.status == payments.RESERVED:
            return self._pending(signed, found)  # the first request may still be at it
        return await self._conclude(signed, row.id, found)

    async def _answer(self, signed: SignedPayment, row: Payment) -> Response:
        if row.status == NOT_PAID:
            settlement = Settlement(Outcome.NOT_PAID, row.transaction or "", row.error or "")
            receipt = self._payments.receipt(signed, settlement)
            return await self.ask("The payment was not settled. Nothing was charged.", receipt)
        if row.status != PAID:
            return self._pending(signed, Settlement(Outcome.UNKNOWN, row.transaction or "", row.error or ""))
        answer = await self._deliver(row.id)
        receipt = self._payments.receipt(signed, Settlement(Outcome.PAID, row.transaction or ""))
        return JSONResponse(answer, headers={RESPONSE: receipt})

    async def _deliver(self, payment_id: int) -> Answer:
        """Open what was paid; once, and later the same answer again."""
        async with self._database.transaction() as tx:
            row = await payments.lock(tx, payment_id)
            secret = await shared_secret(tx, SEALS)
            if row.sealed_answer is not None:
                found: Answer = json.loads(unseal(secret, row.sealed_answer))
                return found
            await wallets.lock(tx, row.account_id)
            if await ledger.balance_micros(tx, row.account_id) < row.amount_micros:
                raise PaymentUsedError("This payment became credit of the wallet, which was spent.")
            answer = await self._order.deliver(tx, row.account_id, row.session_id)
            await payments.keep_answer(tx, row, seal(secret, json.dumps(answer)))
            return answer

    def _pending(self, signed: SignedPayment, settlement: Settlement) -> Response:
        answer = TABLE.render(SETTLEMENT_PENDING, SETTLEMENT_PENDING.example, _RETRY_AFTER_S)
        answer.headers[RESPONSE] = self._payments.receipt(signed, settlement)
        return answer


def _reserved(payment_id: int | None) -> int:
    if payment_id is None:
        raise _TakenError
    return payment_id


def price_text(order: Order) -> str:
    """A price, as people read it and as wallets sign it."""
    return f"${money.to_usd(order.price_micros):.2f} for {order.minutes} minutes"


def _wallet(signed: SignedPayment) -> WalletAddress:
    return WalletAddress(signed.network, signed.payer)


def _refuse_other_wallet(signed: SignedPayment, wallet: str) -> None:
    if _wallet(signed).text != wallet:
        raise WalletRefusedError("Pay from the wallet that created the session.")
