"""What a user sees when something dies; docs/live.md describes it."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import av
import httpx
import psycopg
import pytest
from harness.bad_line import line_to
from harness.room_clients import Target
from harness.viewing import sentence, speaking
from tests.support.live import Stage, asynchronous, live_slots
from tests.support.server import until

from visavis.adapters import tethered
from visavis.core import leases

pytestmark = pytest.mark.slow

MOVED_S = 10.0
BUSY_S = 30.0  # what a busy test machine may add to loading a process


@pytest.fixture(scope="module")
def own(own_stage: Callable[..., Stage]) -> Stage:
    return own_stage(VISAVIS_LIVE_SLOTS="3", VISAVIS_LIVE_RECORDING_PART_S="1")


async def looked(condition: Callable[[], object], within_s: float = 60.0) -> None:
    """Wait for a condition outside of the room."""
    async with asyncio.timeout(within_s):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.05)


@contextmanager
def second_worker(stage: Stage) -> Iterator["subprocess.Popen[bytes]"]:
    """One more worker beside the server's own."""
    words = [sys.executable, "-m", "visavis.cli.main", "work", "--data", str(stage.server.data)]
    env = os.environ | stage.server.env | {"VISAVIS_LOG_LEVEL": "info"}
    with Path(stage.server.data, "second.log").open("w") as log:
        process = subprocess.Popen(
            tethered.command(words, on_parents_death=signal.SIGKILL), stderr=log, env=env
        )
        try:
            until(lambda: live_slots(stage.server) == 6, within_s=90, what="slots of the second worker")
            yield process
        finally:
            process.terminate()
            process.wait(60)


def player_of(stage: Stage) -> int:
    """The process of the one session that runs: of all of them it is the one with the room's threads."""
    threads = {
        pid: len(list(Path(f"/proc/{pid}/task").iterdir()))
        for pid in stage.server.processes()["session_process"]
    }
    return max(threads, key=lambda pid: threads[pid])


@asynchronous
async def test_a_session_process_dies_and_the_avatar_comes_back(own: Stage) -> None:
    """The picture stands still for a moment, then the same session goes on."""
    async with own.session() as made, own.watched(made) as viewer:
        os.kill(player_of(own), signal.SIGKILL)
        seen = viewer.frames
        await viewer.until(lambda: viewer.frames > seen + 50, within_s=MOVED_S + BUSY_S)
        assert own.state(made)["status"] == "active"


HANDOVERS = """
CREATE TABLE handovers (session_id text, heard_of timestamptz, taken timestamptz);
CREATE FUNCTION note_handover() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO handovers VALUES (old.id, old.lease_until, clock_timestamp()); RETURN new; END $$;
CREATE TRIGGER handed AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (old.worker_id IS DISTINCT FROM new.worker_id) EXECUTE FUNCTION note_handover();
"""


@contextmanager
def handovers(stage: Stage) -> Iterator[None]:
    """Let the database itself note when a session changes hands: its clock knows no busy test."""
    with psycopg.connect(stage.server.database_url) as connection:
        connection.execute(HANDOVERS)
    try:
        yield
    finally:
        with psycopg.connect(stage.server.database_url) as connection:
            connection.execute("DROP TRIGGER handed ON sessions")
            connection.execute("DROP FUNCTION note_handover")
            connection.execute("DROP TABLE handovers")


@asynchronous
async def test_a_worker_dies_and_another_takes_over(own: Stage) -> None:
    """The other worker's avatar is in the same room, under the same identity; the session is billed once.

    It records on, and what both workers recorded becomes one video.
    """
    ((first,),) = own.server.rows("SELECT id FROM workers WHERE seen_at > now() - interval '3 s'")
    with second_worker(own) as second, handovers(own):
        async with own.session() as made, own.watched(made) as viewer:
            before = own.worker_of(made)
            (main,) = own.server.processes()["worker"]
            async with own.client as client:
                answer = await client.post(f"/v1/realtime/session/{made['session_id']}/recording")
            job_id = answer.json()["job_id"]
            await looked(lambda: kept_parts(own, job_id, placement=1) > 1)
            os.kill(main if before == first else second.pid, signal.SIGKILL)
            await looked(lambda: own.worker_of(made) not in {before, None}, MOVED_S + BUSY_S)
            seen = viewer.frames
            await viewer.until(lambda: viewer.frames > seen + 25, within_s=MOVED_S + BUSY_S)
            assert list(viewer.room.remote_participants) == ["avatar"]
            assert own.state(made)["status"] == "active"
            await looked(lambda: kept_parts(own, job_id, placement=2) > 0)
            first_s = length_s(own, job_id, placement=1)
        job = await asyncio.to_thread(own.server.finished, job_id)
        assert job["status"] == "completed"
        assert job["output"]["duration"] > first_s
        ((silent,),) = own.server.rows(
            "SELECT taken - (heard_of - %s) FROM handovers WHERE session_id = %s ORDER BY taken LIMIT 1",
            leases.LEASE,
            made["session_id"],
        )
        assert leases.LEASE <= silent <= timedelta(seconds=MOVED_S)  # from the dead worker's last heartbeat
        rows = own.server.rows("SELECT count(*) FROM ledger WHERE subject_id = %s", made["session_id"])
        assert rows == [(1,)]
    await looked(lambda: live_slots(own.server) == 3, 90)


def kept_parts(stage: Stage, job_id: str, *, placement: int) -> int:
    """Number of parts of a recording that are in the object store."""
    query = "SELECT count(*) FROM recording_parts WHERE job_id = %s AND placement = %s"
    ((count,),) = stage.server.rows(query, job_id, placement)
    return int(count)


def length_s(stage: Stage, job_id: str, *, placement: int) -> float:
    """Length of what a worker has recorded so far."""
    parts = stage.server.data / "objects" / "recordings" / job_id
    numbers = range(kept_parts(stage, job_id, placement=placement))
    recorded = b"".join((parts / f"{placement}-{number}").read_bytes() for number in numbers)
    with av.open(io.BytesIO(recorded)) as file:
        whole = [packet for packet in file.demux(video=0) if packet.pts is not None and not packet.is_corrupt]
        return max(float(packet.pts * packet.time_base) for packet in whole)


@asynchronous
async def test_a_draining_worker_hands_its_sessions_over(own: Stage) -> None:
    """The picture changes hands; nothing is ended."""
    with second_worker(own) as second:
        async with own.session() as one, own.session() as two, own.watched(one), own.watched(two) as viewer:
            made = [one, two]
            names = {own.worker_of(each) for each in made}
            assert len(names) == 2  # the freest worker gets the next one
            second.terminate()
            await asyncio.to_thread(second.wait, 60)
            await looked(lambda: len({own.worker_of(each) for each in made} - {None}) == 1)
            seen = viewer.frames
            await viewer.until(lambda: viewer.frames > seen + 25, within_s=MOVED_S + BUSY_S)
            assert all(own.state(each)["status"] == "active" for each in made)


@asynchronous
async def test_the_database_is_restarted_and_nobody_notices(own: Stage) -> None:
    """Sound and picture go on; no session changes hands."""
    async with own.session() as made, own.watched(made) as viewer, speaking(viewer.room) as speaker:
        before = own.worker_of(made)
        (main,) = [pid for pid in own.server.processes()["postgres"] if is_postmaster(own, pid)]
        os.kill(main, signal.SIGKILL)
        seen = viewer.frames
        await speaker.say(sentence())
        await viewer.until(lambda: viewer.frames > seen + 50)
        await looked(lambda: is_healthy(own))
        assert own.worker_of(made) == before
        assert own.state(made)["status"] == "active"


def is_healthy(stage: Stage) -> bool:
    with stage.server.client() as client:
        return client.get("/v1/health").status_code == 200


def is_postmaster(stage: Stage, pid: int) -> bool:
    return str(pid) == (stage.server.data / "postgres/cluster/postmaster.pid").read_text().splitlines()[0]


@asynchronous
async def test_the_room_server_dies_and_everybody_comes_back(own: Stage) -> None:
    """Clients lose the room and join again with their tokens; the avatar is there again."""
    async with own.session() as made:
        async with own.watched(made):
            (rooms,) = own.server.processes()["rooms"]
            os.kill(rooms, signal.SIGKILL)
            await looked(lambda: own.server.processes()["rooms"] != [rooms])
            await looked(lambda: answers(made["livekit_url"]))
        async with own.watched(made) as viewer:
            await viewer.until(lambda: viewer.frames > 25)
        assert own.state(made)["status"] == "active"


def answers(url: str) -> bool:
    try:
        return httpx.get(url.replace("ws", "http", 1)).status_code < 500
    except httpx.HTTPError:
        return False


@asynchronous
async def test_a_user_whose_network_is_cut_returns_to_the_same_avatar(own: Stage) -> None:
    """No media passes for a while: others see the session go on, and then the user does again."""
    async with own.session() as made, own.client as client:
        answer = await client.post(f"/v1/realtime/session/{made['session_id']}/viewer")
        server = Target(made["livekit_url"], "", "")
        async with (
            line_to(server) as line,
            own.watched(made | {"livekit_url": line.target.url}) as user,
            own.watched(answer.json()) as other,
        ):
            line.lose(1.0)
            seen = other.frames
            await other.until(lambda: other.frames > seen + 25)
            cut_at, seen = user.frames, other.frames
            await other.until(lambda: other.frames > seen + 100)
            assert user.frames == cut_at
            line.lose(0.0)
            await user.until(lambda: user.frames > cut_at + 50, within_s=60)
        assert own.state(made)["status"] == "active"


@asynchronous
async def test_a_user_who_vanishes_may_return(own: Stage) -> None:
    """A user who returns with the same token finds the same session."""
    async with own.session() as made:
        words = [sys.executable, "-c", CLIENT, made["livekit_url"], made["token"]]
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"frame\n"
        process.kill()  # no goodbye
        await process.wait()
        async with own.watched(made) as viewer:
            await viewer.until(lambda: viewer.frames > 25)
        assert own.state(made)["status"] == "active"


CLIENT = """
import asyncio, sys
from livekit import rtc
async def main():
    room = rtc.Room()
    async def watch(track):
        async for _ in rtc.VideoStream(track):
            print("frame", flush=True)
    room.on("track_subscribed", lambda track, *_: asyncio.ensure_future(watch(track)))
    await room.connect(sys.argv[1], sys.argv[2])
    await asyncio.Event().wait()
asyncio.run(main())
"""
