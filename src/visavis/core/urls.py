"""URLs from clients, parsed strictly: a URL that two programs could parse differently is refused.

A check of a URL is worthless if the program that connects to it reads another host in the same text. So only
URLs that every parser reads alike are accepted: plain ASCII, no user name, no backslash, no numeric host
except an IPv4 address in four decimal parts, and nothing that changes when the URL is put together again.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

import idna

from visavis.errors import UrlError

MAX_URL_CHARS: Final = 2048
WEB: Final = frozenset({"https"})
ROOMS: Final = frozenset({"ws", "wss", "http", "https"})
STREAMS: Final = frozenset({"rtmp", "rtmps"})
_DEFAULT_PORTS: Final = {"https": 443, "wss": 443, "http": 80, "ws": 80, "rtmp": 1935, "rtmps": 443}
_MAX_HOST_CHARS: Final = 253

# The characters that RFC 3986 allows in a path and a query; anything else must be percent-encoded.
_PLAIN: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_URL: Final = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)"
    rf"(?::(?P<port>[1-9][0-9]{{0,4}}))?(?P<path>/{_PLAIN}*)?(?P<query>\?(?:{_PLAIN}|\?)*)?"
)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOT_SEGMENT: Final = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Url:
    """A parsed URL.

    Attributes:
        scheme: Scheme, in lower case.
        host: Domain name in lower case, or IP address in its canonical form, without brackets.
        port: Port, explicit or the scheme's default.
        target: Path and query as they are sent; at least `/`.
        text: The whole URL in its canonical form. Use this instead of the client's text.
    """

    scheme: str
    host: str
    port: int
    target: str
    text: str

    @property
    def authority(self) -> str:
        """Host and port for a `Host` header; the scheme's default port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse_url(text: str, name: str, *, schemes: frozenset[str] = WEB) -> Url:
    """Parse a URL.

    Args:
        text: Text of the client.
        name: Name of the field, for messages.
        schemes: Schemes that are accepted.

    Raises:
        UrlError: It is not a URL of these schemes, or is ambiguous. Whether we may connect to its host is
            checked elsewhere.
    """
    if len(text) > MAX_URL_CHARS:
        raise UrlError(f"{name} must have at most {MAX_URL_CHARS} characters.")
    scheme = text.partition(":")[0].lower()
    if scheme not in schemes:
        wanted = " or ".join(f"{each}://" for each in sorted(schemes, reverse=True))
        raise UrlError(f"{name} must use HTTPS." if schemes == WEB else f"{name} must begin with {wanted}.")
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise UrlError(f"{name} must not carry a user name or password.")
    found = _URL.fullmatch(text)
    if found is None:
        raise UrlError(
            f"{name} must be a URL of ASCII characters, such as {scheme}://host/path, with all "
            "other characters percent-encoded and without a fragment."
        )
    host = _host(found["host"].lower(), name)
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    if port > 65_535:
        raise UrlError(f"{name} has a port that is not valid.")
    path, query = found["path"] or "/", found["query"] or ""
    if _DOT_SEGMENT.search(path):
        raise UrlError(f"{name} must not have . or .. in its path.")
    url = Url(scheme, host, port, path + query, "")
    return Url(scheme, host, port, url.target, f"{scheme}://{url.authority}{url.target}")


def _host(host: str, name: str) -> str:
    try:
        if host.startswith("["):
            return str(IPv6Address(host[1:-1]))
        labels = host.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            return str(IPv4Address(host))  # four decimal parts without leading zeros, or an error
    except AddressValueError as error:
        raise UrlError(f"{name} has an IP address that is not valid.") from error
    if len(host) > _MAX_HOST_CHARS or not all(_is_label(label) for label in labels):
        raise UrlError(f"{name} has a domain name that is not valid.")
    return host


def _is_label(label: str) -> bool:
    if not _LABEL.fullmatch(label):
        return False
    if label[2:4] != "--":
        return True
    try:
        return label.startswith("xn--") and idna.alabel(idna.ulabel(label)) == label.encode()
    except UnicodeError:  # IDNAError is one
        return False
