"""API keys: creation, lookup, replacement, revocation."""

import secrets
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, update

from visavis.core.database import Tx
from visavis.core.identity import accounts, memberships
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
_PREFIX_CHARS: Final = len(KEY_BEGIN) + 4  # shown, to distinguish keys


def principal_of(key: ApiKey) -> Principal:
    """The principal that a key authenticates."""
    credential = Credential(CredentialKind.KEY, key.id, allowance_of(key))
    return Principal(key.account_id, credential, user_id=key.user_id)


def allowance_of(key: ApiKey) -> Allowance:
    """What a key may do, and how often."""
    return Allowance(key.tier, key.requests_per_minute, key.monthly_cap, key.allows_conversation)


async def create(
    tx: Tx,
    name: str,
    *,
    allowance: Allowance | None = None,
    user: User | None = None,
    account_id: int | None = None,
) -> tuple[ApiKey, str]:
    """Create a key.

    Args:
        tx: The transaction.
        name: Name for people.
        allowance: What the key may do, and how often.
        user: Owner of the key; `None` for a service key, which gets an account of its own.
        account_id: ID of the organization's account for which a member's key acts; `None` for the user's.

    Returns:
        The row and the key itself, which is not stored and cannot be shown again.

    Raises:
        AccountError: The name is empty.
        NotPermittedError: The user is not a member of the organization.
    """
    if not name.strip():
        raise AccountError("The key must have a name.")
    if user is None:
        account_id = await accounts.create(tx, SERVICE)
    elif account_id is None or account_id == user.account_id:
        account_id = user.account_id
    else:
        await memberships.hold(tx, user.id, account_id=account_id)
    row = ApiKey(name=name.strip(), account_id=account_id, user_id=user.id if user else None)
    return row, await _add(tx, row, allowance or Allowance())


async def replace(tx: Tx, word: str) -> tuple[ApiKey, str]:
    """Replace the key that `named` finds. The old key is refused from now on.

    The new key has the same name, account and allowance. What belongs to the key instead of the account moves
    to the new key: live sessions, idempotency keys, and this month's count of requests.

    Returns:
        The row of the new key, and the key itself, which is not stored.

    Raises:
        AccountError: There is no such key, or more than one.
        NotPermittedError: The key was an organization's, and its user is no longer a member.
    """
    old = await named(tx, word)
    if old.user_id is not None:
        user = (await tx.execute(select(User).where(User.id == old.user_id))).scalar_one()
        if user.account_id != old.account_id:
            await memberships.hold(tx, user.id, account_id=old.account_id)
    await _revoke(tx, ApiKey.id == old.id)
    row = ApiKey(name=old.name, account_id=old.account_id, user_id=old.user_id)
    key = await _add(tx, row, allowance_of(old))
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
    """Find the row of a valid key.

    Raises:
        KeyRefusedError: The key is unknown or revoked.
    """
    query = select(ApiKey).where(ApiKey.digest == digest(key), ApiKey.revoked_at.is_(None))
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise KeyRefusedError("Invalid or revoked API key.")
    return row


async def hold(tx: Tx, principal: Principal) -> None:
    """Make sure that the principal's key is valid, at least as long as the transaction lasts.

    Raises:
        KeyRefusedError: It was revoked.
    """
    query = select(ApiKey.id).where(
        ApiKey.account_id == principal.account_id,
        ApiKey.id == principal.key_id,
        ApiKey.revoked_at.is_(None),
    )
    if (await tx.execute(query.with_for_update(read=True))).scalar_one_or_none() is None:
        raise KeyRefusedError("Invalid or revoked API key.")


async def read(tx: Tx, principal: Principal) -> ApiKey:
    """Read the row of the principal's key."""
    query = select(ApiKey).where(ApiKey.account_id == principal.account_id, ApiKey.id == principal.key_id)
    return (await tx.execute(query)).scalar_one()


async def visible(tx: Tx, principal: Principal) -> list[tuple[ApiKey, User | None]]:
    """List the keys that a principal may see, each with its user, oldest first."""
    query = (
        select(ApiKey, User)
        .outerjoin(User, User.id == ApiKey.user_id)
        .where(*_visible(principal))
        .order_by(ApiKey.id)
    )
    return [(key, user) for key, user in await tx.execute(query)]


async def find_visible(tx: Tx, principal: Principal, key_id: int) -> ApiKey:
    """Find a key that a principal may see.

    Raises:
        NotPermittedError: There is no such key, or the principal may not see it.
    """
    query = select(ApiKey).where(ApiKey.id == key_id, *_visible(principal))
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotPermittedError("You do not own this key.")
    return row


async def by_id(tx: Tx, principal: Principal, ids: set[int]) -> dict[int, ApiKey]:
    """Read keys of the account whose work is shown, by ID."""
    query = select(ApiKey).where(owned(ApiKey.account_id, principal), ApiKey.id.in_(ids))
    return {row.id: row for row in (await tx.execute(query.order_by(ApiKey.id))).scalars()}


async def console_key(tx: Tx, user: User, account_id: int, *, requests_per_minute: int | None) -> ApiKey:
    """Find the key on which a user's work in the console is counted; create it on first use.

    Nobody knows the key itself: it is only used through access tokens.

    Args:
        tx: The transaction.
        user: Owner of the key.
        account_id: ID of the account for which the user acts: the user's, or an organization's.
        requests_per_minute: Rate of the key, if it is created.

    Raises:
        NotPermittedError: The user is not a member of the organization.
    """
    if account_id != user.account_id:
        await memberships.hold(tx, user.id, account_id=account_id)
    # Two tabs that do this at the same time wait for each other here.
    await tx.execute(select(User.id).where(User.id == user.id).with_for_update())
    query = select(ApiKey).where(
        ApiKey.account_id == account_id,
        ApiKey.user_id == user.id,
        ApiKey.tier == CONSOLE_TIER,
        ApiKey.revoked_at.is_(None),
    )
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        allowance = Allowance(CONSOLE_TIER, requests_per_minute)
        row, _ = await create(tx, "Console", allowance=allowance, user=user, account_id=account_id)
    return row


async def list_all(tx: Tx) -> list[ApiKey]:
    """List all keys of the installation, oldest first."""
    return list((await tx.execute(select(ApiKey).order_by(ApiKey.id))).scalars())


async def count(tx: Tx) -> int:
    """Number of keys that were ever created."""
    return (await tx.execute(select(func.count()).select_from(ApiKey))).scalar_one()


async def named(tx: Tx, word: str) -> ApiKey:
    """Find the one key whose prefix, name or full text is `word`. Revoked keys count if no other matches.

    Raises:
        AccountError: No key matches, or more than one.
    """
    matches = (ApiKey.prefix == word) | (ApiKey.name == word) | (ApiKey.digest == digest(word))
    found = list((await tx.execute(select(ApiKey).where(matches))).scalars())
    found = [row for row in found if row.revoked_at is None] or found
    if len(found) != 1:
        how_many = "There is no key" if not found else "There are several keys"
        raise AccountError(f"{how_many} with that name or prefix. Run `visavis keys list` to see all keys.")
    return found[0]


async def revoke_named(tx: Tx, word: str) -> ApiKey:
    """Revoke the key that `named` finds. It is refused from now on.

    Raises:
        AccountError: No key matches, or more than one.
    """
    row = await named(tx, word)
    await _revoke(tx, ApiKey.id == row.id)
    return row


async def revoke(tx: Tx, principal: Principal, key_id: int) -> None:
    """Revoke a key that a principal may see. A key that is revoked already keeps its time of revocation.

    Raises:
        NotPermittedError: There is no such key, or the principal may not see it.
    """
    row = await find_visible(tx, principal, key_id)
    await _revoke(tx, ApiKey.id == row.id)


async def revoke_all(tx: Tx, account_id: int, *, user_id: int | None = None) -> None:
    """Revoke all keys of an account, or those of one of its users."""
    which = ApiKey.account_id == account_id
    await _revoke(tx, which if user_id is None else which & (ApiKey.user_id == user_id))


async def edit_named(tx: Tx, word: str, *, allows_conversation: bool) -> ApiKey:
    """Change what the key that `named` finds may do; it counts from the next request on.

    Raises:
        AccountError: There is no such key, or more than one.
    """
    row = await named(tx, word)
    row.allows_conversation = allows_conversation
    return row


async def edit(tx: Tx, principal: Principal, key_id: int, *, allows_conversation: bool) -> None:
    """Change what a key of the principal may do; it counts from the next request on.

    Raises:
        NotPermittedError: The principal may not manage keys or see this one, or there is none.
    """
    if Scope.KEYS not in principal.scopes:
        raise NotPermittedError("You are signed in with an API key. Sign in as a user to change keys.")
    row = await find_visible(tx, principal, key_id)
    row.allows_conversation = allows_conversation


async def _add(tx: Tx, row: ApiKey, allowance: Allowance) -> str:
    # The result is base 62: the two other characters of the URL-safe alphabet are replaced.
    secret = secrets.token_urlsafe(_KEY_BYTES).replace("-", "A").replace("_", "z")
    key = KEY_BEGIN + secret
    row.prefix, row.digest = key[:_PREFIX_CHARS], digest(key)
    row.tier = allowance.tier
    row.requests_per_minute, row.monthly_cap = allowance.requests_per_minute, allowance.monthly_cap
    row.allows_conversation = allowance.allows_conversation
    tx.add(row)
    await tx.flush()
    return key


async def _revoke(tx: Tx, which: ColumnElement[bool]) -> None:
    values = {"revoked_at": datetime.now(UTC)}
    await tx.execute(update(ApiKey).where(which, ApiKey.revoked_at.is_(None)).values(values))


def _visible(principal: Principal) -> list[ColumnElement[bool]]:
    """Conditions for visible keys: without the scope for keys, only the principal's own key.

    A member of an organization sees only own keys, unless the role permits more.
    """
    conditions = [owned(ApiKey.account_id, principal)]
    if principal.credential.kind is CredentialKind.KEY:
        conditions.append(ApiKey.id == principal.key_id)
    elif Scope.KEYS not in principal.scopes:
        signed_in_with = select(SignIn.key_id).where(SignIn.id == principal.credential.id)
        conditions.append(ApiKey.id == signed_in_with.scalar_subquery())
    elif not principal.is_operator and Scope.MEMBERS_KEYS not in principal.scopes:
        conditions.append(ApiKey.user_id == principal.user_id)
    return conditions
