"""A real server: its own process, its own database, real files."""

import asyncio
import signal
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import av
import httpx
import psycopg
from harness.server_process import first_key, start_server

from visavis.adapters.postgres import EmbeddedPostgres
from visavis.core.database import Database
from visavis.core.identity import keys
from visavis.core.identity.principals import Allowance
from visavis.core.webhooks import secret_of

_Result = TypeVar("_Result")
START_S = 90.0
STOP_S = 60.0
ROUND_S = 0.02
ROLES = {
    "worker": "visavis.cli.main work",
    "rendering_process": "visavis.cli.rendering_process",
    "session_process": "visavis.cli.session_process",
    "conversation_process": "visavis.cli.conversation_process",
    "rooms": "visavis.cli.main rooms",
    "postgres": "bin/postgres -D",
}


def until(condition: Callable[[], _Result], *, within_s: float = 60.0, what: str = "") -> _Result:
    """Wait until a condition gives something true, and give that."""
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within_s} s: {what or condition}"
        pause.wait(ROUND_S)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@dataclass
class Server:
    """A running `visavis serve`."""

    data: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    url: str = ""
    key: str = ""
    log: Path = Path()
    prefix: tuple[str, ...] = ()  # what starts it
    options: tuple[str, ...] = ()

    def start(self) -> None:
        self.log = self.data / "serve.log"
        # Offline: models come from fixtures, and no server fetches others meanwhile.
        env = {"VISAVIS_LOG_LEVEL": "info", "VISAVIS_LOG_FORMAT": "json", "VISAVIS_LIVE_SLOTS": "0"}
        env["VISAVIS_OFFLINE"] = "true"
        self.process, self.url = start_server(
            self.data, env | self.env, log=self.log, prefix=self.prefix, options=self.options
        )
        if not self.key:
            self.key = first_key(self.process)
        until(self._is_ready, within_s=START_S, what="workers")

    def _is_ready(self) -> bool:
        return httpx.get(f"{self.url}/v1/health").status_code == 200

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.data / "postgres").url

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def client(self, key: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60.0)

    def make_key(self, name: str = "test", **allowance: Any) -> str:
        async def make(database: Database) -> str:
            async with database.transaction() as tx:
                wanted = Allowance(**allowance)
                return (await keys.create(tx, name, allowance=wanted))[1]

        return in_database(self.database_url, make)

    def webhook_secret(self, key: str) -> str:
        async def read(database: Database) -> str:
            async with database.transaction() as tx:
                row = await keys.find(tx, key)
                return await secret_of(tx, row.id, None)

        return in_database(self.database_url, read)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[call-overload, no-any-return]

    def end_sessions(self) -> None:
        """End all live sessions, whoever began them, so that their slots are free."""
        ended = "status = 'ended', reason = 'ended', ended_at = now()"
        self.rows(f"UPDATE sessions SET {ended} WHERE status <> 'ended' RETURNING id")

    def processes(self) -> dict[str, list[int]]:
        """Process identifiers by role, of everything that this server started."""
        assert self.process is not None
        parents = {}
        commands = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    parents[int(folder.name)] = int(
                        (folder / "stat").read_text().rpartition(")")[2].split()[1]
                    )
                    commands[int(folder.name)] = (
                        (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    )
                except OSError:
                    continue
        below = {self.process.pid}
        roles: dict[str, list[int]] = {role: [] for role in ROLES}
        for _ in range(4):
            below |= {pid for pid, parent in parents.items() if parent in below}
        for pid in below - {self.process.pid}:
            for role, words in ROLES.items():
                if words in commands.get(pid, ""):
                    roles[role].append(pid)
        return roles

    def finished(self, job_id: str, key: str | None = None, *, within_s: float = 120.0) -> dict[str, Any]:
        """Wait for a job's end."""
        with self.client(key) as client:

            def look() -> dict[str, Any] | None:
                job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
                return job if job.get("status") in {"completed", "failed"} else None

            found = until(look, within_s=within_s, what=f"end of {job_id}")
            assert found is not None
            return found


def in_database(url: str, do: Callable[[Database], Awaitable[_Result]]) -> _Result:
    async def run() -> _Result:
        database = Database(url)
        try:
            return await do(database)
        finally:
            await database.close()

    return asyncio.run(run())


def encode(source: Path, target: Path, codec: str, rate_hz: int) -> None:
    with av.open(str(source)) as read, av.open(str(target), "w") as write:
        stream = write.add_stream(codec, rate=rate_hz)
        for frame in read.decode(audio=0):
            write.mux(stream.encode(frame))
        write.mux(stream.encode(None))


def files(media: Path, *, audio: str = "short.wav", image: str = "face.jpg") -> dict[str, Any]:
    """The form of a submission."""
    kinds = {"wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "webm": "audio/webm"}
    kinds |= {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
    return {
        part: (name, (media / name).read_bytes(), kinds[name.rpartition(".")[2]])
        for part, name in (("audio", audio), ("image", image))
    }
