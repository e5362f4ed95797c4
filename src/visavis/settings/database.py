"""Settings of the database."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class DatabaseSettings(Group):
    """The database: embedded, or one that runs elsewhere."""

    model_config = SettingsConfigDict(env_prefix="DATABASE_")
    title: ClassVar[str] = "Database"

    url: SecretStr | None = Field(
        default=None,
        description="URL of a Postgres database (postgresql://…). An embedded one is used if not set.",
    )
