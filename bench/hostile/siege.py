"""The attacked server, and the normal user beside the attack."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from harness.api_server import make_sound
from harness.live_server import Served, serving

from visavis.adapters.postgres import EmbeddedPostgres
from visavis.bootstrap.parts import rooms_secret
from visavis.core.database import Database
from visavis.core.identity import keys
from visavis.core.identity.principals import Allowance
from visavis.samples import write_portrait

DESCRIPTORS: Final = 1024
UPLOAD_BYTES: Final = 4 * 1024 * 1024
SLOTS: Final = 4
_LIMITED: Final = ("/bin/sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$@"', "sh")
_POLL_EVERY_S, _SUBMIT_EVERY_S = 0.1, 4.0
_NEW_CONNECTION_EVERY: Final = 3
_GIVE_UP_S: Final = 60.0
_SERVER_ERROR, _TRY_LATER = 500, 503


@dataclass
class Siege:
    """The target of attacks.

    Attributes:
        served: Server, which may open at most `DESCRIPTORS` files.
        quick: Whether attacks should be short.
        folder: Folder with `face.png` and `speech.wav`.
    """

    served: Served
    quick: bool
    folder: Path

    @property
    def data(self) -> Path:
        """Data folder of the server."""
        return self.served.log.parent

    def client(self, key: str | None = None) -> httpx.Client:
        """A client with a key."""
        headers = {"Authorization": f"Bearer {key or self.served.key}"}
        return httpx.Client(base_url=self.served.url, headers=headers, timeout=_GIVE_UP_S)

    def is_well(self) -> bool:
        """Whether the health check succeeds."""
        try:
            return httpx.get(f"{self.served.url}/v1/health", timeout=_GIVE_UP_S).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async def new_key(self, name: str, **allowance: Any) -> str:
        """Create one more account, with a key."""
        async with self._database() as database, database.transaction() as tx:
            wanted = Allowance(**allowance)
            return (await keys.create(tx, name, allowance=wanted))[1]

    async def rooms_secret(self) -> str:
        """Secret of the room server's key."""
        async with self._database() as database:
            return await rooms_secret(database)

    def _database(self) -> "_OpenDatabase":
        return _OpenDatabase(EmbeddedPostgres(self.data / "postgres").url)

    def job(self) -> dict[str, Any]:
        """Form of a small job."""
        return {
            "image": ("face.png", (self.folder / "face.png").read_bytes(), "image/png"),
            "audio": ("a.wav", (self.folder / "speech.wav").read_bytes(), "audio/wav"),
        }


class _OpenDatabase:
    """A database that is closed when the block ends."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    async def __aenter__(self) -> Database:
        return self._database

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


@contextmanager
def besieged(folder: Path, *, quick: bool) -> Iterator[Siege]:
    """Start a server with few descriptors and a low limit on uploads."""
    write_portrait(folder / "face.png")
    make_sound(folder / "speech.wav", 0.5)
    settings = {"VISAVIS_MAX_UPLOAD_BYTES": str(UPLOAD_BYTES)}
    with serving(SLOTS, "vp8", settings, prefix=_LIMITED) as served:
        yield Siege(served, quick, folder)


@dataclass
class User:
    """Requests their key ten times a second, also on new connections, and submits a job at intervals.

    Attributes:
        taken_s: Duration of each answer.
        refused: Number of answers that said to retry.
        failures: Failures that must not occur: other server errors, lost connections, timeouts.
    """

    siege: Siege
    taken_s: list[float] = field(default_factory=list)
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self, name: str) -> None:
        """Use the server until stopped."""
        count, submitted_at = 0, float("-inf")
        with self.siege.client() as kept:
            while not self._stopped.wait(_POLL_EVERY_S):
                count += 1
                if name == "submits" and time.monotonic() - submitted_at > _SUBMIT_EVERY_S:
                    submitted_at = time.monotonic()
                    self._ask(lambda: kept.post("/v1/generate", files=self.siege.job()))
                elif name == "polls" and count % _NEW_CONNECTION_EVERY:
                    self._ask(lambda: kept.get("/v1/me"))
                elif name == "polls":
                    with self.siege.client() as fresh:
                        self._ask(lambda: fresh.get("/v1/me"))

    def stop(self) -> None:
        """Stop."""
        self._stopped.set()

    def _ask(self, do: Callable[[], httpx.Response]) -> None:
        began = time.monotonic()
        try:
            status = do().status_code
        except httpx.HTTPError as error:
            self.failures.append(type(error).__name__)
            return
        self.taken_s.append(time.monotonic() - began)
        if status == _TRY_LATER:
            self.refused += 1
        elif status >= _SERVER_ERROR:
            self.failures.append(str(status))

    @property
    def worst_ms(self) -> int:
        """Longest wait for an answer."""
        return round(1e3 * max(self.taken_s, default=0.0))


@contextmanager
def using(siege: Siege) -> Iterator[User]:
    """Use the server while the block runs."""
    user = User(siege)
    threads = [threading.Thread(target=user.run, args=(name,)) for name in ("polls", "submits")]
    for thread in threads:
        thread.start()
    try:
        yield user
    finally:
        user.stop()
        for thread in threads:
            thread.join()


def wait_until(condition: Callable[[], object], within_s: float = 120.0) -> bool:
    """Wait for a condition, checked ten times a second. Returns false after a timeout."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.1)
    return True
