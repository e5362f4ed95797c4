"""Users who were removed."""

from alembic import op

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    """Let users say when they were removed."""
    op.execute("ALTER TABLE users ADD COLUMN removed_at timestamptz")
