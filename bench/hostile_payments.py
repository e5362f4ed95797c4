"""Wallets that buy sessions, honest and hostile: their gateways die, and their facilitator misbehaves."""

import base64
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from harness import evm_node, paying, solana_node
from harness.dying_gateway import STEPS, DyingGateway
from harness.payment_books import Buyer
from solders.keypair import Keypair

DOLLAR: Final = 1_000_000
PURSE: Final = 10 * DOLLAR
_SOLANA_SHARE: Final = 0.1
_KILLED_SHARE: Final = 0.5
_TRIES: Final = 200
_SIGNATURES: Final = 3
_PAUSE_S: Final = 0.2
_ANSWER_S: Final = 600  # on a machine with other work

BEHAVIOURS: Final[dict[str, paying.Step | None]] = {
    "honest": None,
    "settles, then breaks": paying.settles_then_breaks,
    "settles, then 502": paying.settles_then_502,
    "settles, and denies": paying.settles_and_denies,
    "breaks, then settles": paying.settles_after_breaking,
    "breaks before settling": paying.breaks_before_settling,
    "claims without settling": paying.claims_without_settling,
    "accepts anything": paying.accepts_anything,
}
CONDUCTS: Final = {
    "patient": Buyer.STAYS,
    "three at once": Buyer.STAYS,
    "elsewhere": Buyer.STAYS,
    "extends": Buyer.STAYS,
    "gone": Buyer.LEAVES,
    "tampers": Buyer.CHEATS,
    "uses its nonce itself": Buyer.CHEATS,
}
CHANGES: Final[dict[str, dict[str, str]]] = {
    "amount": {"value": "1"},
    "payTo": {"to": "0x" + "11" * 20},
    "expired": {"validBefore": "1"},
    "not yet valid": {"validAfter": str(2**40)},
    "valid too long": {"validBefore": str(2**40)},
    "another nonce": {"nonce": "0x" + "77" * 32},
}
TERMS: Final[dict[str, dict[str, str]]] = {
    "accepted amount": {"amount": "1"},
    "accepted asset": {"asset": "0x" + "22" * 20},
    "accepted network": {"network": "eip155:1"},
    "accepted payTo": {"payTo": "0x" + "33" * 20},
}


@dataclass
class Shop:
    """What is shared by all runs.

    Attributes:
        evm: Chain like Base.
        solana: Cluster of Solana.
        plans: How the facilitator behaves to a payment, and how often; honest otherwise.
        rows: Runs a statement.
        face: Photo.
    """

    evm: evm_node.EvmNode
    solana: solana_node.SolanaNode
    rows: Callable[..., list[Any]]
    face: bytes
    plans: dict[str, list[paying.Step]] = field(default_factory=dict)

    def behave(self, facilitator: paying.Facilitator, path: str, asked: dict[str, Any]) -> Any:
        """What the facilitator does: once as planned for this payment, and then honestly."""
        plan = self.plans.get(_mark(asked["paymentPayload"]["payload"]), [])
        step = plan[0] if plan else None
        if path == "/settle" and plan:
            plan.pop()
        return step(facilitator, path, asked) if step else facilitator.honest(path, asked)


@dataclass
class Run:
    """One wallet that buys.

    Attributes:
        address: Wallet as the database names it.
        wallet: Wallet that signs.
        step: Where the gateway dies; empty if it does not.
        behaviour: Key of `BEHAVIOURS`.
        conduct: Key of `CONDUCTS`.
        bought: Answers with a session or an extension.
        signed: Number of payments that were signed.
        faults: What went wrong.
    """

    wallet: Any
    step: str
    behaviour: str
    conduct: str
    address: str
    bought: list[dict[str, Any]] = field(default_factory=list)
    signed: int = 0
    has_died: bool = False
    faults: list[str] = field(default_factory=list)


class Lane:
    """A gateway, and the clients that come to it one after the other."""

    def __init__(self, shop: Shop, gateway: DyingGateway, seed: str) -> None:
        """Prepare.

        Args:
            shop: What is shared.
            gateway: The gateway.
            seed: Seed of what happens.
        """
        self._shop, self._gateway, self._random = shop, gateway, random.Random(seed)  # noqa: S311
        # A connection for each request: those of a dead gateway are not tried again.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(timeout=_ANSWER_S, limits=limits)
        self._turn, self._lives = threading.Lock(), 0
        gateway.restart()

    def run(self) -> Run:
        """Let one wallet buy."""
        draw, shop = self._random, self._shop
        conduct = draw.choice(list(CONDUCTS))
        is_honest = CONDUCTS[conduct] is not Buyer.CHEATS
        is_solana = draw.random() < _SOLANA_SHARE and is_honest
        wallet: Any = Keypair() if is_solana else shop.evm.wallet(PURSE)
        if is_solana:
            shop.solana.fund(wallet, PURSE)
        network = solana_node.NETWORK if is_solana else evm_node.NETWORK
        name = str(wallet.pubkey()) if is_solana else wallet.address.lower()
        step = draw.choice(list(STEPS)) if draw.random() < _KILLED_SHARE and is_honest else ""
        run = Run(wallet, step, draw.choice(list(BEHAVIOURS)), conduct, f"{network}:{name}")
        if conduct == "extends":
            made = self._buy(run, "", "honest", "/v1/sessions")
            if made is not None:
                path = f"/v1/sessions/{made['session_id']}/extend"
                self._buy(run, run.step, run.behaviour, path, token=made["token"])
        elif conduct == "tampers":
            self._tamper(run)
        elif conduct == "uses its nonce itself":
            self._use_nonce(run)
        else:
            self._buy(run, run.step, run.behaviour, "/v1/sessions")
        return run

    def _buy(
        self, run: Run, step: str, behaviour: str, path: str, token: str | None = None
    ) -> dict[str, Any] | None:
        """Buy as an honest client does: the same payment again, and another one only after a 402."""
        asked = self._ask(path, token)
        armed = step
        while run.signed < _SIGNATURES * (2 if token else 1):
            payment = self._sign(run, asked, behaviour)
            if armed:
                self._gateway.arm(armed)
            answer = self._insist(run, path, payment, token)
            if armed and not run.has_died:
                self._gateway.arm("")  # so that it does not die in another run
            armed, behaviour = "", "honest"
            if answer is None:
                return None
            if answer.status_code != 402:
                return self._made(run, answer, path)
            asked = answer
        run.faults.append(f"still asked to pay: {asked.text[:200]}")
        return None

    def _insist(
        self, run: Run, path: str, payment: dict[str, str], token: str | None
    ) -> httpx.Response | None:
        """Send one payment until it is answered; `None` if the client goes away."""
        for attempt in range(_TRIES):
            answers = self._at_once(run, path, payment, token)
            if run.conduct == "gone":
                return next((each for each in answers if each is not None and each.is_success), None)
            known = [each for each in answers if each is not None and each.status_code != 503]
            bought = [each for each in known if each.is_success]
            if len({each.text for each in bought}) > 1:
                run.faults.append("one payment, and two different answers")
            if bought or known:
                return (bought or known)[0]
            if attempt > 1:
                self._age(run)
            time.sleep(_PAUSE_S)
        run.faults.append("nobody says what became of the payment")
        return None

    def _at_once(
        self, run: Run, path: str, payment: dict[str, str], token: str | None
    ) -> list[httpx.Response | None]:
        """Send a payment, by some clients more than once at a time."""
        copies = 3 if run.conduct == "three at once" else 1
        with ThreadPoolExecutor(copies + 1) as pool:
            others = []
            if run.conduct == "elsewhere":
                others = [pool.submit(self._try, run, "/v1/sessions", payment, None, minutes="10")]
            sent = [pool.submit(self._try, run, path, payment, token) for _ in range(copies)]
            answers = [each.result() for each in sent]
            for each in others:
                other = each.result()
                if other is not None and other.is_success:
                    answers = [None, None]
                    run.faults.append(f"bought for another price: {other.text[:200]}")
        return answers

    def _try(
        self, run: Run, path: str, payment: dict[str, str], token: str | None, **fields: str
    ) -> httpx.Response | None:
        """Send a payment; `None` if the gateway dies, and another one takes its place."""
        lives = self._lives
        try:
            return self._send(path, payment, token=token, **fields)
        except httpx.TransportError:
            with self._turn:
                if self._lives == lives:
                    run.has_died = True
                    self._gateway.restart()
                    self._lives += 1
            return None

    def _ask(self, path: str, token: str | None = None) -> httpx.Response:
        """Ask what to pay, until a server on a busy machine has asked its chains what that is."""
        answer = self._send(path, token=token)
        for _ in range(_TRIES):
            if answer.status_code != 503:
                break
            time.sleep(_PAUSE_S)
            answer = self._send(path, token=token)
        return answer

    def _send(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        token: str | None = None,
        minutes: str = "15",
    ) -> httpx.Response:
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
            return self._client.post(
                f"{self._gateway.url}{path}", json={"duration_minutes": 10}, headers=headers
            )
        files = {"reference_image": ("face.jpg", self._shop.face, "image/jpeg")}
        data = {"accept_tos": "true", "duration_minutes": minutes}
        return self._client.post(f"{self._gateway.url}{path}", files=files, data=data, headers=headers)

    def _sign(self, run: Run, asked: httpx.Response, behaviour: str) -> dict[str, str]:
        payment = paying.sign(run.wallet, asked, self._shop.solana.url)
        run.signed += 1
        step = BEHAVIOURS[behaviour]
        if step is not None:
            self._shop.plans[_mark(_payload(payment)["payload"])] = [step]
        return payment

    def _made(self, run: Run, answer: httpx.Response, path: str) -> dict[str, Any] | None:
        if not answer.is_success:
            run.faults.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            return None
        made: dict[str, Any] = answer.json()
        run.bought.append(made)
        return made

    def _tamper(self, run: Run) -> None:
        """Change what was signed, in every way; nothing may be bought or paid."""
        payment = paying.sign(run.wallet, self._ask("/v1/sessions"), self._shop.solana.url)
        for name in (*CHANGES, *TERMS):
            said = _payload(payment)
            if name in CHANGES:
                said["payload"]["authorization"].update(CHANGES[name])
            else:
                said["accepted"].update(TERMS[name])
            step = BEHAVIOURS[run.behaviour]
            if step is not None:
                self._shop.plans[_mark(said["payload"])] = [step]
            header = {"PAYMENT-SIGNATURE": base64.b64encode(json.dumps(said).encode()).decode()}
            answer = self._send("/v1/sessions", header)
            if answer.is_success:
                run.faults.append(f"tampered ({name}) and bought: {answer.text[:200]}")

    def _use_nonce(self, run: Run) -> None:
        """Use the nonce of a payment for the wallet itself while it is settled; nothing may be bought."""
        payment = self._sign(run, self._ask("/v1/sessions"), "honest")
        signed = _payload(payment)["payload"]
        call = evm_node.authorized(run.wallet, signed["authorization"] | {"to": run.wallet.address})

        def settle(facilitator: paying.Facilitator, path: str, asked: dict[str, Any]) -> paying.Answer | None:
            if path == "/settle":
                self._shop.evm.call_token(call)
            return (BEHAVIOURS[run.behaviour] or paying.Facilitator.honest)(facilitator, path, asked)

        self._shop.plans[_mark(signed)] = [settle]
        answer = self._insist(run, "/v1/sessions", payment, None)
        if answer is not None and answer.status_code != 402:
            run.faults.append(f"its own transfer was taken for a payment: {answer.text[:200]}")

    def _age(self, run: Run) -> None:
        """Let a minute pass for a payment whose request died: then a worker asks its chain."""
        self._shop.rows(
            "UPDATE payments SET created_at = created_at - interval '61 seconds' "
            "WHERE status = 'reserved' AND account_id = (SELECT account_id FROM wallets WHERE address = %s)",
            run.address,
        )


def _payload(payment: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(payment["PAYMENT-SIGNATURE"]))
    return found


def _mark(payload: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
