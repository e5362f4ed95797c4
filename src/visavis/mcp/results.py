"""What the tools return."""

from pydantic import BaseModel, Field


class Job(BaseModel):
    """A job that makes a video."""

    job_id: str
    status: str = Field(description="`pending`, `processing`, `completed` or `failed`.")
    queue_position: int = Field(description="1 for the next job; 0 if it no longer waits.")
    seconds: float | None = Field(default=None, description="Length of the video.")
    url: str | None = Field(default=None, description="Link to the video (MP4). It needs no key.")
    url_expires_in_s: int | None = Field(default=None, description="Time for which the link works.")
    file: str | None = Field(default=None, description="Path of the video on this machine.")
    warnings: list[str] = Field(default=[], description="What is odd about the photo or the sound.")
    error: str | None = Field(default=None, description="Why it failed.")


class Voice(BaseModel):
    """A voice."""

    id: str = Field(description="For `make_video` and `create_session`.")
    languages: list[str] = Field(description="BCP 47 tags.")
    sex: str | None = None
    ready: bool = Field(description="Whether the server has the model that it needs.")


class OpenedSession(BaseModel):
    """A live session."""

    session_id: str
    mode: str
    pricing: str
    watch_url: str = Field(description="Page for people: it shows the avatar and plays its sound.")
    livekit_url: str = Field(description="For LiveKit clients that take part.")
    token: str = Field(description="Joins the room and may speak. Keep it from strangers.")


class SessionState(BaseModel):
    """State of a live session."""

    session_id: str
    status: str = Field(description="`active` or `ended`.")
    seconds: float = Field(description="Time since the avatar appeared.")
    end_reason: str | None = None


class EndedSession(BaseModel):
    """A live session that was ended."""

    session_id: str
    seconds: float
    cost: str


class Spoken(BaseModel):
    """A text that the avatar has taken."""

    session_id: str
    accepted: bool
