"""The live sessions of a worker: it runs the sessions whose leases it has, and no others.

The database says what should run; each round brings what runs in line with that. A notification only makes
the next round come at once.
"""

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core import leases, paid_sessions, sessions, sharing, transcripts
from visavis.core.schema import RECORD, SWAP, Session, SessionMessage
from visavis.core.secret import SEALS, seal, shared_secret
from visavis.core.sessions import EXTERNAL, Reason
from visavis.errors import DatabaseError, LiveRoomError, StoreError, VisavisError
from visavis.ports.conversation import ConversationConfig, TranscriptSegment
from visavis.realtime.ports import EndReason
from visavis.whole_file import whole_file
from visavis.worker.context import WorkerContext, patiently
from visavis.worker.conversations import AGENT, Conversation
from visavis.worker.passages import passage_finder
from visavis.worker.protocol import (
    Applied,
    BeginConversation,
    Joined,
    RecordingEnded,
    SessionOver,
    SessionReport,
    SpeakWanted,
    SwapFace,
    TextSpoken,
    TokenRefreshed,
)
from visavis.worker.recordings import Recordings
from visavis.worker.room_messages import MessageLog, pass_on
from visavis.worker.session_process import SessionProcess, measure_cost
from visavis.worker.session_start import AVATAR, begin_session, is_guest, may_converse

_CORES_FOR_SESSIONS: Final = 0.85  # the rest is for rooms, database and gateway
_MOVED_WITHIN_S: Final = 8.0
_PAUSE_S: Final = 1.0
_CLOSE_AGAIN_S: Final = 10.0
_MAX_RIGS: Final = 64
_PAID_GRACE_S: Final = 5.0  # for the last words, and for an extension that is on its way
_REASONS: Final = {
    EndReason.IDLE_TIMEOUT: Reason.IDLE,
    EndReason.ROOM_DELETED: Reason.ROOM,
    EndReason.ROOM_LOST: Reason.ROOM_LOST,
    EndReason.FAILED: Reason.FAILED,
}

_log = structlog.get_logger()


@dataclass
class _Running:
    """A session that runs here, from before it has a process.

    Attributes:
        id: ID of the session.
        placement: Number of this worker among those that held it.
        sent: Number of the last message that its process was sent, or that was sent before it began.
        told: Messages for its conversation from before it began here.
        process: Its process, once there is one.
        conversation: Its conversation, in a process beside; `None` in rooms of others.
        playing: The task that runs it, to its end.
        report: Its last report.
    """

    id: str
    placement: int
    sent: int
    told: list[SessionMessage] = field(default_factory=list)
    process: SessionProcess | None = None
    conversation: Conversation | None = None
    playing: asyncio.Task[None] | None = None
    report: SessionReport | None = None


class LiveSessions:
    """Runs live sessions for a worker."""

    def __init__(self, context: WorkerContext, name: str) -> None:
        """Prepare.

        Args:
            context: What tasks of a worker need.
            name: Name of the worker.
        """
        self._context, self._session_pool, self._name = context, context.session_pool, name
        self._running: dict[str, _Running] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._recordings = Recordings(context)
        self._wake = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None
        self._closed_again_s = -_CLOSE_AGAIN_S

    async def work(self, url: str) -> None:
        """Run sessions until cancelled.

        Args:
            url: URL of the database.
        """
        self._context.live.slots = slots = await self._count_slots()
        _log.info("live_slots", slots=slots)
        with contextlib.suppress(DatabaseError):  # otherwise the next heartbeat says it
            async with self._context.database.transaction() as tx:
                await leases.announce(tx, self._name, slots)
        listening = asyncio.create_task(self._listen(url))
        try:
            while True:
                self._wake.clear()
                try:
                    await self._round()
                except (DatabaseError, StoreError) as error:
                    # What runs goes on: nobody can have taken it over without the database.
                    _log.warning("live_round_failed", code=error.code)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(leases.HEARTBEAT_S):
                        await self._wake.wait()
        finally:
            beside = [listening, *([self._closing] if self._closing else [])]
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await asyncio.shield(self._drain())

    async def _count_slots(self) -> int:
        live = self._context.live
        if live.settings.slots is not None:
            return live.settings.slots
        cost = await measure_cost(self._session_pool, live.video)
        return max(1, int(len(os.sched_getaffinity(0)) * _CORES_FOR_SESSIONS / cost))

    async def _listen(self, url: str) -> None:
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {leases.CHANNEL}")
                    async for _ in connection.notifies():
                        self._wake.set()
            await asyncio.sleep(_PAUSE_S)

    async def _round(self) -> None:
        free = self._context.live.slots - len(self._running)
        async with self._context.database.transaction() as tx:
            taken = await leases.take_over(tx, self._name, free=free)
            held = {row.id: row for row in await leases.renew(tx, self._name)}
            unread = {row.id: await leases.unread(tx, row) for row in held.values()}
            told = await leases.for_conversations(tx, held.values(), running=self._running.keys())
        for identifier in taken:
            _log.warning("session_taken_over", session=identifier)
        for identifier in self._running.keys() - held.keys():
            self._drop(identifier)
        for row in held.values():
            if row.id not in self._running:
                self._begin(row, unread[row.id], told[row.id])
            elif _is_too_long(row):
                await self._end(row.id, Reason.LONGEST)
            else:
                await self._send_messages(self._running[row.id], unread[row.id])
                await pass_on(self._running[row.id].conversation, told[row.id])
        await self._maintain()

    def _begin(self, row: Session, messages: list[SessionMessage], told: list[SessionMessage]) -> None:
        """Let a process play a session. The faces that it was sent so far are in its row already."""
        last = messages[-1].sequence if messages else row.applied
        self._running[row.id] = running = _Running(row.id, row.placements, last, told)
        running.playing = asyncio.create_task(self._play(running, row))

    async def _play(self, running: _Running, row: Session) -> None:
        """Play a session to its end. Nothing else waits for it: it may be long before a process is free."""
        reason: Reason | None = None
        try:
            rig = await self._fetch_rig(str(row.rig_id))
            begin = await begin_session(self._context, row, rig)
            running.process = SessionProcess(await self._session_pool.acquire())
            _log.info("session_begun", session=row.id, placement=row.placements, process=running.process.pid)
            await running.process.send(begin)
            await self._recordings.resume(row, running.process)
            await self._begin_conversation(running, running.process, row)
            reason = await self._watch(running, running.process, row)
        except (VisavisError, OSError) as error:
            _log.error("session_broke", session=row.id, reason=type(error).__name__)
        finally:
            await asyncio.shield(_leave(running))
            self._recordings.leave(running.id, is_over=reason is not None)
            if running.report is not None:
                _log.info(
                    "session_figures", session=running.id, **running.report.model_dump(exclude={"type"})
                )
        if self._running.get(running.id) is running:
            del self._running[running.id]
            await self._conclude(running.id, reason)

    async def _begin_conversation(self, running: _Running, process: SessionProcess, row: Session) -> None:
        """Begin what listens and speaks; in a session without conversation, when a text is to be spoken."""
        if not may_converse(row):
            return
        config, rooms = sessions.conversation_of(row), self._context.live.rooms

        def begin() -> BeginConversation:
            token = rooms.token(row.room, AGENT, role="agent")
            wanted = config or ConversationConfig(hears=False)
            age_s = max(0.0, (datetime.now(UTC) - row.started_at).total_seconds())
            return BeginConversation(
                server_url=rooms.url, token=token, avatar=AVATAR, age_s=age_s, config=wanted
            )

        async def keep(segment: TranscriptSegment) -> None:
            if config is not None and config.keeps_transcript:
                await self._write(transcripts.add, running.id, segment)

        pool, log = self._context.conversation_pool, MessageLog(self._write, running.id)
        find = passage_finder(self._context.database, row)
        running.conversation = Conversation(pool, running.id, begin, keep, log, find, process.drop_speech)
        if config is not None:
            running.conversation.start()
        await pass_on(running.conversation, running.told)

    async def _conclude(self, identifier: str, reason: Reason | None) -> None:
        """End a session that came to its end here; let one that broke be begun anew."""
        _log.info("session_process_gone", session=identifier, reason=reason)
        if reason is None:
            await self._write(leases.release, identifier)
        else:
            await self._write(_end_here, identifier, reason)
        self._wake.set()

    async def _send_messages(self, running: _Running, messages: list[SessionMessage]) -> None:
        if running.process is None:
            return
        for message in messages:
            if message.sequence <= running.sent:
                continue
            running.sent = message.sequence
            if message.kind == SWAP and message.rig_id is not None:
                rig = await self._fetch_rig(message.rig_id)
                swap = SwapFace(sequence=message.sequence, rig=rig, face=message.rig_id[:12])
                await running.process.send(swap)
            elif message.kind == RECORD:
                await running.process.send(self._recordings.command(message, running.placement))

    async def _watch(self, running: _Running, process: SessionProcess, row: Session) -> Reason | None:
        """Read the events of a process to its end. Returns why the session is over, if it is."""
        before = running.sent
        async for event in process.events():
            match event:
                case Joined():
                    await self._write(leases.joined, running.id)
                    await self._write(leases.mark_applied, running.id, before)
                case SpeakWanted() | TextSpoken() as said if running.conversation is not None:
                    await running.conversation.take(said)
                case TokenRefreshed(token=token) if is_guest(row):
                    # For whoever takes the session over; tokens for our own rooms are made anew.
                    await self._write(_keep_token, running.id, token)
                case Applied():
                    await self._note_applied(running, event)
                case RecordingEnded(path=path):
                    self._recordings.end(path)
                case SessionReport() as report:
                    running.report = report
                    _log.debug("session_delays", session=running.id, **report.delays_ms)
                case SessionOver(reason=reason, error_code=error_code):
                    if error_code is not None:
                        _log.error("session_failed", session=running.id, code=error_code)
                    return _REASONS.get(reason)
        return None

    async def _note_applied(self, running: _Running, event: Applied) -> None:
        if event.error_code is not None:
            _log.error("message_not_applied", session=running.id, code=event.error_code)
        await self._write(leases.mark_applied, running.id, event.sequence)

    async def _write(self, do: Any, identifier: str, *values: Any) -> None:
        async def write() -> None:
            async with self._context.database.transaction() as tx:
                await do(tx, self._name, identifier, *values)

        try:
            await patiently(write)
        except DatabaseError as error:
            _log.error("session_not_written", session=identifier, code=error.code)

    async def _end(self, identifier: str, reason: Reason) -> None:
        async with self._context.database.transaction() as tx:
            await _end_here(tx, self._name, identifier, reason)

    def _drop(self, identifier: str) -> None:
        """Stop playing what is over, or is another worker's by now."""
        playing = self._running.pop(identifier).playing
        if playing is not None:
            playing.cancel()
            self._ending.add(playing)
            playing.add_done_callback(self._ending.discard)

    async def _fetch_rig(self, rig_id: str) -> Path:
        path = self._context.folder / f"rig-{rig_id}"
        if path.exists():
            path.touch()
        else:
            # With what workers that were killed left beside them.
            kept = sorted(self._context.folder.glob("*rig-*"), key=lambda each: each.stat().st_mtime)
            for old in kept[:-_MAX_RIGS]:
                old.unlink(missing_ok=True)  # a process has read its own into memory long ago
            with whole_file(path) as part:
                await self._context.store.fetch(f"rigs/{rig_id}.visavis", part)
        return path

    async def _maintain(self) -> None:
        """End what nobody took over, and close the rooms of what has ended."""
        async with self._context.database.transaction() as tx:
            for row in await leases.abandoned(tx):
                broken = row.placements >= leases.MAX_PLACEMENTS
                reason = Reason.FAILED if broken else Reason.WORKER_LOST
                await sessions.end(tx, row.id, reason, at=row.lease_until)
                _log.warning("session_abandoned", session=row.id, reason=reason)
        if self._closing is None or self._closing.done():
            # Beside the rounds: a room server that does not answer must not keep leases from being renewed.
            self._closing = asyncio.create_task(self._tend_rooms())

    async def _tend_rooms(self) -> None:
        """Close the rooms of what has ended, and remove whose links were revoked."""
        try:
            await self._remove_viewers()
            async with self._context.database.transaction() as tx:
                ended = await leases.rooms_to_close(tx)
            for row in ended:
                if row.mode != EXTERNAL or paid_sessions.takes_streams(row):
                    await self._context.live.rooms.close(paid_sessions.own_room(row))
                async with self._context.database.transaction() as tx:
                    await leases.room_closed(tx, row.id)
            await self._close_rooms_again()
        except (DatabaseError, LiveRoomError) as error:
            _log.warning("rooms_not_closed", code=error.code)  # the next round comes by

    async def _remove_viewers(self) -> None:
        """Remove viewers by revoked links, again and again: their tokens are valid for some time."""
        async with self._context.database.transaction() as tx:
            revoked = await sharing.revoked_viewers(tx, self._name)
        for row, begin in revoked:
            removed = await self._context.live.rooms.remove_viewers(paid_sessions.own_room(row), begin)
            if removed:
                _log.info("viewers_removed", session=row.id, viewers=removed)

    async def _close_rooms_again(self) -> None:
        """Close what tokens of ended sessions have made anew, on servers that let them."""
        now_s = time.monotonic()
        if now_s - self._closed_again_s < _CLOSE_AGAIN_S:
            return
        self._closed_again_s = now_s
        there = await self._context.live.rooms.open_rooms()
        async with self._context.database.transaction() as tx:
            ended = await sessions.ended_rooms(tx, there)
        for room in ended:
            _log.info("room_closed_again")
            await self._context.live.rooms.close(room)

    async def _drain(self) -> None:
        """Move what runs here to other workers, then leave."""
        self._context.live.slots = 0
        try:
            async with self._context.database.transaction() as tx:
                given = await leases.drain(tx, self._name)
            _log.info("sessions_given_back", sessions=given)
        except VisavisError as error:
            _log.warning("sessions_not_given_back", code=error.code)
            given = 0
        playing = [each.playing for each in self._running.values() if each.playing is not None]
        if given and playing:
            # A process whose avatar was replaced ends by itself; until then its face stays in the room.
            await asyncio.wait(playing, timeout=_MOVED_WITHIN_S)
        for identifier in list(self._running):
            self._drop(identifier)
        await asyncio.gather(*self._ending, return_exceptions=True)
        await self._recordings.settle()


async def _leave(running: _Running) -> None:
    """Let the processes of a session and of its conversation leave the room."""
    leaving = [each.end() for each in (running.process, running.conversation) if each is not None]
    await asyncio.gather(*leaving, return_exceptions=True)


async def _keep_token(tx: AsyncSession, worker: str, identifier: str, token: str) -> None:
    sealed = seal(await shared_secret(tx, SEALS), token)
    await leases.keep_token(tx, worker, identifier, sealed)


async def _end_here(tx: AsyncSession, worker: str, identifier: str, reason: Reason) -> None:
    await sessions.end(tx, identifier, reason, worker_id=worker)


def _is_too_long(row: Session) -> bool:
    grace_s = _PAID_GRACE_S if paid_sessions.takes_streams(row) else 0
    return row.max_duration_s is not None and sessions.bill(row).duration_s > row.max_duration_s + grace_s
