"""Maintenance: heartbeats of workers, recovery of work of dead ones, deletion of what has expired."""

import asyncio
import time
from typing import Final

import structlog
from procrastinate import App
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

from visavis.core import (
    agents,
    avatars,
    events,
    jobs,
    rates,
    recordings,
    rigs,
    sign_in_tries,
    transcripts,
    webhooks,
)
from visavis.core.agents import embedding
from visavis.core.capacity import HEARTBEAT_TTL_S
from visavis.core.organizations import sso
from visavis.core.schema import Worker
from visavis.errors import VisavisError
from visavis.worker.context import WorkerContext

HEARTBEAT_PERIOD_S: Final = 2.0
_STALLED_AFTER_S: Final = 8.0
_GARBAGE_PERIOD_S: Final = 10.0
_ORPHAN_AFTER_S: Final = 3600.0
_MAINTENANCE_LOCK: Final = 0x7615A716

_log = structlog.get_logger()


async def run_maintenance(context: WorkerContext, app: App, worker: str) -> None:
    """Write heartbeats, recover work of dead workers and delete what has expired, until cancelled."""
    collected_at = float("-inf")
    while True:
        try:
            await _write_heartbeat(context, worker)
            await _take_over(context, app)
            if time.monotonic() - collected_at > _GARBAGE_PERIOD_S:
                await collect_garbage(context)
                collected_at = time.monotonic()
        except VisavisError as error:
            _log.warning("maintenance_failed", code=error.code)
        await asyncio.sleep(HEARTBEAT_PERIOD_S)


async def remove_heartbeat(context: WorkerContext, worker: str) -> None:
    """Remove this worker's heartbeat."""
    async with context.database.transaction() as tx:
        await tx.execute(text("DELETE FROM workers WHERE id = :id"), {"id": worker})


async def _write_heartbeat(context: WorkerContext, worker: str) -> None:
    heartbeat = {
        "slots": context.render_pool.size,
        "busy": context.render_pool.busy,
        "seen_at": func.now(),
    }
    heartbeat |= {"live_slots": context.live.slots}
    statement = insert(Worker).values(id=worker, **heartbeat)
    async with context.database.transaction() as tx:
        await tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=heartbeat))
        await tx.execute(
            text("DELETE FROM workers WHERE seen_at < now() - make_interval(secs => :ttl)"),
            {"ttl": 10 * HEARTBEAT_TTL_S},
        )


async def _take_over(context: WorkerContext, app: App) -> None:
    """Put jobs of dead workers back into the queue; one worker does this at a time."""
    async with context.database.transaction() as tx:
        ours = await tx.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _MAINTENANCE_LOCK})
        if not ours.scalar_one():
            return
        for each in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER_S):
            _log.warning("job_taken_over", queue_entry=each.id)
            await app.job_manager.retry_job(each)
        await agents.settle(tx)
        await recordings.finish_left(tx)
        lost = await jobs.requeue_lost(tx) + await webhooks.requeue_lost(tx)
        if lost:
            _log.warning("work_requeued", entries=lost)


async def collect_garbage(context: WorkerContext) -> None:
    """Delete what has expired, and what a crash left behind."""
    async with context.database.transaction() as tx:
        expired = await jobs.expire(tx)
        unused = await rigs.forget_unused(tx, age_s=context.storage.rig_ttl_s)
        await transcripts.forget(tx, age_s=context.storage.result_ttl_s)
        await events.forget(tx)
        await rates.forget(tx)
        await sign_in_tries.forget(tx)
        await sso.forget(tx)
        await embedding.forget(tx)
    await context.store.delete(expired + unused)
    uploads = await context.store.older_than(jobs.UPLOADS, _ORPHAN_AFTER_S)
    recorded = await context.store.older_than(recordings.RECORDINGS, _ORPHAN_AFTER_S)
    faces = await context.store.older_than("rigs", _ORPHAN_AFTER_S)
    results = await context.store.older_than(jobs.RESULTS, _ORPHAN_AFTER_S)
    of_agents = await context.store.older_than(agents.AGENTS, _ORPHAN_AFTER_S)
    pictures = await context.store.older_than(jobs.AVATARS, _ORPHAN_AFTER_S)
    async with context.database.transaction() as tx:
        orphans = await jobs.orphaned_uploads(tx, uploads) + await jobs.orphaned_results(tx, results)
        orphans += await recordings.orphaned(tx, recorded)
        orphans += await avatars.orphaned(tx, pictures)
        orphans += await agents.orphaned(tx, of_agents)
        shown = await rigs.kept(tx, faces)
    orphans += [name for name in faces if name not in shown]
    await context.store.delete(orphans)
    folders = await asyncio.to_thread(context.collect_garbage)
    if expired or orphans or folders:
        _log.info("garbage_collected", expired=len(expired), orphans=len(orphans), folders=folders)
