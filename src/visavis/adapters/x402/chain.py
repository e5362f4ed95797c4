"""What all chains have in common: a JSON-RPC client, and what is asked of a chain."""

import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import httpx

from visavis.ports.payments import Settlement, SignedPayment

_TIMEOUT_S: Final = 10.0


class ChainUnreachableError(Exception):
    """A node of the chain did not answer, or answered with an error."""


@dataclass(frozen=True)
class Token:
    """The token that is paid with.

    Attributes:
        address: Address of its contract or mint.
        decimals: Number of decimals of its amounts.
        domain: Name and version that signatures for it contain; empty where they contain none.
    """

    address: str
    decimals: int
    domain: dict[str, str]


@dataclass(frozen=True)
class Authorization:
    """What a wallet has signed, as its chain understands it.

    Attributes:
        key: Identity of the payment on this chain.
        payer: Address that pays.
        pay_to: Address that is paid.
        asset: Address of the token.
        amount: Amount in the smallest units of the token.
        valid_until: Time after which the chain refuses it.
    """

    key: str
    payer: str
    pay_to: str
    asset: str
    amount: int
    valid_until: datetime


class Chain(Protocol):
    """A network on which payments are settled."""

    async def token(self) -> Token:
        """Read the token from the chain.

        Raises:
            ChainUnreachableError: The chain cannot be asked.
        """
        ...

    def authorization(self, payload: dict[str, Any]) -> Authorization:
        """Read what was signed.

        Raises:
            ValueError: It cannot be read.
        """
        ...

    async def look_up(self, payment: SignedPayment, transaction: str, since: datetime) -> Settlement:
        """What became of a payment.

        Args:
            payment: The payment.
            transaction: Hash or signature of its transaction, if somebody named one; it may be wrong.
            since: Time at which it was first sent to us.

        Raises:
            ChainUnreachableError: The chain cannot be asked.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class JsonRpc:
    """A client of a node."""

    def __init__(self, url: str) -> None:
        """Prepare.

        Args:
            url: URL of the node.
        """
        self._url, self._client = url, httpx.AsyncClient(timeout=_TIMEOUT_S)
        self._numbers = itertools.count(1)

    async def call(self, method: str, *params: Any) -> Any:
        """Call a method.

        Raises:
            ChainUnreachableError: The node did not answer, or with an error.
        """
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": list(params)}
        try:
            answer = await self._client.post(self._url, json=body)
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ChainUnreachableError(f"{method}: {type(error).__name__}") from error
        if not isinstance(found, dict) or "result" not in found:
            raise ChainUnreachableError(f"{method}: the node refused it")
        return found["result"]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
