"""Settings of the language model that answers in conversations."""

from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class LanguageModelSettings(Group):
    """What answers: an endpoint, a GGUF file on this machine, or neither."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_LLM_")
    title: ClassVar[str] = "Language model"

    url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Base URL of an OpenAI-compatible API, such as `http://localhost:11434/v1`.",
    )
    api_key: SecretStr | None = Field(default=None, description="API key of the endpoint.")
    model: str | None = Field(default=None, description="Name of the model at the endpoint.")
    file: Path | None = Field(
        default=None,
        description="GGUF file of a model that runs on this machine, or its name in `visavis models`.",
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="Sampling temperature. The default of the model if not set."
    )
    max_tokens: int = Field(default=400, ge=1, description="Maximum length of an answer, in tokens.")
    context_tokens: int = Field(
        default=4096, ge=512, description="Context size of a model in a GGUF file, in tokens."
    )
    first_token_timeout_s: float = Field(
        default=4.0,
        gt=0,
        description="Timeout for the first token of an answer, and between two tokens, in seconds.",
    )
    timeout_s: float = Field(default=30.0, gt=0, description="Timeout for a whole answer, in seconds.")

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if self.url is not None and self.file is not None:
            raise ValueError("VISAVIS_LLM_URL and VISAVIS_LLM_FILE exclude each other. Unset one of them.")
        if self.url is not None and not self.model:
            raise ValueError("VISAVIS_LLM_URL is set, so VISAVIS_LLM_MODEL must be set too.")
        if self.url is None and (self.api_key is not None or self.model is not None):
            raise ValueError(
                "VISAVIS_LLM_API_KEY and VISAVIS_LLM_MODEL need VISAVIS_LLM_URL, such as https://api.openai.com/v1."
            )
        return self
