"""Attacks on a whole server, and their effect on a normal user."""

import io
import json
import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness.api_server import unseen_face
from PIL import Image
from tests.hostile.conftest import DESCRIPTORS
from tests.support.raw_http import GET, ask, connected
from tests.support.server import Server, files, until

pytestmark = pytest.mark.slow

IDLE = DESCRIPTORS + 100


def picture(side_px: int, shade: int, kind: str = "PNG") -> bytes:
    """A large picture of nothing, in a small file."""
    file = io.BytesIO()
    Image.new("RGB", (side_px, side_px), (shade, shade, shade)).save(file, kind)
    return file.getvalue()


def test_endless_headers_during_use(server: Server) -> None:
    status, _, said = ask(server.url, GET + b"A: " + b"b" * 20_000_000)
    assert (status, said["error"]) == (431, "headers_too_large")
    with server.client() as client:
        assert client.get("/v1/me").status_code == 200


def test_more_idle_connections_than_descriptors(server: Server) -> None:
    """A normal user notices nothing, on open and on new connections."""
    with server.client() as client, ExitStack() as stack:
        assert client.get("/v1/me").status_code == 200
        for number in range(IDLE):
            stack.enter_context(connected(server.url))
            if number % 100 == 0:
                assert client.get("/v1/me").status_code == 200
        with server.client() as another:
            assert another.get("/v1/me").status_code == 200
    assert "accept_failed" not in server.log.read_text()


def test_one_account_cannot_keep_others_from_opening_sessions(server: Server, portrait_file: Path) -> None:
    """Large pictures by the dozen: another account's face comes after one of them, not after all."""
    greedy = server.make_key("greedy")
    done: list[int] = []

    def attack(number: int) -> dict[str, Any]:
        with server.client(greedy) as client:
            form = {"face": ("face.png", picture(2500, number), "image/png")}
            answer = client.post("/v1/realtime/session", files=form)
            done.append(answer.status_code)
            return {"status": answer.status_code} | dict(answer.json())

    with ThreadPoolExecutor(16) as pool, server.client() as client:
        attacks = [pool.submit(attack, number) for number in range(16)]
        # Too many wait already: the attack is under way.
        until(lambda: 503 in done)
        form = {"face": ("face.jpg", unseen_face(portrait_file, 1), "image/jpeg")}
        answer = client.post("/v1/realtime/session", files=form)
        waiting = len(attacks) - len(done)
        assert answer.status_code == 200, answer.text
        assert waiting > 0
        client.delete(f"/v1/realtime/session/{answer.json()['session_id']}")
        for said in (each.result() for each in attacks):
            assert said["status"] in {400, 503}, said
            if said["status"] == 503:
                assert said["retry_after_seconds"] > 0


def test_without_a_slot_no_rig_is_built(server: Server) -> None:
    """The answer is 503 before the picture is checked, even if it has no face."""
    slots = int(server.env["VISAVIS_LIVE_SLOTS"])
    with server.client() as client:
        made = [client.post("/v1/realtime/session").json()["session_id"] for _ in range(slots)]
        try:
            form = {"face": ("face.png", picture(512, 7), "image/png")}
            answer = client.post("/v1/realtime/session", files=form)
            assert (answer.status_code, answer.json()["error"]) == (503, "no_capacity")
        finally:
            for session in made:
                client.delete(f"/v1/realtime/session/{session}")


def test_recordings_begun_again_and_again_are_limited(server: Server) -> None:
    """Each would be a process that encodes: after some a minute, the client is told to wait."""
    with server.client() as client:
        path = f"/v1/realtime/session/{client.post('/v1/realtime/session').json()['session_id']}"
        answers = []
        for _ in range(20):
            answers.append(client.post(f"{path}/recording"))
            client.delete(f"{path}/recording")
        client.delete(path)
        assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 14
        assert answers[-1].json()["retry_after_seconds"] > 0
    assert is_well(server)


def test_the_first_upload_after_a_child_was_killed(server: Server, media: Path) -> None:
    """A request at that moment is served by the next process."""
    form = files(media)
    with server.client() as client:
        for _ in range(3):
            until(lambda: len(children(server)) == 2)
            for pid in children(server):
                os.kill(pid, signal.SIGKILL)
            answer = client.post("/v1/generate", files=form)
            assert answer.status_code == 202, answer.text
            blank = {"face": ("face.png", picture(512, 3), "image/png")}
            assert client.post("/v1/realtime/session", files=blank).json()["error"] == "invalid_input"


def children(server: Server) -> list[int]:
    """The processes of the gateway that look at uploads, once they are ready."""
    assert server.process is not None
    found = server.processes()["rendering_process"]
    # Their parent is the gateway's fork server.
    return [pid for pid in found if parent(parent(pid)) == server.process.pid]


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def test_other_users_of_the_machine_cannot_read_the_data(server: Server, media: Path) -> None:
    """Neither new files nor those of an earlier version; other users can only reach the database."""
    with server.client() as client:
        job = client.post("/v1/generate", files=files(media)).json()["job_id"]
        server.finished(job, within_s=200)
        client.delete(f"/v1/realtime/session/{client.post('/v1/realtime/session').json()['session_id']}")
    kept = [path for path in server.data.rglob("*") if server.data / "postgres" not in path.parents]
    assert {"1.mp4", "old.visavis", "rooms.json", "default-face.png", "key.pem"} <= {p.name for p in kept}
    log = server.log  # which the test opened itself
    assert [path for path in kept if path != log and path.stat().st_mode & 0o077] == []
    assert stat.S_IMODE(server.data.stat().st_mode) & ~0o011 == 0o700
    assert not (server.data / "tmp" / "job-1").exists()


def test_temporary_files_of_a_killed_worker_are_deleted(server: Server) -> None:
    def folders() -> set[Path]:
        return set(server.data.glob("tmp/worker-*"))

    until(lambda: len(folders()) == 2)  # with the lock beside it
    before = folders()
    [worker] = server.processes()["worker"]
    os.kill(worker, signal.SIGKILL)
    until(lambda: len(folders()) == 2 and not before & folders(), what="the end of a dead worker's folder")
    until(lambda: is_well(server))


def is_well(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/v1/health", timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def health(server: Server) -> dict[str, Any]:
    said: dict[str, Any] = httpx.get(f"{server.url}/v1/health", timeout=60).json()
    return said


@contextmanager
def rooms_port_taken(server: Server) -> Iterator[None]:
    """Kill the room server and take its port before it comes back."""

    port = int(json.loads((server.data / "rooms.json").read_text())["url"].rpartition(":")[2])
    [rooms] = server.processes()["rooms"]
    os.kill(rooms, signal.SIGKILL)

    def take() -> socket.socket | None:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            return None

    thief = until(take, what="the room server's port")
    assert thief is not None
    with thief:
        yield


@contextmanager
def database_lock_taken(server: Server) -> Iterator[None]:
    """Kill the database, and keep a new one from starting."""
    cluster = server.data / "postgres" / "cluster"
    postmaster = int((cluster / "postmaster.pid").read_text().splitlines()[0])
    settings = cluster / "postgresql.conf"
    away = settings.with_suffix(".away")
    settings.rename(away)
    try:
        os.kill(postmaster, signal.SIGKILL)
        yield
    finally:
        away.rename(settings)


@pytest.mark.parametrize("taken", [rooms_port_taken, database_lock_taken])
def test_a_part_whose_port_is_taken_recovers(
    server: Server, taken: Callable[[Server], Any], media: Path
) -> None:
    """It is restarted repeatedly; the health check reports it, and the other parts continue."""
    tries = server.log.read_text().count("part_is_down")
    with taken(server):
        until(lambda: health(server)["status"] != "all systems go", what="health that says so")
        until(lambda: server.log.read_text().count("part_is_down") > tries + 1, what="two tries")
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        if taken is rooms_port_taken:
            with server.client() as client:
                assert client.get("/v1/status").json()["status"] == "degraded"
                assert client.post("/v1/generate", files=files(media)).status_code == 202
    until(lambda: is_well(server), what="health")
    with server.client() as client:
        session = client.post("/v1/realtime/session").json()["session_id"]
        assert client.delete(f"/v1/realtime/session/{session}").status_code == 200


def test_a_part_that_cannot_restart_ends_the_server(start_server: Callable[..., Server]) -> None:
    """With one clear line, and not as if all were well."""
    server = start_server(restart_timeout_s="1", render_processes="1", face_processes="1")
    assert server.process is not None
    with rooms_port_taken(server):
        assert server.process.wait(60) == 1
    assert server.process.stdout is not None
    server.process.stdout.close()
    *said, last = server.log.read_text().splitlines()
    assert last.startswith("visavis: The room server could not be restarted within 1 s.")
    assert "VISAVIS_ROOMS_PORT" in last
    # Before that only the room server's own word, at each try.
    assert {
        line for line in said if not line.startswith("{") and "Address already in use" not in line
    } == set()
