"""One try of one job."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import structlog

from visavis.core import jobs
from visavis.core.schema import VIDEO, Job
from visavis.errors import ChildError, InputError, MarkError, StoreError, TakingTooLongError
from visavis.worker.context import WorkerContext, patiently
from visavis.worker.protocol import SpeechRequest, SpokenText, VideoRequest
from visavis.worker.rendering_requests import run_request

INVALID_INPUT: Final = "invalid_input"
_log = structlog.get_logger()


async def render_job(context: WorkerContext, job_id: str) -> None:
    """Do a job, from its files in the store to its result there.

    Whatever is written names the attempt: if this worker was taken for dead meanwhile and another has the
    job, nothing is written and the result thrown away.
    """

    async def begin() -> Job | None:
        async with context.database.transaction() as tx:
            return await jobs.begin(tx, job_id, ttl_s=context.policy.result_ttl_s)

    job = await patiently(begin)
    if job is None:
        return
    began = time.monotonic()
    log = _log.bind(job=job.id, attempt=job.attempt, type=job.type)
    log.info("job_begun")
    try:
        output = await _make(context, job)
    except asyncio.CancelledError:
        # Going home: somebody else shall have it, and the try does not count.
        await asyncio.shield(_release(context, job, counts=False))
        log.info("job_released")
        raise
    except (InputError, TakingTooLongError) as error:
        is_input = isinstance(error, InputError)
        code = INVALID_INPUT if is_input else jobs.GENERATION_FAILED
        words = error.message if is_input else "Processing took too long and was stopped."
        log.info("job_refused", code=error.code)
        await _fail(context, job, code, words)
    except (ChildError, StoreError, MarkError) as error:
        log.warning("job_try_failed", code=error.code, reason=error.message)
        if not await _release(context, job, counts=True):
            await _discard_inputs(context, job)
    else:
        if await _finish(context, job, output):
            log.info("job_completed", seconds=round(time.monotonic() - began, 3), output_s=output.duration_s)
            await _discard_inputs(context, job)
            # What tries before this one may have left when their workers died.
            await _delete(context, [_result_path(job, attempt) for attempt in range(1, job.attempt)])
        else:
            log.warning("job_was_taken_over")
            await _delete(context, [output.path])


async def _make(context: WorkerContext, job: Job) -> jobs.Output:
    with TemporaryDirectory(prefix="job-", dir=context.folder) as name:
        folder = Path(name)
        for part, stored in (("image", job.image_path), ("audio", job.audio_path)):
            if stored:
                await context.store.fetch(stored, folder / part)
        made = folder / f"made.{jobs.SUFFIXES[job.content_type]}"
        duration_s, sample_rate_hz = await _render(context, job, folder, made)
        if job.content_type == jobs.MP4:
            marked = made.with_stem("marked")
            await asyncio.to_thread(context.mark, made, marked)
            made = marked
        path = _result_path(job, job.attempt)
        await context.store.put(path, made, content_type=job.content_type)
        return jobs.Output(path, made.stat().st_size, duration_s, sample_rate_hz)


async def _render(context: WorkerContext, job: Job, folder: Path, made: Path) -> tuple[float, int | None]:
    """Render a job's file. Returns its length in seconds and, of sound, its sample rate in Hz."""
    limit_s = context.policy.job_limit_s
    text = SpokenText(text=job.text or "", language=job.language or "", voice=job.voice or "")
    if job.type == VIDEO:
        speech = folder / "audio" if job.audio_path else text
        video = VideoRequest(image=folder / "image", speech=speech, output=made)
        return (await run_request(context.render_pool, video, limit_s=limit_s)).duration_s, None
    sound_format: Literal["mp3", "wav"] = "mp3" if job.content_type == jobs.MP3 else "wav"
    spoken = SpeechRequest(speech=text, format=sound_format, output=made)
    rendered = await run_request(context.render_pool, spoken, limit_s=limit_s)
    return rendered.duration_s, rendered.sample_rate_hz


def _result_path(job: Job, attempt: int) -> str:
    return f"results/{job.id}/{attempt}.{jobs.SUFFIXES[job.content_type]}"


async def _finish(context: WorkerContext, job: Job, output: jobs.Output) -> bool:
    async def write() -> bool:
        async with context.database.transaction() as tx:
            policy = context.policy
            return await jobs.finish(
                tx,
                job,
                output,
                ttl_s=policy.result_ttl_s,
                price_per_hour_micros=policy.price_per_hour_micros,
            )

    return await patiently(write)


async def _fail(context: WorkerContext, job: Job, code: str, words: str) -> None:
    async def write() -> bool:
        async with context.database.transaction() as tx:
            return await jobs.fail(tx, job, code, words, ttl_s=context.policy.result_ttl_s)

    if await patiently(write):
        await _discard_inputs(context, job)


async def _release(context: WorkerContext, job: Job, *, counts: bool) -> bool:
    async def write() -> bool:
        async with context.database.transaction() as tx:
            return await jobs.release(tx, job, counts=counts, ttl_s=context.policy.result_ttl_s)

    return await patiently(write)


async def _discard_inputs(context: WorkerContext, job: Job) -> None:
    """Faces and voices are not kept longer than they are needed."""
    await _delete(context, [path for path in (job.image_path, job.audio_path) if path])


async def _delete(context: WorkerContext, paths: list[str]) -> None:
    try:
        await context.store.delete(paths)
    except StoreError:
        _log.warning("delete_failed", files=len(paths))  # garbage collection deletes them later
