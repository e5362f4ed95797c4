"""Where a session's video goes: our room, rooms on LiveKit servers of others, and RTMP servers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

import jwt

from visavis.core.urls import ROOMS, STREAMS, Url, parse_url
from visavis.errors import RequestError, UrlError
from visavis.ports.video import DESTINATIONS, VideoDestination
from visavis.surfaces.mirrorstage.wire import OutputRequest
from visavis.surfaces.shared.context import Context

_MAIN: Final = "output_url"


@dataclass(frozen=True)
class Output:
    """Outputs that can be used.

    Attributes:
        protocol: Protocol of the main one, `livekit` or `rtmp`.
        livekit_url: Address of the room server.
        room: Name of somebody else's room; `None` for a room of our own.
        token: Token for somebody else's room; `None` for a room of our own.
        destinations: Servers that get the video besides the room.
    """

    protocol: str
    livekit_url: str
    room: str | None = None
    token: str | None = None
    destinations: tuple[VideoDestination, ...] = ()

    @property
    def sealable(self) -> str | None:
        """The destinations as JSON, to be sealed; `None` without one."""
        return DESTINATIONS.dump_json(list(self.destinations)).decode() if self.destinations else None


async def read_output(
    context: Context, main: OutputRequest | None, others: Sequence[OutputRequest], *, max_outputs: int
) -> Output:
    """The outputs that a client wants.

    Args:
        context: What every surface is given.
        main: The main one; `None` for a room of our own.
        others: Further ones.
        max_outputs: Maximum number of all of them.

    Raises:
        RequestError: There are too many.
        UrlError: An address cannot be used.
        InputError: A room server cannot be reached, or does not take the token.
    """
    if len(others) + (main is not None) > max_outputs:
        raise RequestError(f"outputs: at most {max_outputs}, with output_url.")
    further = tuple([await _destination(context, each, f"outputs.{k}") for k, each in enumerate(others)])
    if main is None:
        return Output("livekit", context.rooms.url, destinations=further)
    found = await _destination(context, main, _MAIN)
    if found.is_rtmp:
        return Output("rtmp", context.rooms.url, destinations=(found, *further))
    token = found.token or ""
    return Output("livekit", found.url, _room_of(token, _MAIN), token, further)


async def _destination(context: Context, wanted: OutputRequest, field: str) -> VideoDestination:
    url = parse_url(wanted.url, field, schemes=ROOMS | STREAMS)
    if url.scheme in STREAMS:
        if url.target == "/":
            raise UrlError(f"{field} must name the application and the stream, such as rtmp://host/live/key.")
        await context.check_stream(url, field)
        return VideoDestination(url=url.text, size=wanted.size, background=wanted.background)
    server, token = _room_server(url, wanted.token, field)
    _room_of(token, field)
    return VideoDestination(url=await context.check_room(server, token), token=token)


def _room_server(url: Url, token: str | None, field: str) -> tuple[Url, str]:
    """A LiveKit server, and the token for it, which may be in the address."""
    address, _, query = url.text.partition("?")
    found = token or dict(parse_qsl(query)).get("token", "")
    if not found:
        raise UrlError(f"{field}: add a token for the room, as ?token=… or in its own field.")
    return parse_url(address, field, schemes=ROOMS), found


def _room_of(token: str, field: str) -> str:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise UrlError(f"{field}: the token is not one of LiveKit.") from error
    video = claims.get("video")
    room = video.get("room") if isinstance(video, dict) else None
    if not isinstance(room, str) or not room:
        raise UrlError(f"{field}: the token names no room.")
    return room
