"""Tables of organizations: members, invitations, SCIM tokens, audit log.

An organization owns its keys, jobs, sessions, usage and balance through its account, like a user does. A
member's key for an organization is an `ApiKey` with the account of the organization and the user of the
member.

A user who comes from a directory (SCIM) or an identity provider (SSO) can have the address of a user who is
there already. Then the membership belongs to that user, and `Membership` alone keeps what the directory says.
A sign-in through an identity provider acts for that organization only. So no organization can take over a
user's own account, or change it. What single sign-on itself needs (connections, identities, attempts, webhook
events) has tables of its own.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

OWNER, ADMIN, MEMBER = "owner", "admin", "member"
ACTIVE_MEMBER, DEACTIVATED = "active", "deactivated"


class Organization(Table):
    """An organization of several users. A deleted one stays, with `deleted_at`, and its slug stays taken.

    Attributes:
        id: `org_` and 20 hexadecimal digits.
        account_id: ID of the account that owns what the organization has.
        name: Name for people.
        slug: Name in links; it never changes.
        sso_enabled: Whether browsers act for the organization only after a sign-in through its identity
            provider.
    """

    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    sso_enabled: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = now()
    deleted_at: Mapped[datetime | None]


class Membership(Table):
    """A user in an organization, as the organization knows this user. Removal deactivates it; the row stays.

    Attributes:
        id: `mem_` and 20 hexadecimal digits; clients of SCIM know the user by it.
        role: `OWNER`, `ADMIN` or `MEMBER`.
        status: `ACTIVE_MEMBER` or `DEACTIVATED`.
        email: Address under which the organization knows the user; it does not sign anybody in.
        name: Name for people.
        user_name: SCIM's `userName`, unique in the organization whatever its case; `None` if no directory
            provisions the member.
        external_id: SCIM's `externalId`.
        profile: Further SCIM attributes.
        version: Number that each change increments, for ETags.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("organization_id", "user_id"),
        Index("memberships_of_user", "user_id"),
        Index("memberships_by_user_name", "organization_id", sql("lower(user_name)"), unique=True),
        Index("memberships_by_external_id", "organization_id", "external_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=sql("'active'"))
    email: Mapped[str]
    name: Mapped[str | None]
    user_name: Mapped[str | None]
    external_id: Mapped[str | None]
    profile: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()


class Invitation(Table):
    """An invitation to an organization. Its link works once, until it expires; only a digest of it is stored.

    Attributes:
        id: `inv_` and 20 hexadecimal digits.
        email: Address of the invited person.
        role: Role that the person will have.
        is_emailed: Whether the link was sent to the address and shown to nobody, so it proves the address.
        invited_by: ID of the user who invited; `None` for the server's command line.
    """

    __tablename__ = "invitations"
    __table_args__ = (Index("invitations_of_organization", "organization_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    email: Mapped[str]
    role: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    is_emailed: Mapped[bool]
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]


class ScimToken(Table):
    """A token with which a directory provisions the members of an organization; only its digest is stored."""

    __tablename__ = "scim_tokens"
    __table_args__ = (Index("scim_tokens_of_organization", "organization_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = now()
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Table):
    """What somebody did in an organization. The database refuses to change or delete entries.

    Attributes:
        actor_kind: `user` (a browser), `key`, `scim_token`, `sso` or `machine` (the server's command line).
        actor_user_id: ID of the user who did it; `None` for a directory or the machine.
        actor_name: Address of the user, or the name of the token, at that time.
        action: Noun and verb, such as `member.added`.
        subject_id: ID of what it was done to.
        subject_name: Name of this, at that time.
        address: IP address of the client; `None` for the machine.
        details: What else there is to know, such as the old and new role. No secrets.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index("audit_log_of_organization", "organization_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    at: Mapped[datetime] = now()
    actor_kind: Mapped[str]
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_id: Mapped[str]
    subject_name: Mapped[str]
    address: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
