"""What goes over the wire between the console's pages and the server."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from visavis.surfaces.shared.bodies import File
from visavis.surfaces.shared.texts import refuse_unclean

_MAX_BIGINT = 2**53


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _is_clean(cls, sent: Any) -> Any:
        refuse_unclean(sent)
        return sent


class UserAnswer(_Wire):
    """A user."""

    email: str
    is_operator: bool = Field(description="Sees all keys, workers and settings.")


class KeyName(_Wire):
    """A key, as people tell it from others."""

    id: int
    prefix: str
    name: str


class OrganizationName(_Wire):
    """The organization for which the browser acts."""

    id: str
    name: str
    slug: str


class AccountList(_Wire):
    """The organizations for which the browser can act beside the user's own account."""

    organizations: list[OrganizationName]


class PhotoForm(BaseModel):
    """A photo that was chosen."""

    image: File


class SoundForm(BaseModel):
    """A sound that was chosen."""

    audio: File


class FaceAnswer(_Wire):
    """The face that was found in a photo."""

    outline: list[tuple[float, float]] = Field(
        description="Round the face: x and y in shares of the upright picture's width and height."
    )
    warnings: list[str] = Field(description="For people. The photo can be used all the same.")


class LimitsAnswer(_Wire):
    """Limits of requests and results."""

    max_upload_bytes: int = Field(description="All files of a request together.")
    max_face_bytes: int = Field(description="The photo of a live session.")
    max_text_chars: int
    result_ttl_s: int = Field(description="Time that results are kept, in seconds.")


class SignInAnswer(_Wire):
    """Who is signed in."""

    signed_in: bool
    has_users: bool = Field(description="Whether there is anybody who could sign in with a password.")
    version: str
    limits: LimitsAnswer
    user: UserAnswer | None = None
    key: KeyName | None = Field(default=None, description="Of those who signed in with a key.")
    organization: OrganizationName | None = Field(
        default=None, description="Whose work is shown and done; nothing for the user's own."
    )
    is_bound: bool = Field(default=False, description="Whether the browser can act for no other account.")


class SignInRequest(_Sent):
    """E-mail address and password, or a key."""

    email: str | None = Field(default=None, max_length=254)
    password: SecretStr | None = Field(default=None, max_length=1000)
    api_key: SecretStr | None = Field(default=None, max_length=200)


class LinkRequest(_Sent):
    """A sign-in link's secret."""

    link: SecretStr = Field(min_length=1, max_length=200)


class LinkSignInRequest(LinkRequest):
    """A sign-in link's secret, and who its first user will be or the new password."""

    email: str | None = Field(default=None, max_length=254)
    password: SecretStr | None = Field(default=None, max_length=1000)


class LinkAnswer(_Wire):
    """What a link is good for."""

    makes_first_user: bool


class AccountRequest(_Sent):
    """Which account to act for."""

    organization_id: str | None = Field(max_length=100, description="Nothing for the user's own.")


class InvitationRequest(_Sent):
    """Secret of the link of an invitation."""

    invitation: SecretStr = Field(min_length=1, max_length=200)


class AcceptRequest(InvitationRequest):
    """Secret of the link, and a password for whoever becomes a user by it."""

    password: SecretStr | None = Field(default=None, max_length=1000)


class InvitedAnswer(_Wire):
    """Where an invitation leads."""

    organization: str = Field(description="Name of the organization.")
    email: str = Field(description="Address that was invited.")
    role: str
    can_create_user: bool = Field(
        description="Whether whoever is not signed in becomes a user with a password, and needs no sign-in."
    )


class PasswordRequest(_Sent):
    """A change of passwords."""

    current: SecretStr = Field(max_length=1000)
    new: SecretStr = Field(max_length=1000)


class TokenRequest(_Sent):
    """Which key to act as."""

    key_id: int | None = Field(default=None, ge=1, le=_MAX_BIGINT, description="Your own if not given.")


class TokenAnswer(_Wire):
    """A bearer token for the public API."""

    token: str
    expires_in: int = Field(description="Seconds.")
    key_id: int
    key_name: str
    key_prefix: str


class KeyRow(_Wire):
    """A key."""

    id: int
    prefix: str
    name: str
    owner: str | None = Field(description="E-mail address; nothing for service keys.")
    is_console: bool = Field(description="Made by the console for its user.")
    is_own: bool
    requests_per_minute: int | None = Field(description="The server's if nothing.")
    monthly_cap: int | None
    requests_this_month: int
    seconds_this_month: float
    cost_usd_this_month: float
    allows_conversation: bool = Field(description="May open live sessions in which the avatar answers.")
    created_at: datetime
    revoked_at: datetime | None


class KeyList(_Wire):
    """Keys."""

    keys: list[KeyRow]
    may_create: bool
    default_requests_per_minute: int


class KeyRequest(_Sent):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*\S[^\x00]*$")
    requests_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)
    monthly_cap: int | None = Field(default=None, ge=0, le=_MAX_BIGINT)
    allows_conversation: bool = True


class KeyChange(_Sent):
    """A change of what a key may do."""

    allows_conversation: bool


class NewKey(_Wire):
    """A key that was just made: the only time that it is shown."""

    key: str
    webhook_secret: str
    row: KeyRow


class ConsoleJobRow(_Wire):
    """A job in a list."""

    job_id: str
    type: str
    status: str
    key: KeyName
    is_key_revoked: bool
    text_preview: str | None
    content_type: str
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    latency_ms: int | None
    duration_s: float | None
    result_bytes: int | None
    has_result: bool
    error_code: str | None


class JobPage(_Wire):
    """Some jobs, newest first."""

    jobs: list[ConsoleJobRow]
    count: int = Field(description="All that were found.")
    limit: int
    offset: int


class LiveRow(_Wire):
    """A live session."""

    session_id: str
    status: str
    reason: str | None = Field(description="Why it ended.")
    mode: str
    room: str
    key: KeyName | None = Field(description="Nothing if a wallet paid for it.")
    is_key_revoked: bool
    worker: str | None
    takeovers: int = Field(description="How often another worker had to go on with it.")
    created_at: datetime
    started_at: datetime
    ended_at: datetime | None
    duration_s: float
    cost_usd: float


class LivePage(_Wire):
    """Some live sessions, newest first."""

    sessions: list[LiveRow]
    count: int = Field(description="All that were found.")
    limit: int
    offset: int


class VoiceRow(_Wire):
    """A voice."""

    id: str
    name: str
    languages: list[str] = Field(description="BCP 47 tags in lower case; its own first.")
    sex: str | None


class ConversationAnswer(_Wire):
    """What conversations can be held with."""

    model: str | None = Field(
        description="Name of the language model that answers. Without one, answers come from the given texts."
    )
    has_model: bool
    voices: list[VoiceRow]
    price_per_hour_usd: float


class SpokenRow(_Wire):
    """What one side said at a time."""

    id: str
    role: Literal["user", "avatar"]
    text: str
    start_s: float = Field(description="Since the conversation began.")
    is_interrupted: bool


class TranscriptAnswer(_Wire):
    """The transcript of a live session."""

    is_kept: bool = Field(description="Whether the session was created with a transcript.")
    segments: list[SpokenRow]


class ShareAnswer(_Wire):
    """A link to watch by."""

    session_id: str
    url: str


class ViewAnswer(_Wire):
    """What a player needs."""

    session_id: str
    status: str = Field(examples=["active"])
    ready: bool = Field(description="Whether the avatar has come.")
    output_protocol: str = "livekit"
    livekit_url: str | None = None
    livekit_access_token: str | None = None


class UsageRow(_Wire):
    """What a key used on one day, of one kind of work."""

    day: date
    type: str
    key_id: int
    count: int
    seconds: float
    cost_usd: float


class UsageAnswer(_Wire):
    """What was used."""

    days: list[UsageRow]
    keys: list[KeyName]
    price_per_hour_usd: float = Field(description="Of video.")
    live_price_per_hour_usd: float = Field(description="Of live sessions.")
    conversation_price_per_hour_usd: float = Field(description="Of live sessions that are conversations.")


class WorkerRow(_Wire):
    """A worker."""

    id: str
    slots: int = Field(description="Jobs it can do at a time.")
    busy: int
    live_slots: int = Field(description="Live sessions it can hold.")
    live_busy: int
    seen_at: datetime


class WorkersAnswer(_Wire):
    """The workers that live, and how much waits for them."""

    workers: list[WorkerRow]
    pending: int
    processing: int


class SettingRow(_Wire):
    """A setting."""

    name: str
    value: Any
    default: Any
    is_set: bool
    is_secret: bool
    description: str
    group: str = Field(description="Heading that the setting belongs under.")


class SettingsAnswer(_Wire):
    """The settings of this server."""

    settings: list[SettingRow]


class ConsoleErrorAnswer(_Wire):
    """How every error looks."""

    error: str = Field(description="A stable code.")
    message: str = Field(description="For people.")
    retry_after_seconds: int | None = None
