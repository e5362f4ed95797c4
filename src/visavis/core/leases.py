"""Leases of live sessions: which worker holds which session.

A worker announces how many sessions it can hold, and renews the leases of those that it holds. Any worker
may take a session whose lease has expired. The database decides everything, by its own clock.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.capacity import HEARTBEAT_TTL_S
from visavis.core.schema import ACTIVE, CONTEXT, ENDED, RECORD, SPEAK, SWAP, Session, SessionMessage
from visavis.errors import NoCapacityError

CHANNEL: Final = "visavis_sessions"
LEASE: Final = timedelta(seconds=5)
HEARTBEAT_S: Final = 1.0
MAX_PLACEMENTS: Final = 6
RETRY_AFTER_S: Final = 30
_ABANDONED_AFTER: Final = timedelta(seconds=15)  # how long a session may be without a worker
_PLACING_LOCK: Final = 0x7615A717

# Workers that are alive and have a free slot; the one with the most free slots first.
_FREEST: Final = text(
    "SELECT w.id, w.live_slots - (SELECT count(*) FROM sessions s WHERE s.worker_id = w.id "
    "AND s.status <> 'ended') AS free FROM workers w "
    "WHERE abs(extract(epoch FROM now() - w.seen_at)) < :ttl ORDER BY free DESC, random() LIMIT 1"
)


@dataclass(frozen=True)
class LiveCapacity:
    """Capacity of all workers together.

    Attributes:
        slots: Number of sessions that they can hold.
        held: Number of sessions that are active or wait for their payment.
    """

    slots: int
    held: int

    @property
    def is_full(self) -> bool:
        """Whether there are slots and all are in use."""
        return 0 < self.slots <= self.held


async def wake(tx: AsyncSession) -> None:
    """Wake the workers after the commit, so that they check their sessions. They also check at intervals."""
    await tx.execute(text(f"NOTIFY {CHANNEL}"))


async def measure(tx: AsyncSession) -> LiveCapacity:
    """Measure the capacity now."""
    row = await tx.execute(
        text(
            "SELECT coalesce(sum(live_slots), 0), (SELECT count(*) FROM sessions WHERE status <> 'ended') "
            "FROM workers WHERE abs(extract(epoch FROM now() - seen_at)) < :ttl"
        ),
        {"ttl": HEARTBEAT_TTL_S},
    )
    slots, held = row.one()
    return LiveCapacity(int(slots), held)


async def place(tx: AsyncSession) -> str:
    """Choose the worker for a new session. Its slot is taken as soon as the row of the session is written.

    Raises:
        NoCapacityError: No worker has a free slot.
    """
    await _take_turn(tx)
    return await _freest(tx)


async def refuse_when_full(tx: AsyncSession) -> None:
    """Check for a free slot before any work is done for a session; only `place` takes it.

    Raises:
        NoCapacityError: No worker has a free slot.
    """
    await _freest(tx)


async def _freest(tx: AsyncSession) -> str:
    found = (await tx.execute(_FREEST, {"ttl": HEARTBEAT_TTL_S})).one_or_none()
    if found is None or found.free < 1:
        there_are_slots = (await measure(tx)).slots > 0
        reason = "All slots are busy." if there_are_slots else "No worker takes live sessions yet."
        raise NoCapacityError(f"{reason} Retry after {RETRY_AFTER_S} seconds.", retry_after_s=RETRY_AFTER_S)
    return str(found.id)


async def renew(tx: AsyncSession, worker_id: str) -> list[Session]:
    """Renew every lease of a worker.

    Returns:
        The sessions that the worker holds and should run; it must end any other.
    """
    statement = (
        update(Session)
        .where(Session.worker_id == worker_id, Session.status == ACTIVE)
        .values(lease_until=func.now() + LEASE)
        .returning(Session)
    )
    return list((await tx.execute(statement)).scalars())


async def take_over(tx: AsyncSession, worker_id: str, *, free: int) -> list[str]:
    """Take sessions whose worker has stopped renewing them.

    A lease that ends later than any lease can was written before the clock was set back, and was not renewed
    since. The worker's own sessions are renewed, not taken: when the clock is set forward, all leases expire
    at once. Just after a start of the database, nobody could have renewed anything: then nothing is taken.

    Args:
        tx: The transaction.
        worker_id: Worker that takes them.
        free: Maximum number to take.

    Returns:
        IDs of the sessions that were taken.
    """
    if free < 1:
        return []
    statement = text(
        "UPDATE sessions SET worker_id = :worker, lease_until = now() + :lease, placements = placements + 1 "
        "WHERE id IN (SELECT id FROM sessions WHERE status = 'active' AND placements < :max_placements "
        "AND (lease_until < now() OR lease_until > now() + 2 * CAST(:lease AS interval)) "
        "AND worker_id IS DISTINCT FROM :worker ORDER BY lease_until LIMIT :free FOR UPDATE SKIP LOCKED) "
        "AND now() - pg_postmaster_start_time() > :lease RETURNING id"
    )
    values = {"worker": worker_id, "lease": LEASE, "max_placements": MAX_PLACEMENTS, "free": free}
    return list((await tx.execute(statement, values)).scalars())


async def announce(tx: AsyncSession, worker_id: str, slots: int) -> None:
    """Publish at once how many sessions a worker can hold, if its heartbeat exists."""
    statement = text("UPDATE workers SET live_slots = :slots WHERE id = :id")
    await tx.execute(statement, {"id": worker_id, "slots": slots})


async def drain(tx: AsyncSession, worker_id: str) -> int:
    """Take no more sessions, and let other workers take those that are held.

    Returns:
        Number of sessions that were held.
    """
    await announce(tx, worker_id, 0)
    given = await release(tx, worker_id)
    await wake(tx)
    return given


async def release(tx: AsyncSession, worker_id: str, session_id: str | None = None) -> int:
    """Let any worker take a session at once, or all sessions.

    Returns:
        Number of sessions that were held.
    """
    statement = (
        update(Session)
        .where(Session.worker_id == worker_id, Session.status == ACTIVE)
        .values(worker_id=None, lease_until=func.now() - timedelta(milliseconds=1))
    )
    if session_id is not None:
        statement = statement.where(Session.id == session_id)
    given = await tx.execute(statement)
    return int(given.rowcount)  # type: ignore[attr-defined]


async def abandoned(tx: AsyncSession) -> list[Session]:
    """Sessions that no worker took over in time, or that failed too often."""
    over = (Session.lease_until < func.now() - _ABANDONED_AFTER) & (
        func.now() - func.pg_postmaster_start_time() > _ABANDONED_AFTER
    )
    broken = (Session.lease_until < func.now()) & (Session.placements >= MAX_PLACEMENTS)
    query = select(Session).where(Session.status == ACTIVE, over | broken).with_for_update(skip_locked=True)
    return list((await tx.execute(query)).scalars())


async def joined(tx: AsyncSession, worker_id: str, session_id: str) -> None:
    """Record that the avatar is in the room. The first time starts the billing."""
    statement = (
        update(Session)
        .where(Session.id == session_id, Session.worker_id == worker_id, Session.joined_at.is_(None))
        .values(joined_at=func.now())
    )
    await tx.execute(statement)


async def unread(tx: AsyncSession, row: Session) -> list[SessionMessage]:
    """Messages for the session itself that it has not applied yet, oldest first."""
    query = (
        select(SessionMessage)
        .where(
            SessionMessage.session_id == row.id,
            SessionMessage.kind.in_([SWAP, RECORD]),
            SessionMessage.sequence > row.applied,
        )
        .order_by(SessionMessage.sequence)
    )
    return list((await tx.execute(query)).scalars())


async def for_conversations(
    tx: AsyncSession, rows: Iterable[Session], *, running: Collection[str]
) -> dict[str, list[SessionMessage]]:
    """Messages for the conversations of sessions, oldest first, by ID of the session.

    Args:
        tx: The transaction.
        rows: The sessions.
        running: IDs of the sessions that run: they get what was not taken yet. A session that begins gets all
            knowledge, and all texts that are not spoken to their end.
    """
    ids = [row.id for row in rows]
    in_full = SessionMessage.session_id.not_in(running) & (
        SessionMessage.done_at.is_(None) | (SessionMessage.kind == CONTEXT)
    )
    query = (
        select(SessionMessage)
        .where(
            SessionMessage.session_id.in_(ids),
            SessionMessage.kind.in_([SPEAK, CONTEXT]),
            SessionMessage.taken_at.is_(None) | in_full,
        )
        .order_by(SessionMessage.sequence)
    )
    found: dict[str, list[SessionMessage]] = {name: [] for name in ids}
    for message in (await tx.execute(query)).scalars():
        found[message.session_id].append(message)
    return found


async def mark_taken(tx: AsyncSession, worker_id: str, session_id: str, sequence: int) -> None:
    """Record that a session's conversation has taken a message."""
    await _mark(tx, worker_id, session_id, sequence, {"taken_at": func.now()})


async def mark_spoken(
    tx: AsyncSession, worker_id: str, session_id: str, sequence: int, position: int, is_done: bool
) -> None:
    """Record how much of a text was spoken; less than was recorded changes nothing.

    Args:
        tx: The transaction.
        worker_id: Worker that holds the session.
        session_id: ID of the session.
        sequence: Number of the message.
        position: Number of sentences that were spoken.
        is_done: Whether nothing more of it will be spoken.
    """
    done = {"done_at": func.now()} if is_done else {}
    furthest = func.greatest(SessionMessage.position, position)
    await _mark(tx, worker_id, session_id, sequence, {"position": furthest, **done})


async def _mark(
    tx: AsyncSession, worker_id: str, session_id: str, sequence: int, values: dict[str, Any]
) -> None:
    """Change a message to a session that a worker holds."""
    is_held = exists().where(Session.id == session_id, Session.worker_id == worker_id)
    statement = update(SessionMessage).where(
        SessionMessage.sequence == sequence, SessionMessage.session_id == session_id, is_held
    )
    await tx.execute(statement.values(values))


async def mark_applied(tx: AsyncSession, worker_id: str, session_id: str, sequence: int) -> None:
    """Record that the session has applied every message up to this one."""
    statement = (
        update(Session)
        .where(Session.id == session_id, Session.worker_id == worker_id, Session.applied < sequence)
        .values(applied=sequence)
    )
    await tx.execute(statement)


async def keep_token(tx: AsyncSession, worker_id: str, session_id: str, sealed: bytes) -> None:
    """Keep the newest token for an external room, as long as the session lasts."""
    statement = (
        update(Session)
        .where(Session.id == session_id, Session.worker_id == worker_id, Session.status == ACTIVE)
        .values(sealed_token=sealed)
    )
    await tx.execute(statement)


async def rooms_to_close(tx: AsyncSession, *, limit: int = 50) -> list[Session]:
    """Ended sessions whose rooms may still be open. They are locked until the transaction ends."""
    query = (
        select(Session)
        .where(Session.status == ENDED, Session.room_closed.is_(False))
        .order_by(Session.ended_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await tx.execute(query)).scalars())


async def room_closed(tx: AsyncSession, session_id: str) -> None:
    """Record that the room of an ended session is closed."""
    await tx.execute(update(Session).where(Session.id == session_id).values(room_closed=True))


async def _take_turn(tx: AsyncSession) -> None:
    """Wait for other placing transactions, so that each one sees the sessions that the others placed."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PLACING_LOCK})
