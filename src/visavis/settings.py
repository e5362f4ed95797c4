"""Settings: read once from the environment (`VISAVIS_…`), then never changed."""

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from visavis.errors import SettingsError

PREFIX = "VISAVIS_"
# These are called the same by every program that knows of them.
SHARED_NAMES = frozenset({"database_url", "livekit_url", "livekit_api_key", "livekit_api_secret"})
# Variables of clients: a shell that has them set can still start the server.
CLIENT_NAMES = frozenset({"VISAVIS_API_URL", "VISAVIS_API_KEY"})


class Settings(BaseSettings):
    """Every setting, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    models_dir: Path | None = Field(
        default=None, description="Where the landmark models are kept; the user's cache folder if not set."
    )
    models_source: Path | None = Field(
        default=None,
        description="A folder with the model files, or a wheel that holds them: nothing is fetched.",
    )
    offline: bool = Field(default=False, description="Never reach for the network.")
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
        description="A Postgres to use; one is embedded if not set.",
    )
    data_dir: Path | None = Field(default=None, description="Where `visavis serve` keeps everything.")
    object_store: str | None = Field(
        default=None,
        description="s3://bucket/prefix, gs://… or az://…; credentials as that service's own variables "
        "(AWS_…, GOOGLE_…, AZURE_…). The data folder if not set.",
    )
    public_url: str | None = Field(
        default=None, description="How clients reach this server, for links; taken from requests if not set."
    )
    max_connections: int = Field(
        default=2048,
        ge=16,
        description="HTTP connections at a time; fewer where the system allows fewer open files. "
        "When there are so many the longest idle one is closed for a new one.",
    )
    max_connections_per_address: int = Field(
        default=128,
        ge=0,
        description="Of one IPv4 address or IPv6 /64 network; 0 for no limit, for a proxy on another machine "
        "that limits its own clients. Loopback addresses have no limit.",
    )
    max_header_bytes: int = Field(
        default=64 * 1024, ge=4096, description="Request line and headers of a request together."
    )
    header_timeout_s: float = Field(
        default=10.0, gt=0, description="In so long the headers of a request must have come."
    )
    body_timeout_s: float = Field(
        default=30.0,
        gt=0,
        description="In so long some of a body must come, at least 1 KiB a second, and some of an answer be "
        "taken.",
    )
    keep_alive_timeout_s: float = Field(
        default=15.0, gt=0, description="So long an open connection waits for its next request."
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description="Addresses or networks of proxies in front, as CIDR: their X-Forwarded-For and "
        "X-Forwarded-Proto are believed, nobody else's.",
    )
    requests_per_minute: int = Field(default=30, ge=1, description="Of keys that have no rate of their own.")
    max_upload_bytes: int = Field(default=50 * 1024 * 1024, ge=1024, description="All files of a request.")
    max_text_chars: int = Field(default=5000, ge=1, description="Of text to be spoken.")
    min_free_bytes: int = Field(
        default=256 * 1024 * 1024, ge=0, description="With less room on the disk no upload is taken."
    )
    render_children: int | None = Field(
        default=None, ge=1, description="Jobs rendered at a time by a worker; one for each core if not set."
    )
    face_children: int = Field(
        default=2,
        ge=1,
        description="Processes that look at uploads and take faces apart for live sessions. With two or more "
        "one account never has all of them.",
    )
    child_memory_bytes: int = Field(
        default=6 * 1024**3, ge=1024**3, description="Address space of a rendering process."
    )
    job_limit_s: float = Field(default=300.0, ge=0, description="Time for one try of a job; 0 for no limit.")
    result_ttl_s: int = Field(default=86_400, ge=1, description="How long results are kept.")
    price_per_hour_usd: float = Field(default=7.0, ge=0, description="Of video made.")
    restart_timeout_s: float = Field(
        default=300.0,
        ge=0,
        description="`visavis serve` ends when its database, room server or worker died and cannot be "
        "started again in so long.",
    )
    livekit_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("livekit_url", "LIVEKIT_URL"),
        description="A LiveKit server for live sessions; a room server is embedded if not set.",
    )
    livekit_api_key: str | None = Field(
        default=None, validation_alias=AliasChoices("livekit_api_key", "LIVEKIT_API_KEY")
    )
    livekit_api_secret: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("livekit_api_secret", "LIVEKIT_API_SECRET")
    )
    rooms_host: str | None = Field(
        default=None,
        description="IPv4 address the embedded room server listens on; the gateway's if not set.",
    )
    rooms_port: int = Field(default=7880, ge=0, le=65_535, description="Its TCP port; 0 for any.")
    rooms_udp_port: int = Field(default=7882, ge=0, le=65_535, description="Its UDP port; 0 for any.")
    rooms_address: str | None = Field(
        default=None, description="IPv4 address that clients reach it at, when it is not that it listens on."
    )
    rooms_url: str | None = Field(
        default=None, description="What clients are told to connect to (wss://…), when a proxy is in front."
    )
    live_slots: int | None = Field(
        default=None, ge=0, description="Live sessions a worker holds; measured if not set."
    )
    live_size_px: int = Field(default=512, ge=128, le=1024, multiple_of=16)
    live_fps: int = Field(default=25, ge=10, le=50)
    live_codec: Literal["vp8", "h264"] = "vp8"
    live_kbps: int = Field(default=1200, ge=100, le=20_000, description="Most of a session's video.")
    live_max_duration_s: int | None = Field(
        default=None, ge=1, description="Longest time of a session; no limit if not set."
    )
    live_price_per_hour_usd: float = Field(default=7.0, ge=0, description="Of a session.")
    live_external_idle_s: int = Field(
        default=300, ge=1, description="An avatar leaves a room of others when nobody is there for so long."
    )
    live_swaps_per_minute: int = Field(default=6, ge=1, description="Of one session's face.")
    live_swap_takes_urls: bool = Field(
        default=False, description="PATCH also takes face_url, as the edition of the API before this one."
    )
    max_face_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, description="Of a live session's face.")
    rig_ttl_s: int = Field(
        default=7 * 86_400, ge=60, description="Faces that no session has shown for so long are deleted."
    )
    room_networks: tuple[str, ...] = Field(
        default=(), description="Networks that are not public and whose rooms may be joined all the same."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Signs the notifications of every key; each key has its own if not set."
    )
    webhook_retry_after_s: tuple[float, ...] = Field(
        default=(5.0, 30.0, 120.0), description="Pauses between tries to notify, in seconds."
    )
    webhook_networks: tuple[str, ...] = Field(
        default=(), description="Networks that are not public and may be notified all the same, as CIDR."
    )
    webhook_ca: Path | None = Field(
        default=None, description="Certificates (PEM) to trust for notifications, beside the public ones."
    )
    credentials_certificate: Path | None = Field(
        default=None, description="Certificate chain (PEM) for content credentials; self-made if not set."
    )
    credentials_key: Path | None = Field(default=None, description="The private key (PEM) that goes with it.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="The least important lines that are still written."
    )
    log_format: Literal["console", "json"] = Field(default="console", description="For people or machines.")


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A `VISAVIS_…` name is unknown, or a value cannot be used.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields if name not in SHARED_NAMES}
    unknown = sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and name.upper() not in known | CLIENT_NAMES
    )
    if unknown:
        raise SettingsError(
            f"There is no setting {', '.join(unknown)}. Known are: {', '.join(sorted(known))}."
        )
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        place = str(first["loc"][0])
        name = place.upper() if place.lower() in SHARED_NAMES else PREFIX + place.upper()
        raise SettingsError(f"{name} cannot be used: {first['msg']}.") from error
