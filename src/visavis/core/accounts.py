"""Users and keys."""

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

from visavis.core.schema import ApiKey, User
from visavis.errors import AccountError, KeyRefusedError

KEY_BEGIN: Final = "sk_live_"
DEFAULT_TIER: Final = "starter"
_KEY_BYTES: Final = 32
_PREFIX_CHARS: Final = len(KEY_BEGIN) + 4  # shown, so that a key can be told from others
_LEAST_PASSWORD_CHARS: Final = 10


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
    session: AsyncSession, name: str, *, allowance: Allowance | None = None, owner: str | None = None
) -> tuple[ApiKey, str]:
    """Make a key.

    Args:
        session: The transaction.
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
    user_id = None if owner is None else (await _user(session, owner)).id
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
    session.add(row)
    await session.flush()
    return row, key


async def find_key(session: AsyncSession, key: str) -> ApiKey:
    """The row of a key that may be used.

    Raises:
        KeyRefusedError: It is unknown or was revoked.
    """
    row = (await session.execute(select(ApiKey).where(ApiKey.digest == _digest(key)))).scalar_one_or_none()
    if row is None or row.revoked_at is not None:
        raise KeyRefusedError("Invalid or revoked API key.")
    return row


async def list_keys(session: AsyncSession) -> list[ApiKey]:
    """All keys, oldest first."""
    return list((await session.execute(select(ApiKey).order_by(ApiKey.id))).scalars())


async def count_keys(session: AsyncSession) -> int:
    """How many keys were ever made."""
    return (await session.execute(select(func.count()).select_from(ApiKey))).scalar_one()


async def named_key(session: AsyncSession, word: str) -> ApiKey:
    """The one key whose prefix, name or whole text is `word`.

    Raises:
        AccountError: There is none, or more than one.
    """
    matches = (ApiKey.prefix == word) | (ApiKey.name == word) | (ApiKey.digest == _digest(word))
    found = list((await session.execute(select(ApiKey).where(matches))).scalars())
    if len(found) != 1:
        how_many = "no key" if not found else "more than one key"
        raise AccountError(f"There is {how_many} of that name or prefix; `visavis keys list` shows them.")
    return found[0]


async def revoke_key(session: AsyncSession, word: str) -> ApiKey:
    """Revoke the key that `named_key` finds; it is refused from now on."""
    row = await named_key(session, word)
    await session.execute(update(ApiKey).where(ApiKey.id == row.id).values(revoked_at=datetime.now(UTC)))
    return row


async def create_user(session: AsyncSession, email: str, password: str) -> User:
    """Make a user.

    Raises:
        AccountError: The address is taken or none, or the password is too short.
    """
    if "@" not in email.strip("@"):
        raise AccountError("That is no e-mail address.")
    if len(password) < _LEAST_PASSWORD_CHARS:
        raise AccountError(f"A password needs at least {_LEAST_PASSWORD_CHARS} characters.")
    row = User(email=email.strip().lower(), password_hash=PasswordHasher().hash(password))
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise AccountError("There is a user with that e-mail address already.") from error
    return row


async def check_password(session: AsyncSession, email: str, password: str) -> User:
    """The user of an address and a password.

    Raises:
        KeyRefusedError: They do not belong together; which of the two is wrong cannot be told, nor timed.
    """
    query = select(User).where(User.email == email.strip().lower())
    row = (await session.execute(query)).scalar_one_or_none()
    try:
        PasswordHasher().verify(row.password_hash if row else _nobodys(), password)
    except (VerificationError, InvalidHashError) as error:
        raise KeyRefusedError("The e-mail address or the password is wrong.") from error
    if row is None:
        raise KeyRefusedError("The e-mail address or the password is wrong.")
    return row


async def _user(session: AsyncSession, email: str) -> User:
    query = select(User).where(User.email == email.strip().lower())
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise AccountError("There is no user with that e-mail address; make one with `visavis users create`.")
    return row


@cache
def _nobodys() -> str:
    """A password that nobody has: checking it takes as long as checking a real one."""
    return PasswordHasher().hash(secrets.token_urlsafe())


def _digest(key: str) -> bytes:
    # A key holds 256 random bits: nothing slower than a plain hash is needed.
    return hashlib.sha256(key.encode()).digest()
