"""Choosing the adapters for the gateway and the worker."""

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from signal import SIGKILL
from typing import Final

from starlette.types import ASGIApp

from visavis.adapters import tethered
from visavis.adapters.objects import CloudObjects, LocalObjects
from visavis.adapters.public_http import PublicHttp
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.marking import marker
from visavis.core.database import Database
from visavis.core.secret import LINKS, shared_secret
from visavis.errors import ChildError, SettingsError
from visavis.providers.espeak import Espeak
from visavis.settings import Settings
from visavis.surfaces.atlas.app import create_app
from visavis.surfaces.shared.context import Context, Limits
from visavis.worker.studio import Studio
from visavis.worker.workshop import Policy, Workshop

_CHECK_LIMIT_S: Final = 20.0
_CHECK_PATIENCE_S: Final = 5.0
_CHILD_MAY_KNOW: Final = (
    *("VISAVIS_MODELS_", "VISAVIS_OFFLINE", "VISAVIS_LOG_", "VISAVIS_CHILD_", "PATH", "HOME", "LANG", "LC_"),
    *("TMPDIR", "XDG_", "PYTHON", "VIRTUAL_ENV", "LD_", "SSL_", "PIP_"),
)


def child_command() -> list[str]:
    """What starts a rendering process, tied to the life of this one."""
    words = [sys.executable, "-m", "visavis.cli.child"]
    return tethered.command(words, on_parents_death=SIGKILL)


def child_environment() -> dict[str, str]:
    """What a rendering process may know: it reads strangers' files and needs no secrets."""
    return {name: value for name, value in os.environ.items() if name.startswith(_CHILD_MAY_KNOW)}


def render_children(settings: Settings) -> int:
    """How many jobs are rendered at a time."""
    return settings.render_children or len(os.sched_getaffinity(0))


async def object_store(installation: Installation, database: Database) -> LocalObjects | CloudObjects:
    """Where files are kept."""
    settings = installation.settings
    if settings.object_store:
        return CloudObjects(settings.object_store)
    async with database.transaction() as session:
        secret = await shared_secret(session, LINKS)
    return LocalObjects(
        installation.folder / "objects", secret=secret, least_free_bytes=settings.least_free_bytes
    )


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


@contextlib.asynccontextmanager
async def gateway(installation: Installation) -> AsyncIterator[ASGIApp]:
    """The HTTP application, with a process that looks at what is sent."""
    settings = installation.settings
    database = Database(installation.url)
    try:
        store = await object_store(installation, database)
        async with Studio(child_command(), children=1, environment=child_environment()) as studio:
            yield create_app(
                Context(
                    database=database,
                    store=store,
                    synthesizer=Espeak(),
                    check_media=_media_check(studio),
                    check_callback=public_http(settings).check,
                    open_link=store.open_link if isinstance(store, LocalObjects) else None,
                    folder=installation.temporary,
                    limits=Limits(
                        requests_per_minute=settings.requests_per_minute,
                        upload_most_bytes=settings.upload_most_bytes,
                        text_most_chars=settings.text_most_chars,
                        result_life_s=settings.result_life_s,
                        public_url=settings.public_url,
                    ),
                )
            )
    finally:
        await database.close()


def _media_check(studio: Studio) -> Callable[[Path | None, Path | None], Awaitable[None]]:
    """What looks at uploads. When there is no time for it, the job itself will tell."""

    async def check(image: Path | None, audio: Path | None) -> None:
        request = {"do": "check", "image": str(image or ""), "audio": str(audio or "")}
        try:
            await studio.work(request, limit_s=_CHECK_LIMIT_S, patience_s=_CHECK_PATIENCE_S)
        except ChildError:
            return

    return check


@contextlib.asynccontextmanager
async def workshop(installation: Installation) -> AsyncIterator[Workshop]:
    """What a worker needs, with its rendering processes."""
    settings = installation.settings
    mark = marker(settings, installation.folder)
    database = Database(installation.url)
    secret = settings.webhook_secret
    try:
        store = await object_store(installation, database)
        async with Studio(
            child_command(), children=render_children(settings), environment=child_environment()
        ) as studio:
            yield Workshop(
                database=database,
                store=store,
                studio=studio,
                mark=mark,
                post=public_http(settings).post,
                policy=Policy(
                    job_limit_s=settings.job_limit_s or None,
                    result_life_s=settings.result_life_s,
                    price_per_hour_usd=settings.price_per_hour_usd,
                    webhook_secret=secret.get_secret_value() if secret else None,
                    webhook_retry_after_s=settings.webhook_retry_after_s,
                ),
                folder=installation.temporary,
            )
    finally:
        await database.close()
