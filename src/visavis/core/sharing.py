"""Share links: they let others watch a live session until it ends."""

import secrets
from typing import Final

from sqlalchemy import delete, func, select

from visavis.core.database import Tx
from visavis.core.schema import ACTIVE, Session, Share
from visavis.core.secret import LINKS, derived, digest, shared_secret
from visavis.core.sessions import EXTERNAL
from visavis.errors import InputError, SessionNotActiveError, ShareMissingError

KEPT_DAYS: Final = 7  # for so long a link answers that its session is over, afterwards that it does not exist
_TOKEN_BYTES: Final = 18
_VIEW_DIGITS: Final = 36


async def view_token(tx: Tx, row: Session) -> str:
    """The token of a session's own link, which is the same each time; `allow_view` makes it valid."""
    return derived(await shared_secret(tx, LINKS), f"view {row.id}")[:_VIEW_DIGITS]


async def allow_view(tx: Tx, row: Session) -> None:
    """Let whoever has a session's own link watch it."""
    tx.add(Share(digest=digest(await view_token(tx, row)), session_id=row.id))
    await tx.flush()


async def allows_view(tx: Tx, row: Session) -> bool:
    """Whether a session's own link is valid."""
    found = await tx.get(Share, digest(await view_token(tx, row)))
    return found is not None


async def share(tx: Tx, row: Session) -> str:
    """Create the token of a share link; only its digest is stored.

    Raises:
        SessionNotActiveError: The session has ended.
        InputError: The session is in an external room, to which we cannot admit anybody.
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
    """Find the session that a share token belongs to; the session may have ended.

    Raises:
        ShareMissingError: The token does not belong to this session.
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


async def revoke(tx: Tx, row: Session, token: str | None = None) -> int:
    """Make links of a session invalid. Whoever watches goes on until they leave.

    Args:
        tx: The transaction.
        row: The session.
        token: Token of a link; `None` for all links.

    Returns:
        Number of links.

    Raises:
        ShareMissingError: The token does not belong to this session.
    """
    statement = delete(Share).where(Share.session_id == row.id)
    if token is not None:
        statement = statement.where(Share.digest == digest(token))
    count = len((await tx.execute(statement.returning(Share.digest))).all())
    if token is not None and not count:
        raise ShareMissingError("This link is not valid or has expired.")
    return count


async def _delete_old(tx: Tx) -> None:
    """Delete the links of sessions that ended long ago."""
    before = func.now() - func.make_interval(0, 0, 0, KEPT_DAYS)
    over = select(Session.id).where(Session.ended_at < before)
    await tx.execute(delete(Share).where(Share.session_id.in_(over)))
