"""Groups of an organization, as its directory describes them. Its users are memberships."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now


class DirectoryGroup(Table):
    """A group that a directory provisions.

    Attributes:
        name: SCIM's `displayName`, unique in the organization whatever its case.
        external_id: SCIM's `externalId`.
        profile: All SCIM attributes, as they were sent.
        version: Number that each change increments, for ETags.
    """

    __tablename__ = "directory_groups"
    __table_args__ = (
        Index("directory_groups_by_name", "organization_id", sql("lower(name)"), unique=True),
        Index("directory_groups_by_external_id", "organization_id", "external_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    external_id: Mapped[str | None]
    profile: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()


class DirectoryGroupMember(Table):
    """A member of a group. A directory may name members that it has not provisioned yet, or never will."""

    __tablename__ = "directory_group_members"
    __table_args__ = (Index("directory_groups_of_member", "member_id"),)

    group_id: Mapped[str] = mapped_column(
        ForeignKey("directory_groups.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[str] = mapped_column(primary_key=True)
