"""Messages to live sessions carry a payload, so that a new kind of message needs no new column."""

from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Add the column; messages that are there have an empty payload."""
    op.execute("ALTER TABLE session_messages ADD COLUMN payload jsonb NOT NULL DEFAULT '{}'")
