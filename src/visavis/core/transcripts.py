"""Transcripts of live sessions, for clients that want them: kept segment by segment, for a limited time."""

from typing import Final

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from visavis.core.database import Tx
from visavis.core.schema import Session, SpokenSegment
from visavis.ports.conversation import TranscriptSegment

MAX_SEGMENTS: Final = 5_000
"""Number of segments of a session that are kept; later ones are not."""
_MAX_TEXT_CHARS: Final = 10_000


async def add(tx: Tx, worker_id: str, session_id: str, segment: TranscriptSegment) -> None:
    """Keep a segment of a session that a worker holds; one that is kept already is replaced."""
    count = select(func.count()).select_from(SpokenSegment).where(SpokenSegment.session_id == session_id)
    values = {
        SpokenSegment.role: segment.role,
        SpokenSegment.segment_id: segment.id,
        SpokenSegment.text: segment.text[:_MAX_TEXT_CHARS].replace("\0", ""),
        SpokenSegment.start_s: segment.start_s,
        SpokenSegment.end_s: segment.end_s,
        SpokenSegment.is_interrupted: segment.is_interrupted,
        SpokenSegment.sources: list(segment.sources),
    }
    found = select(
        Session.id, Session.account_id, *(literal(value, column.type) for column, value in values.items())
    ).where(Session.id == session_id, Session.worker_id == worker_id, count.scalar_subquery() < MAX_SEGMENTS)
    statement = insert(SpokenSegment).from_select(
        ["session_id", "account_id", *(column.key for column in values)], found
    )
    changed = ("text", "start_s", "end_s", "is_interrupted", "sources")
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id", "role", "segment_id"],
            set_={name: statement.excluded[name] for name in changed},
        )
    )


async def of_session(tx: Tx, row: Session) -> list[TranscriptSegment]:
    """The transcript of a session as far as it is kept, in the order in which things were said."""
    query = (
        select(SpokenSegment)
        .where(SpokenSegment.session_id == row.id, SpokenSegment.account_id == row.account_id)
        .order_by(SpokenSegment.start_s, SpokenSegment.created_at)
    )
    return [
        TranscriptSegment(
            id=each.segment_id,
            role="user" if each.role == "user" else "avatar",
            text=each.text,
            start_s=each.start_s,
            end_s=each.end_s,
            is_interrupted=each.is_interrupted,
            sources=tuple(each.sources),
        )
        for each in (await tx.execute(query)).scalars()
    ]


async def forget(tx: Tx, *, age_s: int) -> None:
    """Delete the segments that have been kept for so long."""
    too_old = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, age_s)
    await tx.execute(delete(SpokenSegment).where(SpokenSegment.created_at < too_old))
