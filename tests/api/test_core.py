"""The rules of jobs, on a real database: fencing, tries, the queue, rates."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.support.jobs import OUTPUT, PRICES, TTL_S, a_job, a_key, begun, events_of, finish, wanted
from tests.support.server import in_database
from visavis.core import jobs, webhooks
from visavis.core.database import Database
from visavis.errors import (
    IdempotencyError,
    JobMissingError,
)
from visavis.surfaces.atlas import NAME as SURFACE
from visavis.worker.handlers import handler_of


def test_a_worker_that_was_replaced_writes_nothing(postgres: str) -> None:
    async def run(database: Database) -> None:
        job = await a_job(database, await a_key(database))
        slow = await begun(database, job)
        quick = await begun(database, job)
        assert slow
        assert quick
        assert (slow.attempt, quick.attempt) == (1, 2)
        assert not await finish(database, slow)
        assert await finish(database, quick)
        assert not await finish(database, quick)
        assert await begun(database, job) is None
        async with database.transaction() as tx:
            assert not await jobs.fail(tx, slow, "generation_failed", ttl_s=TTL_S)
            assert not await jobs.release(tx, slow, counts=False, ttl_s=TTL_S)

    in_database(postgres, run)


def test_a_job_is_tried_three_times(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        crashing = await a_job(database, key)
        for _ in range(jobs.MAX_TRIES):
            assert await begun(database, crashing)
        assert await begun(database, crashing) is None
        failing = await a_job(database, key)
        given_back = []
        for _ in range(jobs.MAX_TRIES):
            job = await begun(database, failing)
            assert job
            async with database.transaction() as tx:
                given_back.append(await jobs.release(tx, job, counts=True, ttl_s=TTL_S))
        assert given_back == [True, True, False]
        async with database.transaction() as tx:
            for each in (crashing, failing):
                found = await jobs.find(tx, key, each.id, surface=SURFACE)
                assert (found.status, found.error_code) == ("failed", "generation_failed")
                assert found.completed_at
                assert found.expires_at == found.completed_at + timedelta(seconds=TTL_S)

    in_database(postgres, run)


def test_draining_does_not_count_as_an_attempt(postgres: str) -> None:
    async def run(database: Database) -> None:
        job = await a_job(database, await a_key(database))
        for _ in range(5):
            mine = await begun(database, job)
            assert mine
            assert mine.attempt == 1
            async with database.transaction() as tx:
                assert await jobs.release(tx, mine, counts=False, ttl_s=TTL_S)

    in_database(postgres, run)


def test_only_the_newest_attempt_writes_progress(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        job = await a_job(database, key)
        mine = await begun(database, job)
        assert mine
        async with database.transaction() as tx:
            assert await jobs.report(tx, mine, "rendering", 0.4)
        async with database.transaction() as tx:
            found = await jobs.find(tx, key, job.id, surface=SURFACE)
            assert (found.stage, found.progress) == ("rendering", 0.4)
        theirs = await begun(database, job)
        assert theirs
        assert (theirs.stage, theirs.progress) == (None, 0.0)
        async with database.transaction() as tx:
            assert not await jobs.report(tx, mine, "storing", 0.9)
        assert await finish(database, theirs)
        async with database.transaction() as tx:
            found = await jobs.find(tx, key, job.id, surface=SURFACE)
            assert (found.stage, found.progress) == (None, 1.0)
            assert not await jobs.report(tx, theirs, "storing", 0.9)

    in_database(postgres, run)


def test_jobs_of_other_surfaces_are_not_found(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        job = await a_job(database, key, surface="elsewhere")
        async with database.transaction() as tx:
            assert (await jobs.page(tx, key, surface=SURFACE, limit=5, offset=0)).count == 0
            assert (await jobs.page(tx, key, surface="elsewhere", limit=5, offset=0)).rows[0].id == job.id
            with pytest.raises(JobMissingError):
                await jobs.find(tx, key, job.id, surface=SURFACE)

    in_database(postgres, run)


def test_the_end_of_a_job_is_an_event_of_the_same_transaction(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        done, broken = await a_job(database, key), await a_job(database, key)
        mine = await begun(database, done)
        assert mine
        with pytest.raises(RuntimeError):  # noqa: PT012 - raised at the end of the transaction
            async with database.transaction() as tx:
                await jobs.finish(tx, mine, OUTPUT, ttl_s=TTL_S, prices=PRICES)
                raise RuntimeError
        assert await events_of(database, done) == []
        assert await finish(database, mine)
        [completed] = await events_of(database, done)
        assert (completed.kind, completed.surface) == ("job.completed", SURFACE)
        ended = jobs.JobEnded.model_validate(completed.payload)
        assert (ended.kind, ended.result_path, ended.warnings) == ("video", OUTPUT.path, OUTPUT.warnings)
        mine = await begun(database, broken)
        assert mine
        async with database.transaction() as tx:
            assert await jobs.fail(tx, mine, "invalid_input", "No.", ttl_s=TTL_S)
        [failed] = await events_of(database, broken)
        assert failed.kind == "job.failed"
        assert jobs.JobEnded.model_validate(failed.payload).error_code == "invalid_input"

    in_database(postgres, run)


class PictureInput(jobs.JobInput):
    """Input of a possible future kind."""

    references: jobs.StoredFile


def test_a_job_kind_needs_one_registration(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything between submission and expiry works for it."""
    picture = jobs.JobKind("picture", PictureInput, jobs.JobOutput, "pictures", lambda *_: 250_000)
    monkeypatch.setitem(jobs.KINDS, picture.name, picture)
    asked = PictureInput(
        content_type="image/png", text="a man", references=jobs.StoredFile(size_bytes=3, path="uploads/x/y")
    )

    async def run(database: Database) -> None:
        key = await a_key(database)
        job = await a_job(database, key, kind=picture, input=asked)
        async with database.transaction() as tx:
            queued = text("SELECT queue_name FROM procrastinate_jobs WHERE args ->> 'job_id' = :id")
            assert (await tx.execute(queued, {"id": job.id})).scalar_one() == picture.pool
            assert await jobs.position(tx, job) == 1
            found = await jobs.search(tx, key, jobs.Search("A MAN", kind="picture"), limit=5, offset=0)
            assert [each.id for each in found.rows] == [job.id]
        mine = await begun(database, job)
        assert mine
        assert jobs.input_of(mine) == asked
        output = jobs.JobOutput(path="results/x/1.png", size_bytes=9)
        async with database.transaction() as tx:
            assert await jobs.finish(tx, mine, output, ttl_s=0, prices=PRICES)
        async with database.transaction() as tx:
            assert "results/x/1.png" in await jobs.expire(tx)
            ended = await jobs.find(tx, key, job.id, surface=SURFACE)
            assert jobs.input_of(ended) == asked.without_files().without_text()
            amount = text("SELECT amount_micros FROM ledger WHERE subject_id = :id")
            assert (await tx.execute(amount, {"id": job.id})).scalar_one() == -250_000

    in_database(postgres, run)


def test_each_kind_has_a_handler() -> None:
    assert all(handler_of(name) for name in jobs.KINDS)


def test_the_position_in_the_queue(postgres: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE jobs SET status = 'failed'"))
        key = await a_key(database)
        made = [await a_job(database, key) for _ in range(3)]
        async with database.transaction() as tx:
            assert [await jobs.position(tx, job) for job in made] == [1, 2, 3]
        first = await begun(database, made[0])
        async with database.transaction() as tx:
            assert first
            assert await jobs.position(tx, first) == 0
            assert await jobs.position(tx, made[2]) == 2
            with pytest.raises(JobMissingError):
                await jobs.find(tx, await a_key(database), made[0].id, surface=SURFACE)

    in_database(postgres, run)


def test_a_submission_that_is_rolled_back_is_not_queued(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        count = text("SELECT count(*) FROM procrastinate_jobs")
        async with database.transaction() as tx:
            before = (await tx.execute(count)).scalar_one()
        submission = wanted()
        with pytest.raises(RuntimeError):  # noqa: PT012 - raised at the end of the transaction
            async with database.transaction() as tx:
                await jobs.submit(tx, key, submission)
                raise RuntimeError
        async with database.transaction() as tx:
            assert (await tx.execute(count)).scalar_one() == before
            with pytest.raises(JobMissingError):
                await jobs.find(tx, key, submission.id, surface=SURFACE)

    in_database(postgres, run)


def test_lost_jobs_are_queued_again(postgres: str) -> None:
    async def run(database: Database) -> None:
        job = await a_job(database, await a_key(database))
        async with database.transaction() as tx:
            await jobs.requeue_lost(tx)
            await tx.execute(
                text("DELETE FROM procrastinate_jobs WHERE args ->> 'job_id' = :id"), {"id": job.id}
            )
        async with database.transaction() as tx:
            assert await jobs.requeue_lost(tx) == 1
            assert await jobs.requeue_lost(tx) == 0

    in_database(postgres, run)


def test_lost_notifications_are_queued_again(postgres: str) -> None:
    async def run(database: Database) -> None:
        job = await a_job(database, await a_key(database), callback_url="https://a.example/")
        mine = await begun(database, job)
        assert mine
        assert await finish(database, mine)
        async with database.transaction() as tx:
            assert await webhooks.requeue_lost(tx) == 0
            await tx.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'visavis.deliver'"))
            assert await webhooks.requeue_lost(tx) == 1
            identifier = text(
                "SELECT d.id FROM deliveries d JOIN events e ON e.id = event_id WHERE subject_id = :id"
            )
            delivery_id = (await tx.execute(identifier, {"id": job.id})).scalar_one()
            claim = await webhooks.begin(tx, delivery_id, None)
            assert claim
            await webhooks.end(tx, claim, is_delivered=True, outcome="200", retry_after_s=())
            assert await webhooks.begin(tx, delivery_id, None) is None

    in_database(postgres, run)


def test_twenty_submissions_at_once_under_one_idempotency_key_are_one_job(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        same = {"idempotency_key": "k", "fingerprint": b"f"}
        made = await asyncio.gather(*(a_job(database, key, **same) for _ in range(20)))
        assert len({job.id for job in made}) == 1
        with pytest.raises(IdempotencyError):
            await a_job(database, key, idempotency_key="k", fingerprint=b"g")
        other = await a_job(database, await a_key(database), **same)
        elsewhere = await a_job(database, key, surface="elsewhere", **same)
        assert len({made[0].id, other.id, elsewhere.id}) == 3

    in_database(postgres, run)
