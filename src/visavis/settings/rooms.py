"""Settings of the room server: the embedded one, or LiveKit's."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group, Networks


class RoomSettings(Group):
    """The embedded room server, and room servers that clients name."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_ROOMS_")
    title: ClassVar[str] = "Embedded room server"

    host: str | None = Field(
        default=None,
        description="IPv4 address that the room server listens on. The HTTP server's if not set.",
    )
    port: int = Field(default=7880, ge=0, le=65_535, description="TCP port; 0 for any free port.")
    udp_port: int = Field(default=7882, ge=0, le=65_535, description="UDP port; 0 for any free port.")
    address: str | None = Field(
        default=None,
        description="IPv4 address that clients use for media, if it differs from the one listened on.",
    )
    url: str | None = Field(
        default=None, description="URL that clients connect to (wss://…), if a proxy is in front."
    )
    networks: Networks = Field(
        default=(),
        validation_alias="VISAVIS_ROOM_NETWORKS",
        description="Private networks (CIDR) whose room servers avatars may join, and whose RTMP servers may "
        "get video.",
    )
    output_ca_file: Path | None = Field(
        default=None,
        validation_alias="VISAVIS_OUTPUT_CA_FILE",
        description="File of certificates (PEM) of authorities that `rtmps://` servers may have, besides "
        "the system's.",
    )


class LiveKitSettings(Group):
    """A LiveKit server that is used instead of the embedded room server."""

    model_config = SettingsConfigDict(env_prefix="LIVEKIT_")
    title: ClassVar[str] = "LiveKit server"

    url: str | None = Field(
        default=None,
        description="URL of a LiveKit server for live sessions. The embedded room server is used if not set.",
    )
    api_key: str | None = Field(default=None, description="API key of the LiveKit server.")
    api_secret: SecretStr | None = Field(default=None, description="API secret of the LiveKit server.")
