"""What goes over the wire for SCIM tokens and single sign-on."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from visavis.core.schema import ScimToken

_MAX_NAME_CHARS = 100


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=_MAX_NAME_CHARS), AfterValidator(_one_line)
]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class NewScimToken(BaseModel):
    """A token to create."""

    name: Name | None = Field(
        default=None, description="For people, such as the name of the identity provider."
    )


class ScimTokenFields(_Wire):
    """A token of a directory."""

    id: str = Field(examples=["sct_4f6c2d9e8a7b1c3d5e0f"])
    name: str = Field(examples=["Okta"])
    prefix: str = Field(examples=["scim_Q3vX"], description="How the token begins.")
    created_at: str = Field(examples=["2026-03-25T16:47:07Z"])
    last_used_at: str | None = Field(description="To the minute; `null` if it was never used.")


class ScimTokenAnswer(_Wire):
    """A new token."""

    scim_token: ScimTokenFields
    token: str = Field(examples=["scim_…"], description="Shown only in this answer.")
    scim_base_url: str = Field(
        examples=["https://avatars.example.com/scim/v2"], description="What the identity provider asks for."
    )


class ScimTokenList(_Wire):
    """Valid tokens, oldest first."""

    scim_tokens: list[ScimTokenFields]


class Revoked(_Wire):
    """What was revoked."""

    id: str
    revoked: Literal[True] = True


def token_fields(row: ScimToken) -> ScimTokenFields:
    """A token as clients see it."""
    return ScimTokenFields(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        created_at=_time(row.created_at),
        last_used_at=None if row.last_used_at is None else _time(row.last_used_at),
    )


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
