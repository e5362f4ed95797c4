"""Jobs in a database without a server."""

from typing import Any

from sqlalchemy import select

from visavis.core import jobs
from visavis.core.database import Database
from visavis.core.identity import keys
from visavis.core.identity.principals import Allowance, Principal
from visavis.core.schema import Event, Job
from visavis.surfaces.atlas import NAME as SURFACE

TTL_S = 60
INPUT = jobs.VideoInput(image=jobs.StoredFile(size_bytes=5, path="uploads/x/image"))
OUTPUT = jobs.VideoOutput(path="results/x/1.mp4", size_bytes=10, duration_s=2.0)
SAID = jobs.SpeechInput(content_type=jobs.MP3, text="secret words", chars=12, language="en-us")
PRICES = jobs.Prices(video_hour_micros=7_000_000)


def wanted(**more: Any) -> jobs.Submission:
    return jobs.Submission(
        **{
            "id": jobs.new_id(),
            "kind": jobs.VIDEO,
            "surface": SURFACE,
            "input": INPUT,
            "base_url": "",
            **more,
        }
    )


async def a_key(database: Database, **allowance: Any) -> Principal:
    async with database.transaction() as tx:
        row, _ = await keys.create(tx, "core", allowance=Allowance(**allowance))
        return keys.principal_of(row)


async def a_job(database: Database, key: Principal, **more: Any) -> Job:
    async with database.transaction() as tx:
        return await jobs.submit(tx, key, wanted(**more))


async def begun(database: Database, job: Job) -> Job | None:
    async with database.transaction() as tx:
        return await jobs.begin(tx, job.id, ttl_s=TTL_S)


async def finish(database: Database, job: Job) -> bool:
    async with database.transaction() as tx:
        return await jobs.finish(tx, job, OUTPUT, ttl_s=TTL_S, prices=PRICES)


async def events_of(database: Database, job: Job) -> list[Event]:
    async with database.transaction() as tx:
        return list((await tx.execute(select(Event).where(Event.subject_id == job.id))).scalars())
