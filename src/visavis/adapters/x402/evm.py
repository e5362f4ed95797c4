"""EVM chains: payments are authorizations of EIP-3009, settled once for each payer and nonce."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from visavis.adapters.x402.chain import Authorization, ChainUnreachableError, JsonRpc, Token
from visavis.ports.payments import Outcome, Settlement, SignedPayment

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_NONCE: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_NUMBER: Final = re.compile(r"[0-9]{1,30}")
_USED: Final = "0x" + keccak(text="AuthorizationUsed(address,bytes32)").hex()
_CANCELED: Final = "0x" + keccak(text="AuthorizationCanceled(address,bytes32)").hex()
_TRANSFER: Final = "0x" + keccak(text="Transfer(address,address,uint256)").hex()
_STATE: Final = "authorizationState(address,bytes32)"
_WINDOW_BLOCKS: Final = 2000  # what public nodes let one ask for at a time
_MAX_WINDOWS: Final = 100  # more than two days of Base
_SUCCEEDED: Final = "0x1"
_LAST_MOMENT_S: Final = 253_402_300_799  # the end of the year 9999


class EvmChain:
    """An EVM chain with one token."""

    def __init__(self, network: str, rpc: JsonRpc, asset: str) -> None:
        """Prepare.

        Args:
            network: Network as CAIP-2 writes it.
            rpc: Client of a node.
            asset: Address of the token.
        """
        self._network, self._rpc, self._asset = network, rpc, asset

    async def token(self) -> Token:
        """The token: its name and version are part of what wallets sign."""
        name, version = [await self._text(f"{each}()") for each in ("name", "version")]
        (decimals,) = await self._read("decimals()", [], [], ["uint8"])
        return Token(self._asset, decimals, {"name": name, "version": version})

    def authorization(self, payload: dict[str, Any]) -> Authorization:
        """What was signed; only EIP-3009 is taken, not Permit2."""
        signed = payload.get("authorization")
        is_signed = isinstance(payload.get("signature"), str)
        if not is_signed or not isinstance(signed, dict):
            raise ValueError("no authorization with a signature")
        payer, pay_to = (_matched(_ADDRESS, signed.get(name)) for name in ("from", "to"))
        nonce = _matched(_NONCE, signed.get("nonce"))
        value, before = (int(_matched(_NUMBER, signed.get(name))) for name in ("value", "validBefore"))
        return Authorization(
            key=f"{self._network}/{self._asset}/{payer}/{nonce}".lower(),
            payer=payer,
            pay_to=pay_to,
            asset=self._asset,
            amount=value,
            valid_until=datetime.fromtimestamp(min(before, _LAST_MOMENT_S), UTC),
        )

    async def look_up(
        self,
        payment: SignedPayment,
        transaction: str,
        since: datetime,  # noqa: ARG002 - a nonce is found however old it is
    ) -> Settlement:
        """What became of a payment: the token says whether its nonce was used, and an event by what."""
        nonce = payment.payload["payload"]["authorization"]["nonce"]
        latest = await self._rpc.call("eth_getBlockByNumber", "latest", False)
        words = [payment.payer, bytes.fromhex(nonce[2:])]
        is_expired = int(latest["timestamp"], 16) >= payment.valid_until.timestamp()
        # Once it has expired, what is not used in that block can no longer be in a later one. A node that
        # lags behind the one that named the block cannot answer; of its own last block it would say unused.
        block = latest["number"] if is_expired else "latest"
        (is_used,) = await self._read(_STATE, ["address", "bytes32"], words, ["bool"], block)
        if is_used:
            return await self._use(payment, nonce, int(latest["number"], 16), transaction)
        if is_expired:
            return Settlement(Outcome.NOT_PAID, reason="authorization_expired")
        return Settlement(Outcome.UNKNOWN, transaction)

    async def close(self) -> None:
        """Close the connections."""
        await self._rpc.close()

    async def _use(self, payment: SignedPayment, nonce: str, latest: int, transaction: str) -> Settlement:
        """By which transaction a nonce was used, and for what.

        A canceled authorization uses it too, and so does another one that the payer has signed: they pay
        nothing.
        """
        if _NONCE.fullmatch(transaction):
            found = await self._use_in(payment, nonce, transaction)
            if found is not None:
                return found
        payer = _topic(payment.payer)
        for window in range(_MAX_WINDOWS):
            end = latest - window * _WINDOW_BLOCKS
            if end < 0:
                break
            asked = {
                "address": payment.asset,
                "topics": [[_USED, _CANCELED], payer, nonce],
                "fromBlock": hex(max(0, end - _WINDOW_BLOCKS + 1)),
                # The newest blocks too: the nonce may have been used since.
                "toBlock": hex(end) if window else "latest",
            }
            for log in await self._rpc.call("eth_getLogs", asked):
                if log["topics"][0] == _CANCELED:
                    return Settlement(Outcome.NOT_PAID, reason="authorization_canceled")
                found = await self._use_in(payment, nonce, log["transactionHash"])
                if found is not None:
                    return found
        return Settlement(Outcome.UNKNOWN, transaction, "transaction_not_found")

    async def _use_in(self, payment: SignedPayment, nonce: str, transaction: str) -> Settlement | None:
        """What a transaction has done with the nonce of a payment; `None` if it has not used it.

        A token moves the money of an authorization right after it has marked the nonce as used, so only the
        transfer that follows counts. The same transaction can use other nonces, and pay us for those.
        """
        receipt = await self._rpc.call("eth_getTransactionReceipt", transaction)
        if receipt is None or receipt["status"] != _SUCCEEDED:
            return None
        used = [_USED, _topic(payment.payer), nonce.lower()]
        paid = [_TRANSFER, _topic(payment.payer), _topic(payment.pay_to)]
        events = [each for each in receipt["logs"] if each["address"].lower() == payment.asset.lower()]
        for mark, transfer in pairwise(events):
            if _topics(mark) != used or _topics(transfer)[0] != _TRANSFER:
                continue
            if _topics(transfer) == paid and int(transfer["data"], 16) == payment.amount:
                return Settlement(Outcome.PAID, transaction)
            return Settlement(Outcome.NOT_PAID, transaction, "authorization_used_elsewhere")
        return None

    async def _text(self, function: str) -> str:
        (found,) = await self._read(function, [], [], ["string"])
        return str(found)

    async def _read(
        self, function: str, kinds: list[str], words: list[Any], answer: list[str], block: str = "latest"
    ) -> Any:
        data = keccak(text=function)[:4] + encode(kinds, words)
        call = {"to": self._asset, "data": "0x" + data.hex()}
        found = await self._rpc.call("eth_call", call, block)
        try:
            return decode(answer, bytes.fromhex(str(found)[2:]))
        except (DecodingError, ValueError) as error:
            raise ChainUnreachableError(f"{function}: the token has no such function") from error


def _matched(pattern: re.Pattern[str], value: object) -> str:
    text = str(value) if isinstance(value, str | int) else ""
    if not pattern.fullmatch(text):
        raise ValueError("a field of the authorization is missing or wrong")
    return text


def _topics(log: dict[str, Any]) -> list[str]:
    return [topic.lower() for topic in log["topics"]]


def _topic(address: str) -> str:
    return "0x" + address[2:].lower().rjust(64, "0")
