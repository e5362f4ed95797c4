"""Spending the credit of a wallet: its owner signs a message that names the price."""

from typing import Final

from starlette.requests import Request

from visavis.core.billing import ledger
from visavis.core.billing.ledger import Entry
from visavis.core.identity import wallets
from visavis.core.identity.wallets import WalletAddress
from visavis.errors import WalletRefusedError
from visavis.surfaces.mirrorstage.checkout import Answer, Order, price_text
from visavis.surfaces.mirrorstage.context import PaidContext

PROOF: Final = "SIGN-IN-WITH-X"


async def spend_credit(
    context: PaidContext, request: Request, order: Order, wallet: str | None
) -> Answer | None:
    """Open what is ordered for the credit of a wallet.

    Anybody can name a wallet, so the message must be signed by it, for this price and this address. It is
    good for one purchase.

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
    async with context.shared.database.transaction() as tx:
        account_id = await wallets.account_of(tx, address.text)
        await wallets.lock(tx, account_id)
        if await ledger.balance_micros(tx, account_id) < order.price_micros:
            return None
        used = Entry(account_id, ledger.PROOF, proof.nonce, "used", 0)
        if not await ledger.record(tx, used):
            raise WalletRefusedError("The signed message was used before. Sign a new one.")
        return await order.deliver(tx, account_id, None)
