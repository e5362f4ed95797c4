"""Rows of live sessions, on a real database."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg

from tests.support.server import in_database
from visavis.core import sessions
from visavis.core.database import Database, Tx
from visavis.core.identity import keys
from visavis.core.identity.principals import Principal
from visavis.core.schema import Session

_Result = TypeVar("_Result")
RIG = "ab" * 32 + "-1"


def empty_sessions(postgres: str) -> None:
    """Delete all sessions, and what belongs to them."""
    with psycopg.connect(postgres) as connection:
        connection.execute("TRUNCATE sessions, session_messages, workers, ledger, rigs, api_keys CASCADE")
        connection.execute("INSERT INTO rigs (id, path) VALUES (%s, 'rigs/x')", (RIG,))


def add_worker(postgres: str, name: str, slots: int) -> None:
    with psycopg.connect(postgres) as connection:
        connection.execute(
            "INSERT INTO workers (id, slots, busy, live_slots) VALUES (%s, 1, 0, %s)", (name, slots)
        )


def change(postgres: str, statement: str, *values: object) -> None:
    with psycopg.connect(postgres) as connection:
        connection.execute(statement, values)  # type: ignore[call-overload]


def opening(**changed: Any) -> sessions.NewSession:
    given: dict[str, Any] = {
        "mode": sessions.PASSTHROUGH,
        "livekit_url": "ws://127.0.0.1:1",
        "rig_id": RIG,
        "idle_timeout_s": 300,
        "max_duration_s": None,
        "price_per_hour_micros": 7_000_000,
    }
    return sessions.NewSession(**given | changed)


def run(postgres: str, do: Callable[[Tx, Principal], Awaitable[_Result]]) -> _Result:
    async def work(database: Database) -> _Result:
        async with database.transaction() as tx:
            found = await keys.list_all(tx)
            row = found[0] if found else (await keys.create(tx, "k"))[0]
            key = keys.principal_of(row)
        async with database.transaction() as tx:
            return await do(tx, key)

    return in_database(postgres, work)


async def open_one(tx: Tx, key: Principal) -> Session:
    return await sessions.open_session(tx, key, opening())
