"""Environments of their own for packages whose requirements do not fit ours."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path


@dataclass(frozen=True)
class PackageEnvironment:
    """An environment with packages of others.

    Attributes:
        name: Name of its folder in the user's cache.
        packages: What is installed, as pip reads it.
    """

    name: str
    packages: tuple[str, ...]

    def python(self) -> Path | None:
        """The environment's interpreter; `None` if nobody has built it."""
        return self._interpreter if self._interpreter.exists() else None

    def build(self) -> Path:
        """Build the environment from the package index, which can take some minutes."""
        uv = [sys.executable, "-m", "uv"]
        folder = str(user_cache_path(self.name))
        subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, folder], check=True)
        install = [*uv, "pip", "install", "--python", str(self._interpreter)]
        subprocess.run([*install, *self.packages], check=True)
        return self._interpreter

    @property
    def _interpreter(self) -> Path:
        return user_cache_path(self.name) / "bin/python"
