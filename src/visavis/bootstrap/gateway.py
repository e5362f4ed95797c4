"""Choosing the adapters for the gateway: what the HTTP server serves."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from visavis.adapters.livekit import LiveKitRooms
from visavis.adapters.objects import LocalObjects
from visavis.bootstrap import external_rooms, payments, processes
from visavis.bootstrap.console import console_context
from visavis.bootstrap.conversation_check import conversation_check
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.organizations import organizations_context
from visavis.bootstrap.parts import object_store, public_http, room_server
from visavis.bootstrap.speech import hosted_speaker, synthesizer
from visavis.bootstrap.surfaces import dispatcher
from visavis.core.database import Database
from visavis.samples import write_portrait
from visavis.settings import ServerSettings
from visavis.surfaces.mirrorstage.context import PaidContext
from visavis.surfaces.scim.context import ScimContext
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.metrics import Metrics
from visavis.worker.fork_server import ForkServer
from visavis.worker.protocol import BeginSound
from visavis.worker.session_start import AVATAR, SOUND_SOURCE
from visavis.worker.sound_streams import SoundStreamsByProcess

_MAX_WAITING: Final = 8  # faces of one account


@dataclass(frozen=True)
class Gateway:
    """What the HTTP server serves.

    Attributes:
        app: The application.
        takes_websocket: Whether there may be a WebSocket at a path.
    """

    app: ASGIApp
    takes_websocket: Callable[[str], bool]


@contextlib.asynccontextmanager
async def gateway(
    installation: Installation, folder: Path, is_whole: Callable[[], bool]
) -> AsyncIterator[Gateway]:
    """The HTTP application, with processes that look at what is sent.

    Args:
        installation: Whose.
        folder: For uploads on their way.
        is_whole: Whether no part of the server is down.
    """
    settings = installation.settings
    database = Database(installation.url)
    http = public_http(settings.webhooks)
    taking = payments.payments(settings.payments)
    default_face = installation.folder / "default-face.png"
    if not default_face.exists():
        write_portrait(default_face)
    try:
        store = await object_store(installation, database)
        rooms = LiveKitRooms(await room_server(installation, database, public=True))
        size = settings.jobs.face_processes
        async with (
            processes.fork_server() as forking,
            processes.rendering(
                forking, settings.jobs, size=size, max_held=max(1, size - 1), max_waiting=_MAX_WAITING
            ) as pool,
            sound_streams(forking, installation, database) as sounds,
        ):
            context = Context(
                database=database,
                store=store,
                synthesizer=synthesizer(settings),
                check_media=processes.media_check(pool),
                check_captions=processes.captions_check(pool),
                check_pictures=processes.pictures_check(pool),
                check_callback=http.check,
                check_conversation=conversation_check(settings),
                check_stream=external_rooms.stream_checker(settings.rooms),
                check_room=external_rooms.checker(
                    settings.rooms,
                    shown=rooms.url,
                    own=await room_server(installation, database, public=False),
                ),
                fetch=http.get,
                speak=processes.speaker(pool, hosted_speaker(settings)),
                build_rig=processes.rig_builder(pool),
                read_document=processes.document_reader(pool, settings.agents),
                rooms=rooms,
                webhook_secret=settings.webhooks.shared_secret,
                sounds=sounds,
                open_link=store.open_link if isinstance(store, LocalObjects) else None,
                folder=folder,
                is_whole=is_whole,
                server=settings.server,
                requests=settings.requests,
                agents=settings.agents,
                storage=settings.storage,
                live=settings.live,
                images=settings.images,
                default_face=default_face,
                metrics=Metrics(),
            )
            proofs = await payments.wallet_proofs(settings.payments, database)
            terms = payments.terms(settings.payments)
            answering = dispatcher(
                context,
                console_context(context, settings, pool),
                organizations_context(context, settings),
                ScimContext(**vars(context), organizations=settings.organizations),
                PaidContext(context, settings.payments, taking, proofs, terms),
            )
            yield Gateway(_behind_proxies(answering, settings.server), answering.takes_websocket)
    finally:
        if taking is not None:
            await taking.close()
        await database.close()


@contextlib.asynccontextmanager
async def sound_streams(
    forking: ForkServer, installation: Installation, database: Database
) -> AsyncIterator[SoundStreamsByProcess]:
    """The streams of sound that clients open on this server."""
    settings = installation.settings
    rooms = LiveKitRooms(await room_server(installation, database, public=False))

    def begin(room: str) -> BeginSound:
        token = rooms.token(room, SOUND_SOURCE, role="agent")
        return BeginSound(server_url=rooms.url, token=token, avatar=AVATAR)

    async with (
        processes.sounds(forking, settings.live, settings.jobs) as pool,
        SoundStreamsByProcess(pool, begin) as streams,
    ):
        yield streams


def _behind_proxies(app: ASGIApp, settings: ServerSettings) -> ASGIApp:
    """An application that takes a client's address from the headers of trusted proxies."""
    if not settings.trusted_proxies:
        return app
    trusted = [str(network) for network in settings.trusted_proxies]
    behind: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=trusted)
    return cast("ASGIApp", behind)
