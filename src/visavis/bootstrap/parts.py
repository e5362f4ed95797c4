"""Choosing the adapters for the gateway and the worker."""

import contextlib
import ipaddress
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
from visavis.bootstrap import external_rooms, processes, roomserver
from visavis.bootstrap.console import console_context
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.marking import marker
from visavis.bootstrap.roomserver import RoomsAddress
from visavis.bootstrap.surfaces import dispatcher, event_renderers
from visavis.core.billing import money
from visavis.core.database import Database
from visavis.core.jobs import Prices
from visavis.core.secret import LINKS, ROOMS, derived, shared_secret
from visavis.errors import SettingsError
from visavis.ports import RoomServerAddress
from visavis.providers.espeak import Espeak
from visavis.realtime.ports import VideoSettings
from visavis.samples import write_portrait
from visavis.settings import Settings
from visavis.surfaces.shared.context import Context, LiveLimits, RequestLimits
from visavis.surfaces.shared.metrics import Metrics
from visavis.worker.context import LiveOptions, Policy, WorkerContext

_MAX_WAITING: Final = 8  # faces of one account


async def object_store(installation: Installation, database: Database) -> LocalObjects | CloudObjects:
    """Where files are kept."""
    settings = installation.settings
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
    settings = installation.settings
    if settings.livekit_url:
        if not settings.livekit_api_key or not settings.livekit_api_secret:
            raise SettingsError("LIVEKIT_URL is set: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET too.")
        secret = settings.livekit_api_secret.get_secret_value()
        return RoomServerAddress(settings.livekit_url, settings.livekit_api_key, secret)
    address = RoomsAddress.read(installation.rooms_note)
    url = address.public_url if public else address.url
    return RoomServerAddress(url, roomserver.KEY, await rooms_secret(database), limits_viewers=True)


def public_http(settings: Settings) -> PublicHttp:
    """The way to receivers of notifications.

    Raises:
        SettingsError: The networks or the certificates cannot be used.
    """
    try:
        return PublicHttp(networks=settings.webhook_networks, certificates=settings.webhook_ca)
    except (ValueError, OSError) as error:
        raise SettingsError(
            'VISAVIS_WEBHOOK_NETWORKS or VISAVIS_WEBHOOK_CA cannot be used: give networks as ["10.0.0.0/8"], '
            "certificates as a PEM file."
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
    http = public_http(settings)
    default_face = installation.folder / "default-face.png"
    if not default_face.exists():
        write_portrait(default_face)
    try:
        store = await object_store(installation, database)
        rooms = LiveKitRooms(await room_server(installation, database, public=True))
        size = settings.face_children
        async with processes.rendering(
            settings, size=size, max_held=max(1, size - 1), max_waiting=_MAX_WAITING
        ) as pool:
            context = Context(
                database=database,
                store=store,
                synthesizer=Espeak(),
                check_media=processes.media_check(pool),
                check_callback=http.check,
                check_room=external_rooms.checker(
                    settings, shown=rooms.url, own=await room_server(installation, database, public=False)
                ),
                fetch=http.get,
                build_rig=processes.rig_builder(pool),
                rooms=rooms,
                open_link=store.open_link if isinstance(store, LocalObjects) else None,
                folder=folder,
                is_whole=is_whole,
                limits=RequestLimits(
                    requests_per_minute=settings.requests_per_minute,
                    max_upload_bytes=settings.max_upload_bytes,
                    max_text_chars=settings.max_text_chars,
                    result_ttl_s=settings.result_ttl_s,
                    public_url=settings.public_url,
                ),
                live=LiveLimits(
                    price_per_hour_micros=money.from_usd(settings.live_price_per_hour_usd),
                    max_duration_s=settings.live_max_duration_s,
                    external_idle_s=settings.live_external_idle_s,
                    max_face_bytes=settings.max_face_bytes,
                    swaps_per_minute=settings.live_swaps_per_minute,
                    swap_takes_urls=settings.live_swap_takes_urls,
                    default_face=default_face,
                ),
                metrics=Metrics(),
            )
            answering = dispatcher(context, console_context(context, settings, processes.face_finder(pool)))
            yield Gateway(_behind_proxies(answering, settings), answering.takes_websocket)
    finally:
        await database.close()


def _behind_proxies(app: ASGIApp, settings: Settings) -> ASGIApp:
    """An application that believes what the proxies of the settings say of where requests come from.

    Raises:
        SettingsError: One of them is no address and no network.
    """
    for each in settings.trusted_proxies:
        try:
            ipaddress.ip_network(each)
        except ValueError as error:
            raise SettingsError(
                'VISAVIS_TRUSTED_PROXIES: give addresses as ["10.0.0.1", "10.1.0.0/16"].'
            ) from error
    if not settings.trusted_proxies:
        return app
    behind: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=list(settings.trusted_proxies))
    return cast("ASGIApp", behind)


@contextlib.asynccontextmanager
async def worker_context(installation: Installation, folder: Path) -> AsyncIterator[WorkerContext]:
    """What a worker needs, with its rendering processes.

    Args:
        installation: Whose.
        folder: For files on their way.
    """
    settings = installation.settings
    mark = marker(settings, installation.folder)
    database = Database(installation.url)
    secret = settings.webhook_secret
    try:
        store = await object_store(installation, database)
        rooms = LiveKitRooms(await room_server(installation, database, public=False))
        shown = await room_server(installation, database, public=True)
        async with (
            processes.rendering(settings, size=processes.render_count(settings)) as render_pool,
            processes.sessions(settings) as session_pool,
        ):
            yield WorkerContext(
                database=database,
                store=store,
                render_pool=render_pool,
                session_pool=session_pool,
                live=LiveOptions(rooms, shown.url, _video(settings), settings.live_slots),
                mark=mark,
                event_renderers=event_renderers(store, result_ttl_s=settings.result_ttl_s),
                post=public_http(settings).post,
                policy=Policy(
                    job_limit_s=settings.job_limit_s or None,
                    result_ttl_s=settings.result_ttl_s,
                    prices=Prices(video_hour_micros=money.from_usd(settings.price_per_hour_usd)),
                    rig_ttl_s=settings.rig_ttl_s,
                    webhook_secret=secret.get_secret_value() if secret else None,
                    webhook_retry_after_s=settings.webhook_retry_after_s,
                ),
                folder=folder,
                collect_garbage=lambda: scratch.collect_garbage(installation.temporary),
            )
    finally:
        await database.close()


def _video(settings: Settings) -> VideoSettings:
    return VideoSettings(
        size_px=settings.live_size_px,
        fps=settings.live_fps,
        codec=settings.live_codec,
        kbps=settings.live_kbps,
    )
