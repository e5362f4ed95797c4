"""Prepaid credits: granted by the operator, spent on agents, given back when making one fails.

They are a purse of their own beside what metered work costs, in the same ledger.
"""

import secrets
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.paging import Page, read_page
from visavis.core.schema import Account, ApiKey, LedgerEntry
from visavis.errors import AccountError, CreditsError

GRANT, GENERATION, REFUND = "grant", "generation", "refund"
"""Reasons of entries."""
_CREDITS: Final = "credits"  # kind of the subject
MAX_GRANT: Final = 1_000_000_000
_ID_BYTES: Final = 8


async def balance(tx: Tx, account_id: int) -> int:
    """Credits that an account has."""
    query = select(func.sum(LedgerEntry.credits)).where(LedgerEntry.account_id == account_id)
    return int((await tx.execute(query)).scalar_one() or 0)


async def page(tx: Tx, principal: Principal, *, limit: int, offset: int) -> Page[LedgerEntry]:
    """List what changed the credits of an account, newest first; the subject of an entry is a job."""
    found = select(LedgerEntry).where(
        LedgerEntry.account_id == principal.account_id, LedgerEntry.subject_kind == _CREDITS
    )
    return await read_page(tx, found, LedgerEntry.id.desc(), limit=limit, offset=offset)


async def grant(tx: Tx, key: ApiKey, amount: int) -> int:
    """Give credits to the account of a key, or take them with a negative amount. Returns the balance.

    Raises:
        AccountError: The amount is 0 or too large.
    """
    if not 0 < abs(amount) <= MAX_GRANT:
        raise AccountError(f"The number of credits must be from 1 to {MAX_GRANT:,}, or negative.")
    await _add(tx, key.account_id, key.id, secrets.token_hex(_ID_BYTES), GRANT, amount)
    return await balance(tx, key.account_id)


async def spend(tx: Tx, principal: Principal, amount: int, *, subject_id: str) -> None:
    """Take credits for something; once, however often this is called.

    Args:
        tx: The transaction that accepts the work.
        principal: Whoever spends them.
        amount: Number of credits; 0 takes nothing.
        subject_id: ID of the job that they are for.

    Raises:
        CreditsError: The account has fewer.
    """
    if amount <= 0:
        return
    # The row's lock: two requests at once do not spend the same credits. It lets others refer to the row.
    locked = select(Account.id).where(Account.id == principal.account_id)
    await tx.execute(locked.with_for_update(key_share=True))
    has = await balance(tx, principal.account_id)
    if has < amount:
        raise CreditsError(f"Not enough credits: this costs {amount}, and the balance is {has}.")
    await _add(tx, principal.account_id, principal.key_id, subject_id, GENERATION, -amount)


async def refund(tx: Tx, account_id: int, key_id: int, *, subject_id: str) -> None:
    """Give back what was spent on something; once, however often this is called."""
    spent = select(LedgerEntry.credits).where(
        LedgerEntry.account_id == account_id,
        LedgerEntry.subject_kind == _CREDITS,
        LedgerEntry.subject_id == subject_id,
        LedgerEntry.reason == GENERATION,
    )
    amount = (await tx.execute(spent)).scalar_one_or_none()
    if amount is not None:
        await _add(tx, account_id, key_id, subject_id, REFUND, -amount)


async def _add(tx: Tx, account_id: int, key_id: int, subject_id: str, reason: str, amount: int) -> None:
    row = {
        "account_id": account_id,
        "key_id": key_id,
        "subject_kind": _CREDITS,
        "subject_id": subject_id,
        "reason": reason,
        "amount_micros": 0,
        "credits": amount,
    }
    await tx.execute(insert(LedgerEntry).values(row).on_conflict_do_nothing())
