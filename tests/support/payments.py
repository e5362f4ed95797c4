"""A server that takes payments, with real chains and a facilitator on this machine."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from harness import evm_node, paying
from harness.evm_node import EvmNode
from harness.paying import Facilitator
from harness.solana_node import SolanaNode
from solders.keypair import Keypair

from tests.support.server import Server

PAY_TO = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
SOLANA_PAY_TO = Keypair.from_seed(bytes([9]) * 32).pubkey()
DOLLAR = 1_000_000
SLOTS = 3


@dataclass
class Shop:
    """A server that takes payments, and all that stands behind it."""

    server: Server
    evm: EvmNode
    solana: SolanaNode
    facilitator: Facilitator
    face: bytes
    left: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Sessions that were made and not ended, by their IDs; the end of a test ends them."""

    @property
    def sessions(self) -> str:
        return f"{self.server.url}/v1/sessions"

    def ask(
        self, headers: dict[str, str] | None = None, *, url: str | None = None, **fields: str
    ) -> httpx.Response:
        """A request for a session."""
        data = {"accept_tos": "true", "duration_minutes": "15"} | fields
        files = {"reference_image": ("face.jpg", self.face, "image/jpeg")}
        answer = httpx.post(url or self.sessions, files=files, data=data, headers=headers, timeout=60)
        if answer.status_code == 200 and url is None:
            self.left[answer.json()["session_id"]] = answer.json()
        return answer

    def sign(self, wallet: Any, asked: httpx.Response | None = None) -> dict[str, str]:
        """The header that pays what was asked."""
        asked = asked or self.ask()
        assert asked.status_code == 402, asked.text
        return paying.sign(wallet, asked, self.solana.url)

    def buy(self, wallet: Any, **fields: str) -> dict[str, Any]:
        """A session, paid by a wallet."""
        answer = self.ask(self.sign(wallet, self.ask(**fields)), **fields)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def end(self, made: dict[str, Any]) -> dict[str, Any]:
        answer = httpx.delete(f"{self.sessions}/{made['session_id']}", headers=bearer(made))
        assert answer.status_code == 200, answer.text
        self.left.pop(made["session_id"], None)
        said: dict[str, Any] = answer.json()
        return said

    def end_all(self) -> None:
        """End what a test that failed has left: its slots are the next test's."""
        while self.left:
            session_id, made = self.left.popitem()
            answer = httpx.delete(f"{self.sessions}/{session_id}", headers=bearer(made))
            assert answer.status_code in {200, 409}, answer.text  # 409: it has ended by itself

    @contextmanager
    def behaving(self, how: paying.Step) -> Iterator[None]:
        """The facilitator behaves so."""
        self.facilitator.behave = how
        try:
            yield
        finally:
            self.facilitator.behave = None

    def received(self) -> int:
        return self.evm.balance(PAY_TO)

    def credit(self, address: str) -> int:
        """Credit of a wallet on the EVM chain, in micro-dollars."""
        owned = "FROM ledger JOIN wallets USING (account_id) WHERE address = %s"
        statement = f"SELECT coalesce(sum(amount_micros), 0) {owned}"
        return int(self.server.rows(statement, f"{evm_node.NETWORK}:{address.lower()}")[0][0])


def bearer(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['token']}"}


def refused(answer: httpx.Response) -> tuple[int, str]:
    said = answer.json()
    assert {"error", "message"} <= set(said)
    return answer.status_code, said["error"]


def changed(payment: dict[str, str], change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    said = json.loads(base64.b64decode(payment["PAYMENT-SIGNATURE"]))
    change(said)
    return {"PAYMENT-SIGNATURE": base64.b64encode(json.dumps(said).encode()).decode()}


def authorization(**values: str) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["payload"]["authorization"].update(values)


def bought(answer: httpx.Response) -> httpx.Response | None:
    """An answer with a session; `None` if nobody knows yet whether it is paid."""
    if answer.status_code == 200:
        return answer
    assert refused(answer) == (503, "settlement_pending")
    return None
