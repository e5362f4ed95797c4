"""An earlier version of the client of x402: programs written for it do not run with the newest one."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

VERSION: Final = "2.2.0"
"""Before `handle_402_response` needed the URL of the request."""

_FETCH_S: Final = 200


class NoPackageError(Exception):
    """The package is missing and cannot be downloaded."""


def fetch_package() -> Path:
    """The folder of the package, without what it needs: that is installed. It is downloaded once.

    Raises:
        NoPackageError: It is missing and cannot be downloaded.
    """
    folder = user_cache_path("visavis-x402") / VERSION
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [sys.executable, "-m", "uv", "pip", "install", "--no-deps", "--target", str(unfinished)]
        if subprocess.run([*command, f"x402=={VERSION}"], capture_output=True, timeout=_FETCH_S).returncode:
            raise NoPackageError(f"x402 {VERSION} could not be fetched")
        unfinished.rename(folder)
    return folder
