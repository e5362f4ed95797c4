"""States of a job: submitted, in progress, completed or failed, expired."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from visavis.core import events, queue, webhooks
from visavis.core.billing import usage
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.jobs.idempotency import find_earlier
from visavis.core.jobs.kinds import KINDS, JobKind, Prices, input_of, output_of
from visavis.core.jobs.models import JobInput, JobOutput
from visavis.core.schema import COMPLETED, FAILED, PENDING, PROCESSING, Job
from visavis.errors import DatabaseError

MAX_TRIES: Final = 3
GENERATION_FAILED: Final = "generation_failed"
_FAILED_MESSAGE: Final = "Processing failed. Please try again."
_ID_BYTES: Final = 6
_RETRY_AFTER_S: Final = 1.0


@dataclass(frozen=True)
class Submission:
    """A job that a client submits.

    Attributes:
        id: ID, from `new_id`.
        kind: Kind of job.
        surface: Name of the surface that received it.
        input: Input, as the model of the kind.
        base_url: URL at which the client reaches this server.
        callback_url: URL that is notified at the end; `None` for no notification.
        idempotency_key: The client's name for the request.
        fingerprint: Digest of the whole request.
    """

    id: str
    kind: JobKind[Any, Any]
    surface: str
    input: JobInput
    base_url: str
    callback_url: str | None = None
    idempotency_key: str | None = None
    fingerprint: bytes | None = None


class JobEnded(BaseModel):
    """Payload of the events `job.completed` and `job.failed`.

    Attributes:
        kind: Name of the kind.
        status: `completed` or `failed`.
        base_url: URL at which the client reaches this server.
        result_path: Path of the result in the object store; `None` if the job failed.
        result_paths: Paths of all results, the first one included.
        warnings: Sentences for the client about the input.
        error_code: Code of the error; `None` if the job completed.
        created_at: Time of the submission.
        completed_at: Time at which the job ended.
        expires_at: Time at which the result is deleted.
        client_reference_id: The client's own ID of the request.
        metadata: What the client wants to be told again with the job.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    status: str
    base_url: str
    result_path: str | None
    warnings: tuple[str, ...]
    error_code: str | None
    created_at: datetime
    completed_at: datetime
    expires_at: datetime
    result_paths: tuple[str, ...] = ()
    client_reference_id: str | None = None
    metadata: dict[str, str] = {}


def new_id() -> str:
    """Make an ID for a job: 12 hexadecimal digits."""
    return secrets.token_hex(_ID_BYTES)


async def submit(tx: Tx, principal: Principal, wanted: Submission) -> Job:
    """Accept a job: its row and its entry in the queue are written in one transaction.

    Returns:
        The job; the earlier one if the same request was sent before under the same idempotency key.

    Raises:
        IdempotencyError: A different request used that idempotency key.
    """
    row = {
        "id": wanted.id,
        "account_id": principal.account_id,
        "key_id": principal.key_id,
        "surface": wanted.surface,
        "kind": wanted.kind.name,
        "input": wanted.input.model_dump(mode="json"),
        "base_url": wanted.base_url,
        "callback_url": wanted.callback_url,
        "idempotency_key": wanted.idempotency_key,
        "fingerprint": wanted.fingerprint,
    }
    inserted = insert(Job).values(row).on_conflict_do_nothing().returning(Job)
    job = (await tx.execute(inserted)).scalar_one_or_none()
    if job is not None:
        await _enqueue(tx, job.id, job.kind)
        return job
    if wanted.idempotency_key:
        job = await find_earlier(
            tx, principal, wanted.idempotency_key, wanted.fingerprint, surface=wanted.surface
        )
    if job is None:  # the random ID exists already
        raise DatabaseError("The job could not be accepted. Try again.")
    return job


async def begin(tx: Tx, job_id: str, *, ttl_s: int) -> Job | None:
    """Start an attempt of a job. The attempt's number is the token that `finish` needs.

    Args:
        tx: The transaction.
        job_id: ID of the job.
        ttl_s: Time for which the job is kept if it fails here.

    Returns:
        The job; `None` if there is nothing to do. A job that was started `MAX_TRIES` times without an end has
        probably killed its workers: it fails now.
    """
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.status.in_([PENDING, PROCESSING]))
        .values(
            status=PROCESSING,
            attempt=Job.attempt + 1,
            started_at=func.coalesce(Job.started_at, func.now()),
            stage=None,
            progress=0.0,
        )
        .returning(Job)
    )
    job = (await tx.execute(statement)).scalar_one_or_none()
    if job is not None and job.attempt > MAX_TRIES:
        await fail(tx, job, GENERATION_FAILED, ttl_s=ttl_s)
        return None
    return job


async def report(tx: Tx, job: Job, stage: str, progress: float) -> bool:
    """Record the progress of an attempt.

    Args:
        tx: The transaction.
        job: The job, as `begin` returned it.
        stage: Stage of the work.
        progress: Finished share of the whole job, 0..1.

    Returns:
        Whether the attempt is still the newest.
    """
    return await _update(tx, job, {"stage": stage, "progress": progress}) is not None


async def finish(tx: Tx, job: Job, output: JobOutput, *, ttl_s: int, prices: Prices) -> bool:
    """Complete a job, charge for it, and record its event.

    Args:
        tx: The transaction.
        job: The job, as `begin` returned it.
        output: Output of the job.
        ttl_s: Time for which the result is kept.
        prices: Prices of the operator.

    Returns:
        Whether the attempt was still the newest; if not, the caller must delete the output.
    """
    values = {"status": COMPLETED, "output": output.model_dump(mode="json"), "progress": 1.0}
    if not await _end(tx, job, values, ttl_s=ttl_s):
        return False
    cost_micros = KINDS[job.kind].cost_micros(output, prices)
    await usage.record_job(tx, job, seconds=output.duration_s, cost_micros=cost_micros)
    return True


async def fail(tx: Tx, job: Job, code: str, message: str = _FAILED_MESSAGE, *, ttl_s: int) -> bool:
    """End a job without a result.

    Args:
        tx: The transaction.
        job: The job, as `begin` returned it.
        code: Stable code of the error.
        message: Message for people.
        ttl_s: Time for which its text and its idempotency key are kept.

    Returns:
        Whether the attempt was still the newest.
    """
    return await _end(tx, job, {"status": FAILED, "error_code": code, "error": message}, ttl_s=ttl_s)


async def release(tx: Tx, job: Job, *, counts: bool, ttl_s: int) -> bool:
    """Put a job back into the queue.

    Args:
        tx: The transaction.
        job: The job, as `begin` returned it.
        counts: Whether the attempt counts; false when the worker drains.
        ttl_s: Time for which the job is kept if it fails here.

    Returns:
        Whether the job is in the queue again. False if the attempt was not the newest, or if the job has been
        tried too often, in which case it has failed.
    """
    if counts and job.attempt >= MAX_TRIES:
        await fail(tx, job, GENERATION_FAILED, ttl_s=ttl_s)
        return False
    values: dict[str, Any] = {"status": PENDING, "stage": None, "progress": 0.0}
    if not counts:
        values["attempt"] = Job.attempt - 1
    if await _update(tx, job, values) is None:
        return False
    at = datetime.now(UTC) + timedelta(seconds=_RETRY_AFTER_S * job.attempt) if counts else None
    await _enqueue(tx, job.id, job.kind, at=at)
    return True


async def _end(tx: Tx, job: Job, values: dict[str, Any], *, ttl_s: int) -> bool:
    asked = input_of(job)
    values |= {
        "stage": None,
        "completed_at": func.now(),
        "expires_at": func.now() + timedelta(seconds=ttl_s),
        "input": asked.without_files().model_dump(mode="json"),
    }
    ended = await _update(tx, job, values)
    if ended is None:
        return False
    output = output_of(ended)
    payload = JobEnded.model_validate(
        {
            "kind": ended.kind,
            "status": ended.status,
            "base_url": ended.base_url,
            "result_path": output.path if output else None,
            "result_paths": output.paths if output else (),
            "warnings": output.warnings if output else (),
            "error_code": ended.error_code,
            "created_at": ended.created_at,
            "completed_at": ended.completed_at,
            "expires_at": ended.expires_at,
            "client_reference_id": asked.client_reference_id,
            "metadata": asked.metadata,
        }
    )
    event = await events.record(
        tx,
        account_id=ended.account_id,
        surface=ended.surface,
        kind=f"job.{ended.status}",
        subject_id=ended.id,
        payload=payload.model_dump(mode="json"),
    )
    if ended.callback_url:
        await webhooks.announce(tx, event, key_id=ended.key_id, url=ended.callback_url)
    return True


async def _update(tx: Tx, job: Job, values: dict[str, Any]) -> Job | None:
    """Update the row of a job; returns the row, or `None` if the attempt is no longer the newest."""
    statement = (
        update(Job)
        .where(Job.id == job.id, Job.attempt == job.attempt, Job.status == PROCESSING)
        .values(values)
        .returning(Job)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await tx.execute(statement)).scalar_one_or_none()


async def expire(tx: Tx, *, limit: int = 500) -> list[str]:
    """Delete what has expired: results, texts, idempotency keys.

    Returns:
        Paths of the files to delete.
    """
    old = select(Job).where(Job.expires_at <= func.now()).limit(limit).with_for_update(skip_locked=True)
    paths: list[str] = []
    for job in (await tx.execute(old)).scalars():
        output = output_of(job)
        if output and output.paths:
            paths.extend(output.paths)
            job.output = output.without_files().model_dump(mode="json")
        job.input = input_of(job).without_text().model_dump(mode="json")
        job.idempotency_key = job.fingerprint = job.expires_at = None
    return paths


async def requeue_lost(tx: Tx) -> int:
    """Put jobs back into the queue that are pending but not in it. Returns their number."""
    lost = (
        select(Job.id, Job.kind)
        .where(Job.status.in_([PENDING, PROCESSING]), ~queue.is_queued(queue.JOB_TASK, "job_id", Job.id))
        .with_for_update(skip_locked=True)
    )
    rows = (await tx.execute(lost)).all()
    for job_id, kind in rows:
        await _enqueue(tx, job_id, kind)
    return len(rows)


async def _enqueue(tx: Tx, job_id: str, kind: str, *, at: datetime | None = None) -> None:
    await queue.enqueue(tx, queue.JOB_TASK, into=KINDS[kind].pool, at=at, job_id=job_id)
