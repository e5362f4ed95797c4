"""Where an installation keeps its things, and the database it uses."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs
import structlog
from sqlalchemy import make_url

from visavis.adapters.postgres import EmbeddedPostgres
from visavis.core.database import migrate
from visavis.errors import DatabaseError, SettingsError
from visavis.settings import Settings

_log = structlog.get_logger()

_ROOTS_DATA: Final = Path("/var/lib/visavis")
# Of the driver. Without them the system's count: two hours until it asks, a quarter of one until it gives up.
_NETWORK_LIMITS: Final = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_POSTGRES: Final = "postgres"
_PRIVATE_UMASK: Final = 0o077
_OTHERS_PASS: Final = 0o011


@dataclass(frozen=True)
class Installation:
    """One installation: its folder, and its database, embedded or not.

    Attributes:
        settings: As read.
        folder: For everything that is kept.
    """

    settings: Settings
    folder: Path

    @classmethod
    def of(cls, settings: Settings, data: Path | None = None) -> "Installation":
        """Find the folder, which is made if missing.

        Args:
            settings: As read.
            data: A folder that was asked for.

        Raises:
            SettingsError: It cannot be made.
        """
        folder = data_folder(settings, data)
        try:
            for each in (folder, folder / "tmp"):
                each.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"The folder {folder} cannot be used ({error.strerror}). Choose another one with --data."
            ) from error
        return cls(settings, folder)

    def make_private(self) -> None:
        """Keep faces, voices and secrets from other users of this machine, in what is there and what comes.

        From now on this process and those that it starts make files that only their user may read. What an
        earlier version left open is closed. The user who runs the embedded database may pass through the
        folder, and no other user may list it.
        """
        os.umask(_PRIVATE_UMASK)
        passes = _OTHERS_PASS if os.geteuid() == 0 and self.postgres is not None else 0
        try:
            for each in self.folder.iterdir():
                if each.name != _POSTGRES:  # it takes care of its own
                    _close_to_others(each)
            self.folder.chmod(0o700 | passes)
        except PermissionError as error:  # on a volume whose owner is another
            _log.warning("data_folder_not_private", reason=error.strerror)

    @property
    def temporary(self) -> Path:
        """For files on their way."""
        return self.folder / "tmp"

    @property
    def rooms_note(self) -> Path:
        """Where the embedded room server's address is written down for the workers on this machine."""
        return self.folder / "rooms.json"

    @property
    def postgres(self) -> EmbeddedPostgres | None:
        """The embedded database, not yet started; nothing if another is used."""
        return None if self.settings.database.url else EmbeddedPostgres(self.folder / _POSTGRES)

    @property
    def url(self) -> str:
        """Of the database."""
        if self.settings.database.url:
            return _noticing_loss(self.settings.database.url.get_secret_value())
        return EmbeddedPostgres(self.folder / _POSTGRES).url

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder; only one `visavis serve` may.

        Raises:
            DatabaseError: Another process has it.
        """
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DatabaseError(
                    f"Another `visavis serve` is using {self.folder}. Stop it, or choose another folder "
                    "with --data."
                ) from error
            yield

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The migrated database for a short task: the running one, or one that is started for it."""
        postgres = self.postgres
        if postgres is None or postgres.answers():
            migrate(self.url)
            yield self.url
            return
        with self.alone():
            postgres.start()
            try:
                migrate(self.url)
                yield self.url
            finally:
                postgres.stop()


def _close_to_others(path: Path) -> None:
    """Take a file or folder, with all in it, from everybody but its user.

    A folder that is closed had everything in it closed before: it is not looked into again.
    """
    with contextlib.suppress(FileNotFoundError):  # somebody else's, who is done with it
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or not mode & _PRIVATE_UMASK:
            return
        if stat.S_ISDIR(mode):
            for each in path.iterdir():
                _close_to_others(each)
        path.chmod(stat.S_IMODE(mode) & ~_PRIVATE_UMASK)


def data_folder(settings: Settings, data: Path | None = None) -> Path:
    """The data folder; it need not exist.

    Args:
        settings: As read.
        data: A folder that was asked for.
    """
    return (data or settings.storage.data_dir or _default_folder()).expanduser().absolute()


def _default_folder() -> Path:
    # Root's own folders cannot be entered by the user who runs the database.
    return _ROOTS_DATA if os.geteuid() == 0 else platformdirs.user_data_path("visavis")


def _noticing_loss(url: str) -> str:
    """The address of a database over a network, with limits on how long one waits for a network that is gone.

    What the operator has set in the address stands.
    """
    parsed = make_url(url)
    return parsed.update_query_dict(
        {name: value for name, value in _NETWORK_LIMITS.items() if name not in parsed.query}
    ).render_as_string(hide_password=False)
