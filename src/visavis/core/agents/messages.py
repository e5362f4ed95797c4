"""What live sessions of an agent are told: texts to speak, and knowledge for its answers.

A message waits in the database until its room has taken it, so a worker that dies loses none.
"""

from typing import Any, Final

from sqlalchemy import func, or_, select

from visavis.core import sessions
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.schema import ACTIVE, Agent, Session, SessionMessage
from visavis.errors import NoActiveRoomsError

MAX_ROOMS: Final = 1_000


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
    """
    # The rows' locks: of two requests at once, all rooms are told the same one first.
    ids = [row.id for row in rooms]
    mine = Session.account_id == rooms[0].account_id
    locked = select(Session.id).where(mine, Session.id.in_(ids)).order_by(Session.id).with_for_update()
    await tx.execute(locked)
    return [await sessions.send(tx, row, kind, payload={"text": text, **options}) for row in rooms]


async def taken(tx: Tx, principal: Principal, numbers: list[int]) -> int:
    """How many of these messages their rooms have taken."""
    query = (
        select(func.count())
        .select_from(SessionMessage)
        .join(Session, Session.id == SessionMessage.session_id)
        .where(
            Session.account_id == principal.account_id,
            SessionMessage.sequence.in_(numbers),
            SessionMessage.taken_at.is_not(None),
        )
    )
    return (await tx.execute(query)).scalar_one()
