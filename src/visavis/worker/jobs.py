"""One attempt of a job, from start to end; the handler of its kind does the work between."""

import asyncio
import time
from typing import Final

import structlog

from visavis.core import agents, jobs
from visavis.core.database import Tx
from visavis.core.schema import Job
from visavis.errors import (
    ChildError,
    InputError,
    MarkError,
    ModelNotReadyError,
    ProviderError,
    StoreError,
    TakingTooLongError,
)
from visavis.worker.attempt import new_attempt
from visavis.worker.context import WorkerContext, patiently
from visavis.worker.handlers import handler_of

INVALID_INPUT: Final = "invalid_input"
_log = structlog.get_logger()


async def run_job(context: WorkerContext, job_id: str) -> None:
    """Run a job.

    Every write names the attempt. If this worker was thought dead and another worker has the job, nothing is
    written and the result is deleted.
    """

    async def begin() -> Job | None:
        async with context.database.transaction() as tx:
            return await jobs.begin(tx, job_id, ttl_s=context.storage.result_ttl_s)

    job = await patiently(begin)
    if job is None:
        return
    began = time.monotonic()
    log = _log.bind(job=job.id, attempt=job.attempt, kind=job.kind)
    log.info("job_started")
    try:
        async with new_attempt(context, job) as attempt:
            output = await handler_of(job.kind)(attempt, jobs.input_of(job))
    except asyncio.CancelledError:
        # The worker drains: another worker takes the job, and this attempt does not count.
        await asyncio.shield(_release(context, job, counts=False))
        log.info("job_released")
        raise
    except (InputError, TakingTooLongError) as error:
        is_input = isinstance(error, InputError)
        code = INVALID_INPUT if is_input else jobs.GENERATION_FAILED
        message = error.message if is_input else "Processing took too long and was stopped."
        log.info("job_refused", code=error.code)
        await _fail(context, job, code, message)
    except ModelNotReadyError as error:
        log.warning("job_model_missing", reason=error.message)
        await _fail(context, job, error.code, error.message)
    except (ChildError, StoreError, MarkError, ProviderError) as error:
        log.warning("job_attempt_failed", code=error.code, reason=error.message)
        if not await _release(context, job, counts=True):
            await _delete_inputs(context, job)
    else:
        if await _finish(context, job, output):
            log.info("job_completed", seconds=round(time.monotonic() - began, 3), output_s=output.duration_s)
            await _delete_inputs(context, job)
            await _delete(context, _earlier_results(job))
        else:
            log.warning("job_taken_by_another_worker")
            await _delete(context, list(output.paths))


def _earlier_results(job: Job) -> list[str]:
    """Results that earlier attempts may have left when their workers died."""
    asked = jobs.input_of(job)
    return [
        jobs.path_for_result(job.id, attempt, content_type, number)
        for attempt in range(1, job.attempt)
        for content_type in asked.result_types
        for number in range(asked.result_count)
    ]


async def _finish(context: WorkerContext, job: Job, output: jobs.JobOutput) -> bool:
    async def write() -> bool:
        async with context.database.transaction() as tx:
            is_ours = await jobs.finish(
                tx, job, output, ttl_s=context.storage.result_ttl_s, prices=context.prices
            )
            await _settle(tx, job)
            return is_ours

    return await patiently(write)


async def _fail(context: WorkerContext, job: Job, code: str, message: str) -> None:
    async def write() -> bool:
        async with context.database.transaction() as tx:
            is_ours = await jobs.fail(tx, job, code, message, ttl_s=context.storage.result_ttl_s)
            await _settle(tx, job)
            return is_ours

    if await patiently(write):
        await _delete_inputs(context, job)


async def _release(context: WorkerContext, job: Job, *, counts: bool) -> bool:
    async def write() -> bool:
        async with context.database.transaction() as tx:
            is_queued = await jobs.release(tx, job, counts=counts, ttl_s=context.storage.result_ttl_s)
            await _settle(tx, job)
            return is_queued

    return await patiently(write)


async def _settle(tx: Tx, job: Job) -> None:
    """Give what an ended job made to what it was made for, in the same transaction."""
    if job.kind == jobs.AGENT.name:
        await agents.settle(tx)


async def _delete_inputs(context: WorkerContext, job: Job) -> None:
    """Delete the uploads: faces and voices are not kept longer than needed."""
    await _delete(context, [file.path for file in jobs.input_of(job).files.values() if file.path])


async def _delete(context: WorkerContext, paths: list[str]) -> None:
    try:
        await context.store.delete(paths)
    except StoreError:
        _log.warning("delete_failed", files=len(paths))  # garbage collection deletes them later
