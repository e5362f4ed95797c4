"""A real `visavis serve`, started as an operator starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

from visavis.adapters import tethered

_STOP_S: Final = 90.0
ANY_PORTS: Final = MappingProxyType({"VISAVIS_ROOMS_PORT": "0", "VISAVIS_ROOMS_UDP_PORT": "0"})


def start_server(
    data: Path,
    settings: Mapping[str, str],
    *,
    log: Path | None = None,
    prefix: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
) -> tuple[subprocess.Popen[str], str]:
    """Start a server that ends with this process. It listens on free ports.

    Args:
        data: Its data folder.
        settings: Additional environment variables.
        log: File for its log; `None` for our standard error.
        prefix: Command that starts the server's command.
        options: Additional options of the server's command.

    Returns:
        The process and the URL. The next line that the process prints is the first key of a new folder.
    """
    visavis = str(Path(sys.executable).with_name("visavis"))
    words = [*prefix, visavis, "serve", "--port", "0", "--data", str(data), *options]
    command = tethered.command(words, on_parents_death=signal.SIGTERM)
    env = os.environ | ANY_PORTS | settings
    if log is None:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    else:
        with log.open("a") as errors:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=env)
    assert process.stdout is not None
    said = process.stdout.readline()
    if not said.startswith("visavis is running at"):
        process.kill()
        process.wait()
        raise AssertionError(said, log.read_text()[-3000:] if log else "")
    return process, re.findall(r"http://\S+?:\d+", said)[0]


@dataclass(frozen=True)
class Started:
    """A server in a folder of its own.

    Attributes:
        url: URL of the server.
        key: First key.
        pid: Process ID.
        log: File of its log, if it has one.
    """

    url: str
    key: str
    pid: int
    log: Path


@contextmanager
def new_server(
    settings: Mapping[str, str], *, has_log: bool = False, prefix: tuple[str, ...] = ()
) -> Iterator[Started]:
    """Start a server in a folder that is deleted with it.

    Args:
        settings: Additional environment variables.
        has_log: Whether its log goes to a file instead of our standard error.
        prefix: Command that starts the server's command.
        options: Additional options of the server's command.
    """
    # Files of the database may belong to another user.
    with TemporaryDirectory(prefix="visavis-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        log = folder / "serve.log"
        process, url = start_server(folder, settings, log=log if has_log else None, prefix=prefix)
        try:
            yield Started(url, first_key(process), process.pid, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_STOP_S)
            if process.stdout is not None:
                process.stdout.close()


def first_key(process: subprocess.Popen[str]) -> str:
    """Read the key that a server prints at its first start in a folder."""
    assert process.stdout is not None
    return process.stdout.readline().strip().rpartition(" ")[2]
