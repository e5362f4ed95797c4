"""What every surface is given."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from visavis.core.database import Database
from visavis.core.urls import Url
from visavis.ports import ObjectStore, Rooms, SpeechSynthesizer, Voice
from visavis.ports.conversation import ConversationConfig
from visavis.ports.knowledge import Document, DocumentKind
from visavis.ports.sound import SoundStreams
from visavis.settings import (
    AgentSettings,
    ImageSettings,
    LiveSettings,
    RequestSettings,
    ServerSettings,
    StorageSettings,
)
from visavis.surfaces.shared.metrics import Metrics

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Context:
    """What every surface is given.

    Attributes:
        database: The state.
        store: The files.
        synthesizer: Speaks texts.
        check_media: Looks, for an account, whether a photo and a sound can be used; raises `InputError`.
        check_captions: Looks, for an account, whether speech can be recognized for captions; raises
            `ModelNotReadyError`.
        check_pictures: Looks, for an account, whether pictures can be read, whatever they show; raises
            `InputError`.
        check_callback: Looks whether an address can be notified; raises `CallbackError`.
        check_conversation: Looks whether a conversation can be held: raises `RequestError` for a voice or
            language that there is not, `ModelNotReadyError` for a model that is not on this machine yet.
        check_room: Looks whether an avatar may be sent to a room server with a token. Returns the server's
            address as it is kept; raises `InputError`.
        check_stream: Looks whether video may be sent to an RTMP server that a field of some name gives;
            raises `UrlError`.
        speak: Speaks a text with a voice into a file of a format (`mp3`, `wav`, `flac`, `opus`, `aac` or
            `pcm`), for an account; raises `InputError`, `ProviderError`, and `BusyError` when no process is
            free in time.
        webhook_secret: Secret that signs webhooks of all keys; `None` if each key has its own.
        fetch: Gets what lies at an address, if it weighs no more than so many bytes; raises `CallbackError`.
        build_rig: Takes the face in a picture apart into a rig file, for an account; raises `InputError`, and
            `BusyError` when it does not come to that in time.
        read_document: Reads a document of a kind, for an account, with a file to write it to on its way;
            raises `InputError`, and `BusyError` when no process is free in time.
        rooms: Where live sessions meet.
        sounds: Streams of sound from clients to avatars.
        open_link: The file behind a link of ours (name, expires, signature); nothing where the store makes
            its own.
        folder: For uploads on their way.
        is_whole: Whether no part of the server is down.
        server: Settings of the HTTP server.
        requests: Settings of requests: rates and sizes.
        agents: Settings of agents.
        storage: Settings of storage: how long results are kept.
        live: Settings of live sessions.
        images: Settings of pictures of characters, and of saved avatars.
        default_face: Path of the built-in face's picture.
        metrics: What is counted.
    """

    database: Database
    store: ObjectStore
    synthesizer: SpeechSynthesizer
    check_media: Callable[[Path | None, Path | None, str], Awaitable[None]]
    check_captions: Callable[[str], Awaitable[None]]
    check_pictures: Callable[[Sequence[Path], str], Awaitable[None]]
    check_callback: Callable[[str], Awaitable[None]]
    check_conversation: Callable[[ConversationConfig], Awaitable[None]]
    check_room: Callable[[Url, str], Awaitable[str]]
    check_stream: Callable[[Url, str], Awaitable[None]]
    fetch: Callable[[str, int], Awaitable[bytes]]
    speak: Callable[[str, Voice, str, Path, str], Awaitable[None]]
    build_rig: Callable[[Path, Path, str], Awaitable[None]]
    read_document: Callable[[Path, DocumentKind, Path, str], Awaitable[Document]]
    rooms: Rooms
    webhook_secret: str | None
    sounds: SoundStreams
    open_link: Callable[[str, str, str], Path | None] | None
    folder: Path
    is_whole: Callable[[], bool]
    server: ServerSettings
    requests: RequestSettings
    agents: AgentSettings
    storage: StorageSettings
    live: LiveSettings
    images: ImageSettings
    default_face: Path
    metrics: Metrics

    def base_url(self, request: Request) -> str:
        """How the client of a request reaches this server, without a slash at the end."""
        return (self.server.public_url or str(request.base_url)).rstrip("/")


def context_of(kind: type[_Kind]) -> Callable[[HTTPConnection], Awaitable[_Kind]]:
    """A dependency that gives what the surface of a request or WebSocket was given.

    Args:
        kind: What the surface is given; `Context` where it needs nothing of its own.
    """

    async def context(connection: HTTPConnection) -> _Kind:
        given = connection.app.state.context
        if not isinstance(given, kind):
            raise TypeError("The application was made without its context.")
        return given

    return context


Given = Annotated[Context, Depends(context_of(Context))]
