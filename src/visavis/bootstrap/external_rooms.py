"""Room servers and RTMP servers that strangers name: which may be used, and the way there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from visavis.core.urls import ROOMS, STREAMS, Url, parse_url
from visavis.errors import CallbackError, UrlError
from visavis.ports import RoomServerAddress
from visavis.settings import RoomSettings


def checker(
    settings: RoomSettings, *, shown: str, own: RoomServerAddress
) -> Callable[[Url, str], Awaitable[str]]:
    """What looks where avatars are sent to: not to hosts inside our network that strangers name.

    Args:
        settings: Which networks are not public and may be dialled all the same.
        shown: The address of our own server, as clients know it: wherever that is, it may be named.
        own: The same server, as it is reached from here.
    """
    from visavis.adapters.external_rooms import ANYWHERE, check_answer, check_token

    also = settings.networks
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


def stream_checker(settings: RoomSettings) -> Callable[[Url, str], Awaitable[None]]:
    """What looks whether RTMP servers that strangers name are outside our network."""

    async def check(server: Url, field: str) -> None:
        from visavis.adapters.public_http import public_addresses

        try:
            await public_addresses(server.host, server.port, also=settings.networks)
        except CallbackError as error:
            raise UrlError(f"{field} must lead to a public address.") from error

    return check


@asynccontextmanager
async def forward(settings: RoomSettings, url: str) -> AsyncIterator[str]:
    """The way to a room server that strangers named: gives the address to connect to instead."""
    # Loaded only where it is needed: it takes 15 MB, and most sessions meet on our own server.
    from visavis.adapters.external_rooms import forwarded

    async with forwarded(parse_url(url, "livekit_url", schemes=ROOMS), also=settings.networks) as local:
        yield local


@asynccontextmanager
async def forward_rtmp(settings: RoomSettings, url: str) -> AsyncIterator[str]:
    """The way to an RTMP server that strangers named: gives the address to connect to instead."""
    from visavis.adapters.rtmp_forward import forwarded

    server = parse_url(url, "output_url", schemes=STREAMS)
    async with forwarded(server, also=settings.networks, ca_file=settings.output_ca_file) as local:
        yield local
