"""Faces: uploaded, fetched, saved or built in. Their rigs are built once and kept by content."""

import hashlib
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from visavis.core import avatars, rigs
from visavis.core.identity.principals import Principal
from visavis.core.schema import Avatar
from visavis.core.urls import parse_url
from visavis.errors import (
    AvatarMissingError,
    CallbackError,
    FaceUrlError,
    InputError,
    MediaTypeError,
    StoredFileMissingError,
    UrlError,
)
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.media import check_kind
from visavis.surfaces.shared.uploads import HEAD_BYTES, UploadedFile

_NO_AVATAR: Final = "avatar_id: there is no such avatar."


async def rig_of_upload(context: Context, principal: Principal, face: UploadedFile, field: str) -> str:
    """The rig of an uploaded picture.

    Args:
        context: What the surface was given.
        principal: For whom.
        face: The file.
        field: What the form calls it, for messages.

    Raises:
        InputError: It is damaged, or shows no face that can be used.
        MediaTypeError: It is no PNG, JPEG or WebP.
    """
    check_kind(field, face, kind="image")
    return await _rig(context, principal, face.path, face.digest)


async def rig_of_bytes(context: Context, principal: Principal, content: bytes, field: str) -> str:
    """The rig of a picture that came in a JSON body."""
    async with _place(context) as path:
        path.write_bytes(content)
        face = _described(path, content)
        return await rig_of_upload(context, principal, face, field)


async def rig_of_url(context: Context, principal: Principal, url: str, field: str) -> str:
    """The rig of a picture somewhere on the internet.

    Args:
        context: What the surface was given.
        principal: For whom.
        url: Its address.
        field: What the address was sent as, for messages.

    Raises:
        FaceUrlError: The address is not https, not public, not to be reached, or leads to no picture.
        InputError: The picture shows no face that can be used.
    """
    url = check_face_url(url, field)
    async with _place(context) as path:
        try:
            content = await context.fetch(url, context.requests.max_face_bytes)
        except CallbackError as error:
            raise FaceUrlError(f"{field}: it cannot be fetched from a public address.") from error
        path.write_bytes(content)
        face = _described(path, content)
        try:
            check_kind("face", face, kind="image")
        except (InputError, MediaTypeError) as error:
            raise FaceUrlError(f"{field}: there is no PNG, JPEG or WebP picture at that address.") from error
        return await _rig(context, principal, path, face.digest)


async def rig_of_avatar(context: Context, principal: Principal, avatar_id: str) -> str:
    """The rig of a saved avatar.

    Raises:
        AvatarMissingError: The account has no such avatar.
        InputError: Its picture shows no face that can be used.
    """
    row = await _avatar(context, principal, avatar_id)
    rig = rigs.rig_id(row.digest)
    async with context.database.transaction() as tx:
        if await rigs.is_kept(tx, rig):
            return rig
    async with avatar_file(context, principal, avatar_id) as face:
        return await _rig(context, principal, face.path, face.digest)


@asynccontextmanager
async def avatar_file(context: Context, principal: Principal, avatar_id: str) -> AsyncIterator[UploadedFile]:
    """The picture of a saved avatar, as if it had been uploaded; it exists for as long as the block runs.

    Raises:
        AvatarMissingError: The account has no such avatar.
    """
    row = await _avatar(context, principal, avatar_id)
    async with _place(context) as path:
        try:
            await context.store.fetch(row.path, path)
        except StoredFileMissingError as error:  # deleted a moment ago
            raise AvatarMissingError(_NO_AVATAR) from error
        yield _described(path, path.read_bytes())


async def _avatar(context: Context, principal: Principal, avatar_id: str) -> Avatar:
    try:
        async with context.database.transaction() as tx:
            return await avatars.find(tx, principal, avatar_id)
    except AvatarMissingError as error:
        raise AvatarMissingError(_NO_AVATAR) from error


async def default_rig(context: Context, principal: Principal) -> str:
    """The rig of the built-in face."""
    picture = context.default_face
    return await _rig(context, principal, picture, hashlib.sha256(picture.read_bytes()).digest())


def check_face_url(url: str, field: str = "face_url") -> str:
    """Refuse an address that can never be right.

    Returns:
        The address in the one way it is written.

    Raises:
        FaceUrlError: It is too long, not https, or could be read in more than one way.
    """
    try:
        return parse_url(url, field).text
    except UrlError as error:
        raise FaceUrlError(error.message) from error


async def _rig(context: Context, principal: Principal, picture: Path, digest: bytes) -> str:
    rig = rigs.rig_id(digest)
    async with context.database.transaction() as tx:
        if await rigs.is_kept(tx, rig):
            return rig
    await context.store.check_room()
    async with _place(context) as built:
        await context.build_rig(picture, built, principal.owner)
        await context.store.put(rigs.rig_path(rig), built, content_type=rigs.CONTENT_TYPE)
    async with context.database.transaction() as tx:
        await rigs.keep(tx, rig)
    return rig


@asynccontextmanager
async def _place(context: Context) -> AsyncIterator[Path]:
    """A path of our own, in a folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="face-", dir=context.folder) as folder:
        yield Path(folder) / secrets.token_hex(4)


def _described(path: Path, content: bytes) -> UploadedFile:
    return UploadedFile(path, "", len(content), content[:HEAD_BYTES], hashlib.sha256(content).digest())
