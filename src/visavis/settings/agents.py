"""Settings of agents."""

from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class AgentSettings(Group):
    """Agents: what one costs, how long it may take to make one, and what it may be made from."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_AGENT_")
    title: ClassVar[str] = "Agents"

    price_credits: int = Field(
        default=0,
        ge=0,
        description="Credits that making an agent costs; the hosted service takes 250. Credits come from "
        "`visavis credits grant`.",
    )
    timeout_s: float = Field(
        default=900.0, gt=0, description="Time limit of each step of making an agent, in seconds."
    )
    max_file_bytes: int = Field(
        default=50 * 1024**2,
        ge=1024,
        description="Maximum size of an image, a video or a voice that an agent is made from, in bytes.",
    )
    max_voice_rtf: float = Field(
        default=0.6,
        gt=0,
        description="Highest cost of a voice that is chosen for an agent: processor seconds for a second of "
        "speech. 0.2 leaves out Kokoro, which needs a free core in live sessions.",
    )
    max_document_bytes: int = Field(
        default=20 * 1024**2,
        ge=1024,
        description="Maximum size of a document that an agent is to know, in bytes.",
    )
    max_passages: int = Field(
        default=2_000,
        ge=1,
        le=20_000,
        description="Maximum number of passages of about 700 characters that an agent knows.",
    )
    document_timeout_s: float = Field(
        default=60.0, gt=0, description="Time limit of reading a document, in seconds."
    )
