"""Keys that may hold conversations, and the transcripts of these."""

from alembic import op

revision = "0009"
down_revision: str | None = "0008"

_KEYS = "ALTER TABLE api_keys ADD COLUMN allows_conversation boolean NOT NULL DEFAULT true"

_TRANSCRIPTS = """
CREATE TABLE transcript_segments (
    session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('user', 'avatar')),
    segment_id text NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts (id),
    text text NOT NULL,
    start_s double precision NOT NULL,
    end_s double precision NOT NULL,
    is_interrupted boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, role, segment_id)
)
"""

# What has been kept long enough is found by its age.
_BY_AGE = "CREATE INDEX transcript_segments_by_age ON transcript_segments (created_at)"


def upgrade() -> None:
    """Keys that are there may hold conversations."""
    for statement in (_KEYS, _TRANSCRIPTS, _BY_AGE):
        op.execute(statement)
