"""Storage of files."""

from pathlib import Path
from typing import Protocol


class ObjectStore(Protocol):
    """Files by name: a folder on this machine, or a service.

    Names are paths of letters, digits, `-`, `.` and `/`. Every method raises `StoreError`.
    """

    async def put(self, name: str, source: Path, *, content_type: str) -> None:
        """Store a file; under its name it appears whole or not at all."""
        ...

    async def fetch(self, name: str, target: Path) -> None:
        """Copy a stored file to this machine.

        Raises:
            StoredFileMissingError: There is none of that name.
        """
        ...

    async def delete(self, names: list[str]) -> None:
        """Delete files; those that are not there are no error."""
        ...

    async def older_than(self, folder: str, age_s: float) -> list[str]:
        """Names under a folder that were written longer ago than that."""
        ...

    async def link(self, name: str, *, ttl_s: int) -> str:
        """An address that gives the file to whoever has it; one that begins with `/` is on this server.

        Raises:
            LinkError: It could not be made.
        """
        ...

    async def check_room(self) -> None:
        """Refuse when nothing more should be stored.

        Raises:
            StoreFullError: There is no room.
        """
        ...
