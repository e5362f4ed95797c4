"""Table of saved avatars."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now


class Avatar(Table):
    """A face that an account saved, with its picture in the object store.

    Its rig is found by the digest of the picture, so it is built again when it was not used for long.
    """

    __tablename__ = "avatars"
    __table_args__ = (Index("avatars_of_account", "account_id", "sequence"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(unique=True, server_default=sql("nextval('avatars_sequence')"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    label: Mapped[str]
    name: Mapped[str]
    path: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    digest: Mapped[bytes]
    job_id: Mapped[str]
    client_reference_id: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default=sql("'{}'"))
    created_at: Mapped[datetime] = now()
