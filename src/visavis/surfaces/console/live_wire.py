"""Bodies about live sessions, their transcripts and their viewers."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from visavis.surfaces.console.wire import Answer, KeyName


class LiveRow(Answer):
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


class LivePage(Answer):
    """Some live sessions, newest first."""

    sessions: list[LiveRow]
    count: int = Field(description="All that were found.")
    limit: int
    offset: int


class VoiceRow(Answer):
    """A voice."""

    id: str
    name: str
    languages: list[str] = Field(description="BCP 47 tags in lower case; its own first.")
    sex: str | None


class ConversationAnswer(Answer):
    """What conversations can be held with."""

    model: str | None = Field(
        description="Name of the language model that answers. Without one, answers come from the given texts."
    )
    has_model: bool
    voices: list[VoiceRow]
    price_per_hour_usd: float


class SpokenRow(Answer):
    """What one side said at a time."""

    id: str
    role: Literal["user", "avatar"]
    text: str
    start_s: float = Field(description="Since the conversation began.")
    is_interrupted: bool
    sources: list[str] = Field(description="Names of the documents that it was taken from.")


class TranscriptAnswer(Answer):
    """The transcript of a live session."""

    is_kept: bool = Field(description="Whether the session was created with a transcript.")
    segments: list[SpokenRow]


class ShareAnswer(Answer):
    """A link to watch by."""

    session_id: str
    url: str


class ViewAnswer(Answer):
    """What a player needs."""

    session_id: str
    status: str = Field(examples=["active"])
    ready: bool = Field(description="Whether the avatar has come.")
    output_protocol: str = "livekit"
    livekit_url: str | None = None
    livekit_access_token: str | None = None
