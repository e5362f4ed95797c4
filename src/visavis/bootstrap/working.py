"""`visavis work`: a worker, with the adapters that it works with."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from visavis.adapters import scratch
from visavis.adapters.livekit import LiveKitRooms
from visavis.adapters.scratch import scratch_folder
from visavis.bootstrap import loop_factory, payments, processes, stop_on_signals
from visavis.bootstrap.agents import write_agent_portrait
from visavis.bootstrap.descriptors import raise_descriptor_limit
from visavis.bootstrap.images import image_generator
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.marking import marker
from visavis.bootstrap.model_fetch import fetching_default_models
from visavis.bootstrap.parts import object_store, public_http, room_server
from visavis.bootstrap.speech import hosted_speaker
from visavis.bootstrap.webhooks import event_renderers
from visavis.core.database import Database
from visavis.ports import ImageGenerator
from visavis.settings import Settings
from visavis.worker.context import LiveOptions, WorkerContext
from visavis.worker.worker import work


def work_alone(settings: Settings, data: Path | None, *, fetches_models: bool = True) -> None:
    """Run a worker until SIGINT or SIGTERM.

    Args:
        settings: All settings.
        data: Data folder; `None` for the one of the settings.
        fetches_models: Whether it fetches the default models that are missing on its machine.
    """
    installation = Installation.of(settings, data)
    raise_descriptor_limit()
    installation.make_private()
    with (
        scratch_folder(installation.temporary, "worker") as folder,
        asyncio.Runner(loop_factory=loop_factory()) as runner,
    ):
        runner.run(_work(installation, folder, fetches_models=fetches_models))


async def _work(installation: Installation, folder: Path, *, fetches_models: bool) -> None:
    stopped = stop_on_signals()
    async with worker_context(installation, folder) as context:
        if not fetches_models:
            await work(context, installation.url, stopped)
            return
        async with fetching_default_models(installation.settings.models):
            await work(context, installation.url, stopped)


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
