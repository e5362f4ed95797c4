"""Saved avatars: faces that an account keeps, and names by their ID on every surface."""

import uuid
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import delete, func, or_, select, text

from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.jobs.files import AVATARS
from visavis.core.jobs.models import SUFFIXES
from visavis.core.paging import Page, read_page
from visavis.core.schema import Avatar
from visavis.errors import AvatarLimitError, AvatarMissingError

_COUNTING: Final = "SELECT pg_advisory_xact_lock(hashtextextended('avatars', :account))"


@dataclass(frozen=True)
class NewAvatar:
    """An avatar that is saved. Its picture is in the object store already.

    Attributes:
        id: ID, from `new_id`.
        label: Label that the client chose.
        name: Name for people; the label if the client gave none.
        content_type: Media type of the picture.
        size_bytes: Size of the picture.
        digest: SHA-256 of the picture.
        job_id: ID of the job that made the picture.
        client_reference_id: The client's own ID of the request that made it.
        details: Metadata of the client.
    """

    id: str
    label: str
    name: str
    content_type: str
    size_bytes: int
    digest: bytes
    job_id: str
    client_reference_id: str | None = None
    details: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Path of the picture in the object store."""
        return picture_path(self.id, self.content_type)


def new_id() -> str:
    """Make an ID for an avatar: a UUID."""
    return str(uuid.uuid4())


def picture_path(avatar_id: str, content_type: str) -> str:
    """Path of an avatar's picture in the object store."""
    return f"{AVATARS}/{avatar_id}.{SUFFIXES[content_type]}"


async def save(tx: Tx, principal: Principal, new: NewAvatar, *, max_avatars: int) -> Avatar:
    """Save an avatar.

    Args:
        tx: The transaction.
        principal: Owner.
        new: The avatar.
        max_avatars: Number of avatars that an account may have.

    Raises:
        AvatarLimitError: The account has as many already.
    """
    # Two requests that save at the same time are counted one after the other.
    await tx.execute(text(_COUNTING), {"account": principal.account_id})
    count = select(func.count()).where(Avatar.account_id == principal.account_id)
    if (await tx.execute(count)).scalar_one() >= max_avatars:
        raise AvatarLimitError(f"At most {max_avatars} avatars can be saved. Delete one first.")
    row = Avatar(
        id=new.id,
        account_id=principal.account_id,
        label=new.label,
        name=new.name,
        path=new.path,
        content_type=new.content_type,
        size_bytes=new.size_bytes,
        digest=new.digest,
        job_id=new.job_id,
        client_reference_id=new.client_reference_id,
        details=new.details,
    )
    tx.add(row)
    await tx.flush()
    return row


async def find(tx: Tx, principal: Principal, avatar_id: str) -> Avatar:
    """Find an avatar of the account.

    Raises:
        AvatarMissingError: There is none. Avatars of other accounts are not found.
    """
    query = select(Avatar).where(Avatar.id == avatar_id, Avatar.account_id == principal.account_id)
    return _existing((await tx.execute(query)).scalar_one_or_none())


async def find_named(tx: Tx, principal: Principal, word: str) -> Avatar:
    """Find an avatar of the account by its ID, or else the newest one with that label or name.

    Raises:
        AvatarMissingError: There is none.
    """
    matches = or_(Avatar.id == word, Avatar.label == word, Avatar.name == word)
    query = select(Avatar).where(Avatar.account_id == principal.account_id, matches)
    best = query.order_by((Avatar.id == word).desc(), Avatar.sequence.desc()).limit(1)
    return _existing((await tx.execute(best)).scalar_one_or_none())


async def page(tx: Tx, principal: Principal, *, limit: int, offset: int) -> Page[Avatar]:
    """List the avatars of an account, newest first."""
    theirs = select(Avatar).where(Avatar.account_id == principal.account_id)
    return await read_page(tx, theirs, Avatar.sequence.desc(), limit=limit, offset=offset)


async def rename(tx: Tx, principal: Principal, avatar_id: str, *, label: str, name: str) -> Avatar:
    """Give an avatar another label and name.

    Raises:
        AvatarMissingError: The account has no such avatar.
    """
    row = await find(tx, principal, avatar_id)
    row.label, row.name = label, name
    return row


async def remove(tx: Tx, principal: Principal, avatar_id: str) -> str:
    """Delete an avatar. Sessions and jobs that were started with it have their own copy of the face.

    Returns:
        Path of the picture to delete.

    Raises:
        AvatarMissingError: The account has no such avatar.
    """
    statement = (
        delete(Avatar)
        .where(Avatar.id == avatar_id, Avatar.account_id == principal.account_id)
        .returning(Avatar)
    )
    return _existing((await tx.execute(statement)).scalar_one_or_none()).path


async def on_this_machine(tx: Tx, avatar_id: str) -> Avatar:
    """Find an avatar of any account, for the operator of the installation.

    Raises:
        AvatarMissingError: There is none.
    """
    query = select(Avatar).where(Avatar.id == avatar_id)
    return _existing((await tx.execute(query)).scalar_one_or_none())


async def orphaned(tx: Tx, paths: list[str]) -> list[str]:
    """Of these pictures, those that no avatar has."""
    query = select(Avatar.path).where(Avatar.path.in_(paths))
    kept = set((await tx.execute(query)).scalars())
    return [path for path in paths if path not in kept]


def _existing(row: Avatar | None) -> Avatar:
    if row is None:
        raise AvatarMissingError("Avatar not found.")
    return row
