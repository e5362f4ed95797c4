"""Attacks on rooms and on the parts of a server."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import httpx
from livekit import api
from livekit.protocol.rtc import SignalResponse

from bench.hostile.attacks import Outcome
from bench.hostile.siege import Siege, wait_until
from visavis.bootstrap.roomserver import KEY

_GHOSTS: Final = 250
_TAKEN_S: Final = 5.0
_COMMANDS: Final = {
    "rooms": "visavis.cli.main rooms",
    "worker": "visavis.cli.main work",
    "rendering process": "visavis.cli.rendering_process",
    "session process": "visavis.cli.session_process",
}


def ghosts(siege: Siege) -> Outcome:
    """Tokens without a WebSocket, and tokens of ended sessions: they must not add a participant to a room."""
    return asyncio.run(_ghosts(siege, sessions=5 if siege.quick else 30))


async def _ghosts(siege: Siege, sessions: int) -> Outcome:
    rooms = json.loads((siege.data / "rooms.json").read_text())["url"].replace("ws", "http", 1)
    wrong: list[str] = []
    with siege.client() as client:
        made = client.post("/v1/realtime/session").raise_for_status().json()
        over = []
        for _ in range(sessions):
            over.append(client.post("/v1/realtime/session").raise_for_status().json())
            client.delete(f"/v1/realtime/session/{over[-1]['session_id']}").raise_for_status()
    async with (
        aiohttp.ClientSession() as http,
        api.LiveKitAPI(rooms, KEY, await siege.rooms_secret()) as service,
    ):
        for number in range(_GHOSTS):
            path = ("/rtc", "/rtc/v1")[number % 2]
            async with http.get(rooms + path, params={"access_token": made["token"]}) as answer:
                if answer.status < httpx.codes.BAD_REQUEST:
                    wrong.append(f"a GET of {path}: {answer.status}")
        for each in over:
            for path in ("/rtc", "/rtc/v1"):
                joins = await _joins(http, rooms + path, each["token"])
                wrong += [f"{path} let a token of an ended session in"] * joins
        there = await service.room.list_participants(api.ListParticipantsRequest(room=made["room"]))
        strangers = [each.identity for each in there.participants if each.identity != "avatar"]
        open_rooms = {room.name for room in (await service.room.list_rooms(api.ListRoomsRequest())).rooms}
    with siege.client() as client:
        client.delete(f"/v1/realtime/session/{made['session_id']}")
    undead = open_rooms & {each["room"] for each in over}
    wrong += [f"{len(strangers)} ghosts in the room"] * bool(strangers)
    wrong += [f"{len(undead)} rooms of ended sessions"] * bool(undead)
    results = "; ".join(sorted(set(wrong))) or f"{_GHOSTS} GETs and {2 * sessions} old tokens: nobody got in"
    return Outcome(not wrong, results)


async def _joins(http: aiohttp.ClientSession, url: str, token: str) -> bool:
    try:
        async with http.ws_connect(url, params={"access_token": token}, timeout=_WS_TIMEOUT) as socket_:
            said = await socket_.receive(timeout=10)
            if said.type != aiohttp.WSMsgType.BINARY:
                return False
            return bool(SignalResponse.FromString(said.data).WhichOneof("message") == "join")
    except (aiohttp.ClientError, TimeoutError):
        return False


_WS_TIMEOUT: Final = aiohttp.ClientWSTimeout(ws_close=5.0)


def parts(siege: Siege) -> Outcome:
    """Each part is killed; if it has a port or a lock, that is taken for a while."""
    results, held = [], True
    for name in (*_COMMANDS, "database", "gateway's rendering process"):
        with siege.client() as client:
            session = client.post("/v1/realtime/session").json().get("session_id")
        began = time.monotonic()
        with _killed(siege, name):
            wait_until(lambda began=began: time.monotonic() - began > _TAKEN_S)  # type: ignore[misc]
            still = httpx.get(f"{siege.served.url}/healthz", timeout=60).status_code
        back = wait_until(lambda: siege.is_well() and _does_jobs(siege))
        held &= back and still == httpx.codes.OK
        results.append(f"{name} {time.monotonic() - began:.0f} s" if back else f"{name} never")
        with siege.client() as client:
            client.delete(f"/v1/realtime/session/{session}")
    said = f"back after a kill, with its place taken for {_TAKEN_S:g} s: {', '.join(results)}"
    return Outcome(held, said)


def _does_jobs(siege: Siege) -> bool:
    try:
        with siege.client() as client:
            answer = client.post("/v1/generate", files=siege.job())
            if answer.status_code != httpx.codes.ACCEPTED:
                return False
            job: dict[str, Any] = {}

            def done() -> bool:
                job.update(client.get(f"/v1/jobs/{answer.json()['job_id']}").json())
                return job.get("status") in {"completed", "failed"}

            return wait_until(done) and job["status"] == "completed"
    except httpx.TransportError:
        return False


@contextmanager
def _killed(siege: Siege, name: str) -> Iterator[None]:
    """Kill a part, and keep its port or lock taken while the block runs."""
    if name == "rooms":
        port = int(json.loads((siege.data / "rooms.json").read_text())["url"].rpartition(":")[2])
        _kill(_children(siege, "rooms"))
        with _taken(port):
            yield
        return
    if name == "database":
        cluster = siege.data / "postgres" / "cluster"
        settings, away = cluster / "postgresql.conf", cluster / "postgresql.away"
        settings.rename(away)
        try:
            _kill([int((cluster / "postmaster.pid").read_text().splitlines()[0])])
            yield
        finally:
            away.rename(settings)
        return
    if name in ("gateway's rendering process", "rendering process"):
        is_gateways = name != "rendering process"
        found = _children(siege, "rendering process")
        # Between them and the gateway or the worker is a fork server.
        _kill([pid for pid in found if (_parent(_parent(pid)) == siege.served.pid) == is_gateways])
    else:
        _kill(_children(siege, name))
    yield


@contextmanager
def _taken(port: int) -> Iterator[None]:
    thieves: list[socket.socket] = []

    def take() -> bool:
        try:
            thieves.append(socket.create_server(("127.0.0.1", port)))
        except OSError:
            return False
        return True

    wait_until(take, within_s=30)
    try:
        yield
    finally:
        for each in thieves:
            each.close()


def _kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _children(siege: Siege, role: str) -> list[int]:
    """Processes of a role among the descendants of the server."""
    below = {siege.served.pid}
    processes = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    for _ in range(4):
        below |= {pid for pid in processes if _parent(pid) in below}
    return [pid for pid in below if _COMMANDS[role] in _command(pid)]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
