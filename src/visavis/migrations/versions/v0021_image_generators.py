"""What makes the pictures of an account."""

from alembic import op

revision = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    """Let accounts have a generator of their own."""
    op.execute("""
    ALTER TABLE accounts
        ADD COLUMN image_generator text CHECK (image_generator IN ('painter', 'service')),
        ADD COLUMN may_choose_generator boolean NOT NULL DEFAULT true
    """)
