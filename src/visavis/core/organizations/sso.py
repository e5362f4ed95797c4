"""Single sign-on of organizations: the connection to an identity provider, and sign-ins through it.

Whoever signs in through the identity provider of an organization signs in to that organization and nothing
else: no organization can say who somebody is elsewhere.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from visavis.core.database import Tx
from visavis.core.identity import sign_ins
from visavis.core.organizations import audit
from visavis.core.organizations.acting import Acting
from visavis.core.organizations.audit import Actor, ActorKind
from visavis.core.organizations.lifecycle import new_id
from visavis.core.schema import (
    ACTIVE_MEMBER,
    CONNECTION_ACTIVE,
    CONNECTION_INACTIVE,
    OIDC,
    WORKOS,
    Membership,
    Organization,
    SsoAttempt,
    SsoConnection,
    SsoEvent,
    SsoIdentity,
    User,
)
from visavis.core.secret import SEALS, digest, seal, shared_secret, unseal
from visavis.errors import OrganizationMissingError, SsoNotActiveError, SsoRefusal, SsoRefusedError
from visavis.ports.identity_provider import Attempt, Connection, Identity

ATTEMPT_TTL_S: Final = 600
_EVENT_TTL_S: Final = 30 * 86_400
_COOKIE_BYTES: Final = 32
_OIDC_TYPE: Final = "OpenIDConnect"


@dataclass(frozen=True)
class Begun:
    """A sign-in that comes back from the identity provider.

    Attributes:
        organization: Where the person wants in.
        row: The connection.
        attempt: What was sent to the provider, without the URL.
        tester_id: ID of the user who tests the connection; `None` if it is a sign-in.
    """

    organization: Organization
    row: SsoConnection
    attempt: Attempt
    tester_id: int | None = None


@dataclass(frozen=True)
class SignedIn:
    """Who signed in.

    Attributes:
        secret: Secret for the browser's cookie, which is not stored.
        user: The user.
        membership: The membership in the organization.
        organization: The organization.
    """

    secret: str
    user: User
    membership: Membership
    organization: Organization


async def find(tx: Tx, organization_id: str) -> SsoConnection | None:
    """The connection of an organization; `None` if it has none."""
    query = select(SsoConnection).where(SsoConnection.organization_id == organization_id)
    return (await tx.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()


async def connect_oidc(tx: Tx, acting: Acting, connection: Connection) -> SsoConnection:
    """Connect an organization with an OpenID Connect provider, instead of any other.

    Args:
        tx: The transaction.
        acting: Who does it; entered with `writes`.
        connection: The provider, which was checked.

    Raises:
        NotPermittedError: The actor is not an owner.
    """
    acting.must_own("set up single sign-on")
    sealed = seal(await shared_secret(tx, SEALS), connection.client_secret)
    return await _connect(
        tx,
        acting,
        kind=OIDC,
        state=CONNECTION_ACTIVE,
        address=connection.address,
        client_id=connection.client_id,
        sealed_secret=sealed,
        type=_OIDC_TYPE,
    )


async def connect_workos(tx: Tx, acting: Acting, remote_organization: str) -> SsoConnection:
    """Connect an organization with one at WorkOS. It is active as soon as WorkOS says so.

    Raises:
        NotPermittedError: The actor is not an owner.
    """
    acting.must_own("set up single sign-on")
    row = await find(tx, acting.organization.id)
    if row is not None and row.kind == WORKOS and row.address == remote_organization:
        return row
    return await _connect(
        tx, acting, kind=WORKOS, state=CONNECTION_INACTIVE, address=remote_organization, type="pending"
    )


async def enable(tx: Tx, acting: Acting, *, is_enabled: bool) -> None:
    """Require sign-ins through the identity provider, or no longer. Other browsers lose the organization.

    Raises:
        NotPermittedError: The actor is not an owner.
        SsoNotActiveError: There is no active connection.
    """
    acting.must_own("require single sign-on")
    organization = acting.organization
    row = await find(tx, organization.id)
    if is_enabled and (row is None or row.state != CONNECTION_ACTIVE):
        raise SsoNotActiveError("Set up single sign-on first: there is no active connection.")
    if organization.sso_enabled == is_enabled:
        return
    await tx.execute(
        update(Organization).where(Organization.id == organization.id).values(sso_enabled=is_enabled)
    )
    if is_enabled:
        await sign_ins.leave(tx, organization.id, keeps_bound=True)
    action = "sso.enabled" if is_enabled else "sso.disabled"
    await _record(tx, organization, acting.actor, action, organization.id, organization.name)


async def connection_for(tx: Tx, slug: str) -> tuple[Organization, SsoConnection]:
    """The organization with a slug, and its connection.

    Raises:
        OrganizationMissingError: There is none, or it has no active connection.
    """
    query = (
        select(Organization, SsoConnection)
        .join(SsoConnection, SsoConnection.organization_id == Organization.id)
        .where(Organization.slug == slug, Organization.deleted_at.is_(None))
        .where(SsoConnection.state == CONNECTION_ACTIVE)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise OrganizationMissingError("There is no organization with this name and single sign-on.")
    return found[0], found[1]


async def opened(tx: Tx, row: SsoConnection) -> Connection:
    """A connection with its secret."""
    if row.sealed_secret is None:
        return Connection(row.address, row.client_id)
    return Connection(row.address, row.client_id, unseal(await shared_secret(tx, SEALS), row.sealed_secret))


async def begin(tx: Tx, row: SsoConnection, attempt: Attempt, *, tester_id: int | None = None) -> str:
    """Remember a sign-in that begins.

    Args:
        tx: The transaction.
        row: The connection.
        attempt: What is sent to the provider.
        tester_id: ID of the user who tests the connection: nobody is signed in at the end.

    Returns:
        The secret for a cookie: only the browser that has it can end the sign-in.
    """
    cookie = secrets.token_urlsafe(_COOKIE_BYTES)
    kept = json.dumps([attempt.nonce, attempt.code_verifier, tester_id])
    tx.add(
        SsoAttempt(
            digest=digest(attempt.state),
            organization_id=row.organization_id,
            browser=digest(cookie),
            sealed=seal(await shared_secret(tx, SEALS), kept),
            version=row.version,
            expires_at=func.now() + timedelta(seconds=ATTEMPT_TTL_S),
        )
    )
    await tx.flush()
    return cookie


async def take(tx: Tx, state: str, cookie: str) -> Begun:
    """Take a sign-in that comes back. It cannot be taken again; commit, whatever becomes of it.

    Raises:
        SsoRefusedError: It did not begin in this browser, is too old or over, or the connection changed.
    """
    statement = (
        delete(SsoAttempt)
        .where(SsoAttempt.digest == digest(state), SsoAttempt.browser == digest(cookie))
        .where(SsoAttempt.expires_at > func.now())
        .returning(SsoAttempt)
    )
    begun = (await tx.execute(statement)).scalar_one_or_none()
    if begun is None:
        raise _not_begun()
    query = (
        select(Organization, SsoConnection)
        .join(SsoConnection, SsoConnection.organization_id == Organization.id)
        .where(Organization.id == begun.organization_id, Organization.deleted_at.is_(None))
        .where(SsoConnection.version == begun.version, SsoConnection.state == CONNECTION_ACTIVE)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise _not_begun()
    nonce, verifier, *more = json.loads(unseal(await shared_secret(tx, SEALS), begun.sealed))
    tester_id = more[0] if more else None  # what an older version began has no more
    return Begun(found[0], found[1], Attempt("", state, nonce, verifier), tester_id)


async def sign_in(tx: Tx, begun: Begun, identity: Identity, *, address: str | None) -> SignedIn:
    """Sign in a member whom the identity provider vouches for. The provider's ID of the person is remembered.

    Raises:
        SsoRefusedError: The person is not a member of the organization.
    """
    organization = begun.organization
    membership = await _member(tx, begun, identity)
    if membership is None:
        raise _not_a_member()
    secret = await sign_ins.bound(tx, membership.user_id, organization.id)
    user = (await tx.execute(select(User).where(User.id == membership.user_id))).scalar_one()
    actor = Actor(ActorKind.SSO, membership.email, user.id, address)
    await _record(tx, organization, actor, "sso.signed_in", membership.id, membership.email)
    return SignedIn(secret, user, membership, organization)


async def test(tx: Tx, begun: Begun, identity: Identity) -> None:
    """See whether a person could sign in. Nobody is signed in, and nothing is remembered.

    Raises:
        SsoRefusedError: The person is not a member of the organization.
    """
    if await _member(tx, begun, identity, remembers=False) is None:
        raise _not_a_member()


async def is_new_event(tx: Tx, event_id: str) -> bool:
    """Whether a webhook event was not handled before; from now on it was."""
    statement = insert(SsoEvent).values(id=event_id).on_conflict_do_nothing().returning(SsoEvent.id)
    return (await tx.execute(statement)).scalar_one_or_none() is not None


async def follow_workos(
    tx: Tx, remote_organization: str, *, remote_id: str, is_active: bool, type_name: str
) -> None:
    """Let the connection of an organization follow what WorkOS says; of others nothing is kept.

    A connection that ends does not end the requirement of single sign-on: the owner has a recovery link.
    """
    query = (
        select(Organization, SsoConnection)
        .join(SsoConnection, SsoConnection.organization_id == Organization.id)
        .where(SsoConnection.kind == WORKOS, SsoConnection.address == remote_organization)
        .with_for_update(of=SsoConnection)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        return
    organization, row = found
    if not is_active and row.remote_id not in {None, remote_id}:
        return  # another connection of the organization ended
    row.state = CONNECTION_ACTIVE if is_active else CONNECTION_INACTIVE
    row.remote_id, row.type = remote_id, type_name
    row.version += 1
    row.updated_at = func.now()
    await tx.flush()
    actor = Actor(ActorKind.SSO, "WorkOS")
    action = "sso.connection_activated" if is_active else "sso.connection_deactivated"
    await _record(tx, organization, actor, action, row.id, type_name)


async def forget(tx: Tx) -> None:
    """Delete sign-ins that did not end, and old events."""
    await tx.execute(delete(SsoAttempt).where(SsoAttempt.expires_at <= func.now()))
    old = func.now() - timedelta(seconds=_EVENT_TTL_S)
    await tx.execute(delete(SsoEvent).where(SsoEvent.created_at < old))


async def _connect(tx: Tx, acting: Acting, **values: str | bytes) -> SsoConnection:
    organization = acting.organization
    fresh = {"client_id": "", "sealed_secret": None, "remote_id": None, "domains": ""} | values
    statement = (
        insert(SsoConnection)
        .values(organization_id=organization.id, id=new_id("conn"), **fresh)
        .on_conflict_do_update(
            index_elements=[SsoConnection.organization_id],
            set_={**fresh, "version": SsoConnection.version + 1, "updated_at": func.now()},
        )
        .returning(SsoConnection)
        .execution_options(populate_existing=True)
    )
    row = (await tx.execute(statement)).scalar_one()
    await _record(tx, organization, acting.actor, "sso.connected", row.id, row.type)
    return row


async def _member(tx: Tx, begun: Begun, identity: Identity, *, remembers: bool = True) -> Membership | None:
    organization_id = begun.organization.id
    active = select(Membership).where(
        Membership.organization_id == organization_id, Membership.status == ACTIVE_MEMBER
    )
    known = (
        select(SsoIdentity.membership_id)
        .where(SsoIdentity.organization_id == organization_id, SsoIdentity.issuer == begun.row.address)
        .where(SsoIdentity.subject == identity.subject)
    )
    membership_id = (await tx.execute(known)).scalar_one_or_none()
    if membership_id is not None:
        return (await tx.execute(active.where(Membership.id == membership_id))).scalar_one_or_none()
    if identity.email is None:
        return None
    found = (await tx.execute(active.where(Membership.email == identity.email))).scalars().all()
    if len(found) != 1:
        return None
    if not remembers:
        return found[0]
    values = {
        "organization_id": organization_id,
        "issuer": begun.row.address,
        "subject": identity.subject,
        "membership_id": found[0].id,
    }
    await tx.execute(insert(SsoIdentity).values(values).on_conflict_do_nothing())
    return found[0]


async def _record(
    tx: Tx, organization: Organization, actor: Actor, action: str, subject_id: str, subject_name: str
) -> None:
    await audit.record(tx, organization.id, actor, action, subject_id=subject_id, subject_name=subject_name)


def _not_begun() -> SsoRefusedError:
    return SsoRefusedError(
        "This sign-in did not begin in this browser, or it took too long. Start again.", SsoRefusal.NOT_BEGUN
    )


def _not_a_member() -> SsoRefusedError:
    return SsoRefusedError(
        "You are not a member of this organization. Ask one of its admins to add you.", SsoRefusal.NOT_MEMBER
    )
