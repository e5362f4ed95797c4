"""Users and their passwords.

Checking and hashing a password is slow on purpose. It runs outside the event loop and without an open
transaction, so that somebody who guesses passwords does not use up the database connections.
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from visavis.core.database import Database, Tx
from visavis.core.identity import accounts
from visavis.core.schema import ACTIVE_MEMBER, USER, Membership, User
from visavis.errors import AccountError, KeyRefusedError, LastOperatorError, UserMissingError

PasswordHash = NewType("PasswordHash", str)

_MIN_PASSWORD_CHARS: Final = 10
_MAX_PASSWORD_CHARS: Final = 1000
_MAX_EMAIL_CHARS: Final = 254
_ADDRESS: Final = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")  # no address can become two, or a header


@dataclass(frozen=True)
class NewUser:
    """A user to create, as `prepare` returns it.

    Attributes:
        email: Address, in lower case.
        password_hash: Hash of the password.
    """

    email: str
    password_hash: PasswordHash


async def prepare(email: str, password: str) -> NewUser:
    """Check the address and hash the password of a new user. Call it without a transaction.

    Raises:
        AccountError: The address is invalid, or the password is too short.
    """
    return NewUser(address(email), await hash_password(password))


def address(email: str) -> str:
    """An email address as it is stored and compared.

    Raises:
        AccountError: It is not an address.
    """
    if not _ADDRESS.fullmatch(email.strip()) or len(email) > _MAX_EMAIL_CHARS:
        raise AccountError("That is not an email address.")
    return _normal(email)


async def create(tx: Tx, user: NewUser, *, is_operator: bool = False) -> User:
    """Create a user, with an account.

    Args:
        tx: The transaction.
        user: From `prepare`.
        is_operator: Whether the user may see all keys, workers and settings.

    Raises:
        AccountError: There is a user with this address and a password.
    """
    try:
        async with tx.begin_nested():
            account_id = await accounts.create(tx, USER)
            row = User(
                email=user.email,
                password_hash=user.password_hash,
                account_id=account_id,
                is_operator=is_operator,
            )
            tx.add(row)
    except IntegrityError as error:
        known = await _first_password(tx, user, is_operator=is_operator)
        if known is None:
            raise AccountError("There is already a user with that email address.") from error
        return known
    return row


async def find_or_add(tx: Tx, email: str) -> User:
    """Find the user with an address, or create one without a password. A removed user is one again.

    Nobody can sign in as such a user until an identity provider, an invitation by email or a link of
    `visavis users link` lets the person in.

    Args:
        tx: The transaction.
        email: From `address`.
    """
    row = await _find(tx, email)
    if row is not None:
        row.removed_at = None
        return row
    try:
        async with tx.begin_nested():
            row = User(email=email, account_id=await accounts.create(tx, USER))
            tx.add(row)
    except IntegrityError:  # somebody else did the same at this moment
        return await named(tx, email)
    return row


async def invite(tx: Tx, email: str, *, is_operator: bool = False) -> User:
    """Find or create a user who has not chosen a password yet, whom a link of `sign_ins` then lets in.

    Args:
        tx: The transaction.
        email: From `address`.
        is_operator: Whether the user may see all keys, workers and settings.

    Raises:
        AccountError: The user has a password, or comes from an organization, which lets its members in.
    """
    row = await find_or_add(tx, email)
    of_user = (Membership.user_id == row.id) & (Membership.status == ACTIVE_MEMBER)
    memberships = select(func.count()).select_from(Membership).where(of_user)
    if row.password_hash is not None or (await tx.execute(memberships)).scalar_one():
        raise AccountError("There is already a user with that email address.")
    await tx.execute(update(User).where(User.id == row.id).values(is_operator=is_operator))
    await tx.refresh(row)
    return row


async def list_all(tx: Tx) -> Sequence[User]:
    """All users who were not removed, in the order in which they came. For operators."""
    query = select(User).where(User.removed_at.is_(None)).order_by(User.created_at, User.id)
    return (await tx.execute(query)).scalars().all()


async def has_password(tx: Tx, email: str) -> bool:
    """Whether there is a user with an address and a password."""
    row = await _find(tx, email)
    return row is not None and row.password_hash is not None


async def by_id(tx: Tx, user_id: int) -> User:
    """Read a user."""
    return (await tx.execute(select(User).where(User.id == user_id))).scalar_one()


async def change_role(tx: Tx, public_id: str, *, is_operator: bool) -> User:
    """Make a user an operator, or an operator an ordinary user, from the next request on.

    Raises:
        UserMissingError: There is no such user.
        LastOperatorError: There would be no operator.
    """
    row = await hold(tx, public_id, keeps_role=is_operator)
    row.is_operator = is_operator
    await tx.flush()
    return row


async def hold(tx: Tx, public_id: str, *, keeps_role: bool = False) -> User:
    """Find a user who is about to change. Changes of operators happen one after the other.

    Args:
        tx: The transaction.
        public_id: ID of the user.
        keeps_role: Whether the user stays an operator, if the user is one.

    Raises:
        UserMissingError: There is no such user.
        LastOperatorError: The user is the only operator, and does not stay one.
    """
    operators = select(User).where(User.is_operator).order_by(User.id).with_for_update()
    held = (await tx.execute(operators.execution_options(populate_existing=True))).scalars().all()
    query = select(User).where(User.public_id == public_id, User.removed_at.is_(None)).with_for_update()
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise UserMissingError("User not found.")
    if not keeps_role and [each.id for each in held] == [row.id]:
        raise LastOperatorError("This is the only operator. Make somebody else an operator first.")
    return row


async def hash_password(password: str) -> PasswordHash:
    """Hash a password. Call it without a transaction.

    Raises:
        AccountError: The password is too short.
    """
    if not _MIN_PASSWORD_CHARS <= len(password) <= _MAX_PASSWORD_CHARS:
        raise AccountError(f"The password must have at least {_MIN_PASSWORD_CHARS} characters.")
    return PasswordHash(await asyncio.to_thread(PasswordHasher().hash, password))


async def set_password(tx: Tx, user: User, password_hash: PasswordHash) -> None:
    """Change a user's password."""
    await tx.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))


async def check_password(database: Database, email: str, password: str) -> User:
    """Find the user with an address and a password. Call it without a transaction.

    Raises:
        KeyRefusedError: They do not match. Neither message nor duration shows which of the two is wrong.
    """
    async with database.transaction() as tx:
        row = await _find(tx, email)
    # Create this hash even if it is not needed: otherwise the first unknown address would take twice as long
    # as a known one.
    nobodys = await asyncio.to_thread(_nobodys)
    known = row.password_hash if row else None
    try:
        await asyncio.to_thread(PasswordHasher().verify, known or nobodys, password)
    except (VerificationError, InvalidHashError) as error:
        raise wrong_password() from error
    if row is None or known is None:
        raise wrong_password()
    return row


def wrong_password() -> KeyRefusedError:
    """The error of every failed sign-in with a password. It does not say which of the two is wrong."""
    return KeyRefusedError("The email address or the password is wrong.")


async def named(tx: Tx, email: str) -> User:
    """Find the user with an address.

    Raises:
        AccountError: There is no such user.
    """
    row = await _find(tx, email)
    if row is None or row.removed_at is not None:
        raise AccountError(
            "There is no user with that email address. Create one with `visavis users create`."
        )
    return row


async def count(tx: Tx) -> int:
    """Number of users."""
    return (await tx.execute(select(func.count()).select_from(User))).scalar_one()


async def _first_password(tx: Tx, user: NewUser, *, is_operator: bool) -> User | None:
    """Give a user who has no password yet the one of a new user; `None` if there is no such user."""
    values: dict[str, Any] = {"password_hash": user.password_hash, "removed_at": None}
    if is_operator:
        values["is_operator"] = True
    statement = (
        update(User)
        .where(User.email == user.email, User.password_hash.is_(None))
        .values(values)
        .returning(User)
        .execution_options(populate_existing=True)
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def _find(tx: Tx, email: str) -> User | None:
    return (await tx.execute(select(User).where(User.email == _normal(email)))).scalar_one_or_none()


def _normal(email: str) -> str:
    return email.strip().lower()


@cache
def _nobodys() -> str:
    """Hash of a password that nobody has: checking it takes as long as checking a real one."""
    return PasswordHasher().hash(secrets.token_urlsafe())
