"""Temporary folders that are deleted when their process ends, however it ends.

Each folder has a lock file beside it, which its owner keeps locked. The kernel releases the lock when the
owner is killed. Whoever gets the lock may delete the folder.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LOCK_SUFFIX: Final = ".lock"


@contextmanager
def scratch_folder(parent: Path, owner: str) -> Iterator[Path]:
    """Create a folder for this process; it is deleted when the block ends.

    Args:
        parent: Folder in which it is created.
        owner: Prefix of its name.
    """
    folder = parent / f"{owner}-{secrets.token_hex(6)}"
    with _locked(folder.with_suffix(_LOCK_SUFFIX)) as lock:
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)


def collect_garbage(parent: Path) -> int:
    """Delete the folders of dead processes.

    Returns:
        Number of deleted folders.
    """
    removed = 0
    for lock in parent.glob(f"*{_LOCK_SUFFIX}"):
        with contextlib.suppress(OSError), lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)
            removed += 1
    return removed


def remove_unowned(parent: Path) -> None:
    """Delete everything that no living process owns. Call it only while nobody creates folders here."""
    collect_garbage(parent)
    owned = {lock.with_suffix("").name for lock in parent.glob(f"*{_LOCK_SUFFIX}")}
    for each in parent.iterdir():
        if each.name in owned or each.suffix == _LOCK_SUFFIX:
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[Path]:
    while True:
        with path.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_still_there(path, file.fileno()):
                yield path
                return


def _is_still_there(path: Path, descriptor: int) -> bool:
    """Whether the file still exists after it was locked."""
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
