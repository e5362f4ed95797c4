"""Users and keys."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core import access
from visavis.core.schema import ApiKey, User
from visavis.errors import AccountError, KeyRefusedError

KEY_BEGIN: Final = "sk_live_"
DEFAULT_TIER: Final = "starter"
CONSOLE_TIER: Final = "console"  # keys that the console makes for its users
_KEY_BYTES: Final = 32
_PREFIX_CHARS: Final = len(KEY_BEGIN) + 4  # shown, so that a key can be told from others
_MIN_PASSWORD_CHARS: Final = 10
_MAX_PASSWORD_CHARS: Final = 1000
_LONGEST_EMAIL_CHARS: Final = 254


@dataclass(frozen=True)
class Allowance:
    """What a key may do.

    Attributes:
        tier: A name for it.
        requests_per_minute: Its own rate; the server's if not set.
        monthly_cap: Requests a month; unlimited if not set.
    """

    tier: str = DEFAULT_TIER
    requests_per_minute: int | None = None
    monthly_cap: int | None = None


async def create_key(
    tx: AsyncSession, name: str, *, allowance: Allowance | None = None, owner: str | None = None
) -> tuple[ApiKey, str]:
    """Make a key.

    Args:
        tx: The transaction.
        name: For people.
        allowance: What it may do.
        owner: E-mail address of the user it belongs to; nothing for a service key.

    Returns:
        Its row and the key itself, which is not kept and cannot be shown again.

    Raises:
        AccountError: There is no such user, or the name is empty.
    """
    if not name.strip():
        raise AccountError("A key needs a name.")
    allowance = allowance or Allowance()
    user_id = None if owner is None else (await named_user(tx, owner)).id
    # Base 62 by leaving out the two signs of the URL-safe alphabet.
    secret = secrets.token_urlsafe(_KEY_BYTES).replace("-", "A").replace("_", "z")
    key = KEY_BEGIN + secret
    row = ApiKey(
        prefix=key[:_PREFIX_CHARS],
        digest=_digest(key),
        name=name.strip(),
        tier=allowance.tier,
        user_id=user_id,
        requests_per_minute=allowance.requests_per_minute,
        monthly_cap=allowance.monthly_cap,
    )
    tx.add(row)
    await tx.flush()
    return row, key


async def find_key(tx: AsyncSession, key: str) -> ApiKey:
    """The row of a key that may be used, or that an access token stands for.

    Raises:
        KeyRefusedError: It is unknown, was revoked, or is a token that has run out.
    """
    if key.startswith(access.TOKEN_BEGIN):
        row = await access.key_of(tx, key)
    else:
        query = select(ApiKey).where(ApiKey.digest == _digest(key))
        row = (await tx.execute(query)).scalar_one_or_none()
    if row is None or row.revoked_at is not None:
        raise KeyRefusedError("Invalid or revoked API key.")
    return row


async def list_keys(tx: AsyncSession, ids: list[int] | None = None) -> list[ApiKey]:
    """All keys, or these, oldest first."""
    query = select(ApiKey).order_by(ApiKey.id)
    if ids is not None:
        query = query.where(ApiKey.id.in_(ids))
    return list((await tx.execute(query)).scalars())


async def keys_of(tx: AsyncSession, user: User) -> list[int]:
    """Of the keys that a user owns, the identifiers; of an operator, those of all keys."""
    query = select(ApiKey.id)
    if not user.is_operator:
        query = query.where(ApiKey.user_id == user.id)
    return list((await tx.execute(query)).scalars())


async def console_key(tx: AsyncSession, user: User, *, requests_per_minute: int) -> ApiKey:
    """The key that a user's work in the console is counted on, made when it is first needed.

    Nobody knows the key itself: it is used through access tokens alone.
    """
    # Two tabs that ask at the same time wait for each other here.
    await tx.execute(select(User.id).where(User.id == user.id).with_for_update())
    query = select(ApiKey).where(
        ApiKey.user_id == user.id, ApiKey.tier == CONSOLE_TIER, ApiKey.revoked_at.is_(None)
    )
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        allowance = Allowance(CONSOLE_TIER, requests_per_minute)
        row, _ = await create_key(tx, "Console", allowance=allowance, owner=user.email)
    return row


def owner(key: ApiKey) -> str:
    """Whose a key is, for sharing what there is little of: a user with many keys is one owner."""
    return f"key {key.id}" if key.user_id is None else f"user {key.user_id}"


async def count_keys(tx: AsyncSession) -> int:
    """How many keys were ever made."""
    return (await tx.execute(select(func.count()).select_from(ApiKey))).scalar_one()


async def named_key(tx: AsyncSession, word: str) -> ApiKey:
    """The one key whose prefix, name or whole text is `word`.

    Raises:
        AccountError: There is none, or more than one.
    """
    matches = (ApiKey.prefix == word) | (ApiKey.name == word) | (ApiKey.digest == _digest(word))
    found = list((await tx.execute(select(ApiKey).where(matches))).scalars())
    if len(found) != 1:
        how_many = "no key" if not found else "more than one key"
        raise AccountError(f"There is {how_many} of that name or prefix; `visavis keys list` shows them.")
    return found[0]


async def revoke_key(tx: AsyncSession, word: str) -> ApiKey:
    """Revoke the key that `named_key` finds; it is refused from now on."""
    row = await named_key(tx, word)
    await revoke(tx, row.id)
    return row


async def revoke(tx: AsyncSession, key_id: int) -> None:
    """Revoke a key; once revoked, its time stays."""
    values = {"revoked_at": datetime.now(UTC)}
    await tx.execute(update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)).values(values))


async def create_user(tx: AsyncSession, email: str, password: str, *, is_operator: bool = False) -> User:
    """Make a user.

    Args:
        tx: The transaction.
        email: Unlike everybody else's.
        password: At least ten characters.
        is_operator: Whether all keys, workers and settings may be seen.

    Raises:
        AccountError: The address is taken or none, or the password is too short.
    """
    if "@" not in email.strip("@") or len(email) > _LONGEST_EMAIL_CHARS:
        raise AccountError("That is no e-mail address.")
    hashed = await _hashed(password)
    row = User(email=email.strip().lower(), password_hash=hashed, is_operator=is_operator)
    try:
        async with tx.begin_nested():
            tx.add(row)
    except IntegrityError as error:
        raise AccountError("There is a user with that e-mail address already.") from error
    return row


async def change_password(tx: AsyncSession, user: User, password: str) -> None:
    """Give a user another password.

    Raises:
        AccountError: It is too short.
    """
    hashed = await _hashed(password)
    await tx.execute(update(User).where(User.id == user.id).values(password_hash=hashed))


async def count_users(tx: AsyncSession) -> int:
    """How many users there are."""
    return (await tx.execute(select(func.count()).select_from(User))).scalar_one()


async def check_password(tx: AsyncSession, email: str, password: str) -> User:
    """The user of an address and a password.

    Raises:
        KeyRefusedError: They do not belong together; which of the two is wrong cannot be told, nor timed.
    """
    query = select(User).where(User.email == email.strip().lower())
    row = (await tx.execute(query)).scalar_one_or_none()
    # Slow on purpose, so not on the thread that answers everybody. Made also when it is not needed: otherwise
    # the first address that is unknown would take twice as long as one that is known.
    nobodys = await asyncio.to_thread(_nobodys)
    try:
        await asyncio.to_thread(PasswordHasher().verify, row.password_hash if row else nobodys, password)
    except (VerificationError, InvalidHashError) as error:
        raise KeyRefusedError("The e-mail address or the password is wrong.") from error
    if row is None:
        raise KeyRefusedError("The e-mail address or the password is wrong.")
    return row


async def named_user(tx: AsyncSession, email: str) -> User:
    """The user of an address.

    Raises:
        AccountError: There is none.
    """
    query = select(User).where(User.email == email.strip().lower())
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise AccountError("There is no user with that e-mail address; make one with `visavis users create`.")
    return row


async def _hashed(password: str) -> str:
    if not _MIN_PASSWORD_CHARS <= len(password) <= _MAX_PASSWORD_CHARS:
        raise AccountError(f"A password needs at least {_MIN_PASSWORD_CHARS} characters.")
    return await asyncio.to_thread(PasswordHasher().hash, password)


@cache
def _nobodys() -> str:
    """A password that nobody has: checking it takes as long as checking a real one."""
    return PasswordHasher().hash(secrets.token_urlsafe())


def _digest(key: str) -> bytes:
    # A key holds 256 random bits: nothing slower than a plain hash is needed.
    return hashlib.sha256(key.encode()).digest()
