"""Paths of the files of jobs in the object store, and which files are still needed."""

from typing import Final

from sqlalchemy import func, select

from visavis.core.database import Tx
from visavis.core.jobs.kinds import output_of
from visavis.core.jobs.models import SUFFIXES
from visavis.core.schema import PENDING, PROCESSING, Job

UPLOADS: Final = "uploads"
RESULTS: Final = "results"
AVATARS: Final = "avatars"


def path_for_upload(job_id: str, field: str) -> str:
    """Path of a file that a client uploaded for a job."""
    return f"{UPLOADS}/{job_id}/{field}"


def path_for_result(job_id: str, attempt: int, content_type: str, number: int = 0) -> str:
    """Path of a result of an attempt.

    Args:
        job_id: ID of the job.
        attempt: Number of the attempt.
        content_type: Media type of the result.
        number: Number of the result, where a job makes several of one type; the first is 0.
    """
    name = f"{attempt}-{number}" if number else str(attempt)
    return f"{RESULTS}/{job_id}/{name}.{SUFFIXES[content_type]}"


async def orphaned_uploads(tx: Tx, paths: list[str]) -> list[str]:
    """Of these uploads, those that no unfinished job needs."""
    query = select(Job.id).where(Job.id.in_(_jobs_of(paths)), Job.status.in_([PENDING, PROCESSING]))
    unfinished = set((await tx.execute(query)).scalars())
    return [path for path in paths if _job_of(path) not in unfinished]


async def orphaned_results(tx: Tx, paths: list[str]) -> list[str]:
    """Of these results, those that can no longer be fetched."""
    query = select(Job).where(Job.id.in_(_jobs_of(paths)), Job.expires_at > func.now())
    outputs = [output_of(job) for job in (await tx.execute(query)).scalars()]
    kept = {path for output in outputs if output for path in output.paths}
    return [path for path in paths if path not in kept]


def _jobs_of(paths: list[str]) -> set[str]:
    return {_job_of(path) for path in paths}


def _job_of(path: str) -> str:
    return path.split("/")[1]
