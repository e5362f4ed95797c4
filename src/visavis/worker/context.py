"""What every task of a worker needs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import structlog

from visavis.core.database import Database
from visavis.core.jobs import Prices
from visavis.core.webhooks import EventRenderer
from visavis.errors import DatabaseError
from visavis.ports import ObjectStore, Rooms
from visavis.realtime.ports import VideoSettings
from visavis.worker.process_pool import ProcessPool

_PATIENCE_S: Final = 60.0
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 3.0

_Result = TypeVar("_Result")
_log = structlog.get_logger()


@dataclass(frozen=True)
class Policy:
    """What the operator decided.

    Attributes:
        job_limit_s: Time for one try of a job; nothing for no limit.
        result_ttl_s: How long results are kept.
        prices: What the operator charges.
        rig_ttl_s: How long faces are kept that no session shows.
        webhook_secret: One for all keys; nothing if each has its own.
        webhook_retry_after_s: Pauses between tries.
    """

    job_limit_s: float | None
    result_ttl_s: int
    prices: Prices
    rig_ttl_s: float
    webhook_secret: str | None
    webhook_retry_after_s: tuple[float, ...]


@dataclass
class LiveOptions:
    """What live sessions need.

    Attributes:
        rooms: Where they meet, as workers reach them.
        shown_url: The address of that server, as clients know it.
        video: How their video is sent.
        wanted_slots: How many a worker shall hold; measured if not given.
        slots: How many this one holds: none until that is known, and none once it drains.
    """

    rooms: Rooms
    shown_url: str
    video: VideoSettings
    wanted_slots: int | None
    slots: int = 0


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
        policy: What the operator decided.
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
    policy: Policy
    folder: Path
    collect_garbage: Callable[[], int]


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
