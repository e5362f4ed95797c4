"""Choosing the adapters for the gateway and the worker."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from visavis.adapters import scratch
from visavis.adapters.livekit import LiveKitRooms
from visavis.adapters.objects import CloudObjects, LocalObjects
from visavis.adapters.public_http import PublicHttp
from visavis.bootstrap import external_rooms, payments, processes, roomserver
from visavis.bootstrap.agents import write_agent_portrait
from visavis.bootstrap.console import console_context
from visavis.bootstrap.conversation_check import conversation_check
from visavis.bootstrap.images import image_generator
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.marking import marker
from visavis.bootstrap.organizations import organizations_context
from visavis.bootstrap.roomserver import RoomsAddress
from visavis.bootstrap.speech import hosted_speaker, synthesizer
from visavis.bootstrap.surfaces import dispatcher, event_renderers
from visavis.core.database import Database
from visavis.core.secret import LINKS, ROOMS, derived, shared_secret
from visavis.errors import SettingsError
from visavis.ports import ImageGenerator, RoomServerAddress
from visavis.samples import write_portrait
from visavis.settings import ServerSettings, WebhookSettings
from visavis.surfaces.mirrorstage.context import PaidContext
from visavis.surfaces.scim.context import ScimContext
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.metrics import Metrics
from visavis.worker.context import LiveOptions, WorkerContext
from visavis.worker.fork_server import ForkServer
from visavis.worker.protocol import BeginSound
from visavis.worker.session_start import AVATAR, SOUND_SOURCE
from visavis.worker.sound_streams import SoundStreamsByProcess

_MAX_WAITING: Final = 8  # faces of one account


async def object_store(installation: Installation, database: Database) -> LocalObjects | CloudObjects:
    """Where files are kept."""
    settings = installation.settings.storage
    if settings.object_store:
        return CloudObjects(settings.object_store)
    async with database.transaction() as tx:
        secret = await shared_secret(tx, LINKS)
    return LocalObjects(
        installation.folder / "objects", secret=secret, min_free_bytes=settings.min_free_bytes
    )


async def rooms_secret(database: Database) -> str:
    """What the key of the embedded room server is proven with."""
    async with database.transaction() as tx:
        return derived(await shared_secret(tx, ROOMS), "rooms")


async def room_server(installation: Installation, database: Database, *, public: bool) -> RoomServerAddress:
    """The LiveKit server of the settings, or the embedded one.

    Args:
        installation: Whose.
        database: Where the embedded one's secret is.
        public: As clients reach it, not as workers do.

    Raises:
        SettingsError: The settings name a server and no key for it.
    """
    settings = installation.settings.livekit
    if settings.url:
        if not settings.api_key or not settings.api_secret:
            raise SettingsError(
                "LIVEKIT_URL is set, so LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be set too."
            )
        secret = settings.api_secret.get_secret_value()
        return RoomServerAddress(settings.url, settings.api_key, secret)
    address = RoomsAddress.read(installation.rooms_note)
    url = address.public_url if public else address.url
    return RoomServerAddress(url, roomserver.KEY, await rooms_secret(database), limits_viewers=True)


def public_http(settings: WebhookSettings) -> PublicHttp:
    """The client that sends webhooks.

    Raises:
        SettingsError: The file of certificate authorities cannot be used.
    """
    try:
        return PublicHttp(networks=settings.networks, certificates=settings.ca)
    except OSError as error:
        raise SettingsError(
            f"VISAVIS_WEBHOOK_CA is not valid: {settings.ca} is not a file of certificates in PEM format."
        ) from error


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
                console_context(context, settings, processes.face_finder(pool)),
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


@contextlib.asynccontextmanager
async def worker_context(installation: Installation, folder: Path) -> AsyncIterator[WorkerContext]:
    """What a worker needs, with its rendering processes.

    Args:
        installation: Whose.
        folder: For files on their way.
    """
    settings = installation.settings
    mark = marker(settings.credentials, installation.folder)
    http = public_http(settings.webhooks)
    taking = payments.payments(settings.payments)
    database = Database(installation.url)
    try:
        store = await object_store(installation, database)
        rooms = LiveKitRooms(await room_server(installation, database, public=False))
        shown = await room_server(installation, database, public=True)
        async with (
            processes.fork_server() as forking,
            processes.rendering(
                forking, settings.jobs, size=processes.render_count(settings.jobs)
            ) as render_pool,
            processes.sessions(forking, settings.live) as session_pool,
            processes.conversations(forking, settings.live) as conversation_pool,
            _closing(image_generator(settings, render_pool, http.get)) as images,
        ):
            yield WorkerContext(
                database=database,
                store=store,
                render_pool=render_pool,
                session_pool=session_pool,
                conversation_pool=conversation_pool,
                live=LiveOptions(rooms, shown.url, settings.live),
                mark=mark,
                images=images,
                speak_hosted=hosted_speaker(settings),
                event_renderers=event_renderers(store, result_ttl_s=settings.storage.result_ttl_s),
                post=http.post,
                fetch=http.get,
                write_portrait=write_agent_portrait,
                jobs=settings.jobs,
                agents=settings.agents,
                image_settings=settings.images,
                storage=settings.storage,
                webhooks=settings.webhooks,
                payments=taking,
                folder=folder,
                collect_garbage=lambda: scratch.collect_garbage(installation.temporary),
            )
    finally:
        if taking is not None:
            await taking.close()
        await database.close()


@contextlib.asynccontextmanager
async def _closing(images: ImageGenerator) -> AsyncIterator[ImageGenerator]:
    try:
        yield images
    finally:
        await images.close()
