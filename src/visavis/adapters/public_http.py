"""HTTP to addresses that strangers name: it cannot be turned inward.

A name is resolved once, every address it has is checked, and one of those is dialled: a name that changes
its mind between the check and the call gains nothing. Redirects are not followed, proxies of the environment
not used.
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

# Everything in the registries of special-purpose addresses that is not the public internet, and what was
# once for other uses. Listed here because the standard library's own judgement misses several.
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
    """Whether an address is one that anybody on the internet could dial.

    Args:
        address: Of either family.
        also: Networks to count as public.
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
    """Dials only addresses that were looked at."""

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
    """What a name resolves to.

    Raises:
        CallbackError: It does not resolve, or one of its addresses is not public.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(TIMEOUT_S / 2):
            found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, ValueError) as error:  # a name that IDNA refuses, or that holds a NUL
        raise CallbackError("The callback URL's host name cannot be resolved.") from error
    addresses = list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))
    if not addresses or not all(is_public(address, also=also) for address in addresses):
        raise CallbackError("The callback URL must lead to a public address.")
    return addresses


class PublicHttp:
    """Posts to addresses that strangers name."""

    def __init__(self, *, networks: tuple[Network, ...] = (), certificates: Path | None = None) -> None:
        """Set the limits.

        Args:
            networks: That are not public and may be dialled all the same, as CIDR.
            certificates: A PEM file with authorities to trust beside the usual ones.
        """
        self._also = networks
        self._tls = ssl.create_default_context()
        if certificates is not None:
            self._tls.load_verify_locations(certificates)

    async def check(self, url: str) -> None:
        """Refuse an address whose name leads nowhere public.

        Raises:
            CallbackError: It does, or is no address that `parse_url` takes.
        """
        target = _parsed(url)
        await public_addresses(target.host, target.port, also=self._also)

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Post once.

        Returns:
            The status of the answer.

        Raises:
            CallbackError: The address is not public, not to be reached, or does not answer within
                `TIMEOUT_S`.
        """
        try:
            async with asyncio.timeout(TIMEOUT_S), self._pool() as pool:
                target = _parsed(url)
                sent: list[tuple[bytes | str, bytes | str]] = [("Host", target.authority)]
                sent += [("Content-Length", str(len(body))), *headers.items()]
                async with pool.stream("POST", _dialled(target), headers=sent, content=body) as answer:
                    return int(answer.status)
        except TimeoutError as error:
            raise CallbackError(f"The receiver did not answer within {TIMEOUT_S:g} s.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            raise CallbackError(f"The receiver cannot be reached ({type(error).__name__}).") from error

    async def get(self, url: str, max_bytes: int) -> bytes:
        """Get what lies at an address.

        Raises:
            CallbackError: The address is not https or not public, not to be reached, answers with anything
                but success, with more than that, or not within `TIMEOUT_S`.
        """
        try:
            async with asyncio.timeout(TIMEOUT_S), self._pool() as pool:
                target = _parsed(url)
                sent: list[tuple[bytes | str, bytes | str]] = [
                    ("Host", target.authority),
                    ("Accept", "image/*"),
                ]
                async with pool.stream("GET", _dialled(target), headers=sent) as answer:
                    return await _body(answer, max_bytes)
        except TimeoutError as error:
            raise CallbackError(
                f"The server at that address did not answer within {TIMEOUT_S:g} s."
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            raise CallbackError(f"The address cannot be reached ({type(error).__name__}).") from error

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
    body = bytearray()
    async for block in answer.aiter_stream():
        body += block
        if len(body) > max_bytes:
            raise CallbackError(f"The file at that address is larger than {max_bytes / 2**20:g} MB.")
    return bytes(body)
