"""Settings of logs."""

from typing import ClassVar, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class LogSettings(Group):
    """What is logged, and in which format."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_LOG_")
    title: ClassVar[str] = "Logs"

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="Lowest level that is logged: debug, info, warning or error."
    )
    format: Literal["console", "json"] = Field(
        default="console", description="Log format: console for people, json for machines."
    )
