"""HTTP to URLs from clients, which cannot reach our own network.

A name is resolved once, all its addresses are checked, and we connect to one of them. So a name that resolves
differently after the check gains nothing. Redirects are not followed, and proxies of the environment are not
used.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpcore

from visavis.core.urls import Url, parse_url
from visavis.errors import CallbackError, UrlError

TIMEOUT_S: Final = 10.0

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# All registered special-purpose addresses that are not the public internet, and some that had other uses
# before. The list is here because the standard library's check misses several.
_NOT_PUBLIC: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_V6: Final = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC_V6: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str, *, also: Iterable[Network] = ()) -> bool:
    """Whether an address is on the public internet.

    Args:
        address: IPv4 or IPv6 address.
        also: Other networks that count as public.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if any(found in network for network in also):
        return True
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in _NOT_PUBLIC)
    within = found.ipv4_mapped
    if within is None and found in _NAT64:
        within = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if within is not None:
        return is_public(str(within), also=also)
    return found in _PUBLIC_V6 and not any(found in network for network in _NOT_PUBLIC_V6)


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that were checked."""

    def __init__(self, also: tuple[Network, ...]) -> None:
        self._dial = httpcore.AnyIOBackend()
        self._also = also

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await public_addresses(host, port, also=self._also)
        return await self._dial.connect_tcp(
            addresses[0],
            port,
            timeout=timeout,
            local_address=local_address,
            socket_options=socket_options,
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        del path, timeout, socket_options
        raise httpcore.ConnectError("Unix sockets are not supported")

    async def sleep(self, seconds: float) -> None:
        await self._dial.sleep(seconds)


async def public_addresses(host: str, port: int, *, also: tuple[Network, ...] = ()) -> list[str]:
    """Resolve a name and check its addresses.

    Raises:
        CallbackError: The name does not resolve, or one of its addresses is not public.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(TIMEOUT_S / 2):
            found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, ValueError) as error:  # IDNA refuses the name, or it contains NUL
        raise CallbackError("The host name of the URL cannot be resolved.") from error
    addresses = list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))
    if not addresses or not all(is_public(address, also=also) for address in addresses):
        raise CallbackError("The URL must lead to a public address.")
    return addresses


class PublicHttp:
    """An HTTP client for URLs from clients."""

    def __init__(self, *, networks: tuple[Network, ...] = (), certificates: Path | None = None) -> None:
        """Prepare.

        Args:
            networks: Networks that are not public but allowed, in CIDR notation.
            certificates: PEM file with certificate authorities to trust in addition to the usual ones.
        """
        self._also = networks
        self._tls = ssl.create_default_context()
        if certificates is not None:
            self._tls.load_verify_locations(certificates)

    async def check(self, url: str) -> None:
        """Refuse a URL whose host has no public address.

        Raises:
            CallbackError: The host has none, or `parse_url` refuses the URL.
        """
        target = _parsed(url)
        await public_addresses(target.host, target.port, also=self._also)

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Send one POST request.

        Returns:
            Status of the answer.

        Raises:
            CallbackError: The address is not public, cannot be reached, or does not answer within
                `TIMEOUT_S`.
        """
        async with self._answered("POST", url, body, headers) as answer:
            return int(answer.status)

    async def call(self, url: str, body: bytes, headers: dict[str, str], *, max_bytes: int) -> str:
        """Send one POST request. Returns the text of the answer.

        Raises:
            CallbackError: The address is not public or cannot be reached, or the answer is no success, is too
                long, or takes longer than `TIMEOUT_S`.
        """
        async with self._answered("POST", url, body, headers) as answer:
            return (await _body(answer, max_bytes)).decode(errors="replace")

    @asynccontextmanager
    async def _answered(
        self, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> AsyncIterator[httpcore.Response]:
        """The answer to a request, to be read within `TIMEOUT_S` of the request."""
        try:
            async with asyncio.timeout(TIMEOUT_S), self._pool() as pool:
                target = _parsed(url)
                sent: list[tuple[bytes | str, bytes | str]] = [("Host", target.authority)]
                sent += [("Content-Length", str(len(body))), *headers.items()]
                async with pool.stream(method, _dialled(target), headers=sent, content=body) as answer:
                    yield answer
        except TimeoutError as error:
            raise CallbackError(f"The receiver did not answer within {TIMEOUT_S:g} s.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            raise CallbackError(f"The receiver cannot be reached ({type(error).__name__}).") from error

    async def get(self, url: str, max_bytes: int) -> bytes:
        """Download the content of a URL.

        Raises:
            CallbackError: The URL is not https, its address is not public or cannot be reached, or the answer
                is no success, is too long, or takes longer than `TIMEOUT_S`.
        """
        try:
            async with asyncio.timeout(TIMEOUT_S), self._pool() as pool:
                target = _parsed(url)
                sent: list[tuple[bytes | str, bytes | str]] = [
                    ("Host", target.authority),
                    ("Accept", "*/*"),
                ]
                async with pool.stream("GET", _dialled(target), headers=sent) as answer:
                    return await _body(answer, max_bytes)
        except TimeoutError as error:
            raise CallbackError(
                f"The server at that address did not answer within {TIMEOUT_S:g} s."
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            raise CallbackError(f"The address cannot be reached ({type(error).__name__}).") from error

    async def exchange(
        self, method: str, url: str, body: bytes, headers: dict[str, str], *, max_bytes: int
    ) -> tuple[int, bytes]:
        """Send one request to an interface that answers errors with a body, too.

        Returns:
            Status and body of the answer.

        Raises:
            CallbackError: The address is not public or cannot be reached, or the answer is too long, or takes
                longer than `TIMEOUT_S`.
        """
        async with self._answered(method, url, body, headers) as answer:
            return int(answer.status), await _content(answer, max_bytes)

    @asynccontextmanager
    async def _pool(self) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        backend = _CheckedBackend(self._also)
        async with httpcore.AsyncConnectionPool(
            ssl_context=self._tls, network_backend=backend, max_connections=1, http2=False
        ) as pool:
            yield pool


def _parsed(url: str) -> Url:
    try:
        return parse_url(url, "The address")
    except UrlError as error:
        raise CallbackError(error.message) from error


def _dialled(target: Url) -> httpcore.URL:
    return httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.target)


async def _body(answer: httpcore.Response, max_bytes: int) -> bytes:
    if not 200 <= answer.status < 300:
        raise CallbackError(f"The server at that address answered with status {answer.status}.")
    return await _content(answer, max_bytes)


async def _content(answer: httpcore.Response, max_bytes: int) -> bytes:
    body = bytearray()
    async for block in answer.aiter_stream():
        body += block
        if len(body) > max_bytes:
            raise CallbackError(f"The file at that address is larger than {max_bytes / 2**20:g} MB.")
    return bytes(body)
