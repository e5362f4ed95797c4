"""Where the files of jobs lie in the object store, and which of them are still needed."""

from typing import Final

from sqlalchemy import func, select

from visavis.core.database import Tx
from visavis.core.jobs.kinds import SUFFIXES
from visavis.core.schema import PENDING, PROCESSING, Job

UPLOADS: Final = "uploads"
RESULTS: Final = "results"


def path_for_upload(job_id: str, field: str) -> str:
    """Path of a file that a client sent for a job."""
    return f"{UPLOADS}/{job_id}/{field}"


def path_for_result(job_id: str, attempt: int, content_type: str) -> str:
    """Path of what an attempt made."""
    return f"{RESULTS}/{job_id}/{attempt}.{SUFFIXES[content_type]}"


async def orphaned_uploads(tx: Tx, paths: list[str]) -> list[str]:
    """Those of these uploads that no job waits for."""
    query = select(Job.id).where(Job.id.in_(_jobs_of(paths)), Job.status.in_([PENDING, PROCESSING]))
    unfinished = set((await tx.execute(query)).scalars())
    return [path for path in paths if _job_of(path) not in unfinished]


async def orphaned_results(tx: Tx, paths: list[str]) -> list[str]:
    """Those of these results that can no longer be fetched."""
    query = select(Job.output["path"].astext).where(Job.id.in_(_jobs_of(paths)), Job.expires_at > func.now())
    kept = set((await tx.execute(query)).scalars())
    return [path for path in paths if path not in kept]


def _jobs_of(paths: list[str]) -> set[str]:
    return {_job_of(path) for path in paths}


def _job_of(path: str) -> str:
    return path.split("/")[1]
