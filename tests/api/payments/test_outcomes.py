"""Whatever facilitators, clients and crashes do: nobody pays twice, pays for nothing, or gets time unpaid."""

import asyncio
import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from harness import evm_node, paying, solana_node
from harness.dying_gateway import STEPS, dying_gateway
from harness.paying import Facilitator
from solders.keypair import Keypair
from x402.http.utils import decode_payment_response_header

from tests.support.payments import (
    DOLLAR,
    SLOTS,
    SOLANA_PAY_TO,
    Shop,
    authorization,
    bought,
    changed,
    refused,
)
from tests.support.server import until
from visavis.adapters.x402 import solana
from visavis.adapters.x402.chain import JsonRpc
from visavis.ports.payments import Outcome, SignedPayment


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


@pytest.mark.parametrize("taken", [0, SLOTS - 1])
def test_a_payment_that_another_request_has_just_made_is_not_asked_for_again(shop: Shop, taken: int) -> None:
    """Its money is spent then, and its slot may be the last: both look like a refusal."""
    others = [shop.buy(shop.evm.wallet(DOLLAR)) for _ in range(taken)]
    wallet = shop.evm.wallet(DOLLAR)
    payment = shop.sign(wallet)
    first: list[httpx.Response] = []

    def comes_second(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> paying.Answer | None:
        facilitator.behave = None
        first.append(shop.ask(payment))
        return facilitator.honest(path, asked)

    with shop.behaving(comes_second):
        second = shop.ask(payment)
    assert second.status_code == 200, second.text
    assert second.json() == first[0].json()
    assert shop.evm.balance(wallet.address) == 0
    for each in (*others, second.json()):
        shop.end(each)


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
    assert shop.credit(wallet.address) == DOLLAR
    answer = shop.ask(payment)
    assert answer.status_code == 200, answer.text
    assert (shop.credit(wallet.address), shop.evm.balance(wallet.address)) == (0, 4 * DOLLAR)
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
            assert shop.credit(wallet.address) == DOLLAR, step
    assert shop.server.rows("SELECT count(*) FROM sessions WHERE status = 'reserved'") == [(0,)]


def test_a_transfer_pays_for_one_payment(shop: Shop) -> None:
    """One transaction uses the nonces of two payments: it pays the first, and the second's for its wallet."""
    wallet = shop.evm.wallet(5 * DOLLAR)
    payments = [shop.sign(wallet) for _ in range(2)]
    first, second = (
        json.loads(base64.b64decode(each["PAYMENT-SIGNATURE"]))["payload"]["authorization"]
        for each in payments
    )
    calls = [
        evm_node.authorized(wallet, terms) for terms in (first, second | {"to": wallet.address, "value": "1"})
    ]
    before = shop.received()

    def settles_otherwise(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> paying.Answer | None:
        if path == "/settle" and calls:
            shop.evm.call_token(*calls)
            calls.clear()
        return None if path == "/settle" else paying.accepts_anything(facilitator, path, asked)

    with shop.behaving(settles_otherwise):
        answers = [shop.ask(each) for each in payments]
    assert [answer.status_code for answer in answers] == [200, 402]
    assert decode_payment_response_header(answers[1].headers["PAYMENT-RESPONSE"]).success is False
    assert shop.received() - before == DOLLAR
    assert shop.ask(payments[1]).status_code == 402
    shop.end(answers[0].json())


def test_a_facilitator_names_an_earlier_payment(shop: Shop) -> None:
    """The payer has used the nonce for itself. That it paid the same amount before does not count again."""
    wallet = shop.evm.wallet(5 * DOLLAR)
    shop.end(shop.buy(wallet))
    ((transaction,),) = shop.server.rows("SELECT transaction FROM payments WHERE payer = %s", wallet.address)
    payment = shop.sign(wallet)
    terms = json.loads(base64.b64decode(payment["PAYMENT-SIGNATURE"]))["payload"]["authorization"]

    def names_another(facilitator: Facilitator, path: str, asked: dict[str, Any]) -> paying.Answer | None:
        if path != "/settle":
            return facilitator.honest(path, asked)
        shop.evm.call_token(evm_node.authorized(wallet, terms | {"to": wallet.address}))
        said = {"success": True, "transaction": transaction, "network": evm_node.NETWORK}
        return 200, {**said, "payer": wallet.address}

    with shop.behaving(names_another):
        assert refused(shop.ask(payment)) == (402, "payment_required")
    assert shop.evm.balance(wallet.address) == 4 * DOLLAR
    assert shop.server.rows("SELECT count(*) FROM sessions WHERE status = 'reserved'") == [(0,)]


def test_a_payment_has_its_slot_when_all_others_are_taken(shop: Shop) -> None:
    wallet = shop.evm.wallet(DOLLAR)
    payment = shop.sign(wallet)
    with shop.behaving(paying.breaks_before_settling):
        assert refused(shop.ask(payment)) == (503, "settlement_pending")
    made = [shop.buy(shop.evm.wallet(DOLLAR)) for _ in range(SLOTS - 1)]
    assert refused(shop.ask()) == (503, "no_capacity")
    answer = shop.ask(payment)
    assert answer.status_code == 200, answer.text
    assert shop.ask(payment).json() == answer.json()
    for each in (*made, answer.json()):
        shop.end(each)


def test_a_busy_wallet_of_solana_is_searched_page_by_page(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solana, "_PAGE_SIGNATURES", 2)
    wallet = Keypair()
    shop.solana.fund(wallet, 9 * DOLLAR)
    landed, *_ = payments = [shop.sign(wallet) for _ in range(5)]
    for each in payments:
        said = json.loads(base64.b64decode(each["PAYMENT-SIGNATURE"]))
        asked = {"x402Version": 2, "paymentPayload": said, "paymentRequirements": said["accepted"]}
        assert shop.facilitator.honest("/settle", asked)[1]["success"]
    lost = shop.sign(wallet)
    shop.solana.expire_blockhash()

    async def look_up(payment: dict[str, str], age: timedelta) -> Outcome:
        said = json.loads(base64.b64decode(payment["PAYMENT-SIGNATURE"]))
        rpc = JsonRpc(shop.solana.url)
        chain = solana.SolanaChain(solana_node.NETWORK, rpc, solana_node.USDC, str(SOLANA_PAY_TO))
        signed = chain.authorization(said["payload"])
        read = SignedPayment(**vars(signed), network=solana_node.NETWORK, identifier=None, payload=said)
        try:
            return (await chain.look_up(read, "", datetime.now(UTC) - age)).outcome
        finally:
            await chain.close()

    assert asyncio.run(look_up(landed, timedelta())) is Outcome.PAID
    assert asyncio.run(look_up(lost, timedelta())) is Outcome.NOT_PAID
    # Nothing that has landed is so new.
    assert asyncio.run(look_up(landed, -timedelta(hours=1))) is Outcome.NOT_PAID
