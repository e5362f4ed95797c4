"""The tables, as the code sees them; `migrations` makes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PENDING, PROCESSING, COMPLETED, FAILED = "pending", "processing", "completed", "failed"
VIDEO, TTS, REALTIME = "video", "tts", "realtime"
ACTIVE, ENDED = "active", "ended"


class Table(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {datetime: DateTime(timezone=True), str: Text, int: BigInteger}  # noqa: RUF012


def _now() -> Any:
    return mapped_column(server_default=sql("now()"))


class User(Table):
    """A person with a password, who owns keys. An operator sees the whole installation."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    is_operator: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = _now()


class ApiKey(Table):
    """A key; of the key itself only a digest is kept.

    Without an owner it is a service key. Rate and cap are the tier's where nothing is said.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(
            "console_keys",
            "user_id",
            unique=True,
            postgresql_where=sql("tier = 'console' AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str]
    tier: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    requests_per_minute: Mapped[int | None]
    monthly_cap: Mapped[int | None]
    created_at: Mapped[datetime] = _now()
    revoked_at: Mapped[datetime | None]


class KeyMonth(Table):
    """How many requests a key made in a month."""

    __tablename__ = "key_months"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int]


class Job(Table):
    """One piece of offline work, from its submission until its history is forgotten.

    `attempt` fences: whoever writes names the attempt it was given, and a worker that was taken for dead
    and comes back writes nothing.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_of_key", "key_id", "sequence"),
        Index("jobs_open", "status", "sequence", postgresql_where=sql("status IN ('pending', 'processing')")),
        Index("jobs_expiring", "expires_at", postgresql_where=sql("expires_at IS NOT NULL")),
        Index(
            "jobs_idempotent",
            "key_id",
            "idempotency_key",
            unique=True,
            postgresql_where=sql("idempotency_key IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(unique=True, server_default=sql("nextval('jobs_sequence')"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    type: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=sql("'pending'"))
    attempt: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = _now()
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    image_path: Mapped[str | None]
    image_bytes: Mapped[int | None]
    audio_path: Mapped[str | None]
    audio_bytes: Mapped[int | None]
    text: Mapped[str | None]
    chars: Mapped[int | None]
    language: Mapped[str | None]
    voice: Mapped[str | None]
    content_type: Mapped[str]
    result_path: Mapped[str | None]
    result_bytes: Mapped[int | None]
    duration_s: Mapped[float | None]
    sample_rate_hz: Mapped[int | None]
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    callback_url: Mapped[str | None]
    base_url: Mapped[str]
    idempotency_key: Mapped[str | None]
    fingerprint: Mapped[bytes | None]


class Usage(Table):
    """What a completed job, or an ended session, is billed for; `job_id` is the identifier of either."""

    __tablename__ = "usage"
    __table_args__ = (Index("usage_of_key", "key_id", "at"),)

    job_id: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    type: Mapped[str]
    seconds: Mapped[float]
    cost_usd: Mapped[float]
    at: Mapped[datetime] = _now()


class Delivery(Table):
    """One notification: what is said, to whom, and how often it was tried."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("deliveries_open", "id", postgresql_where=sql("delivered_at IS NULL AND given_up_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), unique=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    url: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = _now()
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class Secret(Table):
    """Random bytes that all processes share, made once."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]


class Worker(Table):
    """A worker that lives: how much it can do at a time, and how much it does.

    `slots` and `busy` count jobs, `live_slots` live sessions; the `sessions` table says who has those.
    """

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    slots: Mapped[int]
    busy: Mapped[int]
    seen_at: Mapped[datetime] = _now()
    live_slots: Mapped[int] = mapped_column(server_default=sql("0"))


class RigFile(Table):
    """A face taken apart, kept under the digest of the picture it came from."""

    __tablename__ = "rigs"
    __table_args__ = (Index("rigs_by_use", "used_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    used_at: Mapped[datetime] = _now()


class Session(Table):
    """A live session: what it is to be, who holds it, and what is owed for it.

    Whoever is `worker_id` renews `lease_until`; a lease that ran out may be taken. `applied` is the last
    message that the avatar has applied.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        Index("sessions_of_key", "key_id", "created_at"),
        Index("sessions_active", "worker_id", "lease_until", postgresql_where=sql("status = 'active'")),
        Index("sessions_to_close", "ended_at", postgresql_where=sql("status = 'ended' AND NOT room_closed")),
        Index("sessions_of_rig", "rig_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    mode: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=sql("'active'"))
    reason: Mapped[str | None]
    room: Mapped[str]
    livekit_url: Mapped[str]
    sealed_token: Mapped[bytes | None]
    rig_id: Mapped[str | None] = mapped_column(ForeignKey("rigs.id"))
    idle_timeout_s: Mapped[int]
    max_duration_s: Mapped[int | None] = mapped_column("most_s")
    price_per_hour_usd: Mapped[float]
    worker_id: Mapped[str | None]
    lease_until: Mapped[datetime]
    placements: Mapped[int] = mapped_column(server_default=sql("1"))
    applied: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = _now()
    started_at: Mapped[datetime] = _now()
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    room_closed: Mapped[bool] = mapped_column(server_default=sql("false"))


class SessionMessage(Table):
    """Something a live session is told; read in order of `sequence`."""

    __tablename__ = "session_messages"
    __table_args__ = (Index("session_messages_of", "session_id", "sequence"),)

    sequence: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    kind: Mapped[str]
    rig_id: Mapped[str | None] = mapped_column(ForeignKey("rigs.id"))
    created_at: Mapped[datetime] = _now()


class SignIn(Table):
    """A browser that is signed in: by a user, or by a key alone. Of its cookie only a digest is kept."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    created_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime]


class SignInLink(Table):
    """A link that signs in once: a user, or whoever makes the installation's first user with it."""

    __tablename__ = "sign_in_links"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]


class Share(Table):
    """A link that lets others watch a live session; of its token only a digest is kept."""

    __tablename__ = "shares"
    __table_args__ = (Index("shares_of_session", "session_id"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = _now()
