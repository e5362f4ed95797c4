"""A Solana cluster on this machine: LiteSVM behind the few methods of a node's JSON-RPC that payments use."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from solders.account import Account
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata
from x402.mechanisms.svm.utils import derive_ata

from harness.http_server import serving_http

NETWORK: Final = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
USDC: Final = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
_TOKEN_PROGRAM: Final = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
_RENT: Final = 10**9
_SUPPLY: Final = 10**15
_DECIMALS: Final = 6
_FAILURE: Final = {"InstructionError": [2, {"Custom": 1}]}


@dataclass
class _Landed:
    wire: bytes
    accounts: set[str]
    is_failed: bool
    at_s: float = field(default_factory=time.time)


@dataclass
class SolanaNode:
    """A running cluster.

    Attributes:
        url: URL of its node.
        drop: Whether transactions that are sent get lost.
    """

    url: str = ""
    drop: bool = False
    _svm: LiteSVM = field(default_factory=LiteSVM)
    _turn: threading.RLock = field(default_factory=threading.RLock)
    _landed: dict[str, _Landed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mint = bytes(36) + _SUPPLY.to_bytes(8, "little") + bytes([_DECIMALS, 1]) + bytes(36)
        self._svm.set_account(Pubkey.from_string(USDC), Account(_RENT, mint, _TOKEN_PROGRAM))

    def fund(self, owner: Keypair | Pubkey, tokens: int, *, lamports: int = 0) -> None:
        """Set what an owner has."""
        key = owner.pubkey() if isinstance(owner, Keypair) else owner
        state = bytes(Pubkey.from_string(USDC)) + bytes(key) + tokens.to_bytes(8, "little")
        state += bytes(36) + bytes([1]) + bytes(12) + bytes(8) + bytes(36)
        with self._turn:
            self._svm.set_account(_token_account(key), Account(_RENT, state, _TOKEN_PROGRAM))
            if lamports:
                self._svm.airdrop(key, lamports)

    def balance(self, owner: Pubkey) -> int:
        """Tokens of an owner, in the smallest units."""
        with self._turn:
            found = self._svm.get_account(_token_account(owner))
        return int.from_bytes(bytes(found.data)[64:72], "little") if found else 0

    def expire_blockhash(self) -> None:
        """Let no transaction that was signed so far land any more."""
        with self._turn:
            self._svm.expire_blockhash()

    def answer(self, method: str, params: list[Any]) -> Any:
        """What a node answers to a method."""
        with self._turn:
            return getattr(self, f"_{method}")(params)

    def _getLatestBlockhash(self, _params: list[Any]) -> Any:  # noqa: N802
        return _of_slot({"blockhash": str(self._svm.latest_blockhash()), "lastValidBlockHeight": 1000})

    def _isBlockhashValid(self, params: list[Any]) -> Any:  # noqa: N802
        return _of_slot(params[0] == str(self._svm.latest_blockhash()))

    def _getAccountInfo(self, params: list[Any]) -> Any:  # noqa: N802
        found = self._svm.get_account(Pubkey.from_string(params[0]))
        if found is None:
            return _of_slot(None)
        data = bytes(found.data)
        return _of_slot(
            {
                "lamports": found.lamports,
                "data": [base64.b64encode(data).decode(), "base64"],
                "owner": str(found.owner),
                "executable": found.executable,
                "rentEpoch": 0,
                "space": len(data),
            }
        )

    def _simulateTransaction(self, params: list[Any]) -> Any:  # noqa: N802
        done = self._svm.simulate_transaction(VersionedTransaction.from_bytes(base64.b64decode(params[0])))
        is_failed = isinstance(done, FailedTransactionMetadata)
        error = "AccountNotFound" if is_failed else None
        return _of_slot(
            {"err": error, "logs": [], "accounts": None, "unitsConsumed": 100, "returnData": None}
        )

    def _sendTransaction(self, params: list[Any]) -> Any:  # noqa: N802
        wire = base64.b64decode(params[0])
        transaction = VersionedTransaction.from_bytes(wire)
        signature = str(transaction.signatures[0])
        if not self.drop and signature not in self._landed:
            done = self._svm.send_transaction(transaction)
            accounts = {str(each) for each in transaction.message.account_keys}
            is_failed = isinstance(done, FailedTransactionMetadata)
            self._landed[signature] = _Landed(wire, accounts, is_failed)
        return signature

    def _getSignatureStatuses(self, params: list[Any]) -> Any:  # noqa: N802
        return _of_slot([self._status(each) for each in params[0]])

    def _getSignaturesForAddress(self, params: list[Any]) -> Any:  # noqa: N802
        found = [
            {
                "signature": signature,
                "slot": 1,
                "err": _FAILURE if each.is_failed else None,
                "memo": None,
                "blockTime": int(each.at_s),
                "confirmationStatus": "confirmed",
            }
            for signature, each in self._landed.items()
            if params[0] in each.accounts
        ][::-1]
        before = next(
            (at for at, each in enumerate(found) if each["signature"] == params[1].get("before")), -1
        )
        return found[before + 1 :][: params[1]["limit"]]

    def _getTransaction(self, params: list[Any]) -> Any:  # noqa: N802
        found = self._landed.get(params[0])
        if found is None:
            return None
        return {
            "slot": 1,
            "transaction": [base64.b64encode(found.wire).decode(), "base64"],
            "meta": {"err": _FAILURE if found.is_failed else None, "fee": 5000},
            "version": 0,
        }

    def _status(self, signature: str) -> Any:
        found = self._landed.get(signature)
        if found is None:
            return None
        error = _FAILURE if found.is_failed else None
        return {
            "slot": 1,
            "confirmations": None,
            "err": error,
            "status": {"Err": error} if error else {"Ok": None},
            "confirmationStatus": "finalized",
        }


@contextmanager
def solana_node() -> Iterator[SolanaNode]:
    """Start a cluster, which ends with the block."""
    node = SolanaNode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = {"jsonrpc": "2.0", "id": asked["id"]}
            try:
                answer["result"] = node.answer(asked["method"], asked.get("params", []))
            except AttributeError:
                answer["error"] = {"code": -32601, "message": f"no method {asked['method']}"}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving_http(Handler) as node.url:
        yield node


def _token_account(owner: Pubkey) -> Pubkey:
    return Pubkey.from_string(derive_ata(str(owner), USDC, str(_TOKEN_PROGRAM)))


def _of_slot(value: Any) -> dict[str, Any]:
    return {"context": {"slot": 1, "apiVersion": "2.0.0"}, "value": value}
