"""What live sessions of an agent are told: texts to speak, and knowledge for its answers.

A message waits in the database until its room has taken it, so a worker that dies loses none.
"""

from typing import Any, Final

from sqlalchemy import func, or_, select

from visavis.core import sessions
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.schema import ACTIVE, CONTEXT, SPEAK, Agent, Session, SessionMessage
from visavis.errors import NoActiveRoomsError, TooManyMessagesError

MAX_ROOMS: Final = 1_000
MAX_WAITING: Final = 100
"""Number of messages of a session that its room has not taken."""
_RETRY_AFTER_S: Final = 10


async def live_rooms(
    tx: Tx, principal: Principal, agent: Agent, *, room_id: str | None = None
) -> list[Session]:
    """Sessions in which an agent can be told something, oldest first.

    Args:
        tx: The transaction.
        principal: Whoever tells it.
        agent: The agent.
        room_id: Only the session with this ID, or in the room with this name.

    Raises:
        NoActiveRoomsError: There is none.
    """
    query = select(Session).where(
        Session.account_id == principal.account_id,
        Session.agent_id == agent.id,
        Session.status == ACTIVE,
        Session.mode != sessions.EXTERNAL,
    )
    if room_id is not None:
        query = query.where(or_(Session.id == room_id, Session.room == room_id))
    found = list((await tx.execute(query.order_by(Session.created_at).limit(MAX_ROOMS))).scalars())
    if not found:
        raise NoActiveRoomsError(f"No active rooms found for agent {agent.code}")
    return found


async def send(tx: Tx, rooms: list[Session], kind: str, text: str, **options: Any) -> list[int]:
    """Tell sessions something.

    Args:
        tx: The transaction.
        rooms: The sessions, from `live_rooms`.
        kind: `SPEAK` or `CONTEXT`.
        text: Text to speak, or knowledge.
        options: What else the kind needs.

    Returns:
        Numbers of the messages.

    Raises:
        NoActiveRoomsError: All sessions have ended in the meantime.
        TooManyMessagesError: Too many messages wait in one of the rooms.
    """
    # The rows' locks: of two requests at once, all rooms are told the same one first.
    account_id = rooms[0].account_id
    locked = (
        select(Session.id)
        .where(
            Session.account_id == account_id,
            Session.id.in_([row.id for row in rooms]),
            Session.status == ACTIVE,
        )
        .order_by(Session.id)
        .with_for_update()
    )
    active = set((await tx.execute(locked)).scalars())
    if not active:
        raise NoActiveRoomsError("All rooms of the agent have ended in the meantime.")
    waiting = (
        select(SessionMessage.session_id)
        .join(Session, Session.id == SessionMessage.session_id)
        .where(
            Session.account_id == account_id,
            SessionMessage.session_id.in_(active),
            SessionMessage.kind.in_([SPEAK, CONTEXT]),
            SessionMessage.taken_at.is_(None),
        )
        .group_by(SessionMessage.session_id)
        .having(func.count() >= MAX_WAITING)
        .limit(1)
    )
    full = (await tx.execute(waiting)).scalar_one_or_none()
    if full is not None:
        raise TooManyMessagesError(
            f"{MAX_WAITING} messages wait in the session {full}. Wait until the agent has spoken.",
            retry_after_s=_RETRY_AFTER_S,
        )
    payload = {"text": text, **options}
    return [await sessions.send(tx, row, kind, payload=payload) for row in rooms if row.id in active]


async def count_taken(tx: Tx, principal: Principal, numbers: list[int]) -> tuple[int, int]:
    """How many of these messages their rooms have taken, and how many they may still take."""
    is_taken = SessionMessage.taken_at.is_not(None)
    query = (
        select(
            func.count().filter(is_taken),
            func.count().filter(~is_taken, Session.status == ACTIVE),
        )
        .select_from(SessionMessage)
        .join(Session, Session.id == SessionMessage.session_id)
        .where(Session.account_id == principal.account_id, SessionMessage.sequence.in_(numbers))
    )
    taken, open_ = (await tx.execute(query)).one()
    return taken, open_
