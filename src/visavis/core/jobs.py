"""How a job lives: submitted, begun, finished or failed, expired."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from visavis.core import queue, webhooks
from visavis.core.billing import usage
from visavis.core.database import Tx
from visavis.core.identity.ownership import owned
from visavis.core.identity.principals import Principal
from visavis.core.schema import COMPLETED, FAILED, PENDING, PROCESSING, ApiKey, Job
from visavis.errors import (
    DatabaseError,
    IdempotencyError,
    JobMissingError,
    JobNotReadyError,
    ResultMissingError,
)

MAX_TRIES: Final = 3
GENERATION_FAILED: Final = "generation_failed"
_FAILED_WORDS: Final = "Processing failed. Please try again."
_ID_BYTES: Final = 6
_RETRY_AFTER_S: Final = 1.0

MP4, MP3, WAV = "video/mp4", "audio/mpeg", "audio/wav"
SUFFIXES: Final = {MP4: "mp4", MP3: "mp3", WAV: "wav"}


@dataclass(frozen=True)
class Submission:
    """What a client wants made.

    Attributes:
        id: From `new_id`.
        type: `video` or `tts`.
        content_type: Of the result.
        base_url: How the client reaches this server.
        fields: Columns of `Job` that say what is to be rendered.
        callback_url: Who is told at the end.
        idempotency_key: The client's own name for the request; two keys of an account may use the same.
        fingerprint: Digest of everything that was sent.
    """

    id: str
    type: str
    content_type: str
    base_url: str
    fields: dict[str, Any]
    callback_url: str | None = None
    idempotency_key: str | None = None
    fingerprint: bytes | None = None


@dataclass(frozen=True)
class Output:
    """What a job made.

    Attributes:
        path: In the store.
        size_bytes: Of the file.
        duration_s: Of video or sound.
        sample_rate_hz: Of sound.
    """

    path: str
    size_bytes: int
    duration_s: float
    sample_rate_hz: int | None = None


@dataclass(frozen=True)
class JobPage:
    """Some of an account's jobs, newest first, and how many there are."""

    jobs: list[Job] = field(default_factory=list)
    count: int = 0


def new_id() -> str:
    """An identifier for a job: 12 hexadecimal digits."""
    return secrets.token_hex(_ID_BYTES)


async def submit(tx: Tx, principal: Principal, wanted: Submission) -> Job:
    """Take a job in: its row and its place in the queue are one.

    Returns:
        The job; the earlier one if the same request came before under the same idempotency key.

    Raises:
        IdempotencyError: Another request came under that idempotency key.
    """
    row = {
        "id": wanted.id,
        "account_id": principal.account_id,
        "key_id": principal.key_id,
        "type": wanted.type,
        "content_type": wanted.content_type,
        "base_url": wanted.base_url,
        "callback_url": wanted.callback_url,
        "idempotency_key": wanted.idempotency_key,
        "fingerprint": wanted.fingerprint,
        **wanted.fields,
    }
    made = (
        await tx.execute(insert(Job).values(row).on_conflict_do_nothing().returning(Job))
    ).scalar_one_or_none()
    if made is None:
        return await _earlier(tx, principal, wanted)
    await queue.enqueue(tx, queue.RENDER_TASK, job_id=made.id)
    return made


async def earlier(tx: Tx, principal: Principal, idempotency_key: str) -> Job | None:
    """The job that came from the same API key under an idempotency key before."""
    query = select(Job).where(
        Job.account_id == principal.account_id,
        Job.key_id == principal.key_id,
        Job.idempotency_key == idempotency_key,
    )
    return (await tx.execute(query)).scalar_one_or_none()


async def _earlier(tx: Tx, principal: Principal, wanted: Submission) -> Job:
    before = await earlier(tx, principal, wanted.idempotency_key) if wanted.idempotency_key else None
    if before is None:
        raise DatabaseError("The job could not be taken in. Try again.")  # an identifier drawn twice
    if before.fingerprint != wanted.fingerprint:
        raise IdempotencyError("This Idempotency-Key was used before, for another request. Use a new one.")
    return before


async def find(tx: Tx, principal: Principal, job_id: str) -> Job:
    """A job of the principal's account.

    Raises:
        JobMissingError: There is none; other accounts' jobs are none.
    """
    query = select(Job).where(Job.id == job_id, Job.account_id == principal.account_id)
    job = (await tx.execute(query)).scalar_one_or_none()
    if job is None:
        raise JobMissingError("Job not found.")
    return job


async def position(tx: Tx, job: Job) -> int:
    """The job's place in the queue: 1 is next, 0 is no longer waiting."""
    if job.status != PENDING:
        return 0
    ahead = select(func.count()).where(Job.status == PENDING, Job.sequence < job.sequence)
    return (await tx.execute(ahead)).scalar_one() + 1


async def page(tx: Tx, principal: Principal, *, limit: int, offset: int) -> JobPage:
    """Some of an account's jobs, newest first."""
    is_mine = Job.account_id == principal.account_id
    mine = select(Job).where(is_mine).order_by(Job.sequence.desc()).limit(limit).offset(offset)
    count = select(func.count()).select_from(Job).where(is_mine)
    return JobPage(list((await tx.execute(mine)).scalars()), (await tx.execute(count)).scalar_one())


@dataclass(frozen=True)
class Search:
    """Which jobs are looked for; everything that is said must hold.

    Attributes:
        words: In the identifier, the text, the error code or the key's name; in any case of letters.
        status: `pending`, `processing`, `completed` or `failed`.
        type: `video` or `tts`.
    """

    words: str = ""
    status: str | None = None
    type: str | None = None


async def search(tx: Tx, principal: Principal, wanted: Search, *, limit: int, offset: int) -> JobPage:
    """Some of the jobs that are looked for, newest first: of the account, or for an operator of all."""
    holds: list[ColumnElement[bool]] = []
    if wanted.words:
        places = (Job.id, Job.text, Job.error_code, ApiKey.name)
        holds.append(or_(*(place.icontains(wanted.words, autoescape=True) for place in places)))
    if wanted.status:
        holds.append(Job.status == wanted.status)
    if wanted.type:
        holds.append(Job.type == wanted.type)
    found = select(Job).join(ApiKey, ApiKey.id == Job.key_id).where(owned(Job.account_id, principal), *holds)
    some = found.order_by(Job.sequence.desc()).limit(limit).offset(offset)
    count = select(func.count()).select_from(found.subquery())
    return JobPage(list((await tx.execute(some)).scalars()), (await tx.execute(count)).scalar_one())


def has_result(job: Job) -> bool:
    """Whether there is a file to fetch."""
    return job.status == COMPLETED and job.result_path is not None and not _is_over(job)


def result_path(job: Job) -> str:
    """Where the result lies.

    Raises:
        JobNotReadyError: The job is not done.
        ResultMissingError: It failed, or its result has expired.
    """
    if job.status in {PENDING, PROCESSING}:
        raise JobNotReadyError("Job is still processing. Poll GET /v1/jobs/{id} until status is completed.")
    if job.result_path is None or not has_result(job):
        raise ResultMissingError("No stored output available for this job.")
    return job.result_path


def _is_over(job: Job) -> bool:
    return job.expires_at is not None and job.expires_at <= datetime.now(UTC)


async def begin(tx: Tx, job_id: str, *, ttl_s: int) -> Job | None:
    """Take a job to work on it; its attempt is the token to finish it with.

    Args:
        tx: The transaction.
        job_id: ID of the job.
        ttl_s: How long the job is kept if it fails here.

    Returns:
        The job; `None` if it needs no more work. A job that was begun `MAX_TRIES` times before has killed
        its workers: it fails now.
    """
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.status.in_([PENDING, PROCESSING]))
        .values(
            status=PROCESSING,
            attempt=Job.attempt + 1,
            started_at=func.coalesce(Job.started_at, func.now()),
        )
        .returning(Job)
    )
    job = (await tx.execute(statement)).scalar_one_or_none()
    if job is not None and job.attempt > MAX_TRIES:
        await fail(tx, job, GENERATION_FAILED, ttl_s=ttl_s)
        return None
    return job


async def finish(tx: Tx, job: Job, output: Output, *, ttl_s: int, price_per_hour_micros: int) -> bool:
    """Complete a job, bill it, and let the client know.

    Returns:
        Whether it was still ours; if not, the output must be thrown away.
    """
    done = {
        "status": COMPLETED,
        "completed_at": func.now(),
        "expires_at": func.now() + timedelta(seconds=ttl_s),
        "result_path": output.path,
        "result_bytes": output.size_bytes,
        "duration_s": output.duration_s,
        "sample_rate_hz": output.sample_rate_hz,
        "image_path": None,
        "audio_path": None,
    }
    if not await _end(tx, job, done):
        return False
    await usage.record_job(tx, job, seconds=output.duration_s, price_per_hour_micros=price_per_hour_micros)
    return True


async def fail(tx: Tx, job: Job, code: str, words: str = _FAILED_WORDS, *, ttl_s: int) -> bool:
    """End a job without a result.

    Args:
        tx: The transaction.
        job: As `begin` gave it.
        code: Stable code of the error.
        words: Message for people.
        ttl_s: How long its text and its idempotency key are kept.

    Returns:
        Whether the job was still ours.
    """
    over = {
        "status": FAILED,
        "completed_at": func.now(),
        "expires_at": func.now() + timedelta(seconds=ttl_s),
        "error_code": code,
        "error": words,
        "image_path": None,
        "audio_path": None,
    }
    return await _end(tx, job, over)


async def release(tx: Tx, job: Job, *, counts: bool, ttl_s: int) -> bool:
    """Give a job back to the queue.

    Args:
        tx: The transaction.
        job: As `begin` gave it.
        counts: Whether the try is counted: not when the worker drains.
        ttl_s: How long the job is kept if it fails here.

    Returns:
        Whether it was given back: not when it was no longer ours or has been tried often enough, in which
        case it has failed.
    """
    if counts and job.attempt >= MAX_TRIES:
        await fail(tx, job, GENERATION_FAILED, ttl_s=ttl_s)
        return False
    values = {"status": PENDING} if counts else {"status": PENDING, "attempt": Job.attempt - 1}
    given = await tx.execute(_ours(job).values(values))
    if given.rowcount != 1:  # type: ignore[attr-defined]
        return False
    at = datetime.now(UTC) + timedelta(seconds=_RETRY_AFTER_S * job.attempt) if counts else None
    await queue.enqueue(tx, queue.RENDER_TASK, at=at, job_id=job.id)
    return True


async def _end(tx: Tx, job: Job, values: dict[str, Any]) -> bool:
    ended = await tx.execute(_ours(job).values(values))
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        return False
    if job.callback_url:
        await webhooks.announce(tx, job)
    return True


def _ours(job: Job) -> Any:
    return (
        update(Job)
        .where(Job.id == job.id, Job.attempt == job.attempt, Job.status == PROCESSING)
        .execution_options(synchronize_session=False)
    )


async def expire(tx: Tx, *, limit: int = 500) -> list[str]:
    """Forget what has been kept long enough: results, texts, idempotency keys.

    Returns:
        Paths of files to delete.
    """
    old = select(Job).where(Job.expires_at <= func.now()).limit(limit).with_for_update(skip_locked=True)
    paths = []
    for job in (await tx.execute(old)).scalars():
        if job.result_path:
            paths.append(job.result_path)
        job.result_path = job.text = job.idempotency_key = job.fingerprint = job.expires_at = None
    return paths


async def requeue_lost(tx: Tx) -> int:
    """Put jobs back into the queue that are to be done and are not in it: a net under everything else."""
    lost = await tx.execute(
        text(
            "SELECT id FROM jobs j WHERE status IN ('pending', 'processing') AND NOT EXISTS ("
            "SELECT FROM procrastinate_jobs q WHERE q.task_name = :task AND q.status IN ('todo', 'doing') "
            "AND q.args ->> 'job_id' = j.id) FOR UPDATE SKIP LOCKED"
        ),
        {"task": queue.RENDER_TASK},
    )
    identifiers = list(lost.scalars())
    for job_id in identifiers:
        await queue.enqueue(tx, queue.RENDER_TASK, job_id=job_id)
    return len(identifiers)


async def unfinished(tx: Tx, identifiers: list[str]) -> set[str]:
    """Which of these jobs still need what was sent for them."""
    query = select(Job.id).where(Job.id.in_(identifiers), Job.status.in_([PENDING, PROCESSING]))
    return set((await tx.execute(query)).scalars())


async def kept(tx: Tx, paths: list[str]) -> set[str]:
    """Which of these files are results that can still be fetched."""
    query = select(Job.result_path).where(Job.result_path.in_(paths), Job.expires_at > func.now())
    return {path for path in (await tx.execute(query)).scalars() if path}
