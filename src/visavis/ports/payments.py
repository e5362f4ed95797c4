"""What takes signed payments of wallets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True)
class Demand:
    """What a client is asked to pay, on each network.

    Attributes:
        header: For the header `PAYMENT-REQUIRED`.
        body: The same as a JSON object.
    """

    header: str
    body: dict[str, Any]


@dataclass(frozen=True)
class SignedPayment:
    """A payment that a wallet has signed, read but not verified.

    Attributes:
        key: Identity of the payment: its network settles each one once.
        network: Network as CAIP-2 writes it.
        asset: Address of the token.
        payer: Address that pays.
        pay_to: Address that is paid.
        amount: Amount in the smallest units of the token.
        valid_until: Time after which the network refuses it.
        identifier: Client's own name for it; `None` if it has none.
        payload: All that the client signed and sent, as JSON.
    """

    key: str
    network: str
    asset: str
    payer: str
    pay_to: str
    amount: int
    valid_until: datetime
    identifier: str | None
    payload: dict[str, Any]


class Outcome(StrEnum):
    """What became of a payment."""

    PAID = "paid"
    NOT_PAID = "not_paid"  # and never will be
    UNKNOWN = "unknown"  # it may have been sent


@dataclass(frozen=True)
class Settlement:
    """The outcome of a payment.

    Attributes:
        outcome: What became of it.
        transaction: Hash or signature of its transaction; empty if that is not known.
        reason: Why it was not paid, or not yet; empty if it was.
    """

    outcome: Outcome
    transaction: str = ""
    reason: str = ""


class Payments(Protocol):
    """Takes signed payments, on one or more networks."""

    async def demand(
        self, price_micros: int, *, url: str, description: str, error: str, extensions: dict[str, Any]
    ) -> Demand:
        """What to pay for a resource.

        Args:
            price_micros: Price in micro-dollars.
            url: URL of the resource.
            description: What it is.
            error: Why a payment is needed, for people.
            extensions: Extensions of the protocol that the resource offers besides.

        Raises:
            FacilitatorUnavailableError: The facilitator cannot be reached.
        """
        ...

    def read(self, header: str) -> SignedPayment:
        """Read a payment from the header `PAYMENT-SIGNATURE`.

        Raises:
            PaymentMalformedError: It cannot be read.
            PaymentRefusedError: It is for a network that is not served.
        """
        ...

    async def verify(self, payment: SignedPayment, price_micros: int) -> None:
        """Check that a payment pays a price, and would be accepted by its network. Nothing moves.

        Raises:
            PaymentRefusedError: It pays another amount, asset or address, or its network would refuse it.
            FacilitatorUnavailableError: The facilitator cannot be reached.
        """
        ...

    async def settle(self, payment: SignedPayment, *, since: datetime) -> Settlement:
        """Send a payment to its network. Sending the same one again moves no money a second time.

        Args:
            payment: The payment.
            since: Time at which it was first sent to us.
        """
        ...

    async def look_up(self, payment: SignedPayment, transaction: str = "", *, since: datetime) -> Settlement:
        """Ask the network what became of a payment.

        Args:
            payment: The payment.
            transaction: Hash or signature of its transaction, if somebody named one.
            since: Time at which it was first sent to us.
        """
        ...

    def restore(self, payload: dict[str, Any]) -> SignedPayment:
        """The payment of a stored payload."""
        ...

    def receipt(self, payment: SignedPayment, settlement: Settlement) -> str:
        """The header `PAYMENT-RESPONSE` that tells a client about a settlement."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class WalletProofs(Protocol):
    """Checks signed messages that prove a wallet."""

    def challenge(self, url: str, statement: str) -> dict[str, Any]:
        """What a client is asked to sign: extensions of a demand."""
        ...

    async def prove(self, header: str, url: str, statement: str) -> "WalletProof":
        """Check a signed message.

        Raises:
            WalletRefusedError: It proves nothing: it is malformed, too old, for another page or statement, or
                its signature is wrong.
        """
        ...


@dataclass(frozen=True)
class WalletProof:
    """A wallet that has signed a message.

    Attributes:
        network: Network as CAIP-2 writes it.
        address: Address of the wallet.
        nonce: Nonce of the message; each may be used once.
    """

    network: str
    address: str
    nonce: str
