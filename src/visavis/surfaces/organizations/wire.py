"""What goes over the wire: field names and shapes of organizations."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from visavis.core.organizations.audit_files import as_dict
from visavis.core.organizations.lifecycle import MAX_NAME_CHARS, MIN_NAME_CHARS
from visavis.core.organizations.members import Member
from visavis.core.schema import MEMBER, AuditEntry, Invitation, Organization
from visavis.surfaces.shared.texts import refuse_unclean

_ORGANIZATION, _CREATED = "org_4f6c2d9e8a7b1c3d5e0f", "2026-03-25T16:47:07Z"
_MAX_EMAIL_CHARS = 254


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


Role = Literal["owner", "admin", "member"]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=MIN_NAME_CHARS, max_length=MAX_NAME_CHARS),
    AfterValidator(_one_line),
]
MemberName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_NAME_CHARS), AfterValidator(_one_line)
]
Email = Annotated[str, Field(max_length=_MAX_EMAIL_CHARS, examples=["grace@example.com"])]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Sent(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _is_clean(cls, sent: Any) -> Any:
        refuse_unclean(sent)
        return sent


class ErrorAnswer(_Wire):
    """How every error looks."""

    error: str = Field(description="A stable code.")
    message: str = Field(description="For people.")
    retry_after_seconds: int | None = Field(
        default=None, description="Only there when trying again later helps."
    )


class NewOrganization(_Sent):
    """An organization to create."""

    name: Name = Field(examples=["Example Incorporated"])


class NewMember(_Sent):
    """A member to add."""

    email: Email
    role: Role | None = Field(default=None, description="`member` if not given.")
    name: MemberName | None = Field(default=None, description="For people.")

    @property
    def wanted_role(self) -> str:
        """Role that the member will have."""
        return self.role or MEMBER


class RoleChange(_Sent):
    """Another role for a member."""

    role: Role


class NewInvitation(_Sent):
    """A person to invite."""

    email: Email
    role: Role | None = Field(default=None, description="`member` if not given.")
    send_email: bool | None = Field(
        default=None,
        description="Whether the link is sent to the address, and shown to nobody. If not given, it is sent "
        "where the server has a mail server.",
    )

    @property
    def wanted_role(self) -> str:
        """Role that the person will have."""
        return self.role or MEMBER


class OrganizationFields(_Wire):
    """An organization, as its member sees it."""

    id: str = Field(pattern="^org_[0-9a-f]{20}$", examples=[_ORGANIZATION])
    name: str = Field(examples=["Example Incorporated"])
    slug: str = Field(description="Name in links; it never changes.", examples=["example-incorporated"])
    created_at: str = Field(examples=[_CREATED])
    role: str = Field(description="Your role.", examples=["owner"])
    sso_enabled: bool = Field(
        description="Whether browsers act for it only after a sign-in by its identity provider."
    )


class OrganizationAnswer(_Wire):
    """An organization."""

    organization: OrganizationFields


class OrganizationList(_Wire):
    """Organizations."""

    organizations: list[OrganizationFields]


class MemberFields(_Wire):
    """A member."""

    id: str = Field(pattern="^mem_[0-9a-f]{20}$", examples=["mem_0a1b2c3d4e5f60718293"])
    user_id: str = Field(pattern="^usr_[0-9a-f]{20}$", examples=["usr_9f8e7d6c5b4a39281706"])
    email: str = Field(examples=["grace@example.com"])
    name: str | None
    role: str = Field(examples=["member"])
    status: str = Field(description="`active` or `deactivated`.", examples=["active"])
    created_at: str = Field(examples=[_CREATED])


class MemberAnswer(_Wire):
    """A member."""

    member: MemberFields


class OrganizationDetails(OrganizationAnswer):
    """An organization and its members."""

    members: list[MemberFields]


class Deleted(_Wire):
    """What was deleted."""

    id: str = Field(examples=[_ORGANIZATION])
    deleted: Literal[True] = True


class InvitationFields(_Wire):
    """An open invitation."""

    id: str = Field(pattern="^inv_[0-9a-f]{20}$", examples=["inv_5f4e3d2c1b0a99887766"])
    email: str = Field(examples=["grace@example.com"])
    role: str = Field(examples=["member"])
    is_emailed: bool = Field(description="Whether the link was sent to the address.")
    created_at: str = Field(examples=[_CREATED])
    expires_at: str = Field(examples=["2026-04-01T16:47:07Z"])


class InvitationAnswer(_Wire):
    """A new invitation."""

    invitation: InvitationFields
    url: str | None = Field(
        description="The link, shown only in this answer; `null` if it was sent by email.",
        examples=["https://avatars.example.com/invitation#secret"],
    )


class InvitationList(_Wire):
    """Open invitations, newest first."""

    invitations: list[InvitationFields]
    sends_email: bool = Field(description="Whether the server can send invitations by email.")


class AuditFields(_Wire):
    """What somebody did."""

    id: int
    at: str = Field(examples=[_CREATED])
    actor_kind: str = Field(description="`user`, `key`, `scim_token`, `sso` or `machine`.")
    actor_name: str = Field(examples=["ada@example.com"])
    action: str = Field(examples=["member.added"])
    subject_id: str
    subject_name: str = Field(examples=["grace@example.com"])
    address: str | None = Field(description="IP address of the client.", examples=["203.0.113.7"])
    details: dict[str, Any]


class AuditPage(_Wire):
    """Entries of the audit log, newest first."""

    entries: list[AuditFields]
    next_before: int | None = Field(description="`before` of the next page; `null` on the last one.")


def organization_fields(row: Organization, role: str) -> OrganizationFields:
    """An organization for the wire."""
    return OrganizationFields(
        id=row.id,
        name=row.name,
        slug=row.slug,
        created_at=moment(row.created_at),
        role=role,
        sso_enabled=row.sso_enabled,
    )


def member_fields(member: Member) -> MemberFields:
    """A member for the wire."""
    row = member.row
    return MemberFields(
        id=row.id,
        user_id=member.user.public_id,
        email=row.email,
        name=row.name,
        role=row.role,
        status=row.status,
        created_at=moment(row.created_at),
    )


def invitation_fields(row: Invitation) -> InvitationFields:
    """An invitation for the wire."""
    return InvitationFields(
        id=row.id,
        email=row.email,
        role=row.role,
        is_emailed=row.is_emailed,
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
    )


def audit_fields(row: AuditEntry) -> AuditFields:
    """An entry of the audit log for the wire."""
    return AuditFields(**as_dict(row))


def moment(at: datetime) -> str:
    """A moment in ISO 8601, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
