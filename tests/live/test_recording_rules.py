"""Which parts a recording has, and who finishes it, on a real database."""

import psycopg
import pytest
from tests.support.sessions import add_worker, change, empty_sessions, open_one, run

from visavis.core import jobs, recordings, sessions
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.sessions import Reason


@pytest.fixture
def recorded(postgres: str) -> tuple[str, str]:
    """A session that is being recorded, and the ID of the job. Two workers have kept parts."""
    empty_sessions(postgres)
    add_worker(postgres, "one", 3)
    session_id = run(postgres, open_one).id

    async def record(tx: Tx, key: Principal) -> str:
        job_id = await recordings.start(
            tx, key, session_id, surface="atlas", base_url="http://x", max_per_minute=6
        )
        for placement, number in [(2, 0), (1, 1), (1, 0), (1, 1)]:
            part = jobs.RecordedPart(placement=placement, number=number, size_bytes=placement * 10 + number)
            await recordings.add_part(tx, session_id, job_id, part)
        return job_id

    return session_id, run(postgres, record)


def parts_of(postgres: str, job_id: str) -> list[tuple[int, int, int]]:
    with psycopg.connect(postgres) as connection:
        found = connection.execute("SELECT input FROM jobs WHERE id = %s", (job_id,)).fetchone()
    parts = found[0]["parts"] if found else []
    return [(part["placement"], part["number"], part["size_bytes"]) for part in parts]


def test_a_recording_that_no_worker_finishes_is_finished_later(
    postgres: str, recorded: tuple[str, str]
) -> None:
    session_id, job_id = recorded

    async def finish_left(tx: Tx, _: Principal) -> int:
        return await recordings.finish_left(tx)

    async def end(tx: Tx, _: Principal) -> bool:
        before = await recordings.is_over(tx, session_id, job_id)
        await sessions.end(tx, session_id, Reason.WORKER_LOST)
        return before

    assert run(postgres, finish_left) == 0
    assert run(postgres, end) is False
    assert run(postgres, finish_left) == 0, "its worker may be about to"
    change(postgres, "UPDATE sessions SET ended_at = now() - interval '2 minutes'")
    assert run(postgres, finish_left) == 1
    assert run(postgres, finish_left) == 0
    assert parts_of(postgres, job_id) == [(1, 0, 10), (1, 1, 11), (2, 0, 20)]


def test_a_recording_that_was_stopped_without_a_worker_is_finished_later(
    postgres: str, recorded: tuple[str, str]
) -> None:
    session_id, job_id = recorded

    async def stop(tx: Tx, key: Principal) -> bool:
        await recordings.stop(tx, key, session_id)
        return await recordings.is_over(tx, session_id, job_id)

    async def finish_left(tx: Tx, _: Principal) -> int:
        return await recordings.finish_left(tx)

    assert run(postgres, stop) is True
    assert run(postgres, finish_left) == 0
    change(postgres, "UPDATE session_messages SET created_at = now() - interval '2 minutes'")
    assert run(postgres, finish_left) == 1
    assert len(parts_of(postgres, job_id)) == 3


def test_parts_are_kept_as_long_as_they_are_needed(postgres: str, recorded: tuple[str, str]) -> None:
    session_id, job_id = recorded
    paths = [recordings.path_of(job_id, 1, 0), recordings.path_of("000000000000", 1, 0)]

    async def orphaned(tx: Tx, _: Principal) -> list[str]:
        return await recordings.orphaned(tx, paths)

    async def finish(tx: Tx, _: Principal) -> tuple[bool, bool]:
        return await recordings.finish(tx, session_id, job_id), await recordings.finish(
            tx, session_id, job_id
        )

    async def add_late(tx: Tx, _: Principal) -> None:
        part = jobs.RecordedPart(placement=1, number=2, size_bytes=1)
        await recordings.add_part(tx, session_id, job_id, part)

    assert run(postgres, orphaned) == paths[1:]
    assert run(postgres, finish) == (True, False)
    assert run(postgres, orphaned) == paths[1:], "the job needs it"
    run(postgres, add_late)
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT count(*) FROM recording_parts").fetchone() == (0,)
    change(postgres, "UPDATE jobs SET status = 'completed' WHERE id = %s", job_id)
    assert run(postgres, orphaned) == paths
