"""Recordings of the sessions that a worker runs: from the order to the job that finishes the file."""

import asyncio
from pathlib import Path

import structlog

from visavis.core import jobs, recordings
from visavis.core.recordings import RecordOrder
from visavis.core.schema import SessionMessage
from visavis.errors import DatabaseError, StoreError
from visavis.worker.context import WorkerContext, patiently
from visavis.worker.protocol import StartRecording, StopRecording

_log = structlog.get_logger()


class Recordings:
    """The recordings that are being made, at most one of each session."""

    def __init__(self, context: WorkerContext) -> None:
        """Prepare.

        Args:
            context: What tasks of a worker need.
        """
        self._context = context
        self._running: dict[str, RecordOrder] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    def command(self, message: SessionMessage) -> StartRecording | StopRecording:
        """The command for the session process that begins or ends a recording.

        Args:
            message: Message of the kind `RECORD`.
        """
        order = RecordOrder.model_validate(message.payload)
        if not order.is_on:
            return StopRecording(sequence=message.sequence)
        self._running[message.session_id] = order
        max_s = self._context.live.settings.max_recording_s
        return StartRecording(sequence=message.sequence, path=self._path(order), max_s=max_s)

    def keep(self, session_id: str) -> None:
        """Keep the recording of a session, which has ended. Nobody waits for it: the file may be large."""
        order = self._running.pop(session_id, None)
        if order is not None:
            keeping = asyncio.create_task(self._keep(session_id, order))
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)

    async def settle(self) -> None:
        """Wait until everything that has ended is kept."""
        await asyncio.gather(*self._keeping, return_exceptions=True)

    def _path(self, order: RecordOrder) -> Path:
        return self._context.folder / f"recording-{order.job_id}.mp4"

    async def _keep(self, session_id: str, order: RecordOrder) -> None:
        """Store what was recorded, submit the job that finishes it, and delete the file here."""
        path = self._path(order)
        size_bytes = path.stat().st_size if path.exists() else None

        async def write() -> None:
            async with self._context.database.transaction() as tx:
                await recordings.finish(tx, session_id, order, size_bytes=size_bytes)

        try:
            if size_bytes is not None:
                await self._context.store.put(recordings.path_for(order), path, content_type=jobs.MP4)
            await patiently(write)
            _log.info("recording_kept", session=session_id, job=order.job_id, size_bytes=size_bytes)
        except (DatabaseError, StoreError) as error:
            _log.error("recording_lost", session=session_id, job=order.job_id, code=error.code)
        finally:
            path.unlink(missing_ok=True)
