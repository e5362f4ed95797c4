"""Recordings of live sessions: asked for while a session runs, and finished by a job when they end.

The order to record is a message to the session. Its worker has the session recorded to a file, keeps the
file in the object store, and submits the job. A recording ends with its session, or when the session moves to
another worker.
"""

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select, update

from visavis.core import jobs, sessions
from visavis.core.database import Tx
from visavis.core.identity.principals import Credential, CredentialKind, Principal
from visavis.core.schema import RECORD, Session, SessionMessage
from visavis.errors import RecordingMissingError


class RecordOrder(BaseModel):
    """Payload of a message `RECORD`.

    Attributes:
        job_id: ID of the job that finishes the recording.
        is_on: Whether the recording begins; otherwise it ends.
        surface: Name of the surface that received the request.
        base_url: URL at which the client reaches this server.
    """

    model_config = ConfigDict(frozen=True)

    job_id: str
    is_on: bool
    surface: str
    base_url: str


async def start(tx: Tx, principal: Principal, session_id: str, *, surface: str, base_url: str) -> str:
    """Have a session recorded from now on.

    Returns:
        ID of the job that finishes the recording; that of the running one if there is one.

    Raises:
        SessionMissingError: There is no such session.
        SessionNotActiveError: It has ended.
    """
    row = await _lock(tx, principal, session_id)
    running = await _running(tx, row)
    if running is not None:
        return running.job_id
    order = RecordOrder(job_id=jobs.new_id(), is_on=True, surface=surface, base_url=base_url)
    await sessions.send(tx, row, RECORD, payload=order.model_dump())
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
    running = await _running(tx, row)
    if running is None:
        raise RecordingMissingError("The session is not being recorded.")
    order = running.model_copy(update={"is_on": False})
    await sessions.send(tx, row, RECORD, payload=order.model_dump())
    return order.job_id


async def finish(tx: Tx, session_id: str, order: RecordOrder, *, size_bytes: int | None) -> None:
    """Note that a recording has ended, and submit its job.

    Args:
        tx: The transaction.
        session_id: ID of the session.
        order: The order to record.
        size_bytes: Size of its file, which is in the object store; `None` if nothing was recorded.
    """
    ended = update(SessionMessage).where(
        SessionMessage.session_id == session_id,
        SessionMessage.kind == RECORD,
        SessionMessage.payload["job_id"].astext == order.job_id,
    )
    await tx.execute(ended.values(done_at=func.now()))
    row = (await tx.execute(select(Session).where(Session.id == session_id))).scalar_one()
    if size_bytes is None or row.key_id is None:
        return
    video = jobs.StoredFile(size_bytes=size_bytes, path=path_for(order))
    owner = Principal(row.account_id, Credential(CredentialKind.KEY, row.key_id))
    submission = jobs.Submission(
        id=order.job_id,
        kind=jobs.RECORDING,
        surface=order.surface,
        input=jobs.RecordingInput(video=video, session_id=session_id),
        base_url=order.base_url,
    )
    await jobs.submit(tx, owner, submission)


def path_for(order: RecordOrder) -> str:
    """Path in the object store of what was recorded, until its job has finished it."""
    return jobs.path_for_upload(order.job_id, "video")


async def _lock(tx: Tx, principal: Principal, session_id: str) -> Session:
    """Find an active session, and let nobody else start or stop a recording of it meanwhile."""
    mine = (Session.id == session_id) & (Session.account_id == principal.account_id)
    await tx.execute(select(Session.id).where(mine).with_for_update())
    return await sessions.find_active(tx, principal, session_id)


async def _running(tx: Tx, row: Session) -> RecordOrder | None:
    query = (
        select(SessionMessage.payload, SessionMessage.done_at)
        .where(SessionMessage.session_id == row.id, SessionMessage.kind == RECORD)
        .order_by(SessionMessage.sequence.desc())
        .limit(1)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None or found.done_at is not None:
        return None
    order = RecordOrder.model_validate(found.payload)
    return order if order.is_on else None
