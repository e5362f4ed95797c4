"""Failures of parts: every job completes once, and nothing is lost or duplicated."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest

from tests.support.server import Server, files, is_alive, until

pytestmark = pytest.mark.slow

JOBS: Final = int(os.environ.get("CHAOS_JOBS", "40"))  # 200 takes two minutes
CLIENTS: Final = 20
KILLS: Final = 4
IN_RESTART: Final = 16


def submit(server: Server, key: str, form: dict[str, Any], name: str) -> str:
    """Submit as a careful client does: again under the same name, until it is taken in."""
    deadline = time.monotonic() + 120
    pause = threading.Event()
    while time.monotonic() < deadline:
        try:
            with server.client(key) as client:
                answer = client.post("/v1/generate", files=form, headers={"Idempotency-Key": name})
        except httpx.TransportError:
            pause.wait(0.2)
            continue
        if answer.status_code == 202:
            return str(answer.json()["job_id"])
        assert answer.status_code == 503, answer.text
        pause.wait(0.2)
    raise AssertionError("never taken in")


def assert_each_done_once(server: Server, made: list[str]) -> None:
    assert len(set(made)) == len(made)

    def all_done() -> bool:
        try:
            [(count,)] = server.rows("SELECT count(*) FROM jobs WHERE status IN ('pending', 'processing')")
        except psycopg.OperationalError:
            return False
        return count == 0

    until(all_done, within_s=200.0, what="the end of all jobs")
    ends = Counter(server.rows("SELECT status, error_code FROM jobs WHERE id = ANY(%s)", made))
    assert ends == {("completed", None): len(made)}
    assert server.rows(
        "SELECT count(*), count(DISTINCT subject_id) FROM ledger WHERE subject_id = ANY(%s)", made
    ) == [(len(made), len(made))]
    results = {
        Path(path) for [path] in server.rows("SELECT output ->> 'path' FROM jobs WHERE id = ANY(%s)", made)
    }
    folder = server.data / "objects"

    def stored() -> bool:
        found = {path.relative_to(folder) for path in folder.glob("results/*/*") if path.parent.name in made}
        return found == results

    until(stored, what="one file for each result")
    until(lambda: not list(folder.glob("uploads/*/*")), what="no uploads left")


@pytest.fixture(scope="module")
def loaded(start_server: Callable[..., Server]) -> Iterator[Server]:
    """A server under load, whose parts are killed."""
    server = start_server(requests_per_minute="1000000")
    yield server
    assert server.stop() == 0


def test_many_jobs_while_workers_are_killed(loaded: Server, media: Path) -> None:
    server = loaded
    keys = [server.make_key(f"client {n}", requests_per_minute=100_000) for n in range(CLIENTS)]
    form = files(media, audio="short.wav")
    stopped = threading.Event()
    killed = []

    def kill() -> None:
        chance = random.Random(7)
        while len(killed) < KILLS and not stopped.wait(chance.uniform(1.0, 3.0)):
            role = chance.choice(["worker", "rendering_process", "rendering_process"])
            found = server.processes()[role]
            for pid in chance.sample(found, min(1, len(found))):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                killed.append(role)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            made = list(pool.map(lambda n: submit(server, keys[n % CLIENTS], form, str(n)), range(JOBS)))
        assert_each_done_once(server, made)
    finally:
        stopped.set()
        killer.join()
    assert killed


def test_the_database_dies_under_load(loaded: Server, media: Path) -> None:
    server = loaded
    form = files(media, audio="short.wav")
    [(before,)] = server.rows("SELECT count(*) FROM jobs WHERE status = 'completed'")
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda n: submit(server, server.key, form, str(n)), range(IN_RESTART))
        count = "SELECT count(*) FROM jobs WHERE status = 'completed'"
        until(lambda: server.rows(count)[0][0] > before, what="the first completed job")
        [postgres] = [
            int((server.data / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])
        ]
        os.kill(postgres, signal.SIGKILL)
        identifiers = list(made)
    assert_each_done_once(server, identifiers)
    assert server.stop() == 0


@pytest.mark.parametrize("how", ["killed", "ended"])
def test_the_next_start_carries_on(start_server: Callable[..., Server], media: Path, how: str) -> None:
    server = start_server(render_processes="1")
    form = files(media, audio="short.wav")
    made = [submit(server, server.key, form, str(n)) for n in range(6)]
    assert server.process is not None
    below = [pid for pids in server.processes().values() for pid in pids]
    assert len(below) >= 4
    if how == "killed":
        server.process.kill()
        server.process.wait()
    else:
        assert server.stop(signal.SIGINT) == 0
    # Nothing outlives the process that was started.
    until(lambda: not [pid for pid in below if is_alive(pid)], within_s=30.0, what="the end of all processes")
    assert server.process.stdout is not None
    server.process.stdout.close()
    again = start_server(server.data, key=server.key)
    assert_each_done_once(again, made)
    assert again.stop() == 0


def test_results_expire_and_jobs_that_take_too_long_are_ended(
    start_server: Callable[..., Server], media: Path
) -> None:
    # Enough for the short job on a machine that is busy, and too little for the long one on any.
    limits = {"result_ttl_s": "1", "job_timeout_s": "15", "requests_per_minute": "100000"}
    server = start_server(**limits, render_processes="1", face_processes="1")
    with server.client() as client:
        job_id = client.post("/v1/tts/generate-wav", json={"text": "gone soon"}).json()["job_id"]
        job = server.finished(job_id)
        assert job["status"] == "completed"
        until(lambda: client.get(f"/v1/jobs/{job_id}/result").status_code == 404)
        picture = {"image": files(media)["image"]}
        said = {"text": "This goes on and on. " * 230}
        # One of the worker and one of the gateway, which is forked later.
        until(lambda: len(server.processes()["rendering_process"]) == 2, what="rendering processes")
        children = set(server.processes()["rendering_process"])
        long_id = client.post("/v1/tts/generate-video", data=said, files=picture).json()["job_id"]
        long = server.finished(long_id)
        assert (long["status"], long["error_code"]) == ("failed", "generation_failed")
        until(
            lambda: len(set(server.processes()["rendering_process"]) - children) == 1,
            what="a new rendering process",
        )
        until(lambda: not list(server.data.glob("objects/results/*/*")), within_s=45.0, what="deletion")
        until(lambda: client.get(f"/v1/jobs/{job_id}").json()["input"]["text_preview"] is None)
    server.stop()


@pytest.fixture
def small_disk(open_folder: Callable[[], Path]) -> Iterator[Path]:
    folder = open_folder()
    (folder / "tmp").mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder / "tmp")]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a disk that can be filled needs the right to mount one")
    yield folder
    subprocess.run(["umount", "-l", str(folder / "tmp")], check=True)


def test_a_full_disk(start_server: Callable[..., Server], small_disk: Path, media: Path) -> None:
    server = start_server(small_disk, render_processes="1")
    with server.client() as client:
        large = {"image": files(media)["image"], "audio": ("a.wav", bytes(2**21), "audio/wav")}
        for _ in range(3):
            answer = client.post("/v1/generate", files=large)
            assert (answer.status_code, answer.json()["error"]) == (503, "storage_unavailable")
        # What was half-way is cleared away: a small one has room again.
        spoken = client.post("/v1/tts/generate", json={"text": "short"}).json()["job_id"]
        assert server.finished(spoken)["status"] == "completed"
    server.stop()
