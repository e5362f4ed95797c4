"""Sign-ins of browsers, and links that sign in once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from visavis.core.database import Database, Tx
from visavis.core.identity import keys, memberships, users
from visavis.core.identity.principals import Credential, CredentialKind, Principal, Role, Scope
from visavis.core.schema import (
    ACTIVE_MEMBER,
    MEMBER,
    ApiKey,
    Membership,
    Organization,
    SignIn,
    SignInLink,
    User,
)
from visavis.core.secret import digest
from visavis.errors import NotPermittedError, SignedOutError, SignInLinkError

SIGN_IN_TTL_S: Final = 14 * 86_400
LINK_TTL_S: Final = 86_400
_OPENED_LINK_TTL_S: Final = 300
_SECRET_BYTES: Final = 32


@dataclass(frozen=True)
class Holder:
    """Who is signed in: a user, or a key.

    Attributes:
        user: The user; `None` if the sign-in used only a key.
        key: The key; `None` for users.
        organization: The organization for which the browser acts; `None` for the user's own account.
        is_bound: Whether it can act for no other account.
    """

    user: User | None
    key: ApiKey | None
    organization: Organization | None = None
    is_bound: bool = False


@dataclass(frozen=True)
class LinkPurpose:
    """What a link is good for.

    Attributes:
        makes_first_user: Whether it creates the first user.
        email: Address of the user whom it signs in; `None` if it creates the first one.
        needs_password: Whether the user has to choose a password.
    """

    makes_first_user: bool
    email: str | None
    needs_password: bool


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
    The link of a user sets a new password if one is given. A user who has none yet has to choose one.

    Returns:
        The secret for the browser's cookie, which is not stored.

    Raises:
        SignInLinkError: The link is unknown, used or expired.
        AccountError: The address or password cannot be used; the link can be used again.
    """
    async with database.transaction() as tx:
        purpose = await look_at_link(tx, link)
    new = password_hash = None
    if purpose.makes_first_user:
        new = await users.prepare(email, password)
    elif password or purpose.needs_password:
        password_hash = await users.hash_password(password)
    async with database.transaction() as tx:
        spend = (
            delete(SignInLink).where(_is_good(link)).returning(SignInLink.user_id, SignInLink.organization_id)
        )
        spent = (await tx.execute(spend)).one_or_none()
        if spent is None:
            raise _useless_link()
        if new is not None:
            user = await users.create(tx, new, is_operator=True)
        else:
            user = (await tx.execute(select(User).where(User.id == spent.user_id))).scalar_one()
        if password_hash is not None:
            await users.set_password(tx, user, password_hash)
        if spent.organization_id is not None:
            return await bound(tx, user.id, spent.organization_id)
        return await _open(tx, user_id=user.id)


async def look_at_link(tx: Tx, link: str) -> LinkPurpose:
    """What a link is good for; this does not use the link up.

    Raises:
        SignInLinkError: The link is unknown, used or expired.
    """
    query = (
        select(SignInLink.organization_id, User)
        .outerjoin(User, User.id == SignInLink.user_id)
        .where(_is_good(link))
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise _useless_link()
    user: User | None = found.User
    if user is None:
        return LinkPurpose(makes_first_user=True, email=None, needs_password=True)
    lacks_password = user.password_hash is None and found.organization_id is None
    return LinkPurpose(makes_first_user=False, email=user.email, needs_password=lacks_password)


async def first_link(tx: Tx) -> str | None:
    """Create a link that creates the first user; earlier links become invalid. `None` if there are users."""
    if await users.count(tx):
        return None
    await tx.execute(delete(SignInLink).where(SignInLink.user_id.is_(None)))
    return await _link(tx, None)


async def operator_link(tx: Tx) -> str | None:
    """Create a link that signs in the oldest operator once, within minutes. `None` if there is none.

    It is for the browser that this machine opens by itself.
    """
    query = select(User.id).where(User.is_operator).order_by(User.id).limit(1)
    operator = (await tx.execute(query)).scalar_one_or_none()
    return None if operator is None else await _link(tx, operator, ttl_s=_OPENED_LINK_TTL_S)


async def link_for(tx: Tx, email: str) -> str:
    """Create a link that signs a user in once.

    Raises:
        AccountError: There is no such user.
    """
    return await _link(tx, (await users.named(tx, email)).id)


async def invitation_link(tx: Tx, user: User) -> str:
    """Create a link with which an invited user chooses a password; earlier ones become invalid."""
    await tx.execute(delete(SignInLink).where(SignInLink.user_id == user.id))
    return await _link(tx, user.id)


async def recovery_link(tx: Tx, user: User, organization: Organization) -> str:
    """Create a link that signs an owner in once, for one organization, without its identity provider."""
    return await _link(tx, user.id, organization.id)


async def find(tx: Tx, secret: str) -> Principal | None:
    """Find the principal of a browser's secret.

    A browser that can no longer act for an organization acts for the user's own account again. If it is
    bound, its sign-in has ended.

    Returns:
        The principal; `None` if the sign-in has ended or its key was revoked.
    """
    return await _find(tx, SignIn.digest == digest(secret))


async def find_by_id(tx: Tx, sign_in_id: int) -> Principal | None:
    """As `find`, by the ID of the sign-in."""
    return await _find(tx, SignIn.id == sign_in_id)


async def _find(tx: Tx, which: ColumnElement[bool]) -> Principal | None:
    query = (
        select(SignIn, User, ApiKey, Organization, Membership)
        .outerjoin(User, User.id == SignIn.user_id)
        .outerjoin(ApiKey, ApiKey.id == SignIn.key_id)
        .outerjoin(Organization, and_(Organization.id == SignIn.organization_id, _may_act()))
        .outerjoin(
            Membership,
            and_(
                Membership.organization_id == Organization.id,
                Membership.user_id == SignIn.user_id,
                Membership.status == ACTIVE_MEMBER,
            ),
        )
        .where(which, SignIn.expires_at > func.now())
        .where(ApiKey.revoked_at.is_(None))
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        return None
    sign_in, user, key, organization, membership = found
    credential = Credential(CredentialKind.SIGN_IN, sign_in.id)
    if user is None:
        return Principal(key.account_id, credential, user_id=key.user_id)
    if membership is not None:
        scopes = {Scope.KEYS} if membership.role == MEMBER else {Scope.KEYS, Scope.MEMBERS_KEYS}
        return Principal(organization.account_id, credential, frozenset(scopes), user_id=user.id)
    if sign_in.is_bound:
        return None
    role = Role.OPERATOR if user.is_operator else Role.MEMBER
    return Principal(user.account_id, credential, frozenset({Scope.KEYS}), role, user_id=user.id)


async def switch(tx: Tx, principal: Principal, organization_id: str | None) -> Principal:
    """Let a browser act for an organization, or for the user's own account again.

    Args:
        tx: The transaction.
        principal: Who is signed in.
        organization_id: ID of the organization; `None` for the user's own account.

    Returns:
        The principal from now on.

    Raises:
        NotPermittedError: The user is not a member, the sign-in is bound, or the organization wants a sign-in
            through its identity provider.
    """
    if principal.user_id is None or principal.credential.kind is not CredentialKind.SIGN_IN:
        raise NotPermittedError("Sign in as a user to change the account.")
    if organization_id is not None:
        organization, _ = await memberships.hold(tx, principal.user_id, organization_id=organization_id)
        if organization.sso_enabled:
            raise NotPermittedError("This organization wants you to sign in through its identity provider.")
    mine = (SignIn.id == principal.credential.id) & (SignIn.user_id == principal.user_id)
    statement = update(SignIn).where(mine, SignIn.is_bound.is_(False)).values(organization_id=organization_id)
    changed = (await tx.execute(statement.returning(SignIn.digest))).scalar_one_or_none()
    found = None if changed is None else await _find(tx, SignIn.digest == changed)
    if found is None:
        raise NotPermittedError("This sign-in is for one organization only. Sign in again to act for others.")
    return found


async def bound(tx: Tx, user_id: int, organization_id: str) -> str:
    """Sign a user in for one organization only, after its identity provider vouched for the user.

    Returns:
        The secret for the browser's cookie, which is not stored.

    Raises:
        NotPermittedError: The user is not an active member.
    """
    await memberships.hold(tx, user_id, organization_id=organization_id)
    return await _open(tx, user_id=user_id, organization_id=organization_id)


async def holder(tx: Tx, principal: Principal) -> Holder:
    """Find who is signed in, for a principal that `find` returned.

    Raises:
        SignedOutError: The sign-in has ended in the meantime.
    """
    query = (
        select(User, ApiKey, Organization, SignIn.is_bound)
        .select_from(SignIn)
        .outerjoin(User, User.id == SignIn.user_id)
        .outerjoin(ApiKey, ApiKey.id == SignIn.key_id)
        .outerjoin(Organization, Organization.account_id == principal.account_id)
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


async def end_all(tx: Tx, user: User) -> None:
    """Sign out every browser of a user, and make the user's links invalid."""
    await tx.execute(delete(SignIn).where(SignIn.user_id == user.id))
    await tx.execute(delete(SignInLink).where(SignInLink.user_id == user.id))


async def leave(
    tx: Tx, organization_id: str, *, user_id: int | None = None, keeps_bound: bool = False
) -> None:
    """Let no browser act for an organization any longer; sign-ins that are bound to it end.

    Args:
        tx: The transaction.
        organization_id: ID of the organization.
        user_id: ID of the user whose browsers are meant; `None` for all.
        keeps_bound: Whether sign-ins that are bound to the organization go on.
    """
    meant = SignIn.organization_id == organization_id
    if user_id is not None:
        meant &= SignIn.user_id == user_id
    if not keeps_bound:
        await tx.execute(delete(SignIn).where(meant, SignIn.is_bound))
        links = SignInLink.organization_id == organization_id
        await tx.execute(
            delete(SignInLink).where(links if user_id is None else links & (SignInLink.user_id == user_id))
        )
    await tx.execute(update(SignIn).where(meant, SignIn.is_bound.is_(False)).values(organization_id=None))


async def _open(
    tx: Tx, *, user_id: int | None = None, key_id: int | None = None, organization_id: str | None = None
) -> str:
    await tx.execute(delete(SignIn).where(SignIn.expires_at <= func.now()))
    await tx.execute(delete(SignInLink).where(SignInLink.expires_at <= func.now()))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    until = func.now() + timedelta(seconds=SIGN_IN_TTL_S)
    tx.add(
        SignIn(
            digest=digest(secret),
            user_id=user_id,
            key_id=key_id,
            organization_id=organization_id,
            is_bound=organization_id is not None,
            expires_at=until,
        )
    )
    await tx.flush()
    return secret


async def _link(
    tx: Tx, user_id: int | None, organization_id: str | None = None, *, ttl_s: int = LINK_TTL_S
) -> str:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    until = func.now() + timedelta(seconds=ttl_s)
    values = {"user_id": user_id, "organization_id": organization_id, "expires_at": until}
    tx.add(SignInLink(digest=digest(secret), **values))
    await tx.flush()
    return secret


def _may_act() -> ColumnElement[bool]:
    """The organization of a sign-in is there, and wants no other sign-in."""
    return and_(Organization.deleted_at.is_(None), or_(SignIn.is_bound, Organization.sso_enabled.is_(False)))


def _is_good(link: str) -> ColumnElement[bool]:
    return and_(SignInLink.digest == digest(link), SignInLink.expires_at > func.now())


def _useless_link() -> SignInLinkError:
    return SignInLinkError("This link was already used or has expired. Ask for a new one.")
