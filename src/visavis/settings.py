"""Settings: read once from the environment (`VISAVIS_…`), then never changed."""

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from visavis.errors import SettingsError

PREFIX = "VISAVIS_"


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
    requests_per_minute: int = Field(default=30, ge=1, description="Of keys that have no rate of their own.")
    upload_most_bytes: int = Field(default=50 * 1024 * 1024, ge=1024)
    text_most_chars: int = Field(default=5000, ge=1, description="Of text to be spoken.")
    least_free_bytes: int = Field(
        default=256 * 1024 * 1024, ge=0, description="With less room on the disk no upload is taken."
    )
    render_children: int | None = Field(
        default=None, ge=1, description="Jobs rendered at a time by a worker; one for each core if not set."
    )
    child_memory_bytes: int = Field(
        default=6 * 1024**3, ge=1024**3, description="Address space of a rendering process."
    )
    job_limit_s: float = Field(default=300.0, ge=0, description="Time for one try of a job; 0 for no limit.")
    result_life_s: int = Field(default=86_400, ge=1, description="How long results are kept.")
    price_per_hour_usd: float = Field(default=7.0, ge=0, description="Of video made.")
    webhook_secret: SecretStr | None = Field(
        default=None, description="Signs the notifications of every key; each key has its own if not set."
    )
    webhook_retry_after_s: tuple[float, ...] = (5.0, 30.0, 120.0)
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
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_format: Literal["console", "json"] = "console"


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A `VISAVIS_…` name is unknown, or a value cannot be used.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields if name != "database_url"}
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
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
        name = "DATABASE_URL" if place.lower() == "database_url" else PREFIX + place.upper()
        raise SettingsError(f"{name} cannot be used: {first['msg']}.") from error
