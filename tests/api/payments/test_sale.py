"""Sessions that wallets pay for, with the clients of x402 and real chains on this machine."""

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import evm_node, paying, solana_node
from harness.dying_gateway import dying_gateway
from solders.keypair import Keypair
from x402.extensions.sign_in_with_x.client import create_siwx_payload
from x402.extensions.sign_in_with_x.encode import encode_siwx_header
from x402.extensions.sign_in_with_x.types import SIGN_IN_WITH_X
from x402.http.utils import decode_payment_required_header, decode_payment_response_header

from tests.support.payments import DOLLAR, PAY_TO, SLOTS, SOLANA_PAY_TO, Shop, bearer, changed, refused
from tests.support.server import Server, until


def test_a_request_without_a_payment_is_told_what_to_pay(shop: Shop) -> None:
    answer = shop.ask(output_url="", wallet="")  # as clients send what they leave out
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
        ({"output_url": "rtmp://10.1.2.3/live/key"}, (400, "invalid_output_url")),
        ({"output_url": "wss://example.com", "output_token": "none"}, (400, "invalid_output_url")),
        ({"outputs": '["rtmp://10.1.2.3/live/key"]'}, (400, "invalid_output_url")),
        ({"output_size": "1x1"}, (422, "validation_error")),
        ({"outputs": "rtmp://example.com/live/key"}, (422, "validation_error")),
        ({"outputs": '[{"url": "rtmp://example.com/live/key", "size": "1x1"}]'}, (422, "validation_error")),
        ({"outputs": json.dumps(["rtmp://example.com/live/key"] * 4)}, (422, "validation_error")),
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
    more_paid = bearer(made) | shop.sign(wallet, asked)
    extended = httpx.post(f"{path}/extend", json=more, headers=more_paid)
    assert extended.status_code == 200, extended.text
    assert (extended.json()["added_minutes"], extended.json()["price_usd"]) == (10, 1.0)
    assert 1480 <= extended.json()["total_remaining_seconds"] <= 1500
    assert shop.received() - before == 2 * DOLLAR

    said = shop.end(made)
    assert (said["status"], 0 <= said["gpu_seconds_used"] < 120) == ("ended", True)
    assert refused(httpx.delete(path, headers=bearer(made))) == (409, "session_ended")
    assert refused(httpx.post(f"{path}/extend", json=more, headers=bearer(made))) == (409, "session_ended")
    assert httpx.post(f"{path}/extend", json=more, headers=more_paid).json() == extended.json()
    assert shop.credit(wallet.address) == 2 * DOLLAR  # all within the free minutes


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
    assert (shop.credit(wallet.address), shop.evm.balance(wallet.address)) == (DOLLAR, 0)
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
    assert (shop.credit(wallet.address), answer.json()["wallet"]) == (0, wallet.address.lower())
    # Its client may not have got it: the same request has the same answer, and costs nothing more.
    assert shop.ask(message, wallet=wallet.address).json() == answer.json()
    assert shop.credit(wallet.address) == 0
    shop.end(answer.json())
    assert shop.credit(wallet.address) == DOLLAR
    assert refused(shop.ask(message)) == (403, "wallet_mismatch")  # it was used
    for broken in ("", "%", base64.b64encode(b"{}").decode()):
        assert refused(shop.ask({"SIGN-IN-WITH-X": broken}))[0] in {402, 403}


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
