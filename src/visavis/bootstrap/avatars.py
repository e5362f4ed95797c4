"""Saved avatars of an installation, for the command line on its machine."""

from pathlib import Path

from visavis.bootstrap.installation import Installation
from visavis.bootstrap.parts import object_store
from visavis.core import avatars
from visavis.core.database import Database


async def fetch_avatar(installation: Installation, url: str, avatar_id: str, folder: Path) -> Path:
    """Copy the picture of a saved avatar into a folder. Returns the path of the copy.

    Args:
        installation: The installation.
        url: URL of its database.
        avatar_id: ID of the avatar, of any account.
        folder: Folder for the copy.

    Raises:
        AvatarMissingError: There is no such avatar.
        StoreError: Its picture cannot be fetched.
    """
    database = Database(url)
    try:
        async with database.transaction() as tx:
            row = await avatars.on_this_machine(tx, avatar_id)
        target = folder / Path(row.path).name
        await (await object_store(installation, database)).fetch(row.path, target)
        return target
    finally:
        await database.close()
