"""Saved avatars; idempotency keys of each surface apart from those of the others."""

from alembic import op

revision = "0013"
down_revision: str | None = "0012"

_AVATARS = (
    "CREATE SEQUENCE avatars_sequence",
    """
    CREATE TABLE avatars (
        id text PRIMARY KEY,
        sequence bigint NOT NULL UNIQUE DEFAULT nextval('avatars_sequence'),
        account_id bigint NOT NULL REFERENCES accounts (id),
        label text NOT NULL,
        name text NOT NULL,
        path text NOT NULL,
        content_type text NOT NULL,
        size_bytes bigint NOT NULL,
        digest bytea NOT NULL,
        job_id text NOT NULL,
        client_reference_id text,
        metadata jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX avatars_of_account ON avatars (account_id, sequence)",
)

# Two services with one key may number their requests alike, on different surfaces.
_IDEMPOTENCY = (
    "DROP INDEX jobs_idempotent",
    """
    CREATE UNIQUE INDEX jobs_idempotent ON jobs (key_id, surface, idempotency_key)
    WHERE idempotency_key IS NOT NULL
    """,
)


def upgrade() -> None:
    """Keys of jobs that are there keep their surface."""
    for statement in (*_AVATARS, *_IDEMPOTENCY):
        op.execute(statement)
