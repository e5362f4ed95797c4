"""Sessions that are paid in advance: reserved before the payment, opened after it, extended by further ones.

They belong to an account of a wallet and have no key. Whoever has the token of such a session may act on it.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from visavis.core import leases, sessions
from visavis.core.billing import prepaid
from visavis.core.billing.prepaid import MINUTE_S
from visavis.core.database import Tx
from visavis.core.identity.principals import Credential, CredentialKind, Principal
from visavis.core.schema import ACTIVE, RESERVED, Session
from visavis.core.secret import digest
from visavis.errors import KeyRefusedError, SessionEndedError, SessionMissingError

_TOKEN_BEGIN: Final = "sk_"  # noqa: S105 - no secret
_TOKEN_BYTES: Final = 24


def create_token() -> str:
    """A token of a session. Only its digest is stored."""
    return _TOKEN_BEGIN + secrets.token_urlsafe(_TOKEN_BYTES)


async def find(tx: Tx, session_id: str, token: str) -> Session:
    """A session, for whoever has its token.

    Raises:
        KeyRefusedError: It is not the token of a session.
        SessionMissingError: It is the token of another session.
    """
    query = select(Session).where(Session.token_digest == digest(token))
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise KeyRefusedError("The session token is not valid.")
    if row.id != session_id:
        raise SessionMissingError("Session not found.")
    return row


def principal_of(row: Session) -> Principal:
    """The principal of whoever has the token of a session."""
    credential = Credential(CredentialKind.SESSION, row.account_id)
    return Principal(row.account_id, credential, session_id=row.id)


def takes_streams(row: Session) -> bool:
    """Whether the sound of a session comes from whoever has its token, and from nobody in its room."""
    return row.token_digest is not None


def own_room(row: Session) -> str:
    """Name of the room on our server: where the avatar of a session of our own is, or hears its stream."""
    return row.id if row.mode == sessions.EXTERNAL else row.room


async def start(tx: Tx, session_id: str, token: str) -> Session:
    """Open a reserved session, once it is paid: a worker begins with it, and its account is charged.

    Args:
        tx: The transaction.
        session_id: ID of the session.
        token: Token that its client gets, from `create_token`.

    Raises:
        SessionMissingError: The reservation was given up.
    """
    statement = (
        update(Session)
        .where(Session.id == session_id, Session.status == RESERVED)
        .values(
            status=ACTIVE,
            token_digest=digest(token),
            started_at=func.now(),
            lease_until=func.now() + leases.LEASE,
        )
        .returning(Session)
        .execution_options(populate_existing=True)
    )
    row = (await tx.execute(statement)).scalar_one_or_none()
    if row is None:
        raise SessionMissingError("The reservation of the session has expired.")
    paid = prepaid.prepaid_of(row)
    if paid is not None:
        await prepaid.charge(tx, row, paid.paid_micros)
    await leases.wake(tx)
    return row


async def release(tx: Tx, session_id: str) -> None:
    """Give up a reservation; its slot is free again."""
    await tx.execute(delete(Session).where(Session.id == session_id, Session.status == RESERVED))


async def extend(tx: Tx, principal: Principal, session_id: str, *, minutes: int, paid_micros: int) -> Session:
    """Add time to a session and charge its account for that.

    Raises:
        SessionMissingError: There is no such session.
        SessionEndedError: It has ended.
    """
    mine = (Session.id == session_id) & (Session.account_id == principal.account_id)
    # The row's lock: of two extensions at once the second one adds to the first.
    await tx.execute(select(Session.id).where(mine).with_for_update())
    row = await sessions.find(tx, principal, session_id)
    if row.status != ACTIVE or row.max_duration_s is None:
        raise SessionEndedError("The session has ended.")
    row.max_duration_s += minutes * MINUTE_S
    paid = prepaid.prepaid_of(row)
    if paid is not None:
        grown = paid.model_copy(update={"paid_micros": paid.paid_micros + paid_micros})
        row.prepaid = grown.model_dump(mode="json")
        await prepaid.charge_extension(tx, row, paid_micros)
    await tx.flush()
    await leases.wake(tx)
    return row


def expires_at(row: Session) -> datetime | None:
    """When the paid time of a session is over; `None` while its avatar has not come: then nothing counts."""
    if row.joined_at is None or row.max_duration_s is None:
        return None
    return row.joined_at + timedelta(seconds=row.max_duration_s)


def remaining_s(row: Session) -> float:
    """Paid time that a session has left; all of it while its avatar has not come."""
    if row.max_duration_s is None or row.ended_at is not None:
        return 0.0
    return max(0.0, row.max_duration_s - sessions.bill(row).duration_s)
