"""Tables of events and their deliveries."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now


class Event(Table):
    """Something that happened, in terms of no surface; `payload` is what a surface needs to render it."""

    __tablename__ = "events"
    __table_args__ = (Index("events_of_account", "account_id", "id"), Index("events_by_age", "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    surface: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = now()


class Delivery(Table):
    """The delivery of an event to a URL: the number of tries and the outcome."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("deliveries_open", "id", postgresql_where=sql("delivered_at IS NULL AND given_up_at IS NULL")),
        Index("deliveries_of_event", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    url: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = now()
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class Webhook(Table):
    """A URL that an account has registered for events of a surface."""

    __tablename__ = "webhooks"
    __table_args__ = (Index("webhooks_of_account", "account_id", "surface"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    surface: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    description: Mapped[str]
    created_at: Mapped[datetime] = now()
