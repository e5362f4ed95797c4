"""Organizations, their members, invitations, SCIM tokens and audit log; users without a password.

The tables of single sign-on (connections, identities at a provider, attempts, webhook events) and of SCIM
groups come in a later migration.
"""

from alembic import op

revision = "0011"
down_revision: str | None = "0010"

# Whoever signs in only through an identity provider has no password. Clients see `public_id`: the number of a
# user would show who was there before whom.
_USERS = """
ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE users ADD COLUMN public_id text NOT NULL UNIQUE
    DEFAULT 'usr_' || left(replace(gen_random_uuid()::text, '-', ''), 20);
"""

# A slug is never given out again, so links with the slug of a deleted organization lead nowhere else.
_ORGANIZATIONS = """
CREATE TABLE organizations (
    id text PRIMARY KEY,
    account_id bigint NOT NULL UNIQUE REFERENCES accounts (id),
    name text NOT NULL,
    slug text NOT NULL UNIQUE,
    sso_enabled boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
"""

_MEMBERSHIPS = """
CREATE TABLE memberships (
    id text PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations (id),
    user_id bigint NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deactivated')),
    email text NOT NULL,
    name text,
    user_name text,
    external_id text,
    profile jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, user_id)
);
CREATE INDEX memberships_of_user ON memberships (user_id);
CREATE UNIQUE INDEX memberships_by_user_name ON memberships (organization_id, lower(user_name));
CREATE INDEX memberships_by_external_id ON memberships (organization_id, external_id);
"""

_INVITATIONS = """
CREATE TABLE invitations (
    id text PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations (id),
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    digest bytea NOT NULL UNIQUE,
    is_emailed boolean NOT NULL,
    invited_by bigint REFERENCES users (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by bigint REFERENCES users (id),
    revoked_at timestamptz
);
CREATE INDEX invitations_of_organization ON invitations (organization_id, created_at);
"""

_SCIM_TOKENS = """
CREATE TABLE scim_tokens (
    id text PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations (id),
    name text NOT NULL,
    prefix text NOT NULL,
    digest bytea NOT NULL UNIQUE,
    created_by bigint REFERENCES users (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX scim_tokens_of_organization ON scim_tokens (organization_id, created_at);
"""

# The database itself refuses to change or delete what was recorded.
_AUDIT_LOG = """
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations (id),
    at timestamptz NOT NULL DEFAULT now(),
    actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'key', 'scim_token', 'sso', 'machine')),
    actor_user_id bigint REFERENCES users (id),
    actor_name text NOT NULL,
    action text NOT NULL,
    subject_id text NOT NULL,
    subject_name text NOT NULL,
    address text,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_of_organization ON audit_log (organization_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# A browser acts for the user's own account or for an organization. One that is bound acts for no other: the
# identity provider of the organization, or a recovery link, signed the user in. A user has one console key in
# each account.
_SIGN_INS = """
ALTER TABLE sign_ins ADD COLUMN organization_id text REFERENCES organizations (id);
ALTER TABLE sign_ins ADD COLUMN is_bound boolean NOT NULL DEFAULT false;
ALTER TABLE sign_ins ADD CHECK (organization_id IS NOT NULL OR NOT is_bound);
ALTER TABLE sign_in_links ADD COLUMN organization_id text REFERENCES organizations (id);
CREATE INDEX sign_ins_of_user ON sign_ins (user_id);
CREATE INDEX keys_of_user ON api_keys (user_id);
DROP INDEX console_keys;
CREATE UNIQUE INDEX console_keys ON api_keys (user_id, account_id)
    WHERE tier = 'console' AND revoked_at IS NULL;
"""


def upgrade() -> None:
    """Make the tables; nobody is a member of anything yet."""
    # The driver's own connection: these are scripts of many statements.
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("There is no connection to migrate.")
    for script in (_USERS, _ORGANIZATIONS, _MEMBERSHIPS, _INVITATIONS, _SCIM_TOKENS, _AUDIT_LOG, _SIGN_INS):
        connection.execute(script)
