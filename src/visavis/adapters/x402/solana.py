"""Solana: payments are transactions that the payer has signed, each with a message that is settled once."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from solders.transaction import VersionedTransaction
from x402.mechanisms.svm.types import ExactSvmPayload, TransactionInfo
from x402.mechanisms.svm.utils import (
    decode_transaction_from_payload,
    derive_ata,
    extract_transaction_info,
    transaction_message_hash,
)

from visavis.adapters.x402.chain import Authorization, ChainUnreachableError, JsonRpc, Token
from visavis.ports.payments import Outcome, Settlement, SignedPayment

_BLOCKHASH_TTL: Final = timedelta(seconds=150)  # 150 blocks; they take 0.4 s, at times twice as long
_PAGE_SIGNATURES: Final = 1000  # what nodes give at most
_MAX_PAGES: Final = 10
_DECIMALS_AT: Final = 44  # in a mint's data: after the authority (36 bytes) and the supply (8)
_COMMITMENT: Final = {"commitment": "confirmed"}
_NEWEST: Final = {"commitment": "processed"}


class SolanaChain:
    """A Solana cluster with one token."""

    def __init__(self, network: str, rpc: JsonRpc, asset: str, pay_to: str) -> None:
        """Prepare.

        Args:
            network: Network as CAIP-2 writes it.
            rpc: Client of a node.
            asset: Address of the token's mint.
            pay_to: Address that is paid.
        """
        self._network, self._rpc, self._asset, self._pay_to = network, rpc, asset, pay_to

    async def token(self) -> Token:
        """The token."""
        found = await self._rpc.call("getAccountInfo", self._asset, {"encoding": "base64", **_COMMITMENT})
        if found["value"] is None:
            raise ChainUnreachableError("getAccountInfo: there is no such token")
        data = base64.b64decode(found["value"]["data"][0])
        return Token(self._asset, data[_DECIMALS_AT], {})

    def authorization(self, payload: dict[str, Any]) -> Authorization:
        """What was signed. Who is paid is the owner of the account that the transaction names."""
        transaction = _decoded(payload)
        info = _transfer(transaction)
        is_ours = info.destination_ata == derive_ata(self._pay_to, info.mint, info.token_program)
        return Authorization(
            key=f"{self._network}/{transaction_message_hash(transaction)}",
            payer=info.payer,
            pay_to=self._pay_to if is_ours else info.destination_ata,
            asset=info.mint,
            amount=info.amount,
            valid_until=datetime.now(UTC) + _BLOCKHASH_TTL,
        )

    async def look_up(self, payment: SignedPayment, transaction: str, since: datetime) -> Settlement:
        """What became of a payment: its transaction is searched among the payer's last ones.

        Facilitators sign too, so nobody else knows its signature before it was sent.
        """
        signed = _decoded(payment.payload["payload"])
        blockhash = str(signed.message.recent_blockhash)
        state = await self._rpc.call("isBlockhashValid", blockhash, _COMMITMENT)
        # A blockhash that is too new to be confirmed is not expired.
        can_land = state["value"] or (await self._rpc.call("isBlockhashValid", blockhash, _NEWEST))["value"]
        found = await self._landed(signed, transaction) if transaction else None
        if found is not None:
            return found
        oldest = (since - _BLOCKHASH_TTL).timestamp()
        # A node that lags behind the one that was asked refuses to answer.
        asked = {"limit": _PAGE_SIGNATURES, "minContextSlot": state["context"]["slot"], **_COMMITMENT}
        for _ in range(_MAX_PAGES):
            page = await self._rpc.call("getSignaturesForAddress", _transfer(signed).source_ata, asked)
            recent = [each for each in page if (each["blockTime"] or oldest) >= oldest]
            for each in recent:
                found = await self._landed(signed, each["signature"])
                if found is not None:
                    return found
            if len(recent) < _PAGE_SIGNATURES:
                # Asked for before the search: what cannot land any more and was not found has not landed.
                if not can_land:
                    return Settlement(Outcome.NOT_PAID, reason="blockhash_expired")
                break
            asked["before"] = page[-1]["signature"]
        return Settlement(Outcome.UNKNOWN, transaction)

    async def close(self) -> None:
        """Close the connections."""
        await self._rpc.close()

    async def _landed(self, signed: VersionedTransaction, signature: str) -> Settlement | None:
        """The outcome of a transaction, if it has landed and is the one that was signed."""
        options = {"encoding": "base64", "maxSupportedTransactionVersion": 0, **_COMMITMENT}
        found = await self._rpc.call("getTransaction", signature, options)
        if found is None:
            return None
        landed = VersionedTransaction.from_bytes(base64.b64decode(found["transaction"][0]))
        if bytes(landed.message) != bytes(signed.message):
            return None
        if found["meta"]["err"] is not None:
            return Settlement(Outcome.NOT_PAID, signature, "transaction_failed")
        return Settlement(Outcome.PAID, signature)


def _decoded(payload: dict[str, Any]) -> VersionedTransaction:
    return decode_transaction_from_payload(ExactSvmPayload.from_dict(payload))


def _transfer(transaction: VersionedTransaction) -> TransactionInfo:
    try:
        info = extract_transaction_info(transaction)
    except IndexError as error:
        raise ValueError("an account of the transfer is not in the transaction") from error
    if info is None:
        raise ValueError("the transaction has no transfer")
    return info
