"""Settings of voices."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group, Names


class SpeechSettings(Group):
    """Voices: the default one, and services that have more."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_SPEECH_")
    title: ClassVar[str] = "Voices"

    default_voice: str = Field(
        default="",
        description="ID of the voice that speaks when a request names none, where it speaks the language.",
    )
    map_unknown_voices: bool = Field(
        default=False,
        description="Whether a voice ID that is not known is replaced by a voice of the same language and, "
        "for known voices of hosted services, the same sex. Otherwise the request is refused.",
    )
    openai_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Base URL of an OpenAI-compatible API with `/audio/speech`, such as "
        "`https://api.openai.com/v1`.",
    )
    openai_api_key: SecretStr | None = Field(default=None, description="API key of that API.")
    openai_model: str = Field(default="gpt-4o-mini-tts", description="Name of the model at that API.")
    openai_voices: Names = Field(
        default=("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer"),
        min_length=1,
        description="Names of the voices of that API, the default one first, as a JSON list or separated by "
        "commas.",
    )
    openai_rate_hz: int = Field(
        default=24_000, ge=8_000, le=48_000, description="Sample rate of the PCM that this API sends, in Hz."
    )
    elevenlabs_url: str = Field(
        default="https://api.elevenlabs.io",
        pattern=r"^https?://",
        description="URL of the API of ElevenLabs, or of one like it.",
    )
    elevenlabs_api_key: SecretStr | None = Field(
        default=None, description="API key of ElevenLabs. Its voices are not offered if not set."
    )
    elevenlabs_model: str = Field(default="eleven_flash_v2_5", description="Name of the model at ElevenLabs.")
    elevenlabs_voices: Names = Field(
        default=("21m00Tcm4TlvDq8ikWAM",),
        min_length=1,
        description="IDs of the voices of ElevenLabs to offer, the default one first, as a JSON list or "
        "separated by commas. Other IDs can be named, too.",
    )
    timeout_s: float = Field(
        default=5.0,
        gt=0,
        description="Timeout for the first sound of a sentence from a service, and between two pieces of it, "
        "in seconds.",
    )
