"""Settings of email."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group


class MailSettings(Group):
    """The mail server through which invitations are sent."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_SMTP_")
    title: ClassVar[str] = "Email"

    host: str | None = Field(
        default=None, description="Host name of the mail server (SMTP). No email is sent if not set."
    )
    port: int = Field(default=587, ge=1, le=65_535, description="Port of the mail server.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="Encryption of the connection: `starttls` or `tls`; `none` only on a trusted network.",
    )
    ca: Path | None = Field(
        default=None,
        description="File of extra certificate authorities (PEM) to trust, besides the public ones.",
    )
    username: str | None = Field(default=None, description="User name at the mail server.")
    password: SecretStr | None = Field(default=None, description="Password at the mail server.")
    sender: str | None = Field(
        default=None, description="Address that email comes from, such as `visavis <noreply@example.com>`."
    )
    timeout_s: float = Field(
        default=20.0, gt=0, description="Timeout of each step of sending an email, in seconds."
    )

    @model_validator(mode="after")
    def _has_sender(self) -> "MailSettings":
        if self.host is not None and self.sender is None:
            raise ValueError("VISAVIS_SMTP_HOST is set, so VISAVIS_SMTP_SENDER must be set too.")
        return self
