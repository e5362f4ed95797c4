"""Links that let others watch a live session: good until it ends."""

import secrets
from typing import Final

from sqlalchemy import delete, func, select

from visavis.core.database import Tx
from visavis.core.schema import ACTIVE, Session, Share
from visavis.core.secret import digest
from visavis.core.sessions import EXTERNAL
from visavis.errors import InputError, SessionNotActiveError, ShareMissingError

KEPT_DAYS: Final = 7  # so long a link says that its session is over; then that there is none
_TOKEN_BYTES: Final = 18


async def share(tx: Tx, row: Session) -> str:
    """Make a link's token for a session; of it only a digest is kept.

    Raises:
        SessionNotActiveError: The session has ended.
        InputError: It is in somebody else's room, where we cannot let anybody in.
    """
    if row.mode == EXTERNAL:
        raise InputError("This session uses your own room. Invite viewers to that room.")
    if row.status != ACTIVE:
        raise SessionNotActiveError("The session has ended.")
    await _delete_old(tx)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    tx.add(Share(digest=digest(token), session_id=row.id))
    await tx.flush()
    return token


async def shared(tx: Tx, session_id: str, token: str) -> Session:
    """The session that a token lets watch; it may have ended.

    Raises:
        ShareMissingError: The token is not of this session.
    """
    query = (
        select(Session)
        .join(Share, Share.session_id == Session.id)
        .where(Share.digest == digest(token), Session.id == session_id)
    )
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise ShareMissingError("This link is not valid or has expired.")
    return row


async def _delete_old(tx: Tx) -> None:
    """Forget the links of sessions that ended long ago."""
    before = func.now() - func.make_interval(0, 0, 0, KEPT_DAYS)
    over = select(Session.id).where(Session.ended_at < before)
    await tx.execute(delete(Share).where(Share.session_id.in_(over)))
