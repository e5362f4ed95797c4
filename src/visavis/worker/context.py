"""What the tasks of a worker share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import structlog

from visavis.core.billing import money
from visavis.core.database import Database
from visavis.core.jobs import Prices
from visavis.core.webhooks import EventRenderer
from visavis.errors import DatabaseError
from visavis.ports import ImageGenerator, ObjectStore, Rooms, Voice
from visavis.ports.payments import Payments
from visavis.realtime.ports import VideoSettings
from visavis.settings import (
    AgentSettings,
    ImageSettings,
    JobSettings,
    LiveSettings,
    StorageSettings,
    WebhookSettings,
)
from visavis.worker.process_pool import ProcessPool

_PATIENCE_S: Final = 60.0
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 3.0

_Result = TypeVar("_Result")
_log = structlog.get_logger()


@dataclass
class LiveOptions:
    """Options of live sessions.

    Attributes:
        rooms: Room server, at the address for workers.
        shown_url: Address of the room server for clients.
        settings: Settings of live sessions.
        slots: Number of sessions that this worker can hold; 0 until it is known, and 0 while the worker
            drains.
    """

    rooms: Rooms
    shown_url: str
    settings: LiveSettings
    slots: int = 0

    @property
    def video(self) -> VideoSettings:
        """Video settings of the sessions."""
        live = self.settings
        return VideoSettings(size_px=live.size_px, fps=live.fps, codec=live.codec, kbps=live.max_kbps)


@dataclass(frozen=True)
class WorkerContext:
    """What the tasks of a worker share.

    Attributes:
        database: The database.
        store: The object store.
        render_pool: Pool of rendering processes.
        session_pool: Pool of session processes.
        conversation_pool: The processes of conversations.
        live: Options of live sessions.
        mark: Copies a video or a picture, and adds the mark "made by AI" to the copy. The suffix of its name
            says what it is.
        images: Makes pictures of characters.
        speak_hosted: Speaks a text into a WAV file if its voice is a service's; returns whether it is. It
            raises `ProviderError`.
        event_renderers: Renderer of events for each surface, by name of the surface. The worker does not know
            the surfaces: `bootstrap` provides them.
        post: Posts a body with headers to a URL; returns the status.
        fetch: Fetches the file at a public URL, if it has at most so many bytes; raises `CallbackError`.
        write_portrait: Writes the face of an agent without one, as a PNG, from its prompt and a seed.
        jobs: Settings of jobs.
        agents: Settings of agents.
        image_settings: Settings of pictures of characters.
        storage: Settings of storage.
        webhooks: Settings of webhooks.
        payments: Asks networks about payments; `None` if this installation takes none.
        folder: Folder for temporary files.
        collect_garbage: Deletes temporary files of killed processes; returns the number of folders.
    """

    database: Database
    store: ObjectStore
    render_pool: ProcessPool
    session_pool: ProcessPool
    conversation_pool: ProcessPool
    live: LiveOptions
    mark: Callable[[Path, Path], None]
    images: ImageGenerator
    speak_hosted: Callable[[str, Voice, Path], Awaitable[bool]]
    event_renderers: Mapping[str, EventRenderer]
    post: Callable[[str, bytes, dict[str, str]], Awaitable[int]]
    fetch: Callable[[str, int], Awaitable[bytes]]
    write_portrait: Callable[[str, int, Path], None]
    jobs: JobSettings
    agents: AgentSettings
    image_settings: ImageSettings
    storage: StorageSettings
    webhooks: WebhookSettings
    payments: Payments | None
    folder: Path
    collect_garbage: Callable[[], int]

    @property
    def prices(self) -> Prices:
        """Prices of jobs."""
        return Prices(
            video_hour_micros=money.from_usd(self.jobs.price_per_hour_usd),
            avatar_image_micros=money.from_usd(self.image_settings.price_usd),
        )


async def patiently(write: Callable[[], Awaitable[_Result]]) -> _Result:
    """Write to the database; retry for a minute while it cannot be reached.

    Raises:
        DatabaseError: The database did not come back.
    """
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            return await write()
        except DatabaseError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            _log.warning("database_unreachable", pause_s=pause_s)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
