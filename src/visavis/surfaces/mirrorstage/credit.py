"""Spending the credit of a wallet: its owner signs a message that names the price."""

import json
from typing import Final

from starlette.requests import Request

from visavis.core.billing import ledger, payments
from visavis.core.billing.payments import Purchase
from visavis.core.database import Tx
from visavis.core.identity import wallets
from visavis.core.identity.wallets import WalletAddress
from visavis.core.secret import SEALS, seal, shared_secret, unseal
from visavis.errors import WalletRefusedError
from visavis.surfaces.mirrorstage.checkout import Answer, Order, price_text
from visavis.surfaces.mirrorstage.context import PaidContext

PROOF: Final = "SIGN-IN-WITH-X"


async def spend_credit(
    context: PaidContext, request: Request, order: Order, wallet: str | None
) -> Answer | None:
    """Open what is ordered for the credit of a wallet.

    Anybody can name a wallet, so the message must be signed by it, for this price and this address. It is
    good for one purchase: the same request with it gets the same answer again.

    Args:
        context: What the surface is given.
        request: The request.
        order: What is bought.
        wallet: Address that the client says it is; `None` if it says nothing.

    Returns:
        The answer; `None` if no message was sent, or the credit does not cover the whole price: then a
        payment is asked for.

    Raises:
        WalletRefusedError: The message proves nothing, was used before, or is another wallet's.
    """
    header = request.headers.get(PROOF)
    if header is None or context.proofs is None:
        return None
    proof = await context.proofs.prove(header, order.url, price_text(order))
    address = WalletAddress(proof.network, proof.address)
    if order.wallet is not None and address.text != order.wallet:
        raise WalletRefusedError("Pay from the wallet that created the session.")
    if wallet is not None and not address.is_same_as(wallet):
        raise WalletRefusedError("wallet: the message was signed by another wallet.")
    key = f"credit/{address.text}/{proof.nonce}"
    async with context.shared.database.transaction() as tx:
        account_id = await wallets.account_of(tx, address.text)
        first = await _first_answer(tx, account_id, key, order)
    if first is not None:
        return first
    await order.check()
    async with context.shared.database.transaction() as tx:
        await wallets.lock(tx, account_id)
        first = await _first_answer(tx, account_id, key, order)  # of another request at the same time
        if first is not None:
            return first
        if await ledger.balance_micros(tx, account_id) < order.price_micros:
            return None
        answer = await order.deliver(tx, account_id, None)
        purchase = Purchase(
            account_id=account_id,
            purpose=order.purpose,
            session_id=answer["session_id"],
            minutes=order.minutes,
            price_micros=order.price_micros,
            fingerprint=order.fingerprint,
        )
        sealed = seal(await shared_secret(tx, SEALS), json.dumps(answer))
        await payments.record_credit_purchase(
            tx, purchase, key=key, network=proof.network, payer=proof.address, sealed_answer=sealed
        )
        return answer


async def _first_answer(tx: Tx, account_id: int, key: str, order: Order) -> Answer | None:
    """What a message has bought before; `None` if it was not used.

    Raises:
        WalletRefusedError: It has bought something else.
    """
    row = await payments.find_credit_purchase(tx, account_id, key)
    if row is None:
        return None
    if row.fingerprint != order.fingerprint or row.sealed_answer is None:
        raise WalletRefusedError("The signed message was used before. Sign a new one.")
    found: Answer = json.loads(unseal(await shared_secret(tx, SEALS), row.sealed_answer))
    return found
