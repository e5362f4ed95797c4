"""Recordings of live sessions: asked for while a session runs, and finished by a job.

    order ─▶ worker: file ─every few seconds─▶ parts in the object store ─at the end─▶ job: one video
                └─ another worker: another file ─▶ more parts ─┘

The order to record is a message to the session. Its worker has the session recorded to a file and keeps what
is new in it at intervals, so that a killed worker loses seconds. A session that moves is recorded on by the
next worker. The parts of one worker, put together, are its file.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from visavis.core import jobs, message_rates, sessions
from visavis.core.database import Tx
from visavis.core.identity.principals import Credential, CredentialKind, Principal
from visavis.core.schema import ENDED, RECORD, RecordingPart, Session, SessionMessage
from visavis.errors import RecordingMissingError

RECORDINGS: Final = "recordings"
_LEFT_AFTER: Final = timedelta(seconds=60)  # nobody finishes a recording any more


class RecordOrder(BaseModel):
    """Payload of a message `RECORD`.

    Attributes:
        job_id: ID of the job that finishes the recording.
        is_on: Whether the recording begins; otherwise it ends.
        surface: Name of the surface that received the request.
        base_url: URL at which the client reaches this server.
        began_at: Time of the request; `None` in orders of an earlier version.
    """

    model_config = ConfigDict(frozen=True)

    job_id: str
    is_on: bool
    surface: str
    base_url: str
    began_at: datetime | None = None

    @property
    def age_s(self) -> float:
        """Time since the request."""
        return (datetime.now(UTC) - self.began_at).total_seconds() if self.began_at else 0.0


async def start(
    tx: Tx, principal: Principal, session_id: str, *, surface: str, base_url: str, max_per_minute: int
) -> str:
    """Have a session recorded from now on.

    Args:
        tx: The transaction.
        principal: Who asks for it.
        session_id: ID of the session.
        surface: Name of the surface that received the request.
        base_url: URL at which the client reaches this server.
        max_per_minute: Maximum number of recordings of a session that begin within a minute.

    Returns:
        ID of the job that finishes the recording; that of the running one if there is one.

    Raises:
        SessionMissingError: There is no such session.
        SessionNotActiveError: It has ended.
        SessionRateError: Too many of its recordings began within a minute.
    """
    row = await _lock(tx, principal, session_id)
    running = await current(tx, row)
    if running is not None and running.is_on:
        return running.job_id
    is_start = (SessionMessage.kind == RECORD) & SessionMessage.payload["is_on"].as_boolean()
    await message_rates.check(tx, row, is_start, max_per_minute=max_per_minute, what="recordings")
    order = RecordOrder(
        job_id=jobs.new_id(), is_on=True, surface=surface, base_url=base_url, began_at=datetime.now(UTC)
    )
    await sessions.send(tx, row, RECORD, payload=order.model_dump(mode="json"))
    return order.job_id


async def stop(tx: Tx, principal: Principal, session_id: str) -> str:
    """End the recording of a session.

    Returns:
        ID of the job that finishes it.

    Raises:
        SessionMissingError: There is no such session.
        SessionNotActiveError: It has ended.
        RecordingMissingError: It is not being recorded.
    """
    row = await _lock(tx, principal, session_id)
    running = await current(tx, row)
    if running is None or not running.is_on:
        raise RecordingMissingError("The session is not being recorded.")
    order = running.model_copy(update={"is_on": False})
    await sessions.send(tx, row, RECORD, payload=order.model_dump(mode="json"))
    return order.job_id


async def current(tx: Tx, row: Session) -> RecordOrder | None:
    """The last order to a session, if its recording is not finished: `is_on` says whether it goes on."""
    query = (
        select(SessionMessage.payload, SessionMessage.done_at)
        .where(SessionMessage.session_id == row.id, SessionMessage.kind == RECORD)
        .order_by(SessionMessage.sequence.desc())
        .limit(1)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None or found.done_at is not None:
        return None
    return RecordOrder.model_validate(found.payload)


async def add_part(tx: Tx, session_id: str, job_id: str, part: jobs.RecordedPart) -> None:
    """Note that a part of a recording is in the object store; one that comes too late is left out."""
    query = select(SessionMessage.sequence).where(_is_open(session_id, job_id))
    if (await tx.execute(query.with_for_update(read=True))).first() is None:
        return
    of_session = select(Session.account_id).where(Session.id == session_id)
    values = {
        "job_id": job_id,
        "placement": part.placement,
        "number": part.number,
        "account_id": (await tx.execute(of_session)).scalar_one(),
        "session_id": session_id,
        "size_bytes": part.size_bytes,
    }
    statement = insert(RecordingPart).values(values)
    key = ["job_id", "placement", "number"]
    again = {"size_bytes": part.size_bytes}
    await tx.execute(statement.on_conflict_do_update(index_elements=key, set_=again))


async def is_over(tx: Tx, session_id: str, job_id: str) -> bool:
    """Whether no worker goes on with a recording: the session has ended, or the recording was ended."""
    row = (await tx.execute(select(Session).where(Session.id == session_id))).scalar_one()
    order = await current(tx, row)
    return row.status == ENDED or order is None or order.job_id != job_id or not order.is_on


async def finish(tx: Tx, session_id: str, job_id: str) -> bool:
    """Note that a recording has ended, and submit its job.

    Returns:
        Whether it was this call that ended it.
    """
    orders = update(SessionMessage).where(_is_open(session_id, job_id))
    done = orders.values(done_at=func.now()).returning(SessionMessage.payload)
    payloads = (await tx.execute(done)).scalars().all()
    if not payloads:
        return False
    order = RecordOrder.model_validate(payloads[0])
    row = (await tx.execute(select(Session).where(Session.id == session_id))).scalar_one()
    parts = await _take_parts(tx, row, job_id)
    if parts and row.key_id is not None:
        owner = Principal(row.account_id, Credential(CredentialKind.KEY, row.key_id))
        submission = jobs.Submission(
            id=job_id,
            kind=jobs.RECORDING,
            surface=order.surface,
            input=jobs.RecordingInput(parts=parts, session_id=session_id),
            base_url=order.base_url,
        )
        await jobs.submit(tx, owner, submission)
    return True


async def finish_left(tx: Tx) -> int:
    """Finish recordings that ended while no worker was there to do it. Returns their number."""
    stopped = aliased(SessionMessage)
    was_stopped = exists().where(
        stopped.session_id == SessionMessage.session_id,
        stopped.kind == RECORD,
        stopped.payload["job_id"].astext == SessionMessage.payload["job_id"].astext,
        stopped.payload["is_on"].as_boolean().is_(False),
        stopped.created_at < func.now() - _LEFT_AFTER,
    )
    has_ended = (Session.status == ENDED) & (Session.ended_at < func.now() - _LEFT_AFTER)
    query = (
        select(SessionMessage.session_id, SessionMessage.payload["job_id"].astext)
        .join(Session, Session.id == SessionMessage.session_id)
        .where(_is_open(), has_ended | was_stopped)
        .distinct()
    )
    return sum([await finish(tx, *left) for left in (await tx.execute(query)).all()])


async def orphaned(tx: Tx, paths: list[str]) -> list[str]:
    """Of these parts, those that neither a running recording nor an unfinished job needs."""
    query = select(SessionMessage.payload["job_id"].astext).where(_is_open())
    running = set((await tx.execute(query)).scalars())
    return [path for path in await jobs.orphaned_uploads(tx, paths) if path.split("/")[1] not in running]


def path_of(job_id: str, placement: int, number: int) -> str:
    """Path of a part in the object store.

    Args:
        job_id: ID of the job that finishes the recording.
        placement: Number of the worker among those that held the session.
        number: Number of the part among those of this worker.
    """
    return f"{RECORDINGS}/{job_id}/{placement}-{number}"


def _is_open(session_id: str | None = None, job_id: str | None = None) -> ColumnElement[bool]:
    """Orders whose recordings are not finished: those of a session and a job, or all."""
    meant = (SessionMessage.kind == RECORD) & SessionMessage.done_at.is_(None)
    if session_id is not None:
        meant &= SessionMessage.session_id == session_id
        meant &= SessionMessage.payload["job_id"].astext == job_id
    return meant


async def _take_parts(tx: Tx, row: Session, job_id: str) -> tuple[jobs.RecordedPart, ...]:
    taken = (
        delete(RecordingPart)
        .where(RecordingPart.account_id == row.account_id, RecordingPart.job_id == job_id)
        .returning(RecordingPart.placement, RecordingPart.number, RecordingPart.size_bytes)
    )
    return tuple(
        jobs.RecordedPart(
            placement=placement,
            number=number,
            size_bytes=size_bytes,
            path=path_of(job_id, placement, number),
        )
        for placement, number, size_bytes in sorted(tuple(row) for row in (await tx.execute(taken)).all())
    )


async def _lock(tx: Tx, principal: Principal, session_id: str) -> Session:
    """Find an active session, and let nobody else start or stop a recording of it meanwhile."""
    mine = (Session.id == session_id) & (Session.account_id == principal.account_id)
    await tx.execute(select(Session.id).where(mine).with_for_update())
    return await sessions.find_active(tx, principal, session_id)
