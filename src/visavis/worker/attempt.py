"""One try of a job, as the handler of its kind sees it: its files, its folder, its progress."""

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
# Shares of a job that are done when a stage begins; rendering takes nearly all of the time.
_DONE_BEFORE: Final = {FETCHING: 0.0, RENDERING: 0.0, MARKING: 0.95, STORING: 0.98}
_MIN_PAUSE_S: Final = 1.0  # between two writes of the progress


@dataclass(frozen=True)
class Attempt:
    """One try of a job.

    Attributes:
        context: What every task of a worker needs.
        job: The job, as `jobs.begin` gave it.
        folder: Folder for files of this try, which is deleted at its end.
        progress: Writes down how far the try is.
    """

    context: WorkerContext
    job: Job
    folder: Path
    progress: "ProgressWriter"

    def begin_stage(self, stage: str) -> None:
        """Say what is done from now on: `FETCHING`, `RENDERING`, `MARKING` or `STORING`."""
        self.progress.report(stage, _DONE_BEFORE[stage])

    def report_rendered(self, share: float) -> None:
        """Say which share of the rendering is done, 0..1."""
        self.progress.report(RENDERING, share * _DONE_BEFORE[MARKING])

    async def fetch(self, file: jobs.StoredFile, name: str) -> Path:
        """Get a file that the client sent, into the folder.

        Raises:
            StoreError: It cannot be fetched.
        """
        path = self.folder / name
        await self.context.store.fetch(file.path or "", path)
        return path

    async def store(self, made: Path, content_type: str) -> str:
        """Store the result. Returns its path in the object store.

        Raises:
            StoreError: It cannot be stored.
        """
        path = jobs.path_for_result(self.job.id, self.job.attempt, content_type)
        await self.context.store.put(path, made, content_type=content_type)
        return path


class ProgressWriter:
    """Writes the newest progress of a try to the job's row, at most once a second."""

    def __init__(self, context: WorkerContext, job: Job) -> None:
        """Prepare.

        Args:
            context: What every task of a worker needs.
            job: The job, as `jobs.begin` gave it.
        """
        self._context, self._job = context, job
        self._newest = ("", 0.0)
        self._changed = asyncio.Event()

    def report(self, stage: str, progress: float) -> None:
        """Note a stage and its progress, 0..1, in place of what was not written yet."""
        self._newest = (stage, min(max(progress, 0.0), 1.0))
        self._changed.set()

    async def write_forever(self) -> None:
        """Write what is reported, until cancelled."""
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
    """A try of a job, with a folder of its own. Its progress is written while it lasts."""
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
