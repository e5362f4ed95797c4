"""The schema, its migrations, and a database that is away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.autogenerate
import alembic.migration
import pytest
from sqlalchemy import create_engine, delete, text

from tests.support.jobs import a_job, a_key
from tests.support.server import in_database
from visavis.core import agents
from visavis.core.database import Database, Tx, migrate
from visavis.core.schema import Agent, AgentDocument, Table
from visavis.errors import DatabaseError, DeletedMeanwhileError

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


def test_rows_that_are_deleted_meanwhile_raise_our_error(postgres: str) -> None:
    """Of two requests at once, one deletes the agent that the other one changes, or refers to."""

    def change(_: Tx, agent: Agent) -> None:
        agent.system_prompt = "You are Ada."

    def refer(tx: Tx, agent: Agent) -> None:
        fields: dict[str, Any] = {"name": "Help", "kind": "text", "digest": b"", "chars": 0, "passages": 0}
        tx.add(AgentDocument(id="doc_0", account_id=agent.account_id, agent_id=agent.id, **fields))

    async def run(database: Database) -> None:
        key = await a_key(database)
        job = await a_job(database, key)
        fields: dict[str, Any] = {
            "duration_s": 2,
            "aspect_ratio": "1:1",
            "video_aspect_ratio": "1:1",
            "system_prompt": "",
        }

        async def lose(do: Callable[[Tx, Agent], None]) -> None:
            async with database.transaction() as tx:
                agent = await agents.find(tx, key, "a")
                async with database.transaction() as other:
                    await other.execute(delete(Agent).where(Agent.id == agent.id))
                do(tx, agent)

        for do in (change, refer):
            async with database.transaction() as tx:
                tx.add(Agent(account_id=key.account_id, key_id=key.key_id, code="a", job_id=job.id, **fields))
            with pytest.raises(DeletedMeanwhileError):
                await lose(do)

    in_database(postgres, run)


def test_a_missing_database_raises_our_error(tmp_path: Path) -> None:
    async def use(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute(text("SELECT 1"))

    nowhere = f"postgresql://x@/postgres?host={tmp_path}"
    with pytest.raises(DatabaseError):
        in_database(nowhere, use)
    with pytest.raises(DatabaseError):
        migrate(nowhere)
