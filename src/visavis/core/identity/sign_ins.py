"""Sign-ins of browsers, and links that sign in once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, select

from visavis.core.database import Database, Tx
from visavis.core.identity import keys, users
from visavis.core.identity.principals import Credential, CredentialKind, Principal, Role, Scope
from visavis.core.schema import ApiKey, SignIn, SignInLink, User
from visavis.core.secret import digest
from visavis.errors import SignedOutError, SignInLinkError

SIGN_IN_TTL_S: Final = 14 * 86_400
LINK_TTL_S: Final = 86_400
_SECRET_BYTES: Final = 32


@dataclass(frozen=True)
class Holder:
    """Who is signed in: a user, or a key.

    Attributes:
        user: The user; `None` if the sign-in used only a key.
        key: The key; `None` for users.
    """

    user: User | None
    key: ApiKey | None


async def with_user(tx: Tx, user: User) -> str:
    """Sign in a user after `users.check_password` accepted the password.

    Returns:
        The secret for the browser's cookie, which is not stored.

    Raises:
        KeyRefusedError: The password was changed in the meantime.
    """
    query = select(User.id).where(User.id == user.id, User.password_hash == user.password_hash)
    if (await tx.execute(query.with_for_update(read=True))).scalar_one_or_none() is None:
        raise users.wrong_password()
    return await _open(tx, user_id=user.id)


async def with_key(tx: Tx, key: str) -> str:
    """Sign in with a key, to see what that key may see.

    Returns:
        The secret for the browser's cookie, which is not stored.

    Raises:
        KeyRefusedError: The key is unknown or revoked.
    """
    return await _open(tx, key_id=(await keys.find(tx, key)).id)


async def with_link(database: Database, link: str, *, email: str = "", password: str = "") -> str:
    """Sign in with a link; this uses the link up. Call it without a transaction.

    The link of a fresh installation creates its first user, an operator: it needs an address and a password.
    The link of a user sets a new password if one is given.

    Returns:
        The secret for the browser's cookie, which is not stored.

    Raises:
        SignInLinkError: The link is unknown, used or expired.
        AccountError: The address or password cannot be used; the link can be used again.
    """
    async with database.transaction() as tx:
        makes_user = await is_first_link(tx, link)
    new = await users.prepare(email, password) if makes_user else None
    password_hash = await users.hash_password(password) if password and not makes_user else None
    async with database.transaction() as tx:
        spend = delete(SignInLink).where(_is_good(link)).returning(SignInLink.user_id)
        spent = (await tx.execute(spend)).one_or_none()
        if spent is None:
            raise _useless_link()
        if new is not None:
            user = await users.create(tx, new, is_operator=True)
        else:
            user = (await tx.execute(select(User).where(User.id == spent.user_id))).scalar_one()
        if password_hash is not None:
            await users.set_password(tx, user, password_hash)
        return await _open(tx, user_id=user.id)


async def is_first_link(tx: Tx, link: str) -> bool:
    """Whether a link would create the first user; this does not use the link up.

    Raises:
        SignInLinkError: The link is unknown, used or expired.
    """
    found = (await tx.execute(select(SignInLink.user_id).where(_is_good(link)))).one_or_none()
    if found is None:
        raise _useless_link()
    return found.user_id is None


async def first_link(tx: Tx) -> str | None:
    """Create a link that creates the first user; earlier links become invalid. `None` if there are users."""
    if await users.count(tx):
        return None
    await tx.execute(delete(SignInLink).where(SignInLink.user_id.is_(None)))
    return await _link(tx, None)


async def link_for(tx: Tx, email: str) -> str:
    """Create a link that signs a user in once.

    Raises:
        AccountError: There is no such user.
    """
    return await _link(tx, (await users.named(tx, email)).id)


async def find(tx: Tx, secret: str) -> Principal | None:
    """Find the principal of a browser's secret; `None` if the sign-in expired or its key was revoked."""
    query = (
        select(SignIn, User, ApiKey)
        .outerjoin(User, User.id == SignIn.user_id)
        .outerjoin(ApiKey, ApiKey.id == SignIn.key_id)
        .where(SignIn.digest == digest(secret), SignIn.expires_at > func.now())
        .where(ApiKey.revoked_at.is_(None))
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        return None
    sign_in, user, key = found
    credential = Credential(CredentialKind.SIGN_IN, sign_in.id)
    if user is None:
        return Principal(key.account_id, credential)
    role = Role.OPERATOR if user.is_operator else Role.MEMBER
    return Principal(user.account_id, credential, frozenset({Scope.KEYS}), role)


async def holder(tx: Tx, principal: Principal) -> Holder:
    """Find who is signed in, for a principal that `find` returned.

    Raises:
        SignedOutError: The sign-in has ended in the meantime.
    """
    query = (
        select(User, ApiKey)
        .select_from(SignIn)
        .outerjoin(User, User.id == SignIn.user_id)
        .outerjoin(ApiKey, ApiKey.id == SignIn.key_id)
        .where(SignIn.id == principal.credential.id)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise SignedOutError("You are signed out.")
    return Holder(*found)


async def end(tx: Tx, principal: Principal) -> None:
    """Sign out; this also ends tokens that were issued under the sign-in."""
    await tx.execute(delete(SignIn).where(SignIn.id == principal.credential.id))


async def end_others(tx: Tx, principal: Principal, user: User) -> None:
    """Sign out every other browser of a user."""
    others = (SignIn.user_id == user.id) & (SignIn.id != principal.credential.id)
    await tx.execute(delete(SignIn).where(others))


async def _open(tx: Tx, *, user_id: int | None = None, key_id: int | None = None) -> str:
    await tx.execute(delete(SignIn).where(SignIn.expires_at <= func.now()))
    await tx.execute(delete(SignInLink).where(SignInLink.expires_at <= func.now()))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    until = func.now() + timedelta(seconds=SIGN_IN_TTL_S)
    tx.add(SignIn(digest=digest(secret), user_id=user_id, key_id=key_id, expires_at=until))
    await tx.flush()
    return secret


async def _link(tx: Tx, user_id: int | None) -> str:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    until = func.now() + timedelta(seconds=LINK_TTL_S)
    tx.add(SignInLink(digest=digest(secret), user_id=user_id, expires_at=until))
    await tx.flush()
    return secret


def _is_good(link: str) -> ColumnElement[bool]:
    return and_(SignInLink.digest == digest(link), SignInLink.expires_at > func.now())


def _useless_link() -> SignInLinkError:
    return SignInLinkError("This link was already used or has expired. Ask for a new one.")
