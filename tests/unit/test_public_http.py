"""What counts as a public address."""

import asyncio
import ipaddress
import socket
from typing import Any

import pytest

from visavis.adapters.public_http import PublicHttp, is_public, public_addresses
from visavis.errors import CallbackError

PUBLIC = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e")
NOT_PUBLIC = (
    *(
        "0.0.0.0",  # noqa: S104 - refused, not bound to
        "10.0.0.1",
    ),
    *("100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1"),
    *("172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1"),
    *("2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1"),
    *("3fff::1", "5f00::1", "::127.0.0.1", "", "localhost", "1.2.3"),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    assert not is_public(address)


def test_networks_can_be_allowed() -> None:
    network = ipaddress.ip_network("10.1.0.0/16")
    assert is_public("10.1.2.3", also=(network,))
    assert not is_public("10.2.2.3", also=(network,))


def test_one_private_address_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a public and a private address is refused, whichever would be dialled."""

    async def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]

    async def run() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
        await public_addresses("two.example.com", 443)

    with pytest.raises(CallbackError, match="public"):
        asyncio.run(run())


def test_a_name_that_resolves_differently_is_refused_on_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["93.184.216.34", "127.0.0.1"]

    async def resolve(*_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, 1, 6, "", (answers.pop(0), 443))]

    async def run() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
        http = PublicHttp()
        await http.check("https://rebind.example.com/")
        await http.post("https://rebind.example.com/", b"{}", {})

    with pytest.raises(CallbackError, match="public"):
        asyncio.run(run())
    assert not answers
