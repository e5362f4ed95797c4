"""Facilitators: who verifies payments and sends them to their chain, in this process or at a URL."""

import asyncio
import time
from typing import Final, Protocol

from solders.keypair import Keypair
from solders.signature import Signature
from solders.transaction_status import TransactionConfirmationStatus
from x402 import x402FacilitatorSync
from x402.http import FacilitatorConfig, HTTPFacilitatorClient
from x402.http.facilitator_client_base import AuthHeaders, AuthProvider
from x402.mechanisms.evm import FacilitatorWeb3Signer
from x402.mechanisms.evm.exact import register_exact_evm_facilitator
from x402.mechanisms.svm.exact.register import register_exact_svm_facilitator
from x402.mechanisms.svm.signers import FacilitatorKeypairSigner
from x402.schemas import (
    PaymentPayload,
    PaymentRequirements,
    SettleResponse,
    SupportedResponse,
    VerifyResponse,
)

from visavis.errors import SettingsError

_REQUEST_TIMEOUT_S: Final = 30.0
_CONFIRMATION_TIMEOUT_S: Final = 20
_CONFIRMATION_POLL_S: Final = 0.4
_CONFIRMED: Final = (TransactionConfirmationStatus.Confirmed, TransactionConfirmationStatus.Finalized)


class Facilitator(Protocol):
    """What verifies and settles payments; `x402ResourceServer` calls it."""

    async def verify(self, payload: PaymentPayload, requirements: PaymentRequirements) -> VerifyResponse:
        """Check a payment."""
        ...

    async def settle(self, payload: PaymentPayload, requirements: PaymentRequirements) -> SettleResponse:
        """Send a payment to its chain."""
        ...

    def get_supported(self) -> SupportedResponse:
        """Networks, and who signs there."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class _BearerToken(AuthProvider):
    def __init__(self, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}

    def get_auth_headers(self) -> AuthHeaders:
        return AuthHeaders(verify=self._headers, settle=self._headers, supported=self._headers)


def hosted_facilitator(url: str, token: str | None) -> Facilitator:
    """A facilitator at a URL.

    Args:
        url: Its URL.
        token: Bearer token for it; `None` for none.
    """
    provider = _BearerToken(token) if token else None
    return HTTPFacilitatorClient(FacilitatorConfig(url, _REQUEST_TIMEOUT_S, None, provider))


class LocalFacilitator:
    """A facilitator in this process, with keys of accounts that pay the chains' fees.

    Its library blocks, so it works in threads. On each chain it settles one payment at a time: two
    transactions of one account at once would take the same number.
    """

    def __init__(self) -> None:
        self._facilitator = x402FacilitatorSync()
        self._turns: dict[str, asyncio.Lock] = {}

    def add_evm(self, network: str, *, rpc_url: str, key: str) -> None:
        """Settle on an EVM chain.

        Raises:
            SettingsError: The key is not one.
        """
        try:
            signer = FacilitatorWeb3Signer(key, rpc_url, _CONFIRMATION_TIMEOUT_S)
        except Exception as error:
            raise SettingsError("VISAVIS_PAYMENT_EVM_RELAYER_KEY is not a private key in hex.") from error
        register_exact_evm_facilitator(self._facilitator, signer, networks=network)
        self._turns[network] = asyncio.Lock()

    def add_solana(self, network: str, *, rpc_url: str, key: str) -> None:
        """Settle on a Solana cluster.

        Raises:
            SettingsError: The key is not one.
        """
        try:
            pair = Keypair.from_base58_string(key)
        except ValueError as error:
            message = "VISAVIS_PAYMENT_SOLANA_RELAYER_KEY is not a private key in base 58."
            raise SettingsError(message) from error
        register_exact_svm_facilitator(self._facilitator, _SolanaSigner(pair, rpc_url), networks=network)
        self._turns[network] = asyncio.Lock()

    async def verify(self, payload: PaymentPayload, requirements: PaymentRequirements) -> VerifyResponse:
        """Check a payment."""
        return await asyncio.to_thread(self._facilitator.verify, payload, requirements)

    async def settle(self, payload: PaymentPayload, requirements: PaymentRequirements) -> SettleResponse:
        """Send a payment to its chain, and wait until it is there."""
        async with self._turns[str(requirements.network)]:
            return await asyncio.to_thread(self._facilitator.settle, payload, requirements)

    def get_supported(self) -> SupportedResponse:
        """Networks, and who signs there."""
        return self._facilitator.get_supported()

    async def aclose(self) -> None:
        """Nothing is held open."""


class _SolanaSigner(FacilitatorKeypairSigner):
    """The library's signer takes a transaction that failed on its chain for confirmed; this does not."""

    def confirm_transaction(self, signature: str, network: str, timeout_seconds: int = 30) -> None:
        client = self._get_client(network)
        until = time.monotonic() + min(timeout_seconds, _CONFIRMATION_TIMEOUT_S)
        while time.monotonic() < until:
            (status,) = client.get_signature_statuses([Signature.from_string(signature)]).value
            if status is not None and status.err is not None:
                raise RuntimeError("The transaction failed on its chain.")
            if status is not None and status.confirmation_status in _CONFIRMED:
                return
            time.sleep(_CONFIRMATION_POLL_S)
        raise RuntimeError("The transaction was not confirmed in time.")
