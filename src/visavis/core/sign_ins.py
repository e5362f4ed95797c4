"""Browsers that are signed in, and links that sign in once."""

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core import accounts, rates
from visavis.core.schema import ApiKey, SignIn, SignInLink, User
from visavis.core.secret import ACCESS, derived, shared_secret
from visavis.errors import KeyRefusedError, RateLimitError, SignInLinkError

SIGN_IN_TTL_S: Final = 14 * 86_400
LINK_TTL_S: Final = 86_400
_TRIES_PER_MACHINE: Final = 60  # a minute; an office may share one address
_FREE_TRIES: Final = 5  # before there are pauses between them
_MAX_PAUSE_S: Final = 900.0
_FORGET_TRIES_S: Final = 86_400.0
_NONCE_BYTES: Final = 16
_SECRET_BYTES: Final = 32


@dataclass(frozen=True)
class Visitor:
    """Who is signed in.

    Attributes:
        sign_in: The browser.
        user: Nobody when it signed in with a key alone.
        key: The key that it signed in with; nothing for users.
        scope: Identifiers of the keys whose work may be seen; nothing for all.
    """

    sign_in: SignIn
    user: User | None
    key: ApiKey | None
    scope: list[int] | None

    @property
    def is_operator(self) -> bool:
        """Whether the whole installation may be seen."""
        return self.user is not None and self.user.is_operator

    @property
    def owner(self) -> str:
        """Whose requests these are; see `accounts.owner`."""
        if self.user is not None:
            return f"user {self.user.id}"
        return accounts.owner(self.key) if self.key is not None else ""

    def may_see(self, key_id: int) -> bool:
        """Whether a key's work may be seen."""
        return self.scope is None or key_id in self.scope


async def with_password(tx: AsyncSession, email: str, password: str) -> tuple[SignIn, str]:
    """Sign in a user.

    Returns:
        The sign-in, and its secret for the browser's cookie, which is not kept.

    Raises:
        KeyRefusedError: Address and password do not belong together.
    """
    user = await accounts.check_password(tx, email, password)
    return await _open(tx, user_id=user.id)


async def with_key(tx: AsyncSession, key: str) -> tuple[SignIn, str]:
    """Sign in whoever has a key, to what that key may see.

    Raises:
        KeyRefusedError: It is unknown or revoked.
    """
    if not key.startswith(accounts.KEY_BEGIN):
        raise KeyRefusedError("Invalid or revoked API key.")
    row = await accounts.find_key(tx, key)
    return await _open(tx, key_id=row.id)


async def with_link(
    tx: AsyncSession, link: str, *, email: str = "", password: str = ""
) -> tuple[SignIn, str]:
    """Sign in with a link, which is spent by it.

    The link of a fresh installation makes its first user, an operator: it needs an address and a password.
    The link of a user gives a new password if there is one.

    Raises:
        SignInLinkError: The link is unknown, spent, or too old.
        AccountError: Address or password cannot be used; the link is good for another try.
    """
    spend = (
        delete(SignInLink)
        .where(SignInLink.digest == _digest(link), SignInLink.expires_at > func.now())
        .returning(SignInLink)
    )
    row = (await tx.execute(spend)).scalar_one_or_none()
    if row is None:
        raise SignInLinkError("This link was used before, or is too old. Ask for another.")
    if row.user_id is None:
        user = await accounts.create_user(tx, email, password, is_operator=True)
    else:
        user = (await tx.execute(select(User).where(User.id == row.user_id))).scalar_one()
        if password:
            await accounts.change_password(tx, user, password)
    return await _open(tx, user_id=user.id)


async def is_first_link(tx: AsyncSession, link: str) -> bool:
    """Whether a link would make the first user; it is not spent by asking.

    Raises:
        SignInLinkError: The link is unknown, spent, or too old.
    """
    query = select(SignInLink).where(SignInLink.digest == _digest(link), SignInLink.expires_at > func.now())
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise SignInLinkError("This link was used before, or is too old. Ask for another.")
    return row.user_id is None


async def first_link(tx: AsyncSession) -> str | None:
    """A link that makes the first user; earlier ones are no longer good. Nothing once there are users."""
    if await accounts.count_users(tx):
        return None
    await tx.execute(delete(SignInLink).where(SignInLink.user_id.is_(None)))
    return await _link(tx, None)


async def link_for(tx: AsyncSession, email: str) -> str:
    """A link that signs in a user once.

    Raises:
        AccountError: There is no such user.
    """
    return await _link(tx, (await accounts.named_user(tx, email)).id)


async def find(tx: AsyncSession, secret: str) -> Visitor | None:
    """Who a browser's secret belongs to; nobody if it has run out or the key was revoked."""
    query = (
        select(SignIn, User, ApiKey)
        .outerjoin(User, User.id == SignIn.user_id)
        .outerjoin(ApiKey, ApiKey.id == SignIn.key_id)
        .where(SignIn.digest == _digest(secret), SignIn.expires_at > func.now())
        .where(ApiKey.revoked_at.is_(None))
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        return None
    sign_in, user, key = found
    if user is None:
        return Visitor(sign_in, None, key, [key.id])
    scope = None if user.is_operator else await accounts.keys_of(tx, user)
    return Visitor(sign_in, user, None, scope)


async def end(tx: AsyncSession, sign_in: SignIn) -> None:
    """Sign out; tokens made under it end too."""
    await tx.execute(delete(SignIn).where(SignIn.id == sign_in.id))


async def end_others(tx: AsyncSession, visitor: Visitor) -> None:
    """Sign out every other browser of the same user."""
    if visitor.user is not None:
        others = (SignIn.user_id == visitor.user.id) & (SignIn.id != visitor.sign_in.id)
        await tx.execute(delete(SignIn).where(others))


def prober(machine: str, account: str, *, browser: str | None = None) -> str:
    """Who tries to sign in to an account: what tries are counted by.

    Somebody elsewhere who guesses at an account slows down nobody else; and a browser that was signed in to
    it before is not slowed down by others at its own address.

    Args:
        machine: The address that the try comes from.
        account: The e-mail address that is tried.
        browser: The proof that this browser was signed in to the account before, if it has one.
    """
    place = f"browser:{browser}" if browser else f"machine:{machine}"
    return _digest(f"{place}\n{account.strip().lower()}").hex()


async def count_try(
    tx: AsyncSession, *, machine: str, prober: str | None = None, at: datetime | None = None
) -> None:
    """Count a try to sign in, or refuse it: guessing must be slow, and the slower the longer it goes on.

    Args:
        tx: A transaction that is committed whether or not the try succeeds.
        machine: The address that it comes from.
        prober: As `prober` makes it, if an account is tried.
        at: When; now, by the database's clock, if not given.

    Raises:
        RateLimitError: Too many from this address within a minute, or too many that failed for this account.
    """
    await rates.take_named(tx, f"sign-in:{machine}", max_per_minute=_TRIES_PER_MACHINE)
    if prober is None:
        return
    statement = text("SELECT sign_in_try(:name, :free, :max_s, :forget_s, CAST(:at AS timestamptz))")
    values = {"name": prober, "free": _FREE_TRIES, "max_s": _MAX_PAUSE_S, "forget_s": _FORGET_TRIES_S}
    wait_s = (await tx.execute(statement, values | {"at": at})).scalar_one()
    if wait_s:
        raise RateLimitError(
            f"Too many tries. Wait {math.ceil(wait_s)} s, then try again.", retry_after_s=math.ceil(wait_s)
        )


async def forgive(tx: AsyncSession, prober: str) -> None:
    """Forget the tries of somebody who signed in."""
    await tx.execute(text("DELETE FROM sign_in_tries WHERE name = :name"), {"name": prober})


async def forget(tx: AsyncSession) -> None:
    """Delete the tries of those who gave up."""
    statement = text("DELETE FROM sign_in_tries WHERE last_at < now() - make_interval(secs => :age)")
    await tx.execute(statement, {"age": _FORGET_TRIES_S})


async def browser_proof(tx: AsyncSession, account: str) -> str:
    """What a browser keeps after signing in, to show later that it once was signed in to an account."""
    nonce = secrets.token_hex(_NONCE_BYTES)
    return f"{nonce}.{await _proof(tx, account, nonce)}"


async def is_proven(tx: AsyncSession, account: str, proof: str) -> bool:
    """Whether a proof is ours, and for this account."""
    nonce, _, signature = proof.partition(".")
    wanted = await _proof(tx, account, nonce)
    return hmac.compare_digest(wanted.encode(), signature.encode())


async def _proof(tx: AsyncSession, account: str, nonce: str) -> str:
    return derived(await shared_secret(tx, ACCESS), f"browser:{nonce}:{account.strip().lower()}")


async def count_look(tx: AsyncSession, *, machine: str, max_per_minute: int) -> None:
    """Count a look at something that is shared by link, or refuse it.

    Raises:
        RateLimitError: Too many within a minute.
    """
    await rates.take_named(tx, f"look:{machine}", max_per_minute=max_per_minute)


async def _open(
    tx: AsyncSession, *, user_id: int | None = None, key_id: int | None = None
) -> tuple[SignIn, str]:
    await tx.execute(delete(SignIn).where(SignIn.expires_at <= func.now()))
    await tx.execute(delete(SignInLink).where(SignInLink.expires_at <= func.now()))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = SignIn(
        digest=_digest(secret),
        user_id=user_id,
        key_id=key_id,
        expires_at=func.now() + timedelta(seconds=SIGN_IN_TTL_S),
    )
    tx.add(row)
    await tx.flush()
    return row, secret


async def _link(tx: AsyncSession, user_id: int | None) -> str:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    until = func.now() + timedelta(seconds=LINK_TTL_S)
    tx.add(SignInLink(digest=_digest(secret), user_id=user_id, expires_at=until))
    await tx.flush()
    return secret


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
