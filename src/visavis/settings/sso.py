"""Settings of single sign-on."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group, Networks


class SsoSettings(Group):
    """Where identity providers may be, and the account at WorkOS, if there is one."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_SSO_")
    title: ClassVar[str] = "Single sign-on"

    networks: Networks = Field(
        default=(),
        description="Private networks (CIDR) in which the identity providers of organizations may be.",
    )
    ca: Path | None = Field(
        default=None,
        description="File of extra certificate authorities (PEM) to trust, besides the public ones.",
    )
    workos_api_key: SecretStr | None = Field(
        default=None, description="API key of WorkOS. Organizations connect through WorkOS if it is set."
    )
    workos_client_id: str = Field(default="", description="Client ID of the environment at WorkOS.")
    workos_webhook_secret: SecretStr | None = Field(
        default=None, description="Secret with which WorkOS signs webhooks."
    )
    workos_url: str | None = Field(default=None, description="Address of WorkOS, if not the usual one.")
