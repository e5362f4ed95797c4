"""The worker: runs the tasks of the queue until it is stopped."""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Awaitable
from typing import Final

import procrastinate
import structlog
from psycopg import Error as PsycopgError
from psycopg_pool import PoolTimeout

from visavis.core import queue
from visavis.errors import DatabaseError
from visavis.worker import deliveries, jobs, maintenance, payments
from visavis.worker.context import WorkerContext
from visavis.worker.sessions import LiveSessions

_MAX_MAINTENANCE_TASKS: Final = 8
_HEARTBEAT_S: Final = 2.0
_STALLED_AFTER_S: Final = 8.0
_POLL_S: Final = 1.0
_DRAIN_S: Final = 20.0
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 5.0
_SPARE_CONNECTIONS: Final = 4

_log = structlog.get_logger()


async def work(context: WorkerContext, url: str, stopped: asyncio.Event) -> None:
    """Work until `stopped` is set; then finish what ends soon and put the rest back into the queue.

    Args:
        context: Context of the tasks.
        url: URL of the database.
        stopped: Event that stops the worker.
    """
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
    loops = [
        asyncio.create_task(_work_always(context, url, name)),
        asyncio.create_task(LiveSessions(context, name).work(url)),
        asyncio.create_task(payments.reconcile_always(context)),
    ]
    try:
        await _first(stopped.wait(), loops)
    finally:
        _log.info("worker_draining")
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    with contextlib.suppress(DatabaseError):  # the heartbeat expires by itself
        await maintenance.remove_heartbeat(context, name)


async def _first(one: Awaitable[object], others: list[asyncio.Task[None]]) -> None:
    waiting = asyncio.ensure_future(one)
    await asyncio.wait([waiting, *others], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for other in others:
        if other.done():
            other.result()


async def _work_always(context: WorkerContext, url: str, name: str) -> None:
    """Restart the worker of the queue when it ends because the database is away, with growing pauses."""
    pause_s = _FIRST_PAUSE_S
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await _work_once(context, url, name)
        except* (
            procrastinate.exceptions.ProcrastinateException,
            PsycopgError,
            PoolTimeout,
            OSError,
        ) as group:
            _log.warning("worker_restarts", reason=type(group.exceptions[0]).__name__, pause_s=pause_s)
        if asyncio.get_running_loop().time() - began > _STALLED_AFTER_S:
            pause_s = _FIRST_PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


async def _work_once(context: WorkerContext, url: str, name: str) -> None:
    at_a_time = {queue.RENDERING: context.render_pool.size, queue.MAINTENANCE: _MAX_MAINTENANCE_TASKS}
    connector = procrastinate.PsycopgConnector(
        conninfo=url, min_size=1, max_size=2 * len(at_a_time) + _SPARE_CONNECTIONS, timeout=5.0
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=queue.JOB_TASK)
    async def run_job(job_id: str) -> None:
        await jobs.run_job(context, job_id)

    @app.task(name=queue.DELIVER_TASK)
    async def deliver(delivery_id: int) -> None:
        await deliveries.deliver(context, delivery_id)

    async with app.open_async(), asyncio.TaskGroup() as group:
        group.create_task(maintenance.run_maintenance(context, app, name))
        for each, concurrency in at_a_time.items():
            group.create_task(
                app.run_worker_async(
                    queues=[each],
                    name=name,
                    concurrency=concurrency,
                    fetch_job_polling_interval=_POLL_S,
                    update_heartbeat_interval=_HEARTBEAT_S,
                    stalled_worker_timeout=_STALLED_AFTER_S,
                    shutdown_graceful_timeout=_DRAIN_S,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            )
