"""Share links: they let others watch a live session until it ends."""

import secrets
from typing import Final

from sqlalchemy import delete, func, select, update

from visavis.core import leases
from visavis.core.database import Tx
from visavis.core.schema import ACTIVE, Session, Share
from visavis.core.secret import LINKS, derived, digest, shared_secret
from visavis.core.sessions import EXTERNAL
from visavis.errors import InputError, SessionNotActiveError, ShareMissingError

KEPT_DAYS: Final = 7  # for so long a link answers that its session is over, afterwards that it does not exist
_TOKEN_BYTES: Final = 18
_VIEW_DIGITS: Final = 36
_IDENTITY_BYTES: Final = 6
_LINK_DIGITS: Final = 12


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
    return found is not None and found.revoked_at is None


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
        .where(Share.digest == digest(token), Share.revoked_at.is_(None), Session.id == session_id)
    )
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise ShareMissingError("This link is not valid or has expired.")
    return row


def viewer(token: str) -> str:
    """Identity under which somebody who has a link joins; another one each time."""
    return f"{_begin_of_viewers(digest(token))}{secrets.token_hex(_IDENTITY_BYTES)}"


async def revoke(tx: Tx, row: Session, token: str | None = None) -> int:
    """Make links of a session invalid. The worker that holds it removes those who came in by them.

    Args:
        tx: The transaction.
        row: The session.
        token: Token of a link; `None` for all links.

    Returns:
        Number of links.

    Raises:
        ShareMissingError: The token does not belong to this session.
    """
    statement = update(Share).where(Share.session_id == row.id, Share.revoked_at.is_(None))
    if token is not None:
        statement = statement.where(Share.digest == digest(token))
    revoked = await tx.execute(statement.values(revoked_at=func.now()).returning(Share.digest))
    count = len(revoked.all())
    if token is not None and not count:
        raise ShareMissingError("This link is not valid or has expired.")
    await leases.wake(tx)
    return count


async def revoked_viewers(tx: Tx, worker_id: str) -> list[tuple[Session, str]]:
    """Sessions that a worker holds, and how the identities of viewers begin whose links were revoked."""
    query = (
        select(Session, Share.digest)
        .join(Share, Share.session_id == Session.id)
        .where(Session.worker_id == worker_id, Session.status == ACTIVE, Share.revoked_at.is_not(None))
    )
    return [(row, _begin_of_viewers(found)) for row, found in await tx.execute(query)]


def _begin_of_viewers(link: bytes) -> str:
    """How the identities of those begin who came in by a link; it does not reveal the link."""
    return f"viewer-{link.hex()[:_LINK_DIGITS]}-"


async def _delete_old(tx: Tx) -> None:
    """Delete the links of sessions that ended long ago."""
    before = func.now() - func.make_interval(0, 0, 0, KEPT_DAYS)
    over = select(Session.id).where(Session.ended_at < before)
    await tx.execute(delete(Share).where(Share.session_id.in_(over)))
