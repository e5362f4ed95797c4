"""Who stands around a server that takes payments: a facilitator, honest or not, and wallets."""

import contextlib
import gc
import json
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

import httpx
from solders.keypair import Keypair
from x402 import x402ClientSync, x402FacilitatorSync
from x402.http import x402HTTPClientSync
from x402.mechanisms.evm import EthAccountSigner, FacilitatorWeb3Signer
from x402.mechanisms.evm.exact import register_exact_evm_facilitator
from x402.mechanisms.evm.exact.register import register_exact_evm_client
from x402.mechanisms.svm.exact.register import register_exact_svm_client, register_exact_svm_facilitator
from x402.mechanisms.svm.signers import FacilitatorKeypairSigner, KeypairSigner
from x402.schemas import SettleRequest, VerifyRequest

from harness import evm_node, solana_node
from harness.http_server import serving_http

FEE_PAYER: Final = Keypair.from_seed(bytes([7]) * 32)
_LATE_S: Final = 0.5

Answer = tuple[int, dict[str, Any]]
Step = Callable[["Facilitator", str, dict[str, Any]], Answer | None]
"""What happens to a call: an answer; or `None` for a connection that breaks without one."""


@dataclass
class Facilitator:
    """A facilitator on this machine, which can be told to behave badly.

    Attributes:
        url: URL of the facilitator.
        behave: What happens to the calls of `verify` and `settle`; honest if not set.
        calls: Paths that were called, in order.
        late: Settlements that it makes after it broke the connection.
    """

    url: str = ""
    behave: Step | None = None
    calls: list[str] = field(default_factory=list)
    late: list[threading.Timer] = field(default_factory=list)
    _inner: x402FacilitatorSync = field(default_factory=x402FacilitatorSync)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def add_evm(self, node: evm_node.EvmNode) -> None:
        """Settle on an EVM chain."""
        signer = FacilitatorWeb3Signer(evm_node.RELAYER_KEY, node.url, confirmation_timeout_seconds=5)
        register_exact_evm_facilitator(self._inner, signer, networks=evm_node.NETWORK)

    def add_solana(self, node: solana_node.SolanaNode) -> None:
        """Settle on a Solana cluster."""
        signer = FacilitatorKeypairSigner(FEE_PAYER, node.url)
        register_exact_svm_facilitator(self._inner, signer, networks=solana_node.NETWORK)

    def honest(self, path: str, asked: dict[str, Any]) -> Answer:
        """What an honest facilitator does and answers."""
        if path == "/supported":
            return 200, _plain(self._inner.get_supported())
        with self._turn:
            if path == "/verify":
                wanted = VerifyRequest.model_validate(asked)
                return 200, _plain(self._inner.verify(wanted.payment_payload, wanted.payment_requirements))
            settled = SettleRequest.model_validate(asked)
            return 200, _plain(self._inner.settle(settled.payment_payload, settled.payment_requirements))

    def answer(self, path: str, asked: dict[str, Any]) -> Answer | None:
        """What this one does and answers."""
        self.calls.append(path)
        if self.behave is None or path == "/supported":
            return self.honest(path, asked)
        return self.behave(self, path, asked)


def settles_then_breaks(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> Answer | None:
    """It settles, and the connection breaks before it says so."""
    answer = facilitator.honest(path, asked)
    return None if path == "/settle" else answer


def settles_then_502(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> Answer:
    """It settles, and a proxy before it answers 502."""
    answer = facilitator.honest(path, asked)
    return (502, {"error": "bad gateway"}) if path == "/settle" else answer


def settles_and_denies(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> Answer:
    """It settles, and says that it has not: a second 402 would make the client pay twice."""
    status, answer = facilitator.honest(path, asked)
    if path != "/settle":
        return status, answer
    said = {"success": False, "errorReason": "insufficient_funds", "transaction": ""}
    return 200, {**said, "network": answer["network"], "payer": answer.get("payer")}


def claims_without_settling(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> Answer:
    """It says that it has settled, and sends nothing."""
    if path != "/settle":
        return facilitator.honest(path, asked)
    network = asked["paymentRequirements"]["network"]
    return 200, {"success": True, "transaction": "0x" + "ab" * 32, "network": network, "payer": ""}


def settles_after_breaking(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> Answer | None:
    """Its connection breaks, and only then it settles."""
    if path != "/settle":
        return facilitator.honest(path, asked)
    late = threading.Timer(_LATE_S, facilitator.honest, (path, asked))
    late.start()
    facilitator.late.append(late)
    return None


def breaks_before_settling(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> Answer | None:
    """Its connection breaks, and it sends nothing."""
    return None if path == "/settle" else facilitator.honest(path, asked)


def accepts_anything(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> Answer:
    """It finds every payment valid."""
    if path != "/verify":
        return facilitator.honest(path, asked)
    signed = asked["paymentPayload"]["payload"].get("authorization", {})
    return 200, {"isValid": True, "payer": signed.get("from", "")}


@contextmanager
def facilitator() -> Iterator[Facilitator]:
    """Start a facilitator, which ends with the block."""
    state = Facilitator()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(state.answer(self.path, {}))

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(state.answer(self.path, asked))

        def _send(self, answer: Answer | None) -> None:
            if answer is None:
                self.close_connection = True
                return
            body = json.dumps(answer[1]).encode()
            with contextlib.suppress(ConnectionError):  # the server may have died meanwhile
                self.send_response(answer[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    try:
        with serving_http(Handler) as state.url:
            yield state
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # its library closes no connection
            del state._inner
            gc.collect()


def sign(wallet: Any, asked: httpx.Response, solana_url: str) -> dict[str, str]:
    """The header with which a wallet pays what an answer 402 asks for, as the client of PyPI makes it."""
    client = x402ClientSync()
    if isinstance(wallet, Keypair):
        register_exact_svm_client(client, KeypairSigner(wallet), rpc_url=solana_url)
    else:
        register_exact_evm_client(client, EthAccountSigner(wallet))
    paying = x402HTTPClientSync(client)
    headers, _ = paying.handle_402_response(dict(asked.headers), asked.content, str(asked.url))
    if isinstance(wallet, Keypair):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the client for Solana closes nothing
            del client, paying
            gc.collect()
    return headers


def _plain(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = model.model_dump(by_alias=True, exclude_none=True)
    return found
