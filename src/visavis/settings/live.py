"""Settings of live sessions."""

from typing import ClassVar, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class LiveSettings(Group):
    """Live sessions: how many, for how long, at what price, and their video."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_LIVE_")
    title: ClassVar[str] = "Live sessions"

    slots: int | None = Field(
        default=None,
        ge=0,
        description="Number of live sessions that a worker holds; 0 for none. Measured if not set.",
    )
    spare_conversations: int = Field(
        default=1,
        ge=0,
        description="Number of processes that wait for a conversation, with their models loaded. Each takes "
        "about 600 MB of memory; without one a conversation begins some seconds later.",
    )
    spare_sound_processes: int = Field(
        default=1,
        ge=0,
        description="Number of processes that wait for the sound that clients stream. Without one, the first "
        "sound of a stream is heard a second later.",
    )
    size_px: int = Field(
        default=512,
        ge=128,
        le=1024,
        multiple_of=16,
        description="Width and height of the video, in pixels: a multiple of 16.",
    )
    fps: int = Field(default=25, ge=10, le=50, description="Frame rate of the video, in frames per second.")
    codec: Literal["vp8", "h264"] = Field(default="vp8", description="Codec of the video.")
    max_kbps: int = Field(
        default=1200, ge=100, le=20_000, description="Maximum bit rate of the video, in kbit/s."
    )
    max_duration_s: int | None = Field(
        default=None,
        ge=1,
        description="Maximum duration of a live session, in seconds. No limit if not set.",
    )
    max_recording_s: int = Field(
        default=3600,
        ge=1,
        description="Maximum length of a recording of a live session, in seconds. After that, it ends by "
        "itself.",
    )
    recording_part_s: float = Field(
        default=10.0,
        ge=0.5,
        description="Interval at which what was recorded of a live session is kept in the object store, in "
        "seconds. A worker that is killed loses at most what it recorded since then.",
    )
    price_per_hour_usd: float = Field(
        default=7.0, ge=0, description="Price of an hour of a live session, in US dollars."
    )
    conversation_price_per_hour_usd: float = Field(
        default=10.0,
        ge=0,
        description="Price of an hour of a live session in the mode conversation, in US dollars.",
    )
    external_idle_timeout_s: int = Field(
        default=300,
        ge=1,
        description="Time that an avatar stays alone in a room of another server, in seconds.",
    )
    swaps_per_minute: int = Field(
        default=6, ge=1, description="Maximum number of face swaps per minute in one session."
    )
    recordings_per_minute: int = Field(
        default=6, ge=1, description="Maximum number of recordings that begin per minute in one session."
    )
    allow_swap_urls: bool = Field(
        default=False,
        description="Whether PATCH also accepts `face_url`, as an earlier edition of the API did.",
    )
