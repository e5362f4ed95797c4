"""Recordings of the sessions that a worker runs: from the order to the job that finishes the file."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from visavis.core import jobs, recordings
from visavis.core.recordings import RecordOrder
from visavis.core.schema import Session, SessionMessage
from visavis.errors import DatabaseError, StoreError
from visavis.worker.context import WorkerContext, patiently
from visavis.worker.protocol import StartRecording, StopRecording
from visavis.worker.session_process import SessionProcess

_COPY_BYTES: Final = 1 << 20
_MAX_TRIES: Final = 5  # to keep the last part
_PAUSE_S: Final = 2.0

_log = structlog.get_logger()


@dataclass
class _Recording:
    """A recording that is being made here.

    Attributes:
        session_id: ID of the session.
        job_id: ID of the job that finishes the recording.
        placement: Number of this worker among those that held the session.
        path: File that grows.
        parts: Number of parts that are in the object store.
        kept_bytes: How much of the file they hold.
        is_over: Whether the recording has ended; otherwise another worker goes on, if the session does.
        ended: Set when the file grows no more.
    """

    session_id: str
    job_id: str
    placement: int
    path: Path
    parts: int = 0
    kept_bytes: int = 0
    is_over: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Recordings:
    """The recordings that are being made, of each session one; earlier ones may still be kept."""

    def __init__(self, context: WorkerContext) -> None:
        """Prepare.

        Args:
            context: What tasks of a worker need.
        """
        self._context = context
        self._running: dict[Path, _Recording] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    def command(self, message: SessionMessage, placement: int) -> StartRecording | StopRecording:
        """The command for the session process that begins or ends a recording.

        Args:
            message: Message of the kind `RECORD`.
            placement: Number of this worker among those that held the session.
        """
        order = RecordOrder.model_validate(message.payload)
        if not order.is_on:
            return StopRecording(sequence=message.sequence)
        return self._start(message.session_id, order, placement, message.sequence)

    async def resume(self, row: Session, process: SessionProcess) -> None:
        """Record a session that another worker recorded, or that was to be recorded before it ran.

        Args:
            row: The session.
            process: Its process, which has begun it.
        """
        async with self._context.database.transaction() as tx:
            order = await recordings.current(tx, row)
        if order is not None and order.is_on:
            await process.send(self._start(row.id, order, row.placements, None))

    def end(self, path: Path) -> None:
        """Keep the rest of a recording, and finish it. Nobody waits for it: the object store may be slow.

        Args:
            path: File of the recording, which grows no more.
        """
        self._end(path, is_over=True)

    def leave(self, session_id: str, *, is_over: bool) -> None:
        """Keep the rest of what was recorded of a session that does not run here any longer.

        Args:
            session_id: ID of the session.
            is_over: Whether the session is over; otherwise the database says whether another worker goes on.
        """
        for path in [path for path, made in self._running.items() if made.session_id == session_id]:
            self._end(path, is_over=is_over)

    def _end(self, path: Path, *, is_over: bool) -> None:
        made = self._running.pop(path, None)
        if made is not None:
            made.is_over = is_over
            made.ended.set()

    def _start(
        self, session_id: str, order: RecordOrder, placement: int, sequence: int | None
    ) -> StartRecording:
        path = self._context.folder / f"recording-{order.job_id}-{placement}.mp4"
        if path not in self._running:
            made = _Recording(session_id, order.job_id, placement, path)
            self._running[path] = made
            keeping = asyncio.create_task(self._keep(made))
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)
        max_s = self._context.live.settings.max_recording_s - order.age_s
        return StartRecording(sequence=sequence, path=path, max_s=max(0.0, max_s))

    async def settle(self) -> None:
        """Wait until everything that has ended is kept."""
        await asyncio.gather(*self._keeping, return_exceptions=True)

    async def _keep(self, made: _Recording) -> None:
        """Keep what is recorded, part by part, until the recording ends here; then finish it."""
        try:
            while not made.ended.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._context.live.settings.recording_part_s):
                        await made.ended.wait()
                if not made.ended.is_set():
                    await self._keep_part(made)
            await self._keep_rest(made)
            is_finished = await patiently(lambda: self._finish(made))
            _log.info("recording_kept", session=made.session_id, job=made.job_id, finished=is_finished)
        except DatabaseError as error:
            # Maintenance finishes it with the parts that are kept.
            _log.error("recording_not_finished", session=made.session_id, code=error.code)
        finally:
            made.path.unlink(missing_ok=True)

    async def _keep_rest(self, made: _Recording) -> None:
        """Keep the last part, with some patience."""
        for _ in range(_MAX_TRIES - 1):
            if await self._keep_part(made):
                return
            await asyncio.sleep(_PAUSE_S)
        if not await self._keep_part(made):
            _log.error("recording_end_lost", session=made.session_id, job=made.job_id)

    async def _keep_part(self, made: _Recording) -> bool:
        """Keep what is new in the file; what cannot be kept now is part of the next one.

        Returns:
            Whether nothing is left to keep.
        """
        part_path = made.path.with_suffix(".part")
        try:
            size_bytes = await asyncio.to_thread(_copy_from, made.path, made.kept_bytes, part_path)
            if not size_bytes:
                return True
            name = recordings.path_of(made.job_id, made.placement, made.parts)
            await self._context.store.put(name, part_path, content_type=jobs.MP4)
            part = jobs.RecordedPart(
                placement=made.placement, number=made.parts, size_bytes=size_bytes, path=name
            )
            await patiently(lambda: self._note(made, part))
        except (DatabaseError, StoreError, OSError) as error:
            _log.warning("recording_part_not_kept", session=made.session_id, reason=type(error).__name__)
            return False
        else:
            made.parts, made.kept_bytes = made.parts + 1, made.kept_bytes + size_bytes
            return True
        finally:
            part_path.unlink(missing_ok=True)

    async def _note(self, made: _Recording, part: jobs.RecordedPart) -> None:
        async with self._context.database.transaction() as tx:
            await recordings.add_part(tx, made.session_id, made.job_id, part)

    async def _finish(self, made: _Recording) -> bool:
        async with self._context.database.transaction() as tx:
            if not made.is_over and not await recordings.is_over(tx, made.session_id, made.job_id):
                return False  # another worker goes on
            return await recordings.finish(tx, made.session_id, made.job_id)


def _copy_from(source: Path, offset_bytes: int, target: Path) -> int:
    """Copy the rest of a file that grows. Returns the number of bytes; 0 if there is no file yet."""
    size_bytes = 0
    if not source.exists():
        return 0
    with source.open("rb") as reading, target.open("wb") as writing:
        reading.seek(offset_bytes)
        while block := reading.read(_COPY_BYTES):
            size_bytes += writing.write(block)
    return size_bytes
