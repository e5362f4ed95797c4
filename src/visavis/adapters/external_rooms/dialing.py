"""An HTTP client that connects only to public addresses, which it checks at the moment of connecting."""

import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
from yarl import URL

from visavis.adapters.public_http import Network, is_public
from visavis.core.urls import Url

DIAL_S: Final = 5.0
ANYWHERE: Final = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
"""Every network, for servers that the operator set."""


class NotPublicError(OSError):
    """The address is neither public nor allowed."""


class RedirectError(aiohttp.ClientError):
    """The server redirects to another address."""


@asynccontextmanager
async def client(also: tuple[Network, ...]) -> AsyncIterator[aiohttp.ClientSession]:
    """Create an HTTP client for the duration of the block.

    The check is in the socket itself. A name that resolves differently the second time cannot bypass it, nor
    a redirect, nor a numeric host. The client follows no redirects, uses no proxies from the environment and
    keeps no cookies.

    Args:
        also: Networks that are not public but allowed.
    """

    def checked_socket(info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        if not is_public(str(address[0]), also=also):
            raise NotPublicError("The address is not public.")
        return socket.socket(family, kind, protocol)

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse_redirect)
    connector = aiohttp.TCPConnector(socket_factory=checked_socket, use_dns_cache=False, force_close=True)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, connect=DIAL_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[trace],
        trust_env=False,
    ) as session:
        yield session


def http_url(url: Url, path: str, query: str = "") -> URL:
    """Make the HTTP URL of a path on a room server.

    Args:
        url: URL of the server, with `ws`, `wss`, `http` or `https`.
        path: LiveKit's path; it follows the path of the URL.
        query: Query, encoded.
    """
    scheme = "https" if url.scheme in {"https", "wss"} else "http"
    base = url.target.partition("?")[0].rstrip("/")
    return URL.build(
        scheme=scheme, host=url.host, port=url.port, path=base + path, query_string=query, encoded=True
    )


async def _refuse_redirect(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, _params: aiohttp.TraceRequestRedirectParams
) -> None:
    raise RedirectError("Redirects are not followed.")
