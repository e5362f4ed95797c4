"""The groups of an organization, as its directory provisions them. One of them makes its members admins."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from visavis.core.database import Tx
from visavis.core.organizations import directory as people
from visavis.core.organizations.acting import Acting
from visavis.core.organizations.directory import Wanted
from visavis.core.organizations.lifecycle import new_id
from visavis.core.schema import DirectoryGroup, DirectoryGroupMember
from visavis.errors import DirectoryConflictError, DirectoryEntryMissingError


@dataclass(frozen=True)
class GroupContent:
    """A group as a directory describes it.

    Attributes:
        name: SCIM's `displayName`.
        external_id: SCIM's `externalId`.
        member_ids: IDs of its members.
        profile: The whole description, as JSON.
    """

    name: str
    external_id: str | None
    member_ids: frozenset[str]
    profile: dict[str, Any]


async def create(tx: Tx, acting: Acting, group: GroupContent) -> DirectoryGroup:
    """Add a group.

    Raises:
        DirectoryConflictError: The name is taken.
    """
    row = DirectoryGroup(id=new_id("grp"), organization_id=acting.organization.id, version=0)
    await _write(tx, acting, row, group)
    return row


async def find(tx: Tx, acting: Acting, group_id: str) -> DirectoryGroup:
    """Find a group.

    Raises:
        DirectoryEntryMissingError: There is none; those of other organizations are none.
    """
    query = select(DirectoryGroup).where(
        DirectoryGroup.organization_id == acting.organization.id, DirectoryGroup.id == group_id
    )
    row = (await tx.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        raise DirectoryEntryMissingError("There is no group with this ID.")
    return row


async def change(tx: Tx, acting: Acting, group_id: str, group: GroupContent) -> DirectoryGroup:
    """Replace the description of a group.

    Raises:
        DirectoryConflictError: The name is taken.
        DirectoryEntryMissingError: There is no such group.
    """
    row = await find(tx, acting, group_id)
    await _write(tx, acting, row, group)
    return row


async def remove(tx: Tx, acting: Acting, group_id: str) -> None:
    """Delete a group.

    Raises:
        DirectoryEntryMissingError: There is no such group.
    """
    row = await find(tx, acting, group_id)
    members = await _members(tx, row.id)
    were_admin = await people.in_admin_group(tx, acting, members)
    await tx.delete(row)
    await tx.flush()
    await people.settle_roles(tx, acting, members, were_admin)


async def search(
    tx: Tx, acting: Acting, wanted: Wanted, *, offset: int, limit: int
) -> tuple[int, list[DirectoryGroup]]:
    """Find groups, oldest first.

    Returns:
        Number of all that were found, and at most `limit` of them, after the first `offset`.
    """
    conditions = [DirectoryGroup.organization_id == acting.organization.id]
    if wanted.id is not None:
        conditions.append(DirectoryGroup.id == wanted.id)
    if wanted.name is not None:
        conditions.append(func.lower(DirectoryGroup.name) == func.lower(wanted.name))
    if wanted.external_id is not None:
        conditions.append(DirectoryGroup.external_id == wanted.external_id)
    counted = select(func.count()).select_from(DirectoryGroup).where(*conditions)
    page = select(DirectoryGroup).where(*conditions).order_by(DirectoryGroup.created_at, DirectoryGroup.id)
    total = (await tx.execute(counted)).scalar_one()
    return total, list((await tx.execute(page.offset(offset).limit(limit))).scalars())


async def of_members(tx: Tx, acting: Acting, member_ids: Collection[str]) -> dict[str, list[DirectoryGroup]]:
    """The groups of some members, by the members' IDs."""
    query = (
        select(DirectoryGroupMember.member_id, DirectoryGroup)
        .join(DirectoryGroup, DirectoryGroup.id == DirectoryGroupMember.group_id)
        .where(DirectoryGroup.organization_id == acting.organization.id)
        .where(DirectoryGroupMember.member_id.in_(member_ids))
        .order_by(DirectoryGroup.created_at, DirectoryGroup.id)
    )
    found: dict[str, list[DirectoryGroup]] = {}
    for member_id, group in await tx.execute(query):
        found.setdefault(member_id, []).append(group)
    return found


async def _write(tx: Tx, acting: Acting, row: DirectoryGroup, group: GroupContent) -> None:
    is_taken = func.lower(DirectoryGroup.name) == func.lower(group.name)
    mine = DirectoryGroup.organization_id == acting.organization.id
    query = select(DirectoryGroup.id).where(mine, is_taken, DirectoryGroup.id != row.id)
    if (await tx.execute(query)).first() is not None:
        raise DirectoryConflictError("Another group has this displayName.")
    members = await _members(tx, row.id)
    affected = group.member_ids | members
    were_admin = await people.in_admin_group(tx, acting, affected)
    row.name, row.external_id, row.profile = group.name, group.external_id, group.profile
    row.version += 1
    row.updated_at = func.now()
    tx.add(row)
    await tx.flush()
    gone, come = members - group.member_ids, group.member_ids - members
    if gone:
        of_it = DirectoryGroupMember.group_id == row.id
        await tx.execute(delete(DirectoryGroupMember).where(of_it, DirectoryGroupMember.member_id.in_(gone)))
    if come:
        rows = [{"group_id": row.id, "member_id": each} for each in sorted(come)]
        await tx.execute(insert(DirectoryGroupMember), rows)
    await people.settle_roles(tx, acting, affected, were_admin)
    await tx.refresh(row)


async def _members(tx: Tx, group_id: str) -> set[str]:
    query = select(DirectoryGroupMember.member_id).where(DirectoryGroupMember.group_id == group_id)
    return set((await tx.execute(query)).scalars())
