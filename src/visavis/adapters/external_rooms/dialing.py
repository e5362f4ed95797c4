"""An HTTP client that dials public addresses only, looked at in the moment of dialling."""

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
"""Every network: for servers that the operator named."""


class NotPublicError(OSError):
    """The address is not public, and not one that may be dialled all the same."""


class RedirectError(aiohttp.ClientError):
    """The server names another address to ask instead."""


@asynccontextmanager
async def client(also: tuple[Network, ...]) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client for the block's duration.

    The socket itself is refused: neither a name that resolves anew to something else, nor a redirect, nor an
    address in the place of a name can lead it elsewhere. Redirects are not followed; proxies of the
    environment are not used; cookies are not kept.

    Args:
        also: Networks that are not public and may be dialled all the same.
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
    """Where a room server answers HTTP.

    Args:
        url: Of the server, with `ws`, `wss`, `http` or `https`.
        path: Of LiveKit's own; it follows the path of the address.
        query: As it goes over the wire.
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
