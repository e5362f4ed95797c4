"""`visavis serve`: the database, the gateway and a worker, started together, ended together."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from visavis.adapters import scratch, tethered
from visavis.adapters.models.registry import Model
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.adapters.scratch import scratch_folder
from visavis.bootstrap import loop_factory, stop_on_signals
from visavis.bootstrap.descriptors import raise_descriptor_limit, within_descriptor_limit
from visavis.bootstrap.gateway import gateway
from visavis.bootstrap.http_server import HttpServer
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.model_fetch import fetching_default_models, models_to_fetch
from visavis.bootstrap.parts import rooms_secret
from visavis.bootstrap.roomserver import EmbeddedRooms
from visavis.bootstrap.supervisor import SupervisedService, Supervisor
from visavis.core import leases
from visavis.core.database import Database, migrate
from visavis.core.identity import keys, sign_ins
from visavis.core.webhooks import secret_of
from visavis.errors import PartLostError, SettingsError

FIRST_KEY_NAME: Final = "First key"
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
        console_url: Address that opens the console signed in, for a browser on this machine; nothing if it
            was not asked for.
        fetched_models: Models that are fetched in the background.
    """

    url: str
    key: str | None
    webhook_secret: str | None
    sign_in_link: str | None
    console_url: str | None
    fetched_models: tuple[Model, ...]


def serve(
    installation: Installation,
    host: str,
    port: int,
    on_start: Callable[[Started], None],
    *,
    opens_console: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM, then let everything finish what it does.

    Args:
        installation: Whose.
        host: To listen on.
        port: To listen on; 0 for any that is free.
        on_start: Told when requests are answered.
        opens_console: Whether the console is to be opened in a browser, signed in.
    """
    raise_descriptor_limit()
    with _listening(host, port) as listener, installation.alone():
        installation.make_private()
        scratch.remove_unowned(installation.temporary)
        postgres = installation.postgres
        if postgres:
            postgres.start()
        try:
            migrate(installation.url)
            rooms = _rooms(installation, host)
            with (
                scratch_folder(installation.temporary, "gateway") as folder,
                asyncio.Runner(loop_factory=loop_factory()) as runner,
            ):
                whole = _Serving(installation, postgres, rooms, folder, opens_console=opens_console)
                runner.run(whole.serve(listener, on_start))
        finally:
            if postgres:
                postgres.stop()
                _log.info("database_stopped")


def _rooms(installation: Installation, host: str) -> EmbeddedRooms | None:
    """The embedded room server, not yet started; nothing if another is used."""
    if installation.settings.livekit.url:
        return None

    async def secret() -> str:
        database = Database(installation.url)
        try:
            return await rooms_secret(database)
        finally:
            await database.close()

    return EmbeddedRooms(installation.settings.rooms, host, asyncio.run(secret()))


class _Serving:
    """The parts of a server, from their start to their end."""

    def __init__(
        self,
        installation: Installation,
        postgres: EmbeddedPostgres | None,
        rooms: EmbeddedRooms | None,
        folder: Path,
        *,
        opens_console: bool,
    ) -> None:
        """Prepare.

        Args:
            installation: Whose.
            postgres: Runs already; `None` if another database is used.
            rooms: Not yet started; `None` if another server is used.
            folder: For uploads on their way.
            opens_console: Whether to make an address that opens the console signed in.
        """
        self._installation, self._rooms, self._folder = installation, rooms, folder
        self._opens_console = opens_console
        self._worker = _Worker(installation.folder)
        parts: list[SupervisedService | None] = [postgres, rooms, self._worker]
        self._supervisor = Supervisor(
            [part for part in parts if part is not None],
            restart_timeout_s=installation.settings.server.restart_timeout_s,
        )

    async def serve(self, listener: socket.socket, on_start: Callable[[Started], None]) -> None:
        """Serve until a signal, or until a part is lost.

        Raises:
            PartLostError: A part died and could not be started again.
        """
        stopped = stop_on_signals()
        try:
            if self._rooms is not None:
                self._rooms.start()
                self._rooms.address.write(self._installation.rooms_note)
            self._worker.start()
            async with gateway(self._installation, self._folder, lambda: self._supervisor.is_whole) as it:
                settings = within_descriptor_limit(self._installation.settings.server)
                server = HttpServer(it.app, listener, settings, takes_websocket=it.takes_websocket)
                await self._run(server, stopped, lambda: self._announce(listener, stopped, on_start))
        finally:
            await asyncio.to_thread(self._supervisor.stop)
            _log.info("parts_stopped")

    async def _run(
        self, server: HttpServer, stopped: asyncio.Event, announce: Callable[[], Awaitable[None]]
    ) -> None:
        serving = asyncio.create_task(server.serve())
        watching = asyncio.create_task(self._supervisor.watch())
        ending = asyncio.create_task(stopped.wait())
        try:
            await announce()
            async with fetching_default_models(self._installation.settings.models):
                await asyncio.wait([serving, watching, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            _log.info("draining")
            is_lost = watching.done()
            ending.cancel()
            watching.cancel()
            self._worker.ask_to_stop()  # both drain at the same time
            server.should_exit = True
            await serving
            _log.info("gateway_stopped")
        if is_lost:
            watching.result()
        if not stopped.is_set():
            raise PartLostError("The HTTP server stopped unexpectedly.")

    async def _announce(
        self, listener: socket.socket, stopped: asyncio.Event, on_start: Callable[[Started], None]
    ) -> None:
        database = Database(self._installation.url)
        try:
            if self._installation.settings.live.slots != 0 and not await _has_slots(database, stopped):
                _log.warning("no_live_slots_yet")
            started = await _started(
                self._installation, database, listener, opens_console=self._opens_console
            )
        finally:
            await database.close()
        on_start(started)


async def _has_slots(database: Database, stopped: asyncio.Event) -> bool:
    """Whether live sessions can be opened, once the worker has measured how many; it gets a while."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SLOTS_S):
            while not stopped.is_set():
                async with database.transaction() as tx:
                    if (await leases.measure(tx)).slots:
                        return True
                await asyncio.sleep(_LOOK_FOR_SLOTS_EVERY_S)
    return False


async def _started(
    installation: Installation, database: Database, listener: socket.socket, *, opens_console: bool
) -> Started:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    key = secret = None
    async with database.transaction() as tx:
        if not await keys.count(tx):
            row, key = await keys.create(tx, FIRST_KEY_NAME)
            secret = await secret_of(tx, row.id, installation.settings.webhooks.shared_secret)
        link = await sign_ins.first_link(tx)
        operator_link = await sign_ins.operator_link(tx) if opens_console else None
    url = f"http://{shown}:{port}"
    base = (installation.settings.server.public_url or url).rstrip("/")
    sign_in_link = f"{base}/sign-in#{link}" if link else None
    console_url = None
    if opens_console:
        console_url = sign_in_link or (f"{base}/sign-in#{operator_link}&now" if operator_link else base)
    models = tuple(models_to_fetch(installation.settings.models))
    return Started(url, key, secret, sign_in_link, console_url, models)


class _Worker:
    """The worker process of `visavis serve`."""

    name = "worker"

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, "-m", "visavis.cli.main", "work", "--no-fetch-models"]
        words += ["--data", str(folder)]
        self._command = tethered.command(words, on_parents_death=signal.SIGKILL)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # In a process group of its own: Ctrl-C at the terminal is for us, and we tell it.
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self._command, stdin=subprocess.DEVNULL, process_group=0
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
        raise SettingsError(
            f"Cannot listen on {host} port {port} ({error.strerror}). Choose another port with --port."
        ) from error
