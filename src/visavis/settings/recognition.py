"""Settings of speech recognition."""

from typing import ClassVar, Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class RecognitionSettings(Group):
    """What recognizes speech: a model on this machine, or a service."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_RECOGNITION_")
    title: ClassVar[str] = "Speech recognition"

    provider: Literal["whisper", "openai", "deepgram"] = Field(
        default="whisper",
        description="Recognizer: `whisper` on this machine, `openai` for any OpenAI-compatible API, or "
        "`deepgram`.",
    )
    url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Base URL of the service, such as `http://localhost:8000/v1`. The vendor's if not set.",
    )
    api_key: SecretStr | None = Field(default=None, description="API key of the service.")
    model: str | None = Field(
        default=None,
        description="Name of the model. If not set, `whisper` takes `whisper-tiny.en` for English and "
        "`whisper-base` for other languages, `openai` takes `whisper-1`, and `deepgram` takes `nova-3`.",
    )
    timeout_s: float = Field(
        default=10.0, gt=0, description="Timeout for an answer of the service, in seconds."
    )
