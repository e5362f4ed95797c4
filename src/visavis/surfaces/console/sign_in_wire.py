"""Bodies about signing in, and about the accounts for which the browser can act."""

from datetime import datetime

from pydantic import Field, SecretStr

from visavis.surfaces.console.wire import MAX_BIGINT, Answer, KeyName, Request


class UserAnswer(Answer):
    """A user."""

    email: str
    is_operator: bool = Field(description="Sees all keys, workers and settings.")


class OrganizationName(Answer):
    """The organization for which the browser acts."""

    id: str
    name: str
    slug: str


class AccountList(Answer):
    """The organizations for which the browser can act beside the user's own account."""

    organizations: list[OrganizationName]


class LimitsAnswer(Answer):
    """Limits of requests and results."""

    max_upload_bytes: int = Field(description="All files of a request together.")
    max_face_bytes: int = Field(description="The photo of a live session.")
    max_text_chars: int
    result_ttl_s: int = Field(description="Time that results are kept, in seconds.")


class SignInAnswer(Answer):
    """Who is signed in."""

    signed_in: bool
    has_users: bool = Field(description="Whether there is anybody who could sign in with a password.")
    version: str
    limits: LimitsAnswer
    is_billed: bool = Field(description="Whether prices and costs are shown.")
    user: UserAnswer | None = None
    key: KeyName | None = Field(default=None, description="Of those who signed in with a key.")
    organization: OrganizationName | None = Field(
        default=None, description="Whose work is shown and done; nothing for the user's own."
    )
    is_bound: bool = Field(default=False, description="Whether the browser can act for no other account.")


class SignInRequest(Request):
    """E-mail address and password, or a key."""

    email: str | None = Field(default=None, max_length=254)
    password: SecretStr | None = Field(default=None, max_length=1000)
    api_key: SecretStr | None = Field(default=None, max_length=200)


class LinkRequest(Request):
    """A sign-in link's secret."""

    link: SecretStr = Field(min_length=1, max_length=200)


class LinkSignInRequest(LinkRequest):
    """A sign-in link's secret, and who its first user will be or the new password."""

    email: str | None = Field(default=None, max_length=254)
    password: SecretStr | None = Field(default=None, max_length=1000)


class LinkAnswer(Answer):
    """What a link is good for."""

    makes_first_user: bool
    email: str | None = Field(description="Of the user whom it signs in; null for the first one.")
    needs_password: bool = Field(description="Whether the user has to choose a password.")


class AccountRequest(Request):
    """Which account to act for."""

    organization_id: str | None = Field(max_length=100, description="Nothing for the user's own.")


class InvitationRequest(Request):
    """Secret of the link of an invitation."""

    invitation: SecretStr = Field(min_length=1, max_length=200)


class UserRequest(Request):
    """A user to invite."""

    email: str = Field(max_length=254)
    is_operator: bool = False


class RoleRequest(Request):
    """The role of a user."""

    is_operator: bool


class UserRow(Answer):
    """A user in a list."""

    id: str = Field(examples=["usr_9f8e7d6c5b4a39281706"])
    email: str
    is_operator: bool
    has_password: bool = Field(description="Invited users have none until they sign in for the first time.")
    created_at: datetime


class UserList(Answer):
    """All users, in the order in which they came."""

    users: list[UserRow]


class InvitedUser(Answer):
    """A user who was invited."""

    user: UserRow
    url: str = Field(description="Link that signs in once. It is shown only here.")
    expires_in: int = Field(description="Seconds.")


class AcceptRequest(InvitationRequest):
    """Secret of the link, and a password for whoever becomes a user by it."""

    password: SecretStr | None = Field(default=None, max_length=1000)


class InvitedAnswer(Answer):
    """Where an invitation leads."""

    organization: str = Field(description="Name of the organization.")
    email: str = Field(description="Address that was invited.")
    role: str
    can_create_user: bool = Field(
        description="Whether whoever is not signed in becomes a user with a password, and needs no sign-in."
    )


class PasswordRequest(Request):
    """A change of passwords."""

    current: SecretStr = Field(max_length=1000)
    new: SecretStr = Field(max_length=1000)


class TokenRequest(Request):
    """Which key to act as."""

    key_id: int | None = Field(default=None, ge=1, le=MAX_BIGINT, description="Your own if not given.")


class TokenAnswer(Answer):
    """A bearer token for the public API."""

    token: str
    expires_in: int = Field(description="Seconds.")
    key_id: int
    key_name: str
    key_prefix: str
