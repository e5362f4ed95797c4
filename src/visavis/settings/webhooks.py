"""Settings of webhooks."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Delays, Group, Networks


class WebhookSettings(Group):
    """How webhooks are signed, retried, and where they may go."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_WEBHOOK_")
    title: ClassVar[str] = "Webhooks"

    secret: SecretStr | None = Field(
        default=None, description="Signing secret for all keys. Each key has its own if not set."
    )
    retry_delays_s: Delays = Field(
        default=(5.0, 30.0, 120.0), description="Delays before each retry, in seconds."
    )
    networks: Networks = Field(
        default=(),
        description="Private networks (CIDR) that webhooks may be sent to.",
    )
    ca: Path | None = Field(
        default=None,
        description="File of extra certificate authorities (PEM) to trust, besides the public ones.",
    )

    @property
    def shared_secret(self) -> str | None:
        """Signing secret for all keys; `None` if each key has its own."""
        return self.secret.get_secret_value() if self.secret else None
