"""The rules, on a real database: fencing, tries, the queue, rates, the schema."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.jobs import OUTPUT, PRICES, SAID, TTL_S, a_job, a_key, begun, events_of, finish, wanted
from tests.support.server import in_database
from visavis.adapters.objects import LocalObjects
from visavis.core import avatars, events, jobs, webhooks
from visavis.core.database import Database
from visavis.core.identity.principals import Principal
from visavis.errors import (
    AvatarLimitError,
    AvatarMissingError,
    IdempotencyError,
    JobMissingError,
)
from visavis.settings import AgentSettings, ImageSettings, JobSettings, StorageSettings, WebhookSettings
from visavis.surfaces.atlas import NAME as SURFACE
from visavis.worker import maintenance
from visavis.worker.context import WorkerContext
from visavis.worker.handlers import handler_of
from visavis.worker.process_pool import ProcessPool


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


def test_old_events_are_deleted_after_delivery(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        made = [await a_job(database, key, callback_url="https://a.example/") for _ in range(2)]
        for job in made:
            mine = await begun(database, job)
            assert mine
            assert await finish(database, mine)
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE events SET created_at = now() - interval '31 days'"))
            await tx.execute(
                text(
                    "UPDATE deliveries d SET delivered_at = now() FROM events e "
                    "WHERE e.id = event_id AND subject_id = :id"
                ),
                {"id": made[0].id},
            )
            await events.forget(tx)
            await tx.execute(text("UPDATE deliveries SET given_up_at = now()"))
        assert [len(await events_of(database, job)) for job in made] == [0, 1]

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


def test_files_left_by_a_crash_are_deleted_from_the_store(postgres: str, tmp_path: Path) -> None:
    """Old files that no job needs go; young ones, and those of jobs that are waiting, stay."""

    async def run(database: Database) -> None:
        key = await a_key(database)
        waiting = await a_job(database, key)
        store = LocalObjects(tmp_path / "objects", secret=b"s", min_free_bytes=0)
        (tmp_path / "file").write_bytes(b"x")
        old = {"uploads/0000000000aa/image", f"uploads/{waiting.id}/image", "results/0000000000aa/1.mp4"}
        old.add("avatars/0000000000aa.png")
        young = {"uploads/0000000000bb/image"}
        for name in old | young:
            await store.put(name, tmp_path / "file", content_type="image/png")
        for name in old:
            os.utime(tmp_path / "objects" / name, (0, 0))
        render_pool, session_pool = ProcessPool([], size=0), ProcessPool([], size=0, single_use=True)
        conversation_pool = ProcessPool([], size=0, single_use=True)
        context = WorkerContext(
            database,
            store,
            render_pool,
            session_pool,
            conversation_pool,
            None,
            None,
            None,
            None,
            {},
            None,
            None,
            None,
            JobSettings(),
            AgentSettings(),
            ImageSettings(),
            StorageSettings(),
            WebhookSettings(),
            None,
            tmp_path,
            lambda: 0,  # type: ignore[arg-type]
        )
        await maintenance.collect_garbage(context)
        objects = tmp_path / "objects"
        left = {str(path.relative_to(objects)) for path in objects.rglob("*") if path.is_file()}
        assert left == young | {f"uploads/{waiting.id}/image"}

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


def test_results_and_texts_expire(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await a_key(database)
        job = await a_job(database, key, kind=jobs.SPEECH, input=SAID)
        mine = await begun(database, job)
        assert mine
        async with database.transaction() as tx:
            output = jobs.SpeechOutput(
                path=f"results/{job.id}/1.mp3", size_bytes=10, duration_s=2.0, sample_rate_hz=44_100
            )
            await jobs.finish(tx, mine, output, ttl_s=0, prices=PRICES)
        async with database.transaction() as tx:
            assert output.path in await jobs.expire(tx)
        async with database.transaction() as tx:
            found = await jobs.find(tx, key, job.id, surface=SURFACE)
            assert jobs.input_of(found) == SAID.without_text()
            assert jobs.output_of(found) == output.model_copy(update={"path": None})
            assert jobs.available_result(found) is None
            assert "secret" not in str((await tx.execute(text("SELECT * FROM jobs"))).all())
            assert await jobs.orphaned_results(tx, [str(output.path)]) == [output.path]
            upload = jobs.path_for_upload(job.id, "image")
            assert await jobs.orphaned_uploads(tx, [upload]) == [upload]
            assert await jobs.expire(tx) == []

    in_database(postgres, run)


def _new_avatar(**more: Any) -> avatars.NewAvatar:
    return avatars.NewAvatar(
        **{
            "id": avatars.new_id(),
            "label": "Sailor",
            "name": "Sailor",
            "content_type": jobs.PNG,
            "size_bytes": 1,
            "digest": b"d",
            "job_id": "j",
            **more,
        }
    )


def test_saved_avatars_are_limited_and_kept_apart(postgres: str) -> None:
    async def run(database: Database) -> None:
        mine, theirs = await a_key(database), await a_key(database)

        async def save(key: Principal) -> str:
            async with database.transaction() as tx:
                return (await avatars.save(tx, key, _new_avatar(), max_avatars=2)).id

        made = await asyncio.gather(*(save(mine) for _ in range(4)), return_exceptions=True)
        kept = [each for each in made if isinstance(each, str)]
        assert (len(kept), {type(each) for each in made} - {str}) == (2, {AvatarLimitError})
        await save(theirs)
        async with database.transaction() as tx:
            assert (await avatars.page(tx, mine, limit=1, offset=0)).count == 2
            with pytest.raises(AvatarMissingError):
                await avatars.find(tx, theirs, kept[0])
            with pytest.raises(AvatarMissingError):
                await avatars.remove(tx, theirs, kept[0])
            assert (await avatars.find_named(tx, mine, kept[0])).id == kept[0]
            newest = (await avatars.page(tx, mine, limit=1, offset=0)).rows[0]
            assert await avatars.find_named(tx, mine, "Sailor") is newest
            with pytest.raises(AvatarMissingError):
                await avatars.find_named(tx, theirs, kept[0])
            path = avatars.picture_path(kept[0], jobs.PNG)
            assert await avatars.orphaned(tx, [path, "avatars/x.png"]) == ["avatars/x.png"]
            assert await avatars.remove(tx, mine, kept[0]) == path
            assert await avatars.orphaned(tx, [path]) == [path]
        await save(mine)

    in_database(postgres, run)
