"""Where a session's video goes: our room, a room on somebody's LiveKit server, or an RTMP server."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import jwt

from visavis.core.urls import ROOMS, STREAMS, parse_url
from visavis.errors import UrlError
from visavis.surfaces.shared.context import Context

_FIELD: Final = "output_url"


@dataclass(frozen=True)
class Output:
    """An output that can be used.

    Attributes:
        protocol: `livekit` or `rtmp`.
        livekit_url: Address of the room server.
        room: Name of somebody else's room; `None` for a room of our own.
        token: Token for somebody else's room; `None` for a room of our own.
        stream_url: RTMP address, with its stream key; `None` without one.
    """

    protocol: str
    livekit_url: str
    room: str | None = None
    token: str | None = None
    stream_url: str | None = None

    @property
    def streams(self) -> str | None:
        """RTMP addresses as a JSON list, to be sealed; `None` without one."""
        return None if self.stream_url is None else json.dumps([self.stream_url])


async def read_output(context: Context, url: str | None) -> Output:
    """The output that a client wants.

    Args:
        context: What every surface is given.
        url: What it sent; `None` for a room of our own.

    Raises:
        UrlError: The address cannot be used.
        InputError: The room server cannot be reached, or does not take the token.
    """
    if url is None:
        return Output("livekit", context.rooms.url)
    parsed = parse_url(url, _FIELD, schemes=ROOMS | STREAMS)
    if parsed.scheme in STREAMS:
        if parsed.target == "/":
            raise UrlError(
                f"{_FIELD} must name the application and the stream, such as rtmp://host/live/key."
            )
        return Output("rtmp", context.rooms.url, stream_url=parsed.text)
    query = dict(parse_qsl(urlsplit(parsed.text).query))
    token = query.get("token", "")
    if not token:
        raise UrlError(f"{_FIELD}: add a token for the room, as ?token=… .")
    server = parse_url(parsed.text.partition("?")[0], _FIELD, schemes=ROOMS)
    return Output("livekit", await context.check_room(server, token), _room_of(token), token)


def _room_of(token: str) -> str:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise UrlError(f"{_FIELD}: the token is not one of LiveKit.") from error
    video = claims.get("video")
    room = video.get("room") if isinstance(video, dict) else None
    if not isinstance(room, str) or not room:
        raise UrlError(f"{_FIELD}: the token names no room.")
    return room
