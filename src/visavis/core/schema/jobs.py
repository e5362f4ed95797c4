"""Offline work, and the notifications of its end."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

PENDING, PROCESSING, COMPLETED, FAILED = "pending", "processing", "completed", "failed"
VIDEO, TTS, REALTIME = "video", "tts", "realtime"


class Job(Table):
    """One piece of offline work, from its submission until its history is forgotten.

    `attempt` fences: whoever writes names the attempt it was given, and a worker that was taken for dead
    and comes back writes nothing.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_of_account", "account_id", "sequence"),
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
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    type: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=sql("'pending'"))
    attempt: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = now()
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


class Delivery(Table):
    """One notification: what is said, to whom, and how often it was tried."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("deliveries_open", "id", postgresql_where=sql("delivered_at IS NULL AND given_up_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    url: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = now()
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
