"""Tokens with which visitors of web pages talk to agents."""

from alembic import op

revision = "0016"
down_revision: str | None = "0015"

_TOKENS = """
CREATE TABLE embed_tokens (
    id text PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    account_id bigint NOT NULL REFERENCES accounts (id),
    key_id bigint NOT NULL REFERENCES api_keys (id),
    agent_id bigint NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    visitor bytea,
    domains text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    max_sessions bigint NOT NULL,
    max_concurrent_sessions bigint NOT NULL,
    sessions bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""

_OF_ACCOUNT = "CREATE INDEX embed_tokens_of_account ON embed_tokens (account_id, created_at)"

# Tokens go with their agent.
_OF_AGENT = "CREATE INDEX embed_tokens_of_agent ON embed_tokens (agent_id)"

# Maintenance deletes those that have expired.
_BY_EXPIRY = "CREATE INDEX embed_tokens_by_expiry ON embed_tokens (expires_at)"

_SESSIONS = (
    "ALTER TABLE sessions ADD COLUMN embed_token_id text REFERENCES embed_tokens (id) ON DELETE SET NULL"
)

# The active sessions of a token are counted, and those of a token that goes lose it.
_OF_ADMITTED = "CREATE INDEX sessions_of_embed_token ON sessions (embed_token_id)"


def upgrade() -> None:
    """No visitor has opened the sessions that are there."""
    for statement in (_TOKENS, _OF_ACCOUNT, _OF_AGENT, _BY_EXPIRY, _SESSIONS, _OF_ADMITTED):
        op.execute(statement)
