"""EVM chains: payments are authorizations of EIP-3009, settled once for each payer and nonce."""

import re
from datetime import UTC, datetime
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

    async def look_up(self, payment: SignedPayment, transaction: str) -> Settlement:
        """What became of a payment: the token says whether its nonce was used, and an event by what."""
        nonce = payment.payload["payload"]["authorization"]["nonce"]
        latest = await self._rpc.call("eth_getBlockByNumber", "latest", False)
        words = [payment.payer, bytes.fromhex(nonce[2:])]
        (is_used,) = await self._read(_STATE, ["address", "bytes32"], words, ["bool"])
        if is_used:
            return await self._use(payment, nonce, int(latest["number"], 16), transaction)
        # Asked for before the nonce: what is not used now can no longer be in a later block.
        if int(latest["timestamp"], 16) >= payment.valid_until.timestamp():
            return Settlement(Outcome.NOT_PAID, reason="authorization_expired")
        return Settlement(Outcome.UNKNOWN, transaction)

    async def close(self) -> None:
        """Close the connections."""
        await self._rpc.close()

    async def _use(self, payment: SignedPayment, nonce: str, latest: int, transaction: str) -> Settlement:
        """By which transaction a nonce was used. A canceled authorization uses it too, and pays nothing."""
        if _NONCE.fullmatch(transaction) and await self._is_paid_by(payment, transaction):
            return Settlement(Outcome.PAID, transaction)
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
                if await self._is_paid_by(payment, log["transactionHash"]):
                    return Settlement(Outcome.PAID, log["transactionHash"])
        return Settlement(Outcome.UNKNOWN, transaction, "transaction_not_found")

    async def _is_paid_by(self, payment: SignedPayment, transaction: str) -> bool:
        """Whether a transaction has moved exactly this amount from the payer to us."""
        receipt = await self._rpc.call("eth_getTransactionReceipt", transaction)
        if receipt is None or receipt["status"] != _SUCCEEDED:
            return False
        topics = [_TRANSFER, _topic(payment.payer), _topic(payment.pay_to)]
        return any(
            log["address"].lower() == payment.asset.lower()
            and [topic.lower() for topic in log["topics"]] == topics
            and int(log["data"], 16) == payment.amount
            for log in receipt["logs"]
        )

    async def _text(self, function: str) -> str:
        (found,) = await self._read(function, [], [], ["string"])
        return str(found)

    async def _read(self, function: str, kinds: list[str], words: list[Any], answer: list[str]) -> Any:
        data = keccak(text=function)[:4] + encode(kinds, words)
        call = {"to": self._asset, "data": "0x" + data.hex()}
        found = await self._rpc.call("eth_call", call, "latest")
        try:
            return decode(answer, bytes.fromhex(str(found)[2:]))
        except (DecodingError, ValueError) as error:
            raise ChainUnreachableError(f"{function}: the token has no such function") from error


def _matched(pattern: re.Pattern[str], value: object) -> str:
    text = str(value) if isinstance(value, str | int) else ""
    if not pattern.fullmatch(text):
        raise ValueError("a field of the authorization is missing or wrong")
    return text


def _topic(address: str) -> str:
    return "0x" + address[2:].lower().rjust(64, "0")
