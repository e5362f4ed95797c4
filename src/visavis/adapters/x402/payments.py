"""Payments by x402, on all networks of the settings.

The facilitator sends payments, and the chain decides what became of them: what a facilitator says of a
settlement is never enough, neither that a payment was made nor that it was not.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from x402 import x402ResourceServer
from x402.extensions.payment_identifier import PAYMENT_IDENTIFIER, declare_payment_identifier_extension
from x402.extensions.payment_identifier.utils import is_valid_payment_id
from x402.http.utils import (
    decode_payment_signature_header,
    encode_payment_required_header,
    encode_payment_response_header,
)
from x402.mechanisms.evm.exact.register import register_exact_evm_server
from x402.mechanisms.svm.exact.register import register_exact_svm_server
from x402.schemas import (
    AssetAmount,
    PaymentPayload,
    PaymentRequirements,
    ResourceConfig,
    ResourceInfo,
    SchemeNotFoundError,
    SettleResponse,
)

from visavis.adapters.x402.chain import Chain, ChainUnreachableError, Token
from visavis.adapters.x402.facilitator import Facilitator
from visavis.errors import FacilitatorUnavailableError, PaymentMalformedError, PaymentRefusedError
from visavis.ports.payments import Demand, Outcome, Settlement, SignedPayment

_SCHEME: Final = "exact"
_MICRO_DECIMALS: Final = 6
_RETRY_AFTER_S: Final = 5
_TRY_AGAIN_S: Final = 30.0  # when a network did not answer
_CLOCK_ERROR: Final = timedelta(minutes=10)  # of clients
_LOOK_UPS: Final = 5
_LOOK_UP_PAUSE_S: Final = 1.0
_MAX_HEADER_CHARS: Final = 16_384

_log = structlog.get_logger()


class X402Payments:
    """Takes payments that wallets have signed for x402, version 2."""

    def __init__(
        self,
        facilitator: Facilitator,
        chains: Mapping[str, Chain],
        pay_to: Mapping[str, str],
        *,
        timeout_s: int,
    ) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            facilitator: Verifies and settles.
            chains: Chain of each network.
            pay_to: Address that is paid on each network.
            timeout_s: Time for which a signed payment is valid.
        """
        self._facilitator, self._chains, self._pay_to = facilitator, chains, pay_to
        self._timeout_s = timeout_s
        self._server = x402ResourceServer(facilitator)
        for network in chains:
            register = (
                register_exact_svm_server if network.startswith("solana:") else register_exact_evm_server
            )
            register(self._server, network)
        self._tokens: dict[str, Token] = {}
        self._preparing = asyncio.Lock()
        self._next_try_s = 0.0

    async def demand(
        self, price_micros: int, *, url: str, description: str, error: str, extensions: dict[str, Any]
    ) -> Demand:
        """What to pay for a resource."""
        required = await self._server.create_payment_required_response(
            await self._requirements(price_micros),
            ResourceInfo(url=url, description=description, mime_type="application/json"),
            error,
            {PAYMENT_IDENTIFIER: declare_payment_identifier_extension(), **extensions},
        )
        body = json.loads(required.model_dump_json(by_alias=True, exclude_none=True))
        return Demand(encode_payment_required_header(required), body)

    def read(self, header: str) -> SignedPayment:
        """Read a payment from the header `PAYMENT-SIGNATURE`."""
        if len(header) > _MAX_HEADER_CHARS:
            raise PaymentMalformedError("PAYMENT-SIGNATURE is too long.")
        try:
            payload = decode_payment_signature_header(header)
        except (ValueError, AttributeError, RecursionError) as error:
            raise PaymentMalformedError("PAYMENT-SIGNATURE is not a payment of x402 in base64.") from error
        if not isinstance(payload, PaymentPayload):
            raise PaymentMalformedError("Only payments of version 2 of x402 are taken.")
        return self._signed(payload)

    async def verify(self, payment: SignedPayment, price_micros: int) -> None:
        """Check that a payment pays a price, and would be accepted by its network."""
        payload = PaymentPayload.model_validate(payment.payload)
        wanted = self._server.find_matching_requirements(await self._requirements(price_micros), payload)
        if wanted is None:
            raise PaymentRefusedError("The payment accepts other terms than these.")
        self._refuse_other_terms(payment, wanted)
        try:
            found = await self._server.verify_payment(payload, wanted)
        except Exception as error:
            _log.warning("payment_not_verified", network=payment.network, reason=type(error).__name__)
            raise _unavailable() from error
        if not found.is_valid:
            raise PaymentRefusedError(
                f"The payment is not valid: {found.invalid_reason or 'unknown reason'}."
            )
        if not _same(found.payer, payment.payer):
            raise PaymentRefusedError("The payment is not valid: it was signed by another wallet.")

    async def settle(self, payment: SignedPayment, *, since: datetime) -> Settlement:
        """Send a payment to its network, and ask the network what became of it."""
        payload = PaymentPayload.model_validate(payment.payload)
        transaction, reason, is_settled = "", "", False
        try:
            await self._prepared()
            said = await self._server.settle_payment(payload, payload.accepted)
            transaction, reason, is_settled = said.transaction, said.error_reason or "", said.success
        except Exception as error:  # noqa: BLE001 - whatever it was, the payment may have been sent
            reason = type(error).__name__
        if not is_settled:
            _log.warning("settlement_failed", network=payment.network, reason=reason)
        for attempt in range(_LOOK_UPS if is_settled else 1):
            if attempt:
                await asyncio.sleep(_LOOK_UP_PAUSE_S)  # nodes may lag behind each other
            found = await self.look_up(payment, transaction, since=since)
            if found.outcome is not Outcome.UNKNOWN:
                return found
        return replace(found, reason=reason or found.reason)

    async def look_up(self, payment: SignedPayment, transaction: str = "", *, since: datetime) -> Settlement:
        """Ask the network what became of a payment."""
        try:
            return await self._chains[payment.network].look_up(payment, transaction, since)
        except (ChainUnreachableError, KeyError, TypeError, ValueError) as error:
            _log.warning("payment_not_looked_up", network=payment.network, reason=str(error))
            return Settlement(Outcome.UNKNOWN, transaction, "network_unreachable")

    def restore(self, payload: dict[str, Any]) -> SignedPayment:
        """The payment of a stored payload."""
        return self._signed(PaymentPayload.model_validate(payload))

    def receipt(self, payment: SignedPayment, settlement: Settlement) -> str:
        """The header `PAYMENT-RESPONSE`."""
        is_paid = settlement.outcome is Outcome.PAID
        pending = "settlement_pending" if settlement.outcome is Outcome.UNKNOWN else "payment_failed"
        response = SettleResponse(
            success=is_paid,
            error_reason=None if is_paid else settlement.reason or pending,
            payer=payment.payer,
            transaction=settlement.transaction,
            network=payment.network,
            amount=str(payment.amount) if is_paid else None,
        )
        return encode_payment_response_header(response)

    async def close(self) -> None:
        """Close all connections."""
        await self._facilitator.aclose()
        for chain in self._chains.values():
            await chain.close()

    async def _requirements(self, price_micros: int) -> list[PaymentRequirements]:
        """What is asked for, on each network that the facilitator serves."""
        await self._prepared()
        found: list[PaymentRequirements] = []
        for network, token in self._tokens.items():
            amount = _in_token(price_micros, token)
            price = AssetAmount(amount=str(amount), asset=token.address, extra=dict(token.domain))
            wanted = ResourceConfig(
                scheme=_SCHEME,
                network=network,
                pay_to=self._pay_to[network],
                price=price,
                max_timeout_seconds=self._timeout_s,
            )
            try:
                found += self._server.build_payment_requirements(wanted)
            except SchemeNotFoundError:
                _log.error("facilitator_lacks_network", network=network)
        if not found:
            raise _unavailable()
        return found

    async def _prepared(self) -> None:
        """Ask the facilitator what it serves, and the chains what their tokens are called; once."""
        async with self._preparing:
            now_s = time.monotonic()
            if len(self._tokens) == len(self._chains) or (self._tokens and now_s < self._next_try_s):
                return
            self._next_try_s = now_s + _TRY_AGAIN_S
            try:
                await asyncio.to_thread(self._server.initialize)
                for network, chain in self._chains.items():
                    if network not in self._tokens:
                        self._tokens[network] = await chain.token()
            except Exception as error:  # the library raises whatever its transport does
                _log.warning("payments_not_ready", reason=f"{type(error).__name__}: {error}")
                if not self._tokens:
                    raise _unavailable() from error

    def _signed(self, payload: PaymentPayload) -> SignedPayment:
        network = str(payload.accepted.network)
        if network not in self._chains:
            raise PaymentRefusedError("Payments on this network are not accepted.")
        try:
            signed = self._chains[network].authorization(payload.payload)
        except ValueError as error:
            raise PaymentMalformedError(f"The payment cannot be read: {error}.") from error
        return SignedPayment(
            key=signed.key,
            network=network,
            asset=signed.asset,
            payer=signed.payer,
            pay_to=signed.pay_to,
            amount=signed.amount,
            valid_until=signed.valid_until,
            identifier=_identifier(payload),
            payload=json.loads(payload.model_dump_json(by_alias=True, exclude_none=True)),
        )

    def _refuse_other_terms(self, payment: SignedPayment, wanted: PaymentRequirements) -> None:
        """What was signed is what was accepted, whatever a facilitator says of it."""
        if payment.amount != int(wanted.amount):
            raise PaymentRefusedError("The payment is signed for another amount.")
        if not _same(payment.pay_to, wanted.pay_to):
            raise PaymentRefusedError("The payment is signed for another address.")
        if not _same(payment.asset, wanted.asset):
            raise PaymentRefusedError("The payment is signed for another asset.")
        now = datetime.now(UTC)
        if payment.valid_until <= now:
            raise PaymentRefusedError("The payment has expired.")
        if payment.valid_until > now + timedelta(seconds=self._timeout_s) + _CLOCK_ERROR:
            raise PaymentRefusedError(f"The payment is valid for more than {self._timeout_s} seconds.")


def _identifier(payload: PaymentPayload) -> str | None:
    declared = (payload.extensions or {}).get(PAYMENT_IDENTIFIER)
    info = declared.get("info") if isinstance(declared, dict) else None
    found = info.get("id") if isinstance(info, dict) else None
    if found is None:
        return None
    if not isinstance(found, str) or not is_valid_payment_id(found):
        raise PaymentMalformedError("The payment identifier must have 16 to 128 letters, digits, - or _.")
    return found


def _in_token(price_micros: int, token: Token) -> int:
    """A price in the smallest units of a token; never less than the price."""
    factor: int = 10 ** abs(token.decimals - _MICRO_DECIMALS)
    return price_micros * factor if token.decimals >= _MICRO_DECIMALS else -(-price_micros // factor)


def _same(one: str | None, other: str) -> bool:
    """Whether two addresses of a network are the same. EVM addresses differ in case for their checksum."""
    if one is None:
        return False
    return one.lower() == other.lower() if other.startswith("0x") else one == other


def _unavailable() -> FacilitatorUnavailableError:
    return FacilitatorUnavailableError(
        "Payments cannot be checked at the moment. You have not been charged. Try again soon.",
        retry_after_s=_RETRY_AFTER_S,
    )
