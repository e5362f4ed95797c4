"""The schema, its migrations, and a database that is away."""

from pathlib import Path

import alembic.autogenerate
import alembic.migration
import pytest
from sqlalchemy import create_engine, text

from tests.support.server import in_database
from visavis.core.database import Database, migrate
from visavis.core.schema import Table
from visavis.errors import (
    DatabaseError,
)

UNSEEN = ("rate_rings", "rate_marks", "sign_in_tries")  # in SQL alone


def test_migrations_create_the_schema_of_the_code(postgres: str) -> None:
    engine = create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = alembic.migration.MigrationContext.configure(connection)
        found = alembic.autogenerate.compare_metadata(context, Table.metadata)
    engine.dispose()
    ours = [
        each
        for each in found
        if "procrastinate" not in str(each) and not any(name in str(each) for name in UNSEEN)
    ]
    ours = [each for each in ours if "alembic" not in str(each)]
    assert ours == []


def test_migrating_again_does_nothing(postgres: str) -> None:
    migrate(postgres)


def test_a_missing_database_raises_our_error(tmp_path: Path) -> None:
    async def use(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute(text("SELECT 1"))

    nowhere = f"postgresql://x@/postgres?host={tmp_path}"
    with pytest.raises(DatabaseError):
        in_database(nowhere, use)
    with pytest.raises(DatabaseError):
        migrate(nowhere)
