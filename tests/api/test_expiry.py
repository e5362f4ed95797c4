"""What is deleted when its time is over, and how much may be kept, on a real database."""

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.jobs import PRICES, SAID, a_job, a_key, begun, events_of, finish
from tests.support.server import in_database
from visavis.adapters.objects import LocalObjects
from visavis.core import avatars, events, jobs
from visavis.core.database import Database
from visavis.core.identity.principals import Principal
from visavis.errors import (
    AvatarLimitError,
    AvatarMissingError,
)
from visavis.settings import AgentSettings, ImageSettings, JobSettings, StorageSettings, WebhookSettings
from visavis.surfaces.atlas import NAME as SURFACE
from visavis.worker import maintenance
from visavis.worker.child_process import ChildProcess
from visavis.worker.context import WorkerContext
from visavis.worker.process_pool import ProcessPool


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
        nothing = partial(ChildProcess.start, [], None)
        render_pool, session_pool = (
            ProcessPool(nothing, size=0),
            ProcessPool(nothing, size=0, single_use=True),
        )
        conversation_pool = ProcessPool(nothing, size=0, single_use=True)
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
