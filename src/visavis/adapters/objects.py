"""Object stores, through obstore: a folder on this machine, S3, Google Cloud Storage, Azure."""

import asyncio
import hashlib
import hmac
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import obstore
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as ObjectNotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from visavis.errors import LinkError, StoredFileMissingError, StoreError, StoreFullError

FILES_PATH: Final = "/v1/files/"
_BLOCK_BYTES: Final = 1 << 20
_NO_SPACE: Final = ("No space left", "os error 28", "Disk quota", "File too large")


class _Objects:
    """Shared code of all stores."""

    def __init__(self, store: ObjectStore) -> None:
        self._store: Any = store

    async def put(self, name: str, source: Path, *, content_type: str) -> None:
        """Store a file; see the port."""
        with _failures():
            await obstore.put_async(self._store, name, source, **self._attributes(content_type))

    async def fetch(self, name: str, target: Path) -> None:
        """Copy a stored file to this machine; see the port."""
        with _failures():
            found = await obstore.get_async(self._store, name)
            with await asyncio.to_thread(target.open, "wb") as file:
                async for block in _blocks(found):
                    await asyncio.to_thread(file.write, block)

    async def delete(self, names: list[str]) -> None:
        """Delete files; see the port."""
        for name in names:
            try:
                with _failures():
                    await obstore.delete_async(self._store, name)
            except StoredFileMissingError:
                continue

    async def older_than(self, folder: str, age_s: float) -> list[str]:
        """List names of old files; see the port."""
        before = datetime.now(UTC) - timedelta(seconds=age_s)
        with _failures():
            found = await obstore.list(self._store, prefix=folder).collect_async()
        return [each["path"] for each in found if each["last_modified"] < before]

    def _attributes(self, content_type: str) -> dict[str, Any]:
        return {"attributes": {"Content-Type": content_type}}


class LocalObjects(_Objects):
    """A folder on this machine. We sign the links, and the gateway serves them."""

    def __init__(self, folder: Path, *, secret: bytes, min_free_bytes: int) -> None:
        """Open the folder; it is created if missing.

        Args:
            folder: Folder for the files.
            secret: Secret that signs links; the same in every process.
            min_free_bytes: Space to leave free on its disk.
        """
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(LocalStore(folder, automatic_cleanup=True, mkdir=True))
        self._folder, self._secret, self._min_free_bytes = folder, secret, min_free_bytes

    async def link(self, name: str, *, ttl_s: int) -> str:
        """Create a link, as a path on this server; see the port."""
        until = str(int(time.time()) + ttl_s)
        return f"{FILES_PATH}{name}?" + urlencode(
            {"expires": until, "signature": self._signature(name, until)}
        )

    def open_link(self, name: str, expires: str, signature: str) -> Path | None:
        """Find the file of a link; `None` if the link is forged or expired, or the file is gone."""
        if not hmac.compare_digest(self._signature(name, expires).encode(), signature.encode()):
            return None
        if int(expires) < time.time():
            return None
        path = self._folder / name
        return path if path.is_file() else None

    async def check_room(self) -> None:
        """Refuse if the disk is nearly full; see the port."""
        if shutil.disk_usage(self._folder).free < self._min_free_bytes:
            raise StoreFullError("There is no space for files at the moment. Please try again later.")

    def _attributes(self, content_type: str) -> dict[str, Any]:
        del content_type  # a folder stores no content type; the database does
        return {}

    def _signature(self, name: str, until: str) -> str:
        return hmac.new(self._secret, f"{name}\n{until}".encode(), hashlib.sha256).hexdigest()


class CloudObjects(_Objects):
    """A bucket; its service signs the links."""

    def __init__(self, url: str) -> None:
        """Open the bucket.

        Args:
            url: `s3://bucket/prefix`, `gs://…`, `az://…`; credentials come from the service's own variables.

        Raises:
            StoreError: The URL or the credentials cannot be used.
        """
        with _failures():
            super().__init__(from_url(url))

    async def link(self, name: str, *, ttl_s: int) -> str:
        """Create a presigned link; see the port."""
        try:
            return str(await obstore.sign_async(self._store, "GET", name, timedelta(seconds=ttl_s)))
        except (BaseError, ValueError) as error:
            raise LinkError("Failed to generate the download URL.") from error

    async def check_room(self) -> None:
        """Do nothing: a bucket is never full."""


async def _blocks(found: Any) -> AsyncIterator[bytes]:
    async for block in found.stream(min_chunk_size=_BLOCK_BYTES):
        yield bytes(block)


@contextmanager
def _failures() -> Iterator[None]:
    """Convert errors of the library and the system to ours."""
    try:
        yield
    except (ObjectNotFoundError, FileNotFoundError) as error:
        raise StoredFileMissingError("The stored file does not exist.") from error
    except (BaseError, OSError) as error:
        if any(words in str(error) for words in _NO_SPACE):
            raise StoreFullError(
                "There is no space for files at the moment. Please try again later."
            ) from error
        raise StoreError("A file could not be stored or fetched. Please try again in a moment.") from error
