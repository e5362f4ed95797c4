"""Settings of content credentials."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class CredentialSettings(Group):
    """The certificate that signs the content credentials (C2PA) of videos."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_CREDENTIALS_")
    title: ClassVar[str] = "Content credentials"

    certificate: Path | None = Field(
        default=None,
        description="File of the certificate chain (PEM). A self-signed one is made if not set.",
    )
    key: Path | None = Field(default=None, description="File of the certificate's private key (PEM).")
