"""Settings of speech recognition."""

from typing import ClassVar, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class RecognitionSettings(Group):
    """What recognizes speech."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_RECOGNITION_")
    title: ClassVar[str] = "Speech recognition"

    provider: Literal["whisper"] = Field(
        default="whisper",
        description="Recognizer: `whisper` on this machine.",
    )
    model: str = Field(
        default="",
        description="Name of the model. If not set, `whisper` takes `whisper-tiny.en` for English and "
        "`whisper-base` for other languages.",
    )
