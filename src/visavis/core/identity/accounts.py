"""Accounts: they own jobs, sessions, keys, and what these cost."""

from visavis.core.database import Tx
from visavis.core.schema import Account


async def create(tx: Tx, kind: str) -> int:
    """Create an account.

    Args:
        tx: The transaction.
        kind: `USER`, `ORGANIZATION`, `WALLET` or `SERVICE` of the schema.

    Returns:
        ID of the account.
    """
    row = Account(kind=kind)
    tx.add(row)
    await tx.flush()
    return row.id
