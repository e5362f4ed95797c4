"""Sessions that wallets pay for, with the clients of x402 and real chains on this machine."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import evm_node, paying, solana_node
from harness.dying_gateway import STEPS, dying_gateway
from harness.evm_node import EvmNode
from harness.paying import Facilitator
from harness.solana_node import SolanaNode
from solders.keypair import Keypair
from x402.extensions.sign_in_with_x.client import create_siwx_payload
from x402.extensions.sign_in_with_x.encode import encode_siwx_header
from x402.extensions.sign_in_with_x.types import SIGN_IN_WITH_X
from x402.http.utils import decode_payment_required_header, decode_payment_response_header

from tests.console.test_signing_in import API, PASSWORD, browser
from tests.support.server import Server, in_database, until
from visavis.core.database import Database
from visavis.core.identity import users

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

    @property
    def sessions(self) -> str:
        return f"{self.server.url}/v1/sessions"

    def ask(
        self, headers: dict[str, str] | None = None, *, url: str | None = None, **fields: str
    ) -> httpx.Response:
        """A request for a session."""
        data = {"accept_tos": "true", "duration_minutes": "15"} | fields
        files = {"reference_image": ("face.jpg", self.face, "image/jpeg")}
        return httpx.post(url or self.sessions, files=files, data=data, headers=headers, timeout=60)

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
        said: dict[str, Any] = answer.json()
        return said

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


def bearer(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['token']}"}


def refused(answer: httpx.Response) -> tuple[int, str]:
    said = answer.json()
    assert {"error", "message"} <= set(said)
    return answer.status_code, said["error"]


@pytest.fixture(scope="module")
def shop(start_server: Callable[..., Server], media: Path) -> Iterator[Shop]:
    if shutil.which("node") is None:
        pytest.skip("the chain comes from npm, and Node is not installed")
    with (
        evm_node.evm_node() as evm,
        solana_node.solana_node() as solana,
        paying.facilitator() as facilitator,
    ):
        solana.fund(paying.FEE_PAYER, 0, lamports=10**10)
        solana.fund(SOLANA_PAY_TO, 0)
        facilitator.add_evm(evm)
        facilitator.add_solana(solana)
        server = start_server(
            live_slots=str(SLOTS),
            live_spare_conversations="0",
            render_processes="1",
            payment_pay_to=json.dumps({evm_node.NETWORK: PAY_TO, solana_node.NETWORK: str(SOLANA_PAY_TO)}),
            payment_rpc_urls=json.dumps({evm_node.NETWORK: evm.url, solana_node.NETWORK: solana.url}),
            payment_facilitator=facilitator.url,
            payment_tries_per_minute="100000",
        )
        until(lambda: httpx.get(f"{server.url}/health").json()["available"], what="live slots")
        yield Shop(server, evm, solana, facilitator, (media / "face.jpg").read_bytes())


def test_a_request_without_a_payment_is_told_what_to_pay(shop: Shop) -> None:
    answer = shop.ask()
    assert refused(answer) == (402, "payment_required")
    required = decode_payment_required_header(answer.headers["PAYMENT-REQUIRED"])
    asked = {each.network: (each.amount, each.asset, each.pay_to) for each in required.accepts}
    assert asked == {
        evm_node.NETWORK: (str(DOLLAR), evm_node.USDC, PAY_TO),
        solana_node.NETWORK: (str(DOLLAR), solana_node.USDC, str(SOLANA_PAY_TO)),
    }
    assert required.resource is not None
    assert required.resource.url == shop.sessions
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert {"PAYMENT-REQUIRED", "PAYMENT-RESPONSE"} <= set(exposed.split(", "))
    health = httpx.get(f"{shop.server.url}/health").json()
    assert (health["price_per_minute_usd"], health["free_trial_minutes"]) == (0.1, 5)
    assert (health["min_duration_minutes"], health["livekit_enabled"]) == (10, True)
    assert "Terms of service" in httpx.get(f"{shop.server.url}/tos").text
    assert httpx.get(f"{shop.server.url}/healthz").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"accept_tos": "false"}, (400, "tos_not_accepted")),
        ({"duration_minutes": "9"}, (422, "validation_error")),
        ({"duration_minutes": "soon"}, (422, "validation_error")),
        ({"output_url": "ftp://example.com/live"}, (400, "invalid_output_url")),
        ({"output_url": "wss://example.com"}, (400, "invalid_output_url")),
        ({"output_url": "rtmp://example.com"}, (400, "invalid_output_url")),
    ],
)
def test_what_cannot_be_sold_is_refused_before_money_moves(
    shop: Shop, sent: dict[str, str], code: tuple[int, str]
) -> None:
    before = list(shop.facilitator.calls)
    payment = {"PAYMENT-SIGNATURE": base64.b64encode(b"{}").decode()}
    assert refused(shop.ask(payment, **sent)) == code
    assert refused(shop.ask(**sent)) == code
    assert shop.facilitator.calls == before


def test_a_session_from_its_payment_to_its_end(shop: Shop) -> None:
    wallet = shop.evm.wallet(5 * DOLLAR)
    before = shop.received()
    payment = shop.sign(wallet)
    answer = shop.ask(payment)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    settled = decode_payment_response_header(answer.headers["PAYMENT-RESPONSE"])
    assert (settled.success, settled.network) == (True, evm_node.NETWORK)
    assert (shop.received() - before, shop.evm.balance(wallet.address)) == (DOLLAR, 4 * DOLLAR)
    assert (made["status"], made["duration_minutes"], made["price_usd"]) == ("warming", 15, 1.0)
    assert made["wallet"] == wallet.address.lower()
    assert made["websocket_url"].startswith(f"ws{shop.sessions[4:]}/{made['session_id']}/stream?token=sk_")
    path = f"{shop.sessions}/{made['session_id']}"
    until(lambda: httpx.get(path, headers=bearer(made)).json()["status"] == "active", what="the avatar")
    seen = httpx.get(path, headers=bearer(made)).json()
    assert 880 <= seen["remaining_seconds"] <= 900
    assert (seen["ready"], seen["ended_at"], seen["failure_reason"]) == (True, None, None)
    link = httpx.post(f"{path}/share", headers=bearer(made)).json()["share_url"]
    for url in (link, seen["view_url"], made["view_url"]):
        told = httpx.get(url.replace("/view/", "/v1/view/")).json()
        assert (told["status"], told["output_protocol"]) == ("active", "livekit")
        assert told["livekit_access_token"].count(".") == 2
    assert refused(httpx.get(f"{shop.server.url}/v1/view/{made['session_id']}?share=no")) == (
        404,
        "not_found",
    )
    assert refused(httpx.get(path)) == (401, "unauthorized")
    assert refused(httpx.get(f"{shop.sessions}/ses_x", headers=bearer(made))) == (404, "not_found")

    # The same payment gives the same answer; another request with it is refused. No more money moves.
    again = shop.ask(payment)
    assert (again.status_code, again.json()) == (200, made)
    assert "PAYMENT-RESPONSE" in again.headers
    assert refused(shop.ask(payment, duration_minutes="10")) == (409, "payment_used")
    more = {"duration_minutes": 10}
    paid_path = httpx.post(f"{path}/extend", json=more, headers=bearer(made) | payment)
    assert refused(paid_path) == (409, "payment_used")
    assert shop.received() - before == DOLLAR

    stranger = shop.evm.wallet(5 * DOLLAR)
    asked = httpx.post(f"{path}/extend", json=more, headers=bearer(made))
    wrong = httpx.post(f"{path}/extend", json=more, headers=bearer(made) | shop.sign(stranger, asked))
    assert refused(wrong) == (403, "wallet_mismatch")
    extended = httpx.post(f"{path}/extend", json=more, headers=bearer(made) | shop.sign(wallet, asked))
    assert extended.status_code == 200, extended.text
    assert (extended.json()["added_minutes"], extended.json()["price_usd"]) == (10, 1.0)
    assert 1480 <= extended.json()["total_remaining_seconds"] <= 1500
    assert shop.received() - before == 2 * DOLLAR

    said = shop.end(made)
    assert (said["status"], 0 <= said["gpu_seconds_used"] < 120) == ("ended", True)
    assert refused(httpx.delete(path, headers=bearer(made))) == (409, "session_ended")
    assert refused(httpx.post(f"{path}/extend", json=more, headers=bearer(made))) == (409, "session_ended")
    assert credit_of(shop, wallet.address) == 2 * DOLLAR  # all within the free minutes


def credit_of(shop: Shop, address: str) -> int:
    owned = "FROM ledger JOIN wallets USING (account_id) WHERE address = %s"
    statement = f"SELECT coalesce(sum(amount_micros), 0) {owned}"
    return int(shop.server.rows(statement, f"{evm_node.NETWORK}:{address.lower()}")[0][0])


def test_a_session_is_paid_on_solana(shop: Shop) -> None:
    wallet = Keypair()
    shop.solana.fund(wallet, 5 * DOLLAR)
    before = shop.solana.balance(SOLANA_PAY_TO)
    payment = shop.sign(wallet)
    answer = shop.ask(payment)
    assert answer.status_code == 200, answer.text
    assert answer.json()["wallet"] == str(wallet.pubkey())
    assert shop.ask(payment).json() == answer.json()
    assert shop.solana.balance(SOLANA_PAY_TO) - before == DOLLAR
    assert shop.solana.balance(wallet.pubkey()) == 4 * DOLLAR
    shop.end(answer.json())


@pytest.mark.parametrize(
    "behaviour", [paying.settles_then_breaks, paying.settles_then_502, paying.settles_and_denies]
)
def test_a_payment_that_was_made_is_never_asked_for_again(shop: Shop, behaviour: paying.Step) -> None:
    wallet = shop.evm.wallet(5 * DOLLAR)
    payment = shop.sign(wallet)
    with shop.behaving(behaviour):
        answer = shop.ask(payment)
    assert answer.status_code == 200, answer.text
    assert shop.evm.balance(wallet.address) == 4 * DOLLAR
    shop.end(answer.json())


def test_an_unknown_outcome_is_decided_by_the_chain(shop: Shop) -> None:
    """Nothing was sent: the same payment buys the session later, or is told that it was not paid."""
    wallet = shop.evm.wallet(5 * DOLLAR)
    payment = shop.sign(wallet)
    for behaviour in (paying.breaks_before_settling, paying.claims_without_settling):
        with shop.behaving(behaviour):
            answer = shop.ask(payment)
        assert refused(answer) == (503, "settlement_pending")
        assert answer.json()["retry_after_seconds"] == 5
        assert decode_payment_response_header(answer.headers["PAYMENT-RESPONSE"]).success is False
    assert shop.evm.balance(wallet.address) == 5 * DOLLAR
    answer = shop.ask(payment)
    assert answer.status_code == 200, answer.text
    assert shop.evm.balance(wallet.address) == 4 * DOLLAR
    shop.end(answer.json())

    solana_wallet = Keypair()
    shop.solana.fund(solana_wallet, 5 * DOLLAR)
    payment = shop.sign(solana_wallet)
    with shop.behaving(paying.breaks_before_settling):
        assert refused(shop.ask(payment)) == (503, "settlement_pending")
    shop.solana.expire_blockhash()
    answer = shop.ask(payment)
    assert refused(answer) == (402, "payment_required")
    assert decode_payment_response_header(answer.headers["PAYMENT-RESPONSE"]).success is False
    assert shop.solana.balance(solana_wallet.pubkey()) == 5 * DOLLAR
    assert shop.server.rows("SELECT count(*) FROM sessions WHERE status = 'reserved'") == [(0,)]


def test_two_requests_with_one_payment_buy_one_session(shop: Shop) -> None:
    wallet = shop.evm.wallet(5 * DOLLAR)
    payment = shop.sign(wallet)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: shop.ask(payment), range(4)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    answers.append(shop.ask(payment))
    made = [answer.json() for answer in answers if answer.status_code == 200]
    assert made
    assert all(each == made[0] for each in made)
    assert shop.evm.balance(wallet.address) == 4 * DOLLAR
    shop.end(made[0])


def changed(payment: dict[str, str], change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    said = json.loads(base64.b64decode(payment["PAYMENT-SIGNATURE"]))
    change(said)
    return {"PAYMENT-SIGNATURE": base64.b64encode(json.dumps(said).encode()).decode()}


def authorization(**values: str) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["payload"]["authorization"].update(values)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (authorization(value="1"), (402, "payment_required")),
        (authorization(to="0x" + "11" * 20), (402, "payment_required")),
        (authorization(validBefore="1"), (402, "payment_required")),
        (authorization(validBefore=str(2**40)), (402, "payment_required")),
        (authorization(nonce="0x1"), (400, "invalid_payment")),
        (lambda said: said["accepted"].update(amount="1"), (402, "payment_required")),
        (lambda said: said["accepted"].update(asset="0x" + "22" * 20), (402, "payment_required")),
        (lambda said: said["accepted"].update(network="eip155:1"), (402, "payment_required")),
        (lambda said: said["accepted"].update(payTo="0x" + "33" * 20), (402, "payment_required")),
        (lambda said: said.update(payload={}), (400, "invalid_payment")),
        (lambda said: said.update(x402Version=1), (400, "invalid_payment")),
    ],
)
def test_other_terms_buy_nothing_whatever_the_facilitator_says(
    shop: Shop, change: Callable[[dict[str, Any]], None], code: tuple[int, str]
) -> None:
    wallet = shop.evm.wallet(2 * DOLLAR)
    payment = shop.sign(wallet)
    before = list(shop.facilitator.calls)
    with shop.behaving(paying.accepts_anything):
        assert refused(shop.ask(changed(payment, change))) == code
    assert "/settle" not in shop.facilitator.calls[len(before) :]
    assert shop.evm.balance(wallet.address) == 2 * DOLLAR


def test_a_payment_that_is_not_valid_yet_is_refused(shop: Shop) -> None:
    payment = shop.sign(shop.evm.wallet(2 * DOLLAR))
    assert refused(shop.ask(changed(payment, authorization(validAfter=str(2**40))))) == (
        402,
        "payment_required",
    )
    for header in ("", "%", "e30=", base64.b64encode(b"[]").decode()):
        assert refused(shop.ask({"PAYMENT-SIGNATURE": header}))[0] in {400, 402}


def test_a_wallet_without_money_is_told_before_a_slot_is_taken(shop: Shop) -> None:
    answer = shop.ask(shop.sign(shop.evm.wallet(DOLLAR - 1)))
    assert refused(answer) == (402, "payment_required")
    assert "insufficient" in answer.json()["message"]


def test_without_a_free_slot_no_money_moves(shop: Shop) -> None:
    wallet = shop.evm.wallet(5 * DOLLAR)
    payment = shop.sign(wallet)
    made = [shop.buy(shop.evm.wallet(DOLLAR)) for _ in range(SLOTS)]
    before = list(shop.facilitator.calls)
    assert refused(shop.ask(payment)) == (503, "no_capacity")
    assert shop.facilitator.calls == before
    assert httpx.get(f"{shop.server.url}/health").json()["status"] == "busy"
    for each in made:
        shop.end(each)
    answer = shop.ask(payment)
    assert answer.status_code == 200
    shop.end(answer.json())


def proof(shop: Shop, wallet: Any, asked: httpx.Response) -> dict[str, str]:
    """The signed message that spends the credit of a wallet, as clients make it."""
    required = decode_payment_required_header(asked.headers["PAYMENT-REQUIRED"])
    declared = (required.extensions or {})[SIGN_IN_WITH_X]
    info = declared["info"] | next(
        each for each in declared["supportedChains"] if "eip155" in each["chainId"]
    )
    signed = asyncio.run(create_siwx_payload(info, wallet, shop.sessions))
    return {"SIGN-IN-WITH-X": encode_siwx_header(signed)}


def test_credit_is_spent_with_a_signed_message_only(shop: Shop) -> None:
    wallet = shop.evm.wallet(DOLLAR)
    shop.end(shop.buy(wallet))
    assert (credit_of(shop, wallet.address), shop.evm.balance(wallet.address)) == (DOLLAR, 0)
    assert shop.ask(wallet=wallet.address).status_code == 402  # to name a wallet is not enough
    asked = shop.ask()
    stranger = shop.evm.wallet(0)
    assert shop.ask(proof(shop, stranger, asked)).status_code == 402  # it has no credit
    said = shop.ask(proof(shop, stranger, asked), wallet=wallet.address)
    assert refused(said) == (403, "wallet_mismatch")
    message = proof(shop, wallet, asked)
    assert refused(shop.ask(message, duration_minutes="10")) == (403, "wallet_mismatch")  # another price
    answer = shop.ask(message, wallet=wallet.address)
    assert answer.status_code == 200, answer.text
    assert (credit_of(shop, wallet.address), answer.json()["wallet"]) == (0, wallet.address.lower())
    shop.end(answer.json())
    assert credit_of(shop, wallet.address) == DOLLAR
    assert refused(shop.ask(message)) == (403, "wallet_mismatch")  # it was used
    for broken in ("", "%", base64.b64encode(b"{}").decode()):
        assert refused(shop.ask({"SIGN-IN-WITH-X": broken}))[0] in {402, 403}


def test_a_payment_whose_request_died_is_settled_by_the_chain(shop: Shop) -> None:
    """The server was killed after the settlement: a worker finds the payment, and its client its session."""
    wallet = shop.evm.wallet(5 * DOLLAR)
    payment = shop.sign(wallet)
    with shop.behaving(paying.breaks_before_settling):
        assert refused(shop.ask(payment)) == (503, "settlement_pending")
    said = json.loads(base64.b64decode(payment["PAYMENT-SIGNATURE"]))
    asked = {"x402Version": 2, "paymentPayload": said, "paymentRequirements": said["accepted"]}
    assert shop.facilitator.honest("/settle", asked)[1]["success"]
    state = "SELECT status FROM payments WHERE payer = %s"
    until(lambda: shop.server.rows(state, wallet.address) == [("paid",)], what="the worker")
    assert credit_of(shop, wallet.address) == DOLLAR
    answer = shop.ask(payment)
    assert answer.status_code == 200, answer.text
    assert (credit_of(shop, wallet.address), shop.evm.balance(wallet.address)) == (0, 4 * DOLLAR)
    shop.end(answer.json())


def test_a_server_that_dies_on_the_way_loses_no_payment(shop: Shop) -> None:
    """It dies at each step of a payment. The same payment, sent again, buys the session, and once."""
    late = "UPDATE payments SET created_at = created_at - interval '2 minutes' WHERE payer = %s RETURNING id"
    with dying_gateway(shop.server.data, shop.server.env) as gateway:
        for step in STEPS:
            wallet = shop.evm.wallet(2 * DOLLAR)
            payment = shop.sign(wallet)
            gateway.restart(dies_at=step)
            with pytest.raises(httpx.TransportError):
                shop.ask(payment, url=f"{gateway.url}/v1/sessions")
            shop.server.rows(late, wallet.address)  # no request can be at it any more
            answer = until(lambda payment=payment: bought(shop.ask(payment)), what=step)
            assert shop.ask(payment).json() == answer.json(), step
            assert shop.evm.balance(wallet.address) == DOLLAR, step
            shop.end(answer.json())
            assert credit_of(shop, wallet.address) == DOLLAR, step
    assert shop.server.rows("SELECT count(*) FROM sessions WHERE status = 'reserved'") == [(0,)]


def bought(answer: httpx.Response) -> httpx.Response | None:
    """An answer with a session; `None` if nobody knows yet whether it is paid."""
    if answer.status_code == 200:
        return answer
    assert refused(answer) == (503, "settlement_pending")
    return None


def test_a_named_payment_is_made_once(shop: Shop) -> None:
    wallet = shop.evm.wallet(5 * DOLLAR)
    name = {"payment-identifier": {"info": {"required": False, "id": "order_0123456789abcdef"}}}
    first, second = (changed(shop.sign(wallet), lambda said: said.update(extensions=name)) for _ in range(2))
    answer = shop.ask(first)
    assert answer.status_code == 200, answer.text
    again = shop.ask(second)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert shop.evm.balance(wallet.address) == 4 * DOLLAR
    shop.end(answer.json())


def test_the_client_of_npm_pays(shop: Shop, tmp_path: Path) -> None:
    node = str(shutil.which("node"))
    wallet = shop.evm.wallet(5 * DOLLAR)
    face = tmp_path / "face.jpg"
    face.write_bytes(shop.face)
    script = Path(__file__).parents[2] / "harness/x402_fetch.mjs"
    done = subprocess.run(
        [node, str(script), shop.sessions, str(face), "0x" + bytes(wallet.key).hex()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["price_usd"] == 1.0
    assert shop.evm.balance(wallet.address) == 4 * DOLLAR
    shop.end(made)


@pytest.fixture(scope="module")
def operator(shop: Shop) -> Iterator[httpx.Client]:
    async def make(database: Database) -> None:
        new = await users.prepare("op@example.com", PASSWORD)
        async with database.transaction() as tx:
            await users.create(tx, new, is_operator=True)

    in_database(shop.server.database_url, make)
    with browser(shop.server) as client:
        body = {"email": "op@example.com", "password": PASSWORD}
        assert client.post(f"{API}/session", json=body).status_code == 200
        yield client


def test_an_operator_finds_payments(shop: Shop, operator: httpx.Client) -> None:
    wallet = shop.evm.wallet(DOLLAR)
    made = shop.buy(wallet)
    shop.end(made)

    def found(**query: str) -> dict[str, Any]:
        page = operator.get(f"{API}/payments", params=query)
        assert page.status_code == 200, page.text
        said: dict[str, Any] = page.json()
        return said

    (row,) = found(words=wallet.address.upper())["payments"]
    assert (row["status"], row["amount_usd"], row["minutes"]) == ("paid", 1.0, 15)
    assert (row["session_id"], row["network"]) == (made["session_id"], evm_node.NETWORK)
    assert shop.evm.call("eth_getTransactionReceipt", row["transaction"])["status"] == "0x1"
    for words in (row["transaction"], made["session_id"]):
        assert found(words=words)["payments"] == [row]
    nothing = {"payments": [], "count": 0, "limit": 25, "offset": 0}
    assert found(words=wallet.address, status="pending") == found(words="nobody%") == nothing
    with shop.server.client() as stranger:
        assert stranger.get(f"{API}/payments").status_code in {401, 403}


def test_payments_are_listed(shop: Shop) -> None:
    wallet = shop.evm.wallet(DOLLAR)
    made = shop.buy(wallet)
    shop.end(made)
    command = [str(Path(sys.executable).with_name("visavis")), "payments"]
    env = os.environ | shop.server.env
    for word, expected in (("list", made["session_id"]), ("refunds", wallet.address.lower())):
        said = subprocess.run(
            [*command, word, "--data", str(shop.server.data)], capture_output=True, text=True, env=env
        )
        assert said.returncode == 0, said.stderr
        assert expected in said.stdout


def test_without_an_address_nothing_is_sold(server: Server, media: Path) -> None:
    files = {"reference_image": ("face.jpg", (media / "face.jpg").read_bytes(), "image/jpeg")}
    answer = httpx.post(f"{server.url}/v1/sessions", files=files, data={"accept_tos": "true"}, timeout=60)
    assert refused(answer) == (503, "payments_unavailable")
    assert httpx.get(f"{server.url}/health").json()["available"] is False


def test_sessions_are_free_by_setting(shop: Shop) -> None:
    env = shop.server.env | {"VISAVIS_PAYMENT_REQUIRED": "false"}
    with dying_gateway(shop.server.data, env) as gateway:
        gateway.restart()
        health = httpx.get(f"{gateway.url}/health").json()
        assert (health["available"], health["price_per_minute_usd"]) == (True, 0)
        answer = shop.ask(url=f"{gateway.url}/v1/sessions")
        assert answer.status_code == 200, answer.text
        made = answer.json()
        assert (made["price_usd"], made["wallet"], made["duration_minutes"]) == (0, None, 15)
        path = f"{gateway.url}/v1/sessions/{made['session_id']}/extend"
        extended = httpx.post(path, json={"duration_minutes": 5}, headers=bearer(made), timeout=60)
        assert (extended.status_code, extended.json()["price_usd"]) == (200, 0)
    shop.end(made)


def test_payments_are_settled_in_process(shop: Shop) -> None:
    """With keys of accounts that pay the fees. One sends for two requests at once: one after the other."""
    env = shop.server.env | {
        "VISAVIS_PAYMENT_FACILITATOR": "in-process",
        "VISAVIS_PAYMENT_EVM_RELAYER_KEY": evm_node.RELAYER_KEY,
        "VISAVIS_PAYMENT_SOLANA_RELAYER_KEY": str(paying.FEE_PAYER),
    }
    before, calls = shop.received(), list(shop.facilitator.calls)
    with dying_gateway(shop.server.data, env) as gateway:
        gateway.restart()
        url = f"{gateway.url}/v1/sessions"
        solana_wallet = Keypair()
        shop.solana.fund(solana_wallet, DOLLAR)
        evm_wallets = [shop.evm.wallet(DOLLAR) for _ in range(2)]
        asked = shop.ask(url=url)
        payments = [shop.sign(wallet, asked) for wallet in (*evm_wallets, solana_wallet)]
        with ThreadPoolExecutor(len(payments)) as pool:
            answers = list(pool.map(lambda payment: shop.ask(payment, url=url), payments))
    assert [answer.status_code for answer in answers] == [200] * 3, [answer.text for answer in answers]
    assert shop.received() - before == 2 * DOLLAR
    assert shop.solana.balance(solana_wallet.pubkey()) == 0
    assert shop.facilitator.calls == calls
    for answer in answers:
        shop.end(answer.json())
