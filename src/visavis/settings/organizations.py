"""Settings of organizations."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class OrganizationSettings(Group):
    """How large organizations may become, and how people are invited."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_ORGANIZATION_")
    title: ClassVar[str] = "Organizations"

    max_per_user: int = Field(
        default=20, ge=0, description="Maximum number of organizations that a user can own."
    )
    max_members: int = Field(
        default=10_000, ge=1, description="Maximum number of active members of an organization."
    )
    max_open_invitations: int = Field(
        default=200, ge=0, description="Maximum number of open invitations of an organization."
    )
    invitation_ttl_s: int = Field(
        default=7 * 86_400, ge=60, description="Time that the link of an invitation works, in seconds."
    )
    links_create_users: bool = Field(
        default=False,
        description="Whether whoever has the link of an invitation can create a user with its email address, "
        "although nothing proves the address. Invitations that are sent by email always can.",
    )
    scim_requests_per_minute: int = Field(
        default=3000, ge=1, description="SCIM requests per minute of one token."
    )
