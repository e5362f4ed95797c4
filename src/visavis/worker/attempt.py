"""One attempt of a job: what a handler uses to read files, store the result and report progress."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from visavis.core import jobs
from visavis.core.schema import Job
from visavis.errors import DatabaseError
from visavis.worker.context import WorkerContext

FETCHING, RENDERING, MARKING, STORING = "fetching", "rendering", "marking", "storing"
# Progress of a job when a stage begins; rendering takes nearly all of the time.
_DONE_BEFORE: Final = {FETCHING: 0.0, RENDERING: 0.0, MARKING: 0.95, STORING: 0.98}
_MIN_PAUSE_S: Final = 1.0  # between two writes of the progress


@dataclass(frozen=True)
class Attempt:
    """One attempt of a job.

    Attributes:
        context: Context of the worker.
        job: The job, as `jobs.begin` returned it.
        folder: Folder for files of this attempt; it is deleted at the end.
        progress: Stores the progress of the attempt.
    """

    context: WorkerContext
    job: Job
    folder: Path
    progress: "ProgressWriter"

    def begin_stage(self, stage: str) -> None:
        """Set the stage: `FETCHING`, `RENDERING`, `MARKING` or `STORING`."""
        self.progress.report(stage, _DONE_BEFORE[stage])

    def report_rendered(self, share: float) -> None:
        """Report the finished share of the rendering, 0..1."""
        self.progress.report(RENDERING, share * _DONE_BEFORE[MARKING])

    async def fetch(self, file: jobs.StoredFile, name: str) -> Path:
        """Download a file that the client uploaded, into the folder.

        Raises:
            StoreError: The file cannot be fetched.
        """
        path = self.folder / name
        await self.context.store.fetch(file.path or "", path)
        return path

    async def mark(self, made: Path) -> Path:
        """Mark a file as made by AI. Returns the marked file, beside it."""
        marked = made.with_stem(f"{made.stem}-marked")
        await asyncio.to_thread(self.context.mark, made, marked)
        return marked

    async def store(self, made: Path, content_type: str, number: int = 0) -> str:
        """Store a result. Returns its path in the object store.

        Args:
            made: File of the result.
            content_type: Media type of the result.
            number: Number of the result, where the job makes several of one type; the first is 0.

        Raises:
            StoreError: The file cannot be stored.
        """
        path = jobs.path_for_result(self.job.id, self.job.attempt, content_type, number)
        await self.context.store.put(path, made, content_type=content_type)
        return path


class ProgressWriter:
    """Writes the progress of an attempt to the job's row, at most once a second."""

    def __init__(self, context: WorkerContext, job: Job) -> None:
        """Prepare.

        Args:
            context: Context of the worker.
            job: The job, as `jobs.begin` returned it.
        """
        self._context, self._job = context, job
        self._newest = ("", 0.0)
        self._changed = asyncio.Event()

    def report(self, stage: str, progress: float) -> None:
        """Report a stage and its progress, 0..1. This replaces an earlier report that is not written yet."""
        self._newest = (stage, min(max(progress, 0.0), 1.0))
        self._changed.set()

    async def write_forever(self) -> None:
        """Write reports until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            stage, progress = self._newest
            with contextlib.suppress(DatabaseError):  # the next report is written
                async with self._context.database.transaction() as tx:
                    await jobs.report(tx, self._job, stage, progress)
            await asyncio.sleep(_MIN_PAUSE_S)


@contextlib.asynccontextmanager
async def new_attempt(context: WorkerContext, job: Job) -> AsyncIterator[Attempt]:
    """Create an attempt of a job, with a folder of its own. Its progress is written while the block lasts."""
    progress = ProgressWriter(context, job)
    writing = asyncio.create_task(progress.write_forever())
    try:
        with TemporaryDirectory(prefix="job-", dir=context.folder) as folder:
            yield Attempt(context, job, Path(folder), progress)
    finally:
        writing.cancel()
        await asyncio.wait([writing])
        if not writing.cancelled():
            writing.result()
