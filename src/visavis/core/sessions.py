"""Live sessions: opened, read, changed, ended, billed."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import func, or_, select, update

from visavis.core import leases, message_rates
from visavis.core.billing import money, prepaid, usage
from visavis.core.billing.prepaid import Prepaid
from visavis.core.billing.prices import cost_micros
from visavis.core.database import Tx
from visavis.core.identity import keys
from visavis.core.identity.ownership import owned
from visavis.core.identity.principals import CredentialKind, Principal
from visavis.core.paging import Page, read_page
from visavis.core.schema import ACTIVE, ENDED, RESERVED, SWAP, ApiKey, Session, SessionMessage
from visavis.errors import (
    SessionEndedError,
    SessionMissingError,
    SessionNotActiveError,
)
from visavis.ports.conversation import ConversationConfig

PASSTHROUGH, CONVERSATION, EXTERNAL = "passthrough", "conversation", "external"

_ID_BEGIN, _ID_BYTES = "ses_", 10
_MIN_IDLE_S, _MAX_IDLE_S = 30, 3600


class Reason(StrEnum):
    """Why a session ended."""

    DELETED = "deleted"  # by its key
    IDLE = "idle_timeout"  # nobody there, or nobody who could be heard
    LONGEST = "max_duration"
    ROOM = "room_deleted"  # somebody took the room or the avatar away
    ROOM_LOST = "room_lost"  # the room could not be joined, or not again
    WORKER_LOST = "worker_lost"  # its worker died and no other had a slot for it
    FAILED = "failed"  # it broke again and again
    ACCESS_ENDED = "access_ended"  # its key was an organization's, and the member or the organization is gone


_OF_CLIENTS: Final = frozenset({Reason.DELETED, Reason.IDLE, Reason.LONGEST})
_OF_ROOMS: Final = frozenset({Reason.ROOM, Reason.ROOM_LOST})  # a client's own, or ours


@dataclass(frozen=True)
class NewSession:
    """A live session that a client asks for.

    Attributes:
        mode: `PASSTHROUGH`, `CONVERSATION` or `EXTERNAL`.
        livekit_url: Address of the room server.
        rig_id: ID of the face's rig.
        idle_timeout_s: Time until an idle session ends, from `clamp_idle`.
        max_duration_s: Longest time; `None` for no limit.
        price_per_hour_micros: Price of an hour at this moment, in micro-dollars.
        room: Name of somebody else's room; `None` for a room of our own.
        room_prefix: What the name of a room of our own begins with; the ID of the session follows.
        sealed_token: Token for somebody else's room, sealed.
        conversation: What the conversation is to be like; `None` for a session without one.
        token_digest: Digest of the token with which its client acts on it; `None` for a key's session.
        prepaid: What is paid for it in advance; `None` if it is billed at its end.
        output_protocol: Protocol of its main output: `livekit` or `rtmp`.
        sealed_outputs: Addresses that its video is sent to besides its room, as a JSON list, sealed.
        is_reserved: Whether it only takes a slot, until it is paid (`visavis.core.paid_sessions`).
        agent_id: ID of the agent's row; `None` for a session without an agent.
        embed_token_id: ID of the embed token with which a visitor opens it; `None` for all others.
    """

    mode: str
    livekit_url: str
    rig_id: str
    idle_timeout_s: int
    max_duration_s: int | None
    price_per_hour_micros: int
    room: str | None = None
    room_prefix: str = ""
    sealed_token: bytes | None = None
    conversation: ConversationConfig | None = None
    token_digest: bytes | None = None
    prepaid: Prepaid | None = None
    output_protocol: str = "livekit"
    sealed_outputs: bytes | None = None
    is_reserved: bool = False
    agent_id: int | None = None
    embed_token_id: str | None = None


@dataclass(frozen=True)
class SessionCost:
    """What a session has cost.

    Attributes:
        duration_s: Time since the avatar's first appearance, in tenths of a second; 0 before it.
        cost_micros: Cost of the whole seconds, in micro-dollars; 0 if the avatar never came.
    """

    duration_s: float
    cost_micros: int

    @property
    def cents(self) -> int:
        """The cost in whole cents."""
        return money.to_cents(self.cost_micros)


def clamp_idle(seconds: int) -> int:
    """The nearest time that a session may be idle."""
    return min(max(seconds, _MIN_IDLE_S), _MAX_IDLE_S)


async def open_session(tx: Tx, principal: Principal, wanted: NewSession) -> Session:
    """Open a session on a worker that has room for it, and let that worker know.

    Raises:
        NoCapacityError: None has.
        KeyRefusedError: The key was revoked in the meantime.
    """
    if principal.credential.kind is CredentialKind.KEY:
        await keys.hold(tx, principal)
    worker = await leases.place(tx)
    identifier = _ID_BEGIN + secrets.token_hex(_ID_BYTES)
    row = Session(
        id=identifier,
        account_id=principal.account_id,
        key_id=None if principal.credential.kind is CredentialKind.WALLET else principal.key_id,
        token_digest=wanted.token_digest,
        status=RESERVED if wanted.is_reserved else ACTIVE,
        mode=wanted.mode,
        room=wanted.room or wanted.room_prefix + identifier,
        livekit_url=wanted.livekit_url,
        sealed_token=wanted.sealed_token,
        rig_id=wanted.rig_id,
        idle_timeout_s=wanted.idle_timeout_s,
        max_duration_s=wanted.max_duration_s,
        price_per_hour_micros=wanted.price_per_hour_micros,
        conversation=wanted.conversation.model_dump(mode="json") if wanted.conversation else None,
        prepaid=wanted.prepaid.model_dump(mode="json") if wanted.prepaid else None,
        output_protocol=wanted.output_protocol,
        sealed_outputs=wanted.sealed_outputs,
        agent_id=wanted.agent_id,
        embed_token_id=wanted.embed_token_id,
        worker_id=worker,
        lease_until=func.now() + leases.LEASE,
    )
    tx.add(row)
    await tx.flush()
    await tx.refresh(row)
    await leases.wake(tx)
    return row


def conversation_of(row: Session) -> ConversationConfig | None:
    """What the conversation of a session is to be like; `None` for a session without one."""
    return None if row.conversation is None else ConversationConfig.model_validate(row.conversation)


def keeps_transcript(row: Session) -> bool:
    """Whether what is said in a session is kept."""
    config = conversation_of(row)
    return config is not None and config.keeps_transcript


async def find(tx: Tx, principal: Principal, session_id: str) -> Session:
    """A session, for the key that opened it or for its own token.

    Raises:
        SessionMissingError: There is none; other keys' sessions are none.
    """
    query = select(Session).where(Session.id == session_id, Session.account_id == principal.account_id)
    if principal.session_id is not None:
        query = query.where(Session.id == principal.session_id)
    else:
        query = query.where(Session.key_id == principal.key_id)
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise SessionMissingError("Session not found.")
    return row


async def read(tx: Tx, principal: Principal, session_id: str) -> tuple[Session, ApiKey | None]:
    """A session of the principal's account, or for an operator of any, and its key if it has one.

    Raises:
        SessionMissingError: There is none.
    """
    query = (
        select(Session, ApiKey)
        .outerjoin(ApiKey, ApiKey.id == Session.key_id)
        .where(owned(Session.account_id, principal), Session.id == session_id)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise SessionMissingError("Session not found.")
    return found[0], found[1]


async def search(
    tx: Tx,
    principal: Principal,
    *,
    words: str = "",
    status: str | None = None,
    limit: int,
    offset: int,
) -> Page[Session]:
    """Some of the sessions that are looked for, newest first.

    Args:
        tx: The transaction.
        principal: Whoever reads: sessions of the account are found, for an operator all.
        words: In the identifier, the room, the reason or the key's name; in any case of letters.
        status: `active` or `ended`.
        limit: At most so many.
        offset: After so many.
    """
    found = (
        select(Session)
        .outerjoin(ApiKey, ApiKey.id == Session.key_id)
        .where(owned(Session.account_id, principal), Session.status != RESERVED)
    )
    if words:
        places = (Session.id, Session.room, Session.reason, ApiKey.name)
        found = found.where(or_(*(place.icontains(words, autoescape=True) for place in places)))
    if status:
        found = found.where(Session.status == status)
    return await read_page(tx, found, Session.created_at.desc(), Session.id, limit=limit, offset=offset)


async def find_active(tx: Tx, principal: Principal, session_id: str) -> Session:
    """The same, if it has not ended.

    Raises:
        SessionMissingError: There is none.
        SessionNotActiveError: It has ended.
    """
    row = await find(tx, principal, session_id)
    if row.status != ACTIVE:
        raise SessionNotActiveError("The session has ended.")
    return row


async def swap_face(
    tx: Tx, principal: Principal, session_id: str, rig_id: str, *, max_per_minute: int
) -> int:
    """Give a session another face.

    Returns:
        Number of the message; it was applied when `applied` has come to it.

    Raises:
        SessionMissingError: There is no such session.
        SessionNotActiveError: It has ended.
        SessionRateError: It was given others too often within a minute.
    """
    # The row's lock: of two requests at once the second one counts the first.
    mine = (Session.id == session_id) & (Session.account_id == principal.account_id)
    await tx.execute(select(Session.id).where(mine).with_for_update())
    row = await find_active(tx, principal, session_id)
    which = SessionMessage.kind == SWAP
    await message_rates.check(tx, row, which, max_per_minute=max_per_minute, what="face swaps")
    row.rig_id = rig_id
    return await send(tx, row, SWAP, rig_id=rig_id)


async def send(
    tx: Tx,
    row: Session,
    kind: str,
    *,
    payload: dict[str, Any] | None = None,
    rig_id: str | None = None,
) -> int:
    """Send a message to a session; its worker passes it on.

    Args:
        tx: The transaction.
        row: The session.
        kind: Kind of the message, such as `SWAP`.
        payload: What the kind needs, as JSON.
        rig_id: ID of the rig that the message shows, which is kept until then.

    Returns:
        Number of the message; it was applied when `applied` has come to it.
    """
    message = SessionMessage(session_id=row.id, kind=kind, payload=payload or {}, rig_id=rig_id)
    tx.add(message)
    await tx.flush()
    await leases.wake(tx)
    return message.sequence


async def applied(tx: Tx, row: Session) -> int:
    """Number of the last message that the avatar of a session has applied."""
    query = select(Session.applied).where(Session.id == row.id, Session.account_id == row.account_id)
    return (await tx.execute(query)).scalar_one()


async def end_by_key(tx: Tx, principal: Principal, session_id: str) -> Session:
    """End a session for the key that opened it, or for its own token.

    Raises:
        SessionMissingError: There is no such session.
        SessionEndedError: It has ended already.
    """
    row = await find(tx, principal, session_id)
    ended = await end(tx, row.id, Reason.DELETED)
    if ended is None:
        raise SessionEndedError("Session already ended.")
    return ended


async def ended_rooms(tx: Tx, rooms: set[str]) -> set[str]:
    """Of these rooms those of our own whose session has ended."""
    query = select(Session.room).where(
        Session.room.in_(rooms), Session.status == ENDED, Session.mode != EXTERNAL
    )
    return set((await tx.execute(query)).scalars())


async def end_all(tx: Tx, account_id: int, reason: Reason, *, user_id: int | None = None) -> int:
    """End all active sessions of an account, or those of the keys of one of its users.

    Returns:
        Number of sessions that ended.
    """
    query = select(Session.id).where(Session.account_id == account_id, Session.status == ACTIVE)
    if user_id is not None:
        of_user = select(ApiKey.id).where(ApiKey.account_id == account_id, ApiKey.user_id == user_id)
        query = query.where(Session.key_id.in_(of_user))
    ended = [await end(tx, each, reason) for each in (await tx.execute(query)).scalars().all()]
    return sum(row is not None for row in ended)


async def end(
    tx: Tx, session_id: str, reason: Reason, *, worker_id: str | None = None, at: Any = None
) -> Session | None:
    """End a session, free its slot and bill it.

    Args:
        tx: The transaction.
        session_id: Which.
        reason: Why.
        worker_id: Only if that worker holds it.
        at: When it ended; now if not given.

    Returns:
        The ended session; nothing if it had ended before, or another worker holds it.
    """
    statement = (
        update(Session)
        .where(Session.id == session_id, Session.status == ACTIVE)
        .values(
            status=ENDED,
            reason=reason,
            ended_at=func.now() if at is None else at,
            sealed_token=None,
            sealed_outputs=None,
        )
        .returning(Session)
        .execution_options(populate_existing=True)
    )
    if worker_id is not None:
        statement = statement.where(Session.worker_id == worker_id)
    row = (await tx.execute(statement)).scalar_one_or_none()
    if row is None:
        return None
    if row.joined_at is not None:
        await usage.record_session(tx, row, seconds=round(_duration_s(row)))
    is_our_fault = reason not in (_OF_CLIENTS | _OF_ROOMS if row.mode == EXTERNAL else _OF_CLIENTS)
    await prepaid.refund_unused(tx, row, used_s=_duration_s(row), is_our_fault=is_our_fault)
    await leases.wake(tx)
    return row


def bill(row: Session) -> SessionCost:
    """What a session has cost, to this moment or to its end."""
    duration_s = _duration_s(row)
    seconds = round(duration_s) if row.joined_at is not None else 0
    cost = cost_micros(seconds=seconds, per_hour_micros=row.price_per_hour_micros)
    return SessionCost(round(duration_s, 1), cost)


def _duration_s(row: Session) -> float:
    if row.joined_at is None:
        return 0.0
    return max(0.0, ((row.ended_at or datetime.now(UTC)) - row.joined_at).total_seconds())
