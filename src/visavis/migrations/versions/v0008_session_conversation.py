"""A live session keeps what its conversation is to be like."""

from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Add the column; sessions that are there have no conversation."""
    op.execute("ALTER TABLE sessions ADD COLUMN conversation jsonb")
