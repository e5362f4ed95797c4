"""Members of an organization: added, listed, changed, removed.

Whoever changes members has entered with `writes`, so changes of one organization happen one after the other.
Of two owners who remove each other at the same time, one stays.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from visavis.core import sessions
from visavis.core.database import Tx
from visavis.core.identity import keys, sign_ins, users
from visavis.core.organizations import audit
from visavis.core.organizations.acting import MANAGERS, Acting
from visavis.core.organizations.lifecycle import new_id
from visavis.core.schema import (
    ACTIVE_MEMBER,
    DEACTIVATED,
    OWNER,
    Invitation,
    Membership,
    User,
)
from visavis.core.sessions import Reason
from visavis.errors import (
    LastOwnerError,
    MemberExistsError,
    MemberMissingError,
    NotPermittedError,
    OrganizationLimitError,
)


@dataclass(frozen=True)
class Member:
    """A member of an organization.

    Attributes:
        row: The membership.
        user: The user.
    """

    row: Membership
    user: User


async def list_all(tx: Tx, organization_id: str) -> list[Member]:
    """List the members of an organization, those who were removed included, oldest first."""
    query = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == organization_id)
        .order_by(Membership.created_at, Membership.id)
    )
    return [Member(row, user) for row, user in await tx.execute(query)]


async def find(tx: Tx, organization_id: str, membership_id: str) -> Member:
    """Find a member by the ID of the membership.

    Raises:
        MemberMissingError: The organization has no such member.
    """
    query = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == organization_id, Membership.id == membership_id)
        .execution_options(populate_existing=True)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise MemberMissingError("Member not found.")
    return Member(found[0], found[1])


async def named(tx: Tx, organization_id: str, email: str) -> Member:
    """Find a member by address.

    Raises:
        MemberMissingError: The organization has no such member.
    """
    is_meant = (Membership.organization_id == organization_id) & (Membership.email == email.strip().lower())
    found = (await tx.execute(select(Membership.id).where(is_meant))).scalars().all()
    if len(found) != 1:
        raise MemberMissingError(f"The organization has no member with the address {email}.")
    return await find(tx, organization_id, found[0])


async def add(tx: Tx, acting: Acting, user: User, *, role: str, name: str | None, max_members: int) -> Member:
    """Add a user to an organization, or reactivate a member who was removed.

    Args:
        tx: The transaction.
        acting: Who adds the member.
        user: The user.
        role: Role that the member will have.
        name: Name for people; `None` to keep the one that is known.
        max_members: Maximum number of active members.

    Raises:
        NotPermittedError: The actor's role does not permit it; only owners make owners.
        MemberExistsError: The user is an active member already.
        OrganizationLimitError: The organization has too many members.
    """
    acting.must_manage("add members")
    if role == OWNER:
        acting.must_own("make somebody an owner")
    return await join(tx, acting, user, role=role, name=name, max_members=max_members)


async def join(
    tx: Tx, acting: Acting, user: User, *, role: str, name: str | None, max_members: int
) -> Member:
    """As `add`, after it was checked that the user may be a member with this role."""
    organization = acting.organization
    of_it = Membership.organization_id == organization.id
    row = (
        await tx.execute(select(Membership).where(of_it, Membership.user_id == user.id))
    ).scalar_one_or_none()
    if row is not None and row.status == ACTIVE_MEMBER:
        raise MemberExistsError(f"{row.email} is a member of this organization already.")
    count = select(func.count()).select_from(Membership).where(of_it, Membership.status == ACTIVE_MEMBER)
    if (await tx.execute(count)).scalar_one() >= max_members:
        raise OrganizationLimitError(f"An organization can have at most {max_members} members.")
    if row is None:
        row = Membership(
            id=new_id("mem"),
            organization_id=organization.id,
            user_id=user.id,
            role=role,
            email=user.email,
            name=name,
        )
        tx.add(row)
        await tx.flush()
        action = "member.added"
    else:
        await _write(tx, row, status=ACTIVE_MEMBER, role=role, name=row.name if name is None else name)
        action = "member.reactivated"
    await _record(tx, acting, action, row, role=role)
    return Member(row, user)


async def change_role(tx: Tx, acting: Acting, membership_id: str, role: str) -> Member:
    """Change the role of a member, from the next request on.

    Raises:
        MemberMissingError: The organization has no such active member.
        NotPermittedError: The actor's role does not permit it; only owners make or demote owners.
        LastOwnerError: The last owner would be demoted.
    """
    acting.must_manage("change roles")
    member = await find(tx, acting.organization.id, membership_id)
    row, before = member.row, member.row.role
    if row.status != ACTIVE_MEMBER:
        raise MemberMissingError("This member was removed. Add the member again to give a role.")
    if OWNER in {role, before}:
        acting.must_own("make somebody an owner, or an owner something else")
    if before == role:
        return member
    await _keep_an_owner(tx, row)
    await _write(tx, row, role=role)
    if role not in MANAGERS:
        await _revoke_invitations(tx, row)
    await _record(tx, acting, "member.role_changed", row, before=before, after=role)
    return member


async def remove(tx: Tx, acting: Acting, membership_id: str) -> Member:
    """Deactivate a member. In the same transaction, all that the member had in the organization ends.

    That is: keys, live sessions, sign-ins, console tokens, and invitations that nobody accepted. Whoever was
    removed before is left as they are. Members may remove themselves.

    Raises:
        MemberMissingError: The organization has no such member.
        NotPermittedError: The actor's role does not permit it; only owners remove owners.
        LastOwnerError: It is the last owner.
    """
    member = await find(tx, acting.organization.id, membership_id)
    row = member.row
    if row.id != acting.membership_id:
        acting.must_manage("remove members")
        if row.role == OWNER:
            acting.must_own("remove an owner")
    if row.status != ACTIVE_MEMBER:
        return member
    await _keep_an_owner(tx, row)
    await _write(tx, row, status=DEACTIVATED)
    account_id = acting.organization.account_id
    await keys.revoke_all(tx, account_id, user_id=row.user_id)
    await sessions.end_all(tx, account_id, Reason.ACCESS_ENDED, user_id=row.user_id)
    await sign_ins.leave(tx, row.organization_id, user_id=row.user_id)
    await _revoke_invitations(tx, row)
    await _record(tx, acting, "member.removed", row, role=row.role)
    return member


async def recovery_link(tx: Tx, acting: Acting, email: str) -> str:
    """Create a link that signs an owner in once, for the organization, without its identity provider.

    Raises:
        MemberMissingError: The organization has no such member.
        NotPermittedError: The member is not an active owner.
    """
    member = await named(tx, acting.organization.id, email)
    if member.row.role != OWNER or member.row.status != ACTIVE_MEMBER:
        raise NotPermittedError("Only an owner of the organization can get a recovery link.")
    link = await sign_ins.recovery_link(tx, member.user, acting.organization)
    await _record(tx, acting, "recovery_link.created", member.row)
    return link


async def user_for(tx: Tx, email: str) -> User:
    """The user with an address, for a new member; a user without a password if there is none yet.

    Raises:
        AccountError: It is not an address.
    """
    return await users.find_or_add(tx, users.address(email))


async def _keep_an_owner(tx: Tx, row: Membership) -> None:
    """Refuse to lose the last owner."""
    if row.role != OWNER:
        return
    others = select(func.count()).where(
        Membership.organization_id == row.organization_id,
        Membership.role == OWNER,
        Membership.status == ACTIVE_MEMBER,
        Membership.id != row.id,
    )
    if not (await tx.execute(others)).scalar_one():
        raise LastOwnerError("This is the last owner. Make somebody else an owner first.")


async def _write(tx: Tx, row: Membership, **values: str | None) -> None:
    statement = (
        update(Membership)
        .where(Membership.organization_id == row.organization_id, Membership.id == row.id)
        .values(**values, version=Membership.version + 1, updated_at=func.now())
        .returning(Membership)
        .execution_options(populate_existing=True)
    )
    (await tx.execute(statement)).scalar_one()


async def _revoke_invitations(tx: Tx, row: Membership) -> None:
    """Revoke what a member, who may no longer invite, has invited."""
    statement = update(Invitation).where(
        Invitation.organization_id == row.organization_id,
        Invitation.invited_by == row.user_id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )
    await tx.execute(statement.values(revoked_at=func.now()).execution_options(synchronize_session=False))


async def _record(tx: Tx, acting: Acting, action: str, row: Membership, **details: str) -> None:
    await audit.record(
        tx,
        row.organization_id,
        acting.actor,
        action,
        subject_id=row.id,
        subject_name=row.email,
        **details,
    )
