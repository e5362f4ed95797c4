"""Faces that commands take: files, and saved avatars by their ID."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from visavis.cli.serve import refuse_without_extra
from visavis.errors import AvatarMissingError, InputError
from visavis.settings import Settings

AVATAR: Final = "avatar:"


@contextmanager
def face_file(settings: Settings, face: Path, data: Path | None) -> Iterator[Path]:
    """The file of a face; that of a saved avatar exists for as long as the block runs.

    Args:
        settings: All settings.
        face: Path of a file, or `avatar:ID`.
        data: Data folder of the installation; `None` for the one of the settings.

    Raises:
        InputError: There is no such avatar.
        DatabaseError: The database of the installation cannot be used.
    """
    if not str(face).startswith(AVATAR):
        yield face
        return
    refuse_without_extra()
    from visavis.bootstrap.avatars import fetch_avatar
    from visavis.bootstrap.installation import Installation

    installation = Installation.of(settings, data)
    avatar_id = str(face).removeprefix(AVATAR)
    with TemporaryDirectory(prefix="visavis-avatar-") as folder:
        with installation.database() as url:
            try:
                path = asyncio.run(fetch_avatar(installation, url, avatar_id, Path(folder)))
            except AvatarMissingError as error:
                raise InputError(f"There is no saved avatar {avatar_id}.") from error
        yield path
