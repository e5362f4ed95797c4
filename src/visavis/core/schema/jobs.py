"""Table of jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

PENDING, PROCESSING, COMPLETED, FAILED = "pending", "processing", "completed", "failed"


class Job(Table):
    """A piece of offline work, from submission until its history is deleted.

    `attempt` is a fencing token: every write names its attempt, so a worker that was thought dead and comes
    back writes nothing. `input` and `output` are models of the kind; see `visavis.core.jobs.models`.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_of_account", "account_id", "sequence"),
        Index("jobs_open", "status", "sequence", postgresql_where=sql("status IN ('pending', 'processing')")),
        Index("jobs_expiring", "expires_at", postgresql_where=sql("expires_at IS NOT NULL")),
        Index(
            "jobs_idempotent",
            "key_id",
            "surface",
            "idempotency_key",
            unique=True,
            postgresql_where=sql("idempotency_key IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(unique=True, server_default=sql("nextval('jobs_sequence')"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    surface: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=sql("'pending'"))
    stage: Mapped[str | None]
    progress: Mapped[float] = mapped_column(server_default=sql("0"))
    attempt: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = now()
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    input: Mapped[dict[str, Any]]
    output: Mapped[dict[str, Any] | None]
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    callback_url: Mapped[str | None]
    base_url: Mapped[str]
    idempotency_key: Mapped[str | None]
    fingerprint: Mapped[bytes | None]
