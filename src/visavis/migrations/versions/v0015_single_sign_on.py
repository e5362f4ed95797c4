"""Single sign-on: connections, identities, sign-ins on their way, webhook events."""

from alembic import op

revision = "0015"
down_revision: str | None = "0014"

# Events of WorkOS name its organization: one of ours belongs to it.
_CONNECTIONS = """
CREATE TABLE sso_connections (
    organization_id text PRIMARY KEY REFERENCES organizations (id),
    id text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('oidc', 'workos')),
    state text NOT NULL CHECK (state IN ('active', 'inactive')),
    address text NOT NULL,
    client_id text NOT NULL DEFAULT '',
    sealed_secret bytea,
    remote_id text,
    type text NOT NULL,
    domains text NOT NULL DEFAULT '',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sso_connections_at_workos ON sso_connections (address) WHERE kind = 'workos';
"""

_IDENTITIES = """
CREATE TABLE sso_identities (
    organization_id text NOT NULL REFERENCES organizations (id),
    issuer text NOT NULL,
    subject text NOT NULL,
    membership_id text NOT NULL REFERENCES memberships (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, issuer, subject)
);
CREATE INDEX sso_identities_of_member ON sso_identities (membership_id);
"""

_ATTEMPTS = """
CREATE TABLE sso_attempts (
    digest bytea PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations (id),
    browser bytea NOT NULL,
    sealed bytea NOT NULL,
    version bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sso_attempts_by_age ON sso_attempts (expires_at);
CREATE TABLE sso_events (
    id text PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sso_events_by_age ON sso_events (created_at);
"""


def upgrade() -> None:
    """Make the tables."""
    # The driver's own connection: these are scripts of many statements.
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("There is no connection to migrate.")
    for script in (_CONNECTIONS, _IDENTITIES, _ATTEMPTS):
        connection.execute(script)
