"""Groups of directories (SCIM)."""

from alembic import op

revision = "0012"
down_revision: str | None = "0011"

_GROUPS = """
CREATE TABLE directory_groups (
    id text PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations (id),
    name text NOT NULL,
    external_id text,
    profile jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX directory_groups_by_name ON directory_groups (organization_id, lower(name));
CREATE INDEX directory_groups_by_external_id ON directory_groups (organization_id, external_id);
"""

# A directory may name members before it provisions them, so a member is no foreign key.
_GROUP_MEMBERS = """
CREATE TABLE directory_group_members (
    group_id text NOT NULL REFERENCES directory_groups (id) ON DELETE CASCADE,
    member_id text NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX directory_groups_of_member ON directory_group_members (member_id);
"""


def upgrade() -> None:
    """Make the tables."""
    # The driver's own connection: these are scripts of many statements.
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("There is no connection to migrate.")
    for script in (_GROUPS, _GROUP_MEMBERS):
        connection.execute(script)
