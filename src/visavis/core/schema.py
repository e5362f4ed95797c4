"""The tables, as the code sees them; `migrations` makes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PENDING, PROCESSING, COMPLETED, FAILED = "pending", "processing", "completed", "failed"
VIDEO, TTS = "video", "tts"


class Table(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {datetime: DateTime(timezone=True), str: Text, int: BigInteger}  # noqa: RUF012


def _now() -> Any:
    return mapped_column(server_default=sql("now()"))


class User(Table):
    """A person with a password, who owns keys."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = _now()


class ApiKey(Table):
    """A key; of the key itself only a digest is kept.

    Without an owner it is a service key. Rate and cap are the tier's where nothing is said.
    """

    __tablename__ = "api_keys"

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
    """What a completed job is billed for."""

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


class WorkerSeat(Table):
    """A worker that lives: how much it can do at a time, and how much it does."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    slots: Mapped[int]
    busy: Mapped[int]
    seen_at: Mapped[datetime] = _now()
