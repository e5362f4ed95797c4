"""Room servers that strangers name: which may be joined, and the way there."""

import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from visavis.core.urls import ROOMS, Url, parse_url
from visavis.errors import SettingsError
from visavis.ports import RoomServerAddress
from visavis.settings import Settings

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(settings: Settings) -> tuple[_Network, ...]:
    """Networks that are not public and whose rooms may be joined all the same.

    Raises:
        SettingsError: They are no networks.
    """
    try:
        return tuple(ipaddress.ip_network(each) for each in settings.room_networks)
    except ValueError as error:
        raise SettingsError('VISAVIS_ROOM_NETWORKS: give networks as ["10.0.0.0/8"].') from error


def checker(
    settings: Settings, *, shown: str, own: RoomServerAddress
) -> Callable[[Url, str], Awaitable[str]]:
    """What looks where avatars are sent to: not to hosts inside our network that strangers name.

    Args:
        settings: Which networks are not public and may be dialled all the same.
        shown: The address of our own server, as clients know it: wherever that is, it may be named.
        own: The same server, as it is reached from here.
    """
    from visavis.adapters.external_rooms import ANYWHERE, check_answer, check_token

    also = networks(settings)
    name = "LIVEKIT_URL"
    named, reached = (parse_url(url, name, schemes=ROOMS) for url in (shown, own.url))

    async def check(server: Url, token: str) -> str:
        check_token(token)
        if server.text == named.text:
            await check_answer(reached, token, also=ANYWHERE)
            return shown
        await check_answer(server, token, also=also)
        return server.text

    return check


@asynccontextmanager
async def forward(settings: Settings, url: str) -> AsyncIterator[str]:
    """The way to a room server that strangers named: gives the address to connect to instead."""
    # Loaded only where it is needed: it takes 15 MB, and most sessions meet on our own server.
    from visavis.adapters.external_rooms import forwarded

    async with forwarded(parse_url(url, "livekit_url", schemes=ROOMS), also=networks(settings)) as local:
        yield local
