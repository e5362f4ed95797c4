"""Live sessions, the messages to them, and who may watch them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

RESERVED, ACTIVE, ENDED = "reserved", "active", "ended"
SWAP, SPEAK, CONTEXT, RECORD = "swap", "speak", "context", "record"
"""Kinds of messages: another face; a text to speak; knowledge for answers; begin or end a recording."""


class Session(Table):
    """A live session: what it is to be, who holds it, and what is owed for it.

    Whoever is `worker_id` renews `lease_until`; a lease that ran out may be taken. `applied` is the last
    change of the face that the avatar has applied. `agent_id` is the agent that is shown, `embed_token_id`
    the token with which a visitor opened it. `conversation` is a `ConversationConfig`, or `None` for one
    without it. A session that waits for its payment is `RESERVED`: it has a slot, and no worker runs it.

    A session belongs to the key that opened it, or to whoever has its token, of which a digest is stored.
    `prepaid` says what was paid for it in advance (`visavis.core.billing.prepaid`). `sealed_outputs` are the
    addresses that its video is sent to besides its room, as a JSON list, until it ends.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        Index("sessions_of_account", "account_id", "created_at"),
        Index("sessions_active", "worker_id", "lease_until", postgresql_where=sql("status = 'active'")),
        Index("sessions_to_close", "ended_at", postgresql_where=sql("status = 'ended' AND NOT room_closed")),
        Index("sessions_of_rig", "rig_id"),
        Index("sessions_by_room", "room"),
        Index("sessions_of_agent", "agent_id", postgresql_where=sql("status = 'active'")),
        Index("sessions_of_embed_token", "embed_token_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    token_digest: Mapped[bytes | None] = mapped_column(unique=True)
    mode: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=sql("'active'"))
    reason: Mapped[str | None]
    room: Mapped[str]
    livekit_url: Mapped[str]
    sealed_token: Mapped[bytes | None]
    rig_id: Mapped[str | None] = mapped_column(ForeignKey("rigs.id"))
    idle_timeout_s: Mapped[int]
    max_duration_s: Mapped[int | None]
    price_per_hour_micros: Mapped[int]
    prepaid: Mapped[dict[str, Any] | None]
    output_protocol: Mapped[str] = mapped_column(server_default=sql("'livekit'"))
    sealed_outputs: Mapped[bytes | None]
    conversation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    embed_token_id: Mapped[str | None] = mapped_column(ForeignKey("embed_tokens.id", ondelete="SET NULL"))
    worker_id: Mapped[str | None]
    lease_until: Mapped[datetime]
    placements: Mapped[int] = mapped_column(server_default=sql("1"))
    applied: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = now()
    started_at: Mapped[datetime] = now()
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    room_closed: Mapped[bool] = mapped_column(server_default=sql("false"))


class SessionMessage(Table):
    """A message to a live session; read in order of `sequence`.

    Attributes:
        kind: Kind of the message.
        rig_id: ID of the rig that it shows.
        payload: What else the kind needs.
        taken_at: Time at which the room confirmed a message for its conversation.
        position: Number of sentences of a text to speak that were spoken.
        done_at: Time at which a message for the conversation had its whole effect.
    """

    __tablename__ = "session_messages"
    __table_args__ = (
        Index("session_messages_of", "session_id", "sequence"),
        Index("recordings_open", "session_id", postgresql_where=sql("kind = 'record' AND done_at IS NULL")),
    )

    sequence: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    kind: Mapped[str]
    rig_id: Mapped[str | None] = mapped_column(ForeignKey("rigs.id"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
    taken_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now()


class RecordingPart(Table):
    """A part of a recording that is in the object store, until a job puts the recording together.

    Attributes:
        job_id: ID of the job, which exists when the recording has ended.
        placement: Number of the worker among those that held the session.
        number: Number of the part among those of this worker.
    """

    __tablename__ = "recording_parts"

    job_id: Mapped[str] = mapped_column(primary_key=True)
    placement: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    size_bytes: Mapped[int]
    created_at: Mapped[datetime] = now()


class SpokenSegment(Table):
    """A segment of the transcript of a live session: what one side said at a time."""

    __tablename__ = "transcript_segments"
    __table_args__ = (Index("transcript_segments_by_age", "created_at"),)

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    segment_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    text: Mapped[str]
    start_s: Mapped[float]
    end_s: Mapped[float]
    is_interrupted: Mapped[bool]
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    created_at: Mapped[datetime] = now()


class Share(Table):
    """A link that lets others watch a live session; of its token only a digest is kept.

    A revoked link is kept as long as its session: whoever came in by it is removed.
    """

    __tablename__ = "shares"
    __table_args__ = (Index("shares_of_session", "session_id"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = now()
    revoked_at: Mapped[datetime | None]
