"""API keys: made, found, replaced, revoked."""

import secrets
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, update

from visavis.core.database import Tx
from visavis.core.identity import accounts
from visavis.core.identity.ownership import owned
from visavis.core.identity.principals import (
    Allowance,
    Credential,
    CredentialKind,
    Principal,
    Scope,
)
from visavis.core.schema import SERVICE, ApiKey, Job, KeyMonth, Session, SignIn, User
from visavis.core.secret import digest
from visavis.errors import AccountError, KeyRefusedError, NotPermittedError

KEY_BEGIN: Final = "sk_live_"
CONSOLE_TIER: Final = "console"  # keys that the console makes for its users
_KEY_BYTES: Final = 32
_PREFIX_CHARS: Final = len(KEY_BEGIN) + 4  # shown, so that a key can be told from others


def principal_of(key: ApiKey) -> Principal:
    """Whoever has a key."""
    allowance = Allowance(key.tier, key.requests_per_minute, key.monthly_cap)
    return Principal(key.account_id, Credential(CredentialKind.KEY, key.id, allowance))


async def create(
    tx: Tx, name: str, *, allowance: Allowance | None = None, user: User | None = None
) -> tuple[ApiKey, str]:
    """Make a key.

    Args:
        tx: The transaction.
        name: For people.
        allowance: Requests that it may make.
        user: Owner of the key; `None` for a service key, which gets an account of its own.

    Returns:
        Its row and the key itself, which is not kept and cannot be shown again.

    Raises:
        AccountError: The name is empty.
    """
    if not name.strip():
        raise AccountError("The key must have a name.")
    account_id = await accounts.create(tx, SERVICE) if user is None else user.account_id
    row = ApiKey(name=name.strip(), account_id=account_id, user_id=user.id if user else None)
    return row, await _add(tx, row, allowance or Allowance())


async def replace(tx: Tx, word: str) -> tuple[ApiKey, str]:
    """Make a key in place of the one that `named` finds, which is refused from now on.

    The new key has its name, account and allowance. What belongs to a key and not to its account goes over to
    the new one: live sessions, idempotency keys, and the count of this month's requests.

    Returns:
        The row of the new key, and the key itself, which is not kept.

    Raises:
        AccountError: There is no such key, or more than one.
    """
    old = await named(tx, word)
    await _revoke(tx, ApiKey.id == old.id)
    row = ApiKey(name=old.name, account_id=old.account_id, user_id=old.user_id)
    key = await _add(tx, row, Allowance(old.tier, old.requests_per_minute, old.monthly_cap))
    for statement in (
        update(Session).where(Session.account_id == old.account_id, Session.key_id == old.id),
        update(KeyMonth).where(KeyMonth.account_id == old.account_id, KeyMonth.key_id == old.id),
        update(Job).where(
            Job.account_id == old.account_id, Job.key_id == old.id, Job.idempotency_key.is_not(None)
        ),
    ):
        await tx.execute(statement.values(key_id=row.id).execution_options(synchronize_session=False))
    return row, key


async def find(tx: Tx, key: str) -> ApiKey:
    """The row of a key that may be used.

    Raises:
        KeyRefusedError: It is unknown or was revoked.
    """
    query = select(ApiKey).where(ApiKey.digest == digest(key), ApiKey.revoked_at.is_(None))
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise KeyRefusedError("Invalid or revoked API key.")
    return row


async def read(tx: Tx, principal: Principal) -> ApiKey:
    """The row of the key that asks."""
    query = select(ApiKey).where(ApiKey.account_id == principal.account_id, ApiKey.id == principal.key_id)
    return (await tx.execute(query)).scalar_one()


async def visible(tx: Tx, principal: Principal) -> list[tuple[ApiKey, User | None]]:
    """The keys that a principal may see, each with its user, oldest first."""
    query = (
        select(ApiKey, User)
        .outerjoin(User, User.id == ApiKey.user_id)
        .where(*_visible(principal))
        .order_by(ApiKey.id)
    )
    return [(key, user) for key, user in await tx.execute(query)]


async def find_visible(tx: Tx, principal: Principal, key_id: int) -> ApiKey:
    """A key that a principal may see.

    Raises:
        NotPermittedError: It may not, or there is none.
    """
    query = select(ApiKey).where(ApiKey.id == key_id, *_visible(principal))
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotPermittedError("You do not own this key.")
    return row


async def by_id(tx: Tx, principal: Principal, ids: set[int]) -> dict[int, ApiKey]:
    """Keys of the account whose work is shown, by ID."""
    query = select(ApiKey).where(owned(ApiKey.account_id, principal), ApiKey.id.in_(ids))
    return {row.id: row for row in (await tx.execute(query.order_by(ApiKey.id))).scalars()}


async def console_key(tx: Tx, user: User, *, requests_per_minute: int) -> ApiKey:
    """The key that a user's work in the console is counted on, made when it is first needed.

    Nobody knows the key itself: it is used through access tokens alone.
    """
    # Two tabs that ask at the same time wait for each other here.
    await tx.execute(select(User.id).where(User.id == user.id).with_for_update())
    query = select(ApiKey).where(
        ApiKey.account_id == user.account_id,
        ApiKey.user_id == user.id,
        ApiKey.tier == CONSOLE_TIER,
        ApiKey.revoked_at.is_(None),
    )
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        allowance = Allowance(CONSOLE_TIER, requests_per_minute)
        row, _ = await create(tx, "Console", allowance=allowance, user=user)
    return row


async def list_all(tx: Tx) -> list[ApiKey]:
    """All keys of the installation, oldest first."""
    return list((await tx.execute(select(ApiKey).order_by(ApiKey.id))).scalars())


async def count(tx: Tx) -> int:
    """How many keys were ever made."""
    return (await tx.execute(select(func.count()).select_from(ApiKey))).scalar_one()


async def named(tx: Tx, word: str) -> ApiKey:
    """The one key whose prefix, name or whole text is `word`. Revoked ones count if no other fits.

    Raises:
        AccountError: There is none, or more than one.
    """
    matches = (ApiKey.prefix == word) | (ApiKey.name == word) | (ApiKey.digest == digest(word))
    found = list((await tx.execute(select(ApiKey).where(matches))).scalars())
    found = [row for row in found if row.revoked_at is None] or found
    if len(found) != 1:
        how_many = "There is no key" if not found else "There are several keys"
        raise AccountError(f"{how_many} with that name or prefix. Run `visavis keys list` to see all keys.")
    return found[0]


async def revoke_named(tx: Tx, word: str) -> ApiKey:
    """Revoke the key that `named` finds; it is refused from now on.

    Raises:
        AccountError: There is no such key, or more than one.
    """
    row = await named(tx, word)
    await _revoke(tx, ApiKey.id == row.id)
    return row


async def revoke(tx: Tx, principal: Principal, key_id: int) -> None:
    """Revoke a key that a principal may see; once revoked, its time stays.

    Raises:
        NotPermittedError: It may not see it, or there is none.
    """
    row = await find_visible(tx, principal, key_id)
    await _revoke(tx, ApiKey.id == row.id)


async def _add(tx: Tx, row: ApiKey, allowance: Allowance) -> str:
    # Base 62 by leaving out the two signs of the URL-safe alphabet.
    secret = secrets.token_urlsafe(_KEY_BYTES).replace("-", "A").replace("_", "z")
    key = KEY_BEGIN + secret
    row.prefix, row.digest = key[:_PREFIX_CHARS], digest(key)
    row.tier = allowance.tier
    row.requests_per_minute, row.monthly_cap = allowance.requests_per_minute, allowance.monthly_cap
    tx.add(row)
    await tx.flush()
    return key


async def _revoke(tx: Tx, which: ColumnElement[bool]) -> None:
    values = {"revoked_at": datetime.now(UTC)}
    await tx.execute(update(ApiKey).where(which, ApiKey.revoked_at.is_(None)).values(values))


def _visible(principal: Principal) -> list[ColumnElement[bool]]:
    """Conditions for keys that may be seen: without the scope for keys, the principal's own one alone."""
    conditions = [owned(ApiKey.account_id, principal)]
    if principal.credential.kind is CredentialKind.KEY:
        conditions.append(ApiKey.id == principal.key_id)
    elif Scope.KEYS not in principal.scopes:
        signed_in_with = select(SignIn.key_id).where(SignIn.id == principal.credential.id)
        conditions.append(ApiKey.id == signed_in_with.scalar_subquery())
    return conditions
