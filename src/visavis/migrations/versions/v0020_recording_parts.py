"""Recordings are kept in parts while they are made."""

from alembic import op

revision = "0020"
down_revision: str | None = "0019"

_PARTS = """
CREATE TABLE recording_parts (
    job_id text NOT NULL,
    placement bigint NOT NULL,
    number bigint NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts (id),
    session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    size_bytes bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, placement, number)
)
"""

# Jobs that are queued have one file, which is a recording of one part.
_ONE_PART = """
UPDATE jobs SET input = (input - 'video') || jsonb_build_object('parts',
    CASE WHEN input->'video'->>'path' IS NULL THEN '[]'::jsonb
    ELSE jsonb_build_array((input->'video') || '{"placement": 1, "number": 0}') END)
WHERE kind = 'recording' AND input ? 'video'
"""

# What is looked for at intervals: recordings that nobody has finished yet.
_OPEN = (
    "CREATE INDEX recordings_open ON session_messages (session_id) WHERE kind = 'record' AND done_at IS NULL"
)


def upgrade() -> None:
    """Recordings that run now have no parts yet."""
    for statement in (_PARTS, _ONE_PART, _OPEN):
        op.execute(statement)
