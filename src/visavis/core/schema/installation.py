"""Tables of the whole installation: secrets, workers, rigs."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now


class Secret(Table):
    """Random bytes that all processes share, created once."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]


class Worker(Table):
    """A live worker, with its capacity and load.

    `slots` and `busy` count jobs, `live_slots` live sessions; the `sessions` table says which worker holds
    which.
    """

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    slots: Mapped[int]
    busy: Mapped[int]
    seen_at: Mapped[datetime] = now()
    live_slots: Mapped[int] = mapped_column(server_default=sql("0"))


class RigFile(Table):
    """A rig, stored under the digest of the picture that it was built from."""

    __tablename__ = "rigs"
    __table_args__ = (Index("rigs_by_use", "used_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    used_at: Mapped[datetime] = now()
