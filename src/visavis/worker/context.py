"""What every task of a worker needs."""

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
from visavis.ports import ObjectStore, Rooms
from visavis.realtime.ports import VideoSettings
from visavis.settings import JobSettings, LiveSettings, StorageSettings, WebhookSettings
from visavis.worker.process_pool import ProcessPool

_PATIENCE_S: Final = 60.0
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 3.0

_Result = TypeVar("_Result")
_log = structlog.get_logger()


@dataclass
class LiveOptions:
    """What live sessions need.

    Attributes:
        rooms: Where they meet, as workers reach them.
        shown_url: The address of that server, as clients know it.
        settings: Settings of live sessions.
        slots: How many this one holds: none until that is known, and none once it drains.
    """

    rooms: Rooms
    shown_url: str
    settings: LiveSettings
    slots: int = 0

    @property
    def video(self) -> VideoSettings:
        """How their video is sent."""
        live = self.settings
        return VideoSettings(size_px=live.size_px, fps=live.fps, codec=live.codec, kbps=live.max_kbps)


@dataclass(frozen=True)
class WorkerContext:
    """What every task of a worker needs.

    Attributes:
        database: The state.
        store: The files.
        render_pool: The rendering processes.
        session_pool: The processes of live sessions.
        live: What those need.
        mark: Copies an MP4 and writes into the copy that it was made by AI.
        event_renderers: For each surface, by its name, what renders and signs its events. The worker knows no
            surface: `bootstrap` gives them.
        post: Posts a body with headers to an address; gives the status.
        jobs: Settings of jobs.
        storage: Settings of storage.
        webhooks: Settings of webhooks.
        folder: For files on their way.
        collect_garbage: Deletes the temporary files of killed processes; returns the number of folders.
    """

    database: Database
    store: ObjectStore
    render_pool: ProcessPool
    session_pool: ProcessPool
    live: LiveOptions
    mark: Callable[[Path, Path], None]
    event_renderers: Mapping[str, EventRenderer]
    post: Callable[[str, bytes, dict[str, str]], Awaitable[int]]
    jobs: JobSettings
    storage: StorageSettings
    webhooks: WebhookSettings
    folder: Path
    collect_garbage: Callable[[], int]

    @property
    def prices(self) -> Prices:
        """What jobs cost."""
        return Prices(video_hour_micros=money.from_usd(self.jobs.price_per_hour_usd))


async def patiently(write: Callable[[], Awaitable[_Result]]) -> _Result:
    """Write to the database, trying again for a minute while it is away.

    Raises:
        DatabaseError: It did not come back.
    """
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            return await write()
        except DatabaseError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            _log.warning("database_away", pause_s=pause_s)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
