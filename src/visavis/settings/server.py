"""Settings of the HTTP server."""

from typing import ClassVar

from pydantic import Field

from visavis.settings.group import Group, Networks


class ServerSettings(Group):
    """The HTTP server, its connections, and the parts that `visavis serve` starts."""

    title: ClassVar[str] = "Server"

    public_url: str | None = Field(
        default=None,
        description="Public URL of this server, for links. Taken from each request if not set.",
    )
    billing: bool = Field(
        default=False,
        description="Whether users pay for what they use: the console then shows prices and costs. The API "
        "names them in any case.",
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="Addresses or networks (CIDR) of trusted reverse proxies. Their "
        "X-Forwarded-For and X-Forwarded-Proto headers are used; those of other clients are ignored.",
    )
    max_connections: int = Field(
        default=2048,
        ge=16,
        description="Maximum number of open HTTP connections; lower where the system allows fewer open "
        "files. At the limit, the connection that has been idle longest is closed.",
    )
    max_connections_per_address: int = Field(
        default=128,
        ge=0,
        description="Maximum number of connections from one IPv4 address or IPv6 /64 network; 0 for no "
        "limit, for example behind a proxy on another machine. Loopback addresses have no limit.",
    )
    max_header_bytes: int = Field(
        default=64 * 1024,
        ge=4096,
        description="Maximum size of a request line and its headers, in bytes. A single header may have "
        "16 KiB, a URL 8 KiB, and a request 100 headers.",
    )
    header_timeout_s: float = Field(
        default=10.0, gt=0, description="Timeout for the headers of a request, in seconds."
    )
    body_timeout_s: float = Field(
        default=30.0,
        gt=0,
        description="Timeout for progress of a request or response body, in seconds. A request body must "
        "arrive at 1 KiB a second or faster.",
    )
    keep_alive_timeout_s: float = Field(
        default=15.0, gt=0, description="Time that an idle connection is kept open, in seconds."
    )
    restart_timeout_s: float = Field(
        default=300.0,
        ge=0,
        description="Time to restart a failed database, room server or worker, in seconds. After that, "
        "`visavis serve` exits.",
    )
