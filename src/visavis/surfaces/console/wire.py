"""Bodies that the console's pages and the server exchange."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from visavis.surfaces.shared.bodies import File
from visavis.surfaces.shared.texts import refuse_unclean

MAX_BIGINT = 2**53


class Answer(BaseModel):
    """What the server answers."""

    model_config = ConfigDict(frozen=True)


class Request(BaseModel):
    """What a page sends, checked strictly."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _is_clean(cls, sent: Any) -> Any:
        refuse_unclean(sent)
        return sent


class KeyName(Answer):
    """A key, as people tell it from others."""

    id: int
    prefix: str
    name: str


class PhotoForm(BaseModel):
    """A photo that was chosen."""

    image: File


class SoundForm(BaseModel):
    """A sound that was chosen."""

    audio: File


class FaceAnswer(Answer):
    """The face that was found in a photo."""

    outline: list[tuple[float, float]] = Field(
        description="Round the face: x and y in shares of the upright picture's width and height."
    )
    warnings: list[str] = Field(description="For people. The photo can be used all the same.")


class KeyRow(Answer):
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


class KeyList(Answer):
    """Keys."""

    keys: list[KeyRow]
    may_create: bool
    default_requests_per_minute: int


class KeyRequest(Request):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*\S[^\x00]*$")
    requests_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)
    monthly_cap: int | None = Field(default=None, ge=0, le=MAX_BIGINT)
    allows_conversation: bool = True


class KeyChange(Request):
    """A change of what a key may do."""

    allows_conversation: bool


class NewKey(Answer):
    """A key that was just made: the only time that it is shown."""

    key: str
    webhook_secret: str
    row: KeyRow


class ConsoleJobRow(Answer):
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
    url: str | None = Field(description="Link to the result; null if there is none, or its key is revoked.")
    error_code: str | None


class JobPage(Answer):
    """Some jobs, newest first."""

    jobs: list[ConsoleJobRow]
    count: int = Field(description="All that were found.")
    limit: int
    offset: int


class UsageRow(Answer):
    """What a key used on one day, of one kind of work."""

    day: date
    type: str
    key_id: int
    count: int
    seconds: float
    cost_usd: float


class UsageAnswer(Answer):
    """What was used."""

    days: list[UsageRow]
    keys: list[KeyName]
    price_per_hour_usd: float = Field(description="Of video.")
    live_price_per_hour_usd: float = Field(description="Of live sessions.")
    conversation_price_per_hour_usd: float = Field(description="Of live sessions that are conversations.")


class PaymentRow(Answer):
    """A payment of a wallet."""

    id: int
    status: str = Field(description="reserved, pending, paid or not_paid.")
    error: str | None = Field(description="Why it is not paid.")
    purpose: str = Field(description="session or extension.")
    minutes: int = Field(description="Minutes that it bought.")
    amount_usd: float
    network: str = Field(description="Network as CAIP-2 writes it.")
    wallet: str
    transaction: str | None = Field(description="Hash or signature of its transaction.")
    session_id: str | None
    created_at: datetime
    settled_at: datetime | None


class PaymentPage(Answer):
    """Some payments, newest first."""

    payments: list[PaymentRow]
    count: int = Field(description="All that were found.")
    limit: int
    offset: int


class WorkerRow(Answer):
    """A worker."""

    id: str
    slots: int = Field(description="Jobs it can do at a time.")
    busy: int
    live_slots: int = Field(description="Live sessions it can hold.")
    live_busy: int
    seen_at: datetime


class WorkersAnswer(Answer):
    """The workers that live, and how much waits for them."""

    workers: list[WorkerRow]
    pending: int
    processing: int


class SettingRow(Answer):
    """A setting."""

    name: str
    value: Any
    default: Any
    is_set: bool
    is_secret: bool
    description: str
    group: str = Field(description="Heading that the setting belongs under.")


class SettingsAnswer(Answer):
    """The settings of this server."""

    settings: list[SettingRow]


class ConsoleErrorAnswer(Answer):
    """How every error looks."""

    error: str = Field(description="A stable code.")
    message: str = Field(description="For people.")
    retry_after_seconds: int | None = None
