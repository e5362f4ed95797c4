"""Live sessions, the messages to them, the faces they show, and the slots that workers hold for them."""

from alembic import op

revision = "0002"
down_revision: str | None = "0001"

_TABLES = """
CREATE TABLE rigs (
    id text PRIMARY KEY,
    path text NOT NULL,
    used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rigs_by_use ON rigs (used_at);

CREATE TABLE sessions (
    id text PRIMARY KEY,
    key_id bigint NOT NULL REFERENCES api_keys (id),
    mode text NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'ended')),
    reason text CHECK ((reason IS NULL) = (status = 'active')),
    room text NOT NULL,
    livekit_url text NOT NULL,
    sealed_token bytea,
    rig_id text REFERENCES rigs (id) CHECK (rig_id IS NOT NULL OR status = 'ended'),
    idle_timeout_s bigint NOT NULL,
    most_s bigint,
    price_per_hour_usd double precision NOT NULL,
    worker_id text,
    lease_until timestamptz NOT NULL,
    placements bigint NOT NULL DEFAULT 1,
    applied bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL DEFAULT now(),
    joined_at timestamptz,
    ended_at timestamptz,
    room_closed boolean NOT NULL DEFAULT false
);
CREATE INDEX sessions_of_key ON sessions (key_id, created_at);
CREATE INDEX sessions_active ON sessions (worker_id, lease_until) WHERE status = 'active';
CREATE INDEX sessions_to_close ON sessions (ended_at) WHERE status = 'ended' AND NOT room_closed;
CREATE INDEX sessions_of_rig ON sessions (rig_id);

CREATE TABLE session_messages (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id text NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind text NOT NULL,
    rig_id text REFERENCES rigs (id),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_messages_of ON session_messages (session_id, sequence);

ALTER TABLE workers ADD COLUMN live_slots bigint NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute(_TABLES)
