"""Links to watch sessions that were revoked, so that their viewers are removed."""

from alembic import op

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    """Let links say when they were revoked."""
    op.execute("ALTER TABLE shares ADD COLUMN revoked_at timestamptz")
