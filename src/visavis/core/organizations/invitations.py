"""Invitations to an organization: a link that lets one person in, once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select, update

from visavis.core.database import Tx
from visavis.core.identity import users
from visavis.core.organizations import audit, members
from visavis.core.organizations.acting import Acting, lock
from visavis.core.organizations.audit import Actor
from visavis.core.organizations.lifecycle import new_id
from visavis.core.organizations.members import Member
from visavis.core.schema import ACTIVE_MEMBER, OWNER, Invitation, Membership, Organization, User
from visavis.core.secret import digest
from visavis.errors import (
    InvitationMissingError,
    InvitationUsedError,
    MemberExistsError,
    OrganizationLimitError,
)

_SECRET_BYTES: Final = 32


@dataclass(frozen=True)
class Invited:
    """An invitation whose link is good.

    Attributes:
        row: The invitation.
        organization: Where it leads.
    """

    row: Invitation
    organization: Organization


async def create(
    tx: Tx, acting: Acting, email: str, role: str, *, is_emailed: bool, ttl_s: int, max_open: int
) -> tuple[Invitation, str]:
    """Invite a person. An earlier open invitation of the same address becomes invalid.

    Args:
        tx: The transaction.
        acting: Who invites; entered with `writes`.
        email: Address of the person.
        role: Role that the person will have.
        is_emailed: Whether the link goes to the address by email and to nobody else.
        ttl_s: Time that the link works, in seconds.
        max_open: Maximum number of open invitations.

    Returns:
        The row, and the secret of the link, which is not stored.

    Raises:
        AccountError: It is not an address.
        NotPermittedError: The actor's role does not permit it; only owners invite owners.
        MemberExistsError: The person is an active member already.
        OrganizationLimitError: There are too many open invitations.
    """
    acting.must_manage("invite")
    if role == OWNER:
        acting.must_own("make somebody an owner")
    address, organization_id = users.address(email), acting.organization.id
    is_member = select(Membership.id).where(
        Membership.organization_id == organization_id,
        Membership.email == address,
        Membership.status == ACTIVE_MEMBER,
    )
    if (await tx.execute(is_member)).first() is not None:
        raise MemberExistsError(f"{address} is a member of this organization already.")
    await _revoke(tx, organization_id, Invitation.email == address)
    if len(await list_open(tx, organization_id)) >= max_open:
        raise OrganizationLimitError(f"An organization can have at most {max_open} open invitations.")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = Invitation(
        id=new_id("inv"),
        organization_id=organization_id,
        email=address,
        role=role,
        digest=digest(secret),
        is_emailed=is_emailed,
        invited_by=acting.actor.user_id,
        expires_at=func.now() + timedelta(seconds=ttl_s),
    )
    tx.add(row)
    await tx.flush()
    await tx.refresh(row)
    await _record(tx, acting.actor, "invitation.created", row, role=role, is_emailed=is_emailed)
    return row, secret


async def list_open(tx: Tx, organization_id: str) -> list[Invitation]:
    """List the invitations that can still be accepted, newest first."""
    query = select(Invitation).where(Invitation.organization_id == organization_id, _is_open())
    return list((await tx.execute(query.order_by(Invitation.created_at.desc(), Invitation.id))).scalars())


async def revoke(tx: Tx, acting: Acting, invitation_id: str) -> None:
    """Revoke an open invitation: its link works no more.

    Raises:
        NotPermittedError: The actor's role does not permit it.
        InvitationMissingError: The organization has no such open invitation.
    """
    acting.must_manage("revoke invitations")
    revoked = await _revoke(tx, acting.organization.id, Invitation.id == invitation_id)
    if not revoked:
        raise InvitationMissingError("Invitation not found.")
    await _record(tx, acting.actor, "invitation.revoked", revoked[0])


async def look(tx: Tx, secret: str) -> Invited:
    """Find the invitation of a link, without using it.

    Raises:
        InvitationUsedError: The link is unknown, used, revoked or expired.
    """
    query = (
        select(Invitation, Organization)
        .join(Organization, Organization.id == Invitation.organization_id)
        .where(Invitation.digest == digest(secret), _is_open(), Organization.deleted_at.is_(None))
        .execution_options(populate_existing=True)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise InvitationUsedError("This invitation was already used or has expired. Ask for a new one.")
    return Invited(found[0], found[1])


async def accept(tx: Tx, secret: str, user: User, actor: Actor, *, max_members: int) -> Member:
    """Make a user a member by the link of an invitation, which is used up.

    Args:
        tx: The transaction.
        secret: Secret of the link.
        user: Who accepts.
        actor: The same, for the audit log.
        max_members: Maximum number of active members.

    Raises:
        InvitationUsedError: The link is unknown, used, revoked or expired.
        MemberExistsError: The user is a member already; the link can still be used.
        OrganizationLimitError: The organization has too many members; the link can still be used.
    """
    await lock(tx, (await look(tx, secret)).organization.id)
    invited = await look(tx, secret)  # what it is now, after others are done
    row = invited.row
    acting = Acting(invited.organization, row.role, actor)
    member = await members.join(tx, acting, user, role=row.role, name=None, max_members=max_members)
    statement = update(Invitation).where(
        Invitation.organization_id == row.organization_id, Invitation.id == row.id
    )
    await tx.execute(statement.values(accepted_at=func.now(), accepted_by=user.id))
    await _record(tx, actor, "invitation.accepted", row)
    return member


async def _revoke(tx: Tx, organization_id: str, which: ColumnElement[bool]) -> list[Invitation]:
    statement = (
        update(Invitation)
        .where(Invitation.organization_id == organization_id, which, _is_open())
        .values(revoked_at=func.now())
        .returning(Invitation)
        .execution_options(synchronize_session=False)
    )
    return list((await tx.execute(statement)).scalars())


def _is_open() -> ColumnElement[bool]:
    return (
        Invitation.accepted_at.is_(None)
        & Invitation.revoked_at.is_(None)
        & (Invitation.expires_at > func.now())
    )


async def _record(tx: Tx, actor: Actor, action: str, row: Invitation, **details: str | bool) -> None:
    await audit.record(
        tx, row.organization_id, actor, action, subject_id=row.id, subject_name=row.email, **details
    )
