"""Settings: read once from the environment (`VISAVIS_…`), then never changed."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
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
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_format: Literal["console", "json"] = "console"


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A `VISAVIS_…` name is unknown, or a value cannot be used.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
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
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(f"{name} cannot be used: {first['msg']}.") from error
