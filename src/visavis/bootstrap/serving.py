"""`visavis serve`: the database, the gateway and a worker, started together, ended together."""

import asyncio
import contextlib
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from visavis.adapters import tethered
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.bootstrap import loop_factory
from visavis.bootstrap.http_server import HttpServer, connection_limits, raise_descriptor_limit
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.parts import gateway, rooms_secret, workshop
from visavis.bootstrap.roomserver import EmbeddedRooms
from visavis.core import accounts, leases, sign_ins
from visavis.core.database import Database, migrate
from visavis.core.webhooks import secret_of
from visavis.errors import SettingsError
from visavis.settings import Settings
from visavis.worker.worker import work

FIRST_KEY_NAME: Final = "First key"
_LOOK_EVERY_S: Final = 0.5
_SLOTS_S: Final = 15.0
_LOOK_FOR_SLOTS_EVERY_S: Final = 0.1
_WORKER_DRAIN_S: Final = 40.0

_log = structlog.get_logger()


@dataclass(frozen=True)
class Started:
    """What is said when everything runs.

    Attributes:
        url: Of the gateway.
        key: Made at the first start; nothing later.
        webhook_secret: Of that key.
        sign_in_link: Makes the first user of the console; nothing once there are users.
    """

    url: str
    key: str | None
    webhook_secret: str | None
    sign_in_link: str | None


def serve(installation: Installation, host: str, port: int, on_start: Callable[[Started], None]) -> None:
    """Serve until SIGINT or SIGTERM, then let everything finish what it does.

    Args:
        installation: Whose.
        host: To listen on.
        port: To listen on; 0 for any that is free.
        on_start: Told when requests are answered.
    """
    raise_descriptor_limit()
    with _listening(host, port) as listener, installation.alone():
        postgres = installation.postgres
        _clear(installation.temporary)
        if postgres:
            postgres.start()
        try:
            migrate(installation.url)
            rooms = _rooms(installation, host)
            with asyncio.Runner(loop_factory=loop_factory()) as runner:
                runner.run(_serve(installation, postgres, rooms, listener, on_start))
        finally:
            if postgres:
                postgres.stop()
                _log.info("database_stopped")


def work_alone(settings: Settings, data: Path | None) -> None:
    """Run a worker until SIGINT or SIGTERM."""
    installation = Installation.of(settings, data)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_work(installation))


async def _work(installation: Installation) -> None:
    stopped = _stop_on_signals()
    async with workshop(installation) as shop:
        await work(shop, installation.url, stopped)


def _rooms(installation: Installation, host: str) -> EmbeddedRooms | None:
    """The embedded room server, not yet started; nothing if another is used."""
    if installation.settings.livekit_url:
        return None

    async def secret() -> str:
        database = Database(installation.url)
        try:
            return await rooms_secret(database)
        finally:
            await database.close()

    return EmbeddedRooms(installation.settings, host, asyncio.run(secret()))


async def _serve(
    installation: Installation,
    postgres: EmbeddedPostgres | None,
    rooms: EmbeddedRooms | None,
    listener: socket.socket,
    on_start: Callable[[Started], None],
) -> None:
    stopped = _stop_on_signals()
    worker = _Worker(installation.folder)
    try:
        if rooms is not None:
            rooms.start()
            rooms.address.write(installation.rooms_note)
        worker.start()
        async with gateway(installation) as app:
            server = HttpServer(app, listener, connection_limits(installation.settings))
            serving = asyncio.create_task(server.serve())
            watching = asyncio.create_task(_watch(postgres, rooms, worker))
            database = Database(installation.url)
            try:
                if installation.settings.live_slots != 0 and not await _has_slots(database, stopped):
                    _log.warning("no_live_slots_yet")
                started = await _started(installation, database, listener)
            finally:
                await database.close()
            on_start(started)
            ending = asyncio.create_task(stopped.wait())
            await asyncio.wait([serving, watching, ending], return_when=asyncio.FIRST_COMPLETED)
            _log.info("draining")
            ending.cancel()
            watching.cancel()
            worker.ask_to_stop()  # both drain at the same time
            server.should_exit = True
            await serving
            _log.info("gateway_stopped")
    finally:
        await asyncio.to_thread(worker.stop)
        _log.info("worker_stopped")
        if rooms is not None:
            await asyncio.to_thread(rooms.stop)


async def _has_slots(database: Database, stopped: asyncio.Event) -> bool:
    """Whether live sessions can be opened, once the worker has measured how many; it gets a while."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SLOTS_S):
            while not stopped.is_set():
                async with database.transaction() as session:
                    if (await leases.measure(session)).slots:
                        return True
                await asyncio.sleep(_LOOK_FOR_SLOTS_EVERY_S)
    return False


async def _started(installation: Installation, database: Database, listener: socket.socket) -> Started:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    key = secret = None
    configured = installation.settings.webhook_secret
    async with database.transaction() as session:
        if not await accounts.count_keys(session):
            row, key = await accounts.create_key(session, FIRST_KEY_NAME)
            secret = await secret_of(session, row.id, configured.get_secret_value() if configured else None)
        link = await sign_ins.first_link(session)
    url = f"http://{shown}:{port}"
    base = (installation.settings.public_url or url).rstrip("/")
    return Started(url, key, secret, f"{base}/sign-in#{link}" if link else None)


async def _watch(postgres: EmbeddedPostgres | None, rooms: EmbeddedRooms | None, worker: "_Worker") -> None:
    """Start again whatever died."""
    while True:
        if postgres is not None and not postgres.is_running():
            _log.error("database_died")
            postgres.start()  # blocks: without it there is nothing to answer anyway
        if rooms is not None and not rooms.is_running():
            _log.error("rooms_died")
            await asyncio.to_thread(rooms.start)
        if not worker.is_running():
            _log.error("worker_died")
            worker.start()
        await asyncio.sleep(_LOOK_EVERY_S)


class _Worker:
    """The worker process of `visavis serve`."""

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, "-m", "visavis.cli.main", "work", "--data", str(folder)]
        self._command = tethered.command(words, on_parents_death=signal.SIGKILL)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # In a session of its own: Ctrl-C at the terminal is for us, and we tell it.
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self._command, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        if self._process is not None and self.is_running():
            self._process.terminate()

    def stop(self) -> None:
        self.ask_to_stop()
        if self._process is not None:
            try:
                self._process.wait(_WORKER_DRAIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family, backlog=1024) as listener:
            yield listener
    except OSError as error:
        if error.errno is None:
            raise
        raise SettingsError(f"Cannot listen on {host} port {port} ({error.strerror}).") from error


def _stop_on_signals() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    return stopped


def _clear(folder: Path) -> None:
    """What was on its way when everything was killed."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
