"""The members of an organization, as its directory provisions them (SCIM).

Whoever changes something here holds the lock of the organization, so changes happen one after the other.

What a directory says of a person is kept in the membership and nowhere else: it changes no user. Whoever is
inactive or deleted has no key, no sign-in and no live session of the organization when the request is
answered: that happens in the same transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, select

from visavis.core.database import Tx
from visavis.core.identity import users
from visavis.core.organizations import members
from visavis.core.organizations.acting import Acting
from visavis.core.organizations.lifecycle import new_id
from visavis.core.schema import (
    ACTIVE_MEMBER,
    ADMIN,
    DEACTIVATED,
    MEMBER,
    OWNER,
    DirectoryGroup,
    DirectoryGroupMember,
    Membership,
)
from visavis.errors import DirectoryConflictError, DirectoryEntryMissingError

ADMIN_GROUP: Final = "visavis-admins"
"""Name of the group whose members are admins, whatever its case."""


@dataclass(frozen=True)
class Person:
    """A person as a directory describes them.

    Attributes:
        user_name: SCIM's `userName`.
        external_id: SCIM's `externalId`.
        email: E-mail address, in lower case; `None` if there is none.
        name: Name for people.
        is_active: Whether the person is a member now.
        is_admin: Whether the description gives the role of an admin.
        profile: The whole description, as JSON.
    """

    user_name: str
    external_id: str | None
    email: str | None
    name: str | None
    is_active: bool
    is_admin: bool
    profile: dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which entries of a directory are looked for; `None` is no condition.

    Attributes:
        id: ID of the entry.
        name: Name of the entry, in any case.
        external_id: SCIM's `externalId`.
    """

    id: str | None = None
    name: str | None = None
    external_id: str | None = None


async def create(tx: Tx, acting: Acting, person: Person, *, max_members: int) -> Membership:
    """Provision a person, who becomes a member. Somebody who was added by hand before keeps the membership.

    Raises:
        DirectoryConflictError: The user name or the address is taken.
        OrganizationLimitError: The organization has too many members.
    """
    await _refuse_taken_name(tx, acting, person.user_name)
    row = await _joined(tx, acting, person, max_members=max_members)
    return await _write(tx, acting, row, person, max_members=max_members)


async def find(tx: Tx, acting: Acting, member_id: str) -> Membership:
    """Find a person who was provisioned.

    Args:
        tx: The transaction.
        acting: The directory, with its organization.
        member_id: ID of the membership.

    Raises:
        DirectoryEntryMissingError: There is none; those of other organizations are none.
    """
    query = select(Membership).where(*_provisioned(acting), Membership.id == member_id)
    row = (await tx.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        raise DirectoryEntryMissingError("There is no user with this ID.")
    return row


async def change(tx: Tx, acting: Acting, member_id: str, person: Person, *, max_members: int) -> Membership:
    """Replace the description of a person.

    Raises:
        DirectoryConflictError: The user name or the address is taken.
        DirectoryEntryMissingError: There is no such person.
        LastOwnerError: The organization would be without an owner.
        OrganizationLimitError: The organization has too many members.
    """
    row = await find(tx, acting, member_id)
    await _refuse_taken_name(tx, acting, person.user_name, but=row.id)
    return await _write(tx, acting, row, person, max_members=max_members)


async def remove(tx: Tx, acting: Acting, member_id: str) -> None:
    """Let a person leave the organization; the directory does not know the person any more.

    Raises:
        DirectoryEntryMissingError: There is no such person.
        LastOwnerError: The organization would be without an owner.
    """
    row = await find(tx, acting, member_id)
    await members.remove(tx, acting, row.id)
    row.user_name, row.external_id, row.profile = None, None, {}
    await tx.execute(delete(DirectoryGroupMember).where(DirectoryGroupMember.member_id == row.id))
    await tx.flush()


async def search(
    tx: Tx, acting: Acting, wanted: Wanted, *, offset: int, limit: int
) -> tuple[int, list[Membership]]:
    """Find people who were provisioned, oldest first.

    Returns:
        Number of all that were found, and at most `limit` of them, after the first `offset`.
    """
    conditions = _provisioned(acting)
    if wanted.id is not None:
        conditions.append(Membership.id == wanted.id)
    if wanted.name is not None:
        conditions.append(func.lower(Membership.user_name) == func.lower(wanted.name))
    if wanted.external_id is not None:
        conditions.append(Membership.external_id == wanted.external_id)
    total = (await tx.execute(select(func.count()).select_from(Membership).where(*conditions))).scalar_one()
    page = select(Membership).where(*conditions).order_by(Membership.created_at, Membership.id)
    return total, list((await tx.execute(page.offset(offset).limit(limit))).scalars())


async def settle_roles(
    tx: Tx, acting: Acting, member_ids: Collection[str], was_admin: Collection[str]
) -> None:
    """Let roles follow the groups, after the members of groups changed.

    Args:
        tx: The transaction.
        acting: The directory, with its organization.
        member_ids: IDs of the members that may have another role now.
        was_admin: Those of them that were in the group of admins before.
    """
    query = select(Membership).where(*_provisioned(acting), Membership.id.in_(member_ids))
    now_admin = await in_admin_group(tx, acting, member_ids)
    for row in (await tx.execute(query)).scalars().all():
        by_description = describes_admin(row.profile)
        before = by_description or row.id in was_admin
        after = by_description or row.id in now_admin
        await _set_role(tx, acting, row, before=before, after=after)


async def in_admin_group(tx: Tx, acting: Acting, member_ids: Collection[str]) -> set[str]:
    """Those of some members who are in the group of admins."""
    query = (
        select(DirectoryGroupMember.member_id)
        .join(DirectoryGroup, DirectoryGroup.id == DirectoryGroupMember.group_id)
        .where(DirectoryGroup.organization_id == acting.organization.id)
        .where(func.lower(DirectoryGroup.name) == ADMIN_GROUP)
        .where(DirectoryGroupMember.member_id.in_(member_ids))
    )
    return set((await tx.execute(query)).scalars())


def describes_admin(profile: dict[str, Any]) -> bool:
    """Whether a description gives the role of an admin: it is one of the `roles` in it."""
    return any(str(each.get("value", "")).casefold() == ADMIN for each in profile.get("roles", []))


async def _joined(tx: Tx, acting: Acting, person: Person, *, max_members: int) -> Membership:
    """The membership of a person: the one that is there, or a new one."""
    # Whoever has no address gets one in a domain that cannot exist: nothing is ever sent to it.
    email = person.email or f"{new_id('person')}@directory.invalid"
    await _refuse_taken_email(tx, acting, email)
    user = await users.find_or_add(tx, users.address(email))
    mine = (Membership.organization_id == acting.organization.id) & (Membership.user_id == user.id)
    found = (await tx.execute(select(Membership).where(mine))).scalar_one_or_none()
    if found is not None:
        if found.user_name is not None:
            raise _email_taken()
        return found
    if person.is_active:
        joined = await members.join(tx, acting, user, role=MEMBER, name=person.name, max_members=max_members)
        return joined.row
    row = Membership(
        id=new_id("mem"),
        organization_id=acting.organization.id,
        user_id=user.id,
        role=MEMBER,
        status=DEACTIVATED,
        email=email,
        profile={},
    )
    tx.add(row)
    await tx.flush()
    return row


async def _write(tx: Tx, acting: Acting, row: Membership, person: Person, *, max_members: int) -> Membership:
    """Let a membership follow a description."""
    if person.email and person.email != row.email:
        await _refuse_taken_email(tx, acting, person.email, but=row.id)
        row.email = person.email
    in_group = row.id in await in_admin_group(tx, acting, [row.id])
    before, after = in_group or describes_admin(row.profile), in_group or person.is_admin
    row.user_name, row.external_id = person.user_name, person.external_id
    row.name, row.profile = person.name, person.profile
    row.version += 1
    row.updated_at = func.now()
    await tx.flush()
    if person.is_active and row.status != ACTIVE_MEMBER:
        user = await users.by_id(tx, row.user_id)
        await members.join(tx, acting, user, role=row.role, name=person.name, max_members=max_members)
    if not person.is_active:
        await members.remove(tx, acting, row.id)
    await _set_role(tx, acting, row, before=before, after=after)
    await tx.refresh(row)
    return row


async def _set_role(tx: Tx, acting: Acting, row: Membership, *, before: bool, after: bool) -> None:
    """Change the role if the directory changed its mind. Owners are made and unmade by hand only."""
    if before == after or row.role == OWNER:
        return
    role = ADMIN if after else MEMBER
    if row.status == ACTIVE_MEMBER:
        await members.change_role(tx, acting, row.id, role)
    else:
        row.role = role
        await tx.flush()


async def _refuse_taken_name(tx: Tx, acting: Acting, user_name: str, *, but: str = "") -> None:
    is_taken = func.lower(Membership.user_name) == func.lower(user_name)
    query = select(Membership.id).where(*_provisioned(acting), is_taken, Membership.id != but)
    if (await tx.execute(query)).first() is not None:
        raise DirectoryConflictError("Another user has this userName.")


async def _refuse_taken_email(tx: Tx, acting: Acting, email: str, *, but: str = "") -> None:
    query = select(Membership.id).where(
        *_provisioned(acting), Membership.email == email, Membership.id != but
    )
    if (await tx.execute(query)).first() is not None:
        raise _email_taken()


def _provisioned(acting: Acting) -> list[ColumnElement[bool]]:
    return [Membership.organization_id == acting.organization.id, Membership.user_name.is_not(None)]


def _email_taken() -> DirectoryConflictError:
    return DirectoryConflictError("Another user has this e-mail address.")
