"""What goes over the wire for SCIM tokens and single sign-on."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from visavis.core.organizations import sso_tests
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


class SsoSetup(BaseModel):
    """An identity provider to connect."""

    return_url: str | None = Field(
        default=None, description="Where the admin portal of WorkOS leads back to.", max_length=2048
    )
    discovery_url: str | None = Field(
        default=None,
        max_length=2048,
        examples=["https://example.okta.com/.well-known/openid-configuration"],
        description="Discovery URL of an OpenID Connect provider.",
    )
    client_id: str | None = Field(default=None, max_length=500, description="Client ID that it gave.")
    client_secret: SecretStr | None = Field(
        default=None, max_length=2000, description="Client secret that it gave. It is kept encrypted."
    )


class SsoEnable(BaseModel):
    """Whether single sign-on is required."""

    enabled: bool


class SsoConnectionFields(_Wire):
    """The connection to an identity provider."""

    id: str = Field(examples=["conn_4f6c2d9e8a7b1c3d5e0f"])
    state: Literal["active", "inactive"]
    type: str = Field(examples=["OpenIDConnect"])
    discovery_url: str | None = Field(description="Of an OpenID Connect provider; otherwise `null`.")
    client_id: str | None = Field(description="Of an OpenID Connect provider. The secret is never shown.")


class SsoTestFields(_Wire):
    """How a test of the connection went."""

    at: str = Field(examples=["2026-03-25T16:47:07Z"])
    passed: bool
    email: str | None = Field(description="Who signed in, as the identity provider says.")
    reason: str | None = Field(
        description="Why it failed: `denied`, `wrong_issuer`, `wrong_client`, `not_confirmed`, "
        "`email_unverified`, `not_member` or `unreachable`; `null` if it passed."
    )


def test_fields(result: sso_tests.Result) -> SsoTestFields:
    """The result of a test as clients see it."""
    return SsoTestFields(
        at=_time(result.at), passed=result.reason is None, email=result.email, reason=result.reason
    )


class SsoAnswer(_Wire):
    """How an organization signs in."""

    configured: bool
    enabled: bool
    connection: SsoConnectionFields | None
    domains: list[str] = Field(description="E-mail domains of the organization at WorkOS.")
    last_test: SsoTestFields | None = Field(description="`null` if the connection was not tested yet.")
    has_workos: bool = Field(description="Whether this server has an account at WorkOS.")
    redirect_uri: str = Field(description="The address that an OpenID Connect provider must permit.")
    webhook_url: str = Field(description="Where WorkOS sends the events of connections.")
    sign_in_url: str = Field(description="Where members begin to sign in.")


class SsoSetupAnswer(_Wire):
    """What to do next."""

    portal_url: str | None = Field(
        description="The admin portal of WorkOS; `null` if an OpenID Connect provider was connected."
    )
    redirect_uri: str


class SsoTestAnswer(_Wire):
    """How the first part of a test went, and where the second one begins."""

    passed: bool
    problem: str | None = Field(description="What is wrong, for people; `null` if nothing is.")
    authorization_url: str | None = Field(description="Where to sign in; `null` if something is wrong.")


class SsoEnabled(_Wire):
    """Whether single sign-on is required."""

    enabled: bool


class AuthorizationAnswer(_Wire):
    """Where a sign-in begins."""

    authorization_url: str


class SsoUser(_Wire):
    """Who signed in."""

    id: str = Field(examples=["usr_4f6c2d9e8a7b1c3d5e0f"])
    email: str
    name: str | None
    role: str


class SsoOrganization(_Wire):
    """Where the user signed in to."""

    id: str
    name: str
    slug: str


class SessionAnswer(_Wire):
    """A sign-in."""

    session_token: str = Field(
        examples=["sso_…"], description="A bearer token for the API, for this organization, for 14 days."
    )
    user: SsoUser
    organization: SsoOrganization


class Received(_Wire):
    """The webhook was handled, now or before."""

    received: Literal[True] = True
