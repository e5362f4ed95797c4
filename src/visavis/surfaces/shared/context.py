"""What every surface is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from visavis.core.database import Database
from visavis.core.urls import Url
from visavis.ports import ObjectStore, Rooms, SpeechSynthesizer
from visavis.surfaces.shared.metrics import Metrics


@dataclass(frozen=True)
class RequestLimits:
    """What the operator decided.

    Attributes:
        requests_per_minute: Of keys without a rate of their own.
        max_upload_bytes: All files of a request together.
        max_text_chars: Of text to be spoken.
        result_ttl_s: How long results, and links to them, last.
        public_url: How clients reach this server; nothing to take it from each request.
    """

    requests_per_minute: int
    max_upload_bytes: int
    max_text_chars: int
    result_ttl_s: int
    public_url: str | None


@dataclass(frozen=True)
class LiveLimits:
    """What the operator decided of live sessions.

    Attributes:
        price_per_hour_micros: Of a session, in micro-dollars.
        max_duration_s: Longest time of a session; nothing for no limit.
        external_idle_s: After so long without its agent an avatar leaves a room of others.
        max_face_bytes: Of a picture.
        swaps_per_minute: Of one session's face.
        swap_takes_urls: Whether a face may be swapped for one at an address.
        default_face: The picture of the built-in face.
    """

    price_per_hour_micros: int
    max_duration_s: int | None
    external_idle_s: int
    max_face_bytes: int
    swaps_per_minute: int
    swap_takes_urls: bool
    default_face: Path


@dataclass(frozen=True)
class Context:
    """What every surface is given.

    Attributes:
        database: The state.
        store: The files.
        synthesizer: Says texts.
        check_media: Looks, for an account, whether a photo and a sound can be used; raises `InputError`.
        check_callback: Looks whether an address can be notified; raises `CallbackError`.
        check_room: Looks whether an avatar may be sent to a room server with a token. Returns the server's
            address as it is kept; raises `InputError`.
        fetch: Gets what lies at an address, if it weighs no more than so many bytes; raises `CallbackError`.
        build_rig: Takes the face in a picture apart into a rig file, for an account; raises `InputError`, and
            `BusyError` when it does not come to that in time.
        rooms: Where live sessions meet.
        open_link: The file behind a link of ours (name, expires, signature); nothing where the store makes
            its own.
        folder: For uploads on their way.
        is_whole: Whether no part of the server is down.
        limits: What the operator decided.
        live: What the operator decided of live sessions.
        metrics: What is counted.
    """

    database: Database
    store: ObjectStore
    synthesizer: SpeechSynthesizer
    check_media: Callable[[Path | None, Path | None, str], Awaitable[None]]
    check_callback: Callable[[str], Awaitable[None]]
    check_room: Callable[[Url, str], Awaitable[str]]
    fetch: Callable[[str, int], Awaitable[bytes]]
    build_rig: Callable[[Path, Path, str], Awaitable[None]]
    rooms: Rooms
    open_link: Callable[[str, str, str], Path | None] | None
    folder: Path
    is_whole: Callable[[], bool]
    limits: RequestLimits
    live: LiveLimits
    metrics: Metrics

    def base_url(self, request: Request) -> str:
        """How the client of a request reaches this server, without a slash at the end."""
        return (self.limits.public_url or str(request.base_url)).rstrip("/")


async def context(connection: HTTPConnection) -> Context:
    """What the surface of a request or WebSocket was given."""
    given = connection.app.state.context
    if not isinstance(given, Context):
        raise TypeError("The application was made without its context.")
    return given


Given = Annotated[Context, Depends(context)]
