"""Reading requests for avatars: one JSON object each, in which pictures are written as text.

Six pictures make a body of 120 MB. It goes to disk as it comes, and only one such body at a time is taken
into memory.
"""

import asyncio
import hashlib
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request

from visavis.errors import InputError, RequestError, StoreFullError, UploadTooLargeError
from visavis.surfaces.avatars.requests import MAX_REFERENCES, GenerateRequest, validated
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.encoded import decoded_picture
from visavis.surfaces.shared.fields import MAX_TEXT_BYTES, json_object, read_whole
from visavis.surfaces.shared.incoming import lift_body_limit
from visavis.surfaces.shared.media import check_kind
from visavis.surfaces.shared.texts import refuse_unclean
from visavis.surfaces.shared.uploads import HEAD_BYTES, UploadedFile

_BASE64_GROWTH: Final = 4 / 3
_PICTURES: Final = "reference_images"
_WANTED: Final = "Send PNG, JPEG or WebP as a data URL or in base64."


@dataclass(frozen=True)
class SentGeneration:
    """A request for avatar images.

    Attributes:
        fields: Its fields; the pictures are left out.
        references: The pictures, on disk.
        content_types: Media types of the pictures.
        digest: SHA-256 of all that was sent.
    """

    fields: GenerateRequest
    references: tuple[UploadedFile, ...]
    content_types: tuple[str, ...]
    digest: bytes

    @property
    def seed(self) -> int:
        """Seed of the pictures: the one that was sent, or one that the description gives."""
        if self.fields.seed is not None:
            return self.fields.seed
        described = [self.fields.prompt, self.fields.hints, [each.digest.hex() for each in self.references]]
        return int.from_bytes(hashlib.sha256(json.dumps(described, sort_keys=True).encode()).digest()[:4])


async def read_fields(request: Request) -> dict[str, Any]:
    """The fields of a small JSON object.

    Raises:
        JsonError: It is not valid JSON.
        RequestError: It is no object, or holds text that cannot be used.
        UploadTooLargeError: It is too large.
    """
    return _present(json_object(await read_whole(request, max_bytes=MAX_TEXT_BYTES)))


@asynccontextmanager
async def read_generation(request: Request, context: Context) -> AsyncIterator[SentGeneration]:
    """Read a request for avatar images; its pictures exist for as long as the block runs.

    Raises:
        JsonError: It is not valid JSON.
        RequestError: A field has a value that cannot be used.
        InputError: A picture is damaged.
        MediaTypeError: A picture is no PNG, JPEG or WebP.
        UploadTooLargeError: The request or a picture is too large.
        StoreFullError: The disk is full.
    """
    max_picture_bytes = context.images.max_reference_bytes
    max_bytes = MAX_TEXT_BYTES + int(MAX_REFERENCES * max_picture_bytes * _BASE64_GROWTH)
    lift_body_limit(request.scope)  # this one has a limit of its own
    with tempfile.TemporaryDirectory(prefix="references-", dir=context.folder) as name:
        folder = Path(name)
        body = folder / "body"
        size = await _save(request, body, max_bytes)
        if size <= MAX_TEXT_BYTES:
            sent = await asyncio.to_thread(_read, body, folder, max_picture_bytes)
        else:
            async with request.app.state.large_body:
                sent = await asyncio.to_thread(_read, body, folder, max_picture_bytes)
        yield sent


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields whose texts can be stored, without those that are `null`."""
    refuse_unclean(fields)
    return {name: value for name, value in fields.items() if value is not None}


async def _save(request: Request, path: Path, max_bytes: int) -> int:
    size = 0
    try:
        with path.open("wb") as file:
            async for block in request.stream():
                size += len(block)
                if size > max_bytes:
                    raise UploadTooLargeError(f"The body exceeds the limit of {max_bytes / 2**20:g} MB.")
                file.write(block)
    except OSError as error:
        raise StoreFullError("There is no space for uploads at the moment.") from error
    return size


def _read(body: Path, folder: Path, max_picture_bytes: int) -> SentGeneration:
    fields = json_object(body.read_bytes())
    body.unlink()
    pictures = fields.pop(_PICTURES, None) or []
    fields = _present(fields)
    if not isinstance(pictures, list) or not all(isinstance(each, str) for each in pictures):
        raise RequestError(f"{_PICTURES}: must be a list of texts.")
    if len(pictures) > MAX_REFERENCES:
        raise RequestError(f"{_PICTURES}: must have at most {MAX_REFERENCES} entries.")
    wanted = validated(GenerateRequest, fields)
    references, content_types = [], []
    for number, text in enumerate(pictures):
        field = f"{_PICTURES}.{number}"
        content = decoded_picture(text, field, max_bytes=max_picture_bytes, wanted=_WANTED)
        if len(content) > max_picture_bytes:
            raise UploadTooLargeError(f"{field}: at most {max_picture_bytes / 2**20:g} MB.")
        path = folder / str(number)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise StoreFullError("There is no space for uploads at the moment.") from error
        file = UploadedFile(path, "", len(content), content[:HEAD_BYTES], hashlib.sha256(content).digest())
        content_types.append(check_kind(field, file, kind="image"))
        references.append(file)
        pictures[number] = ""
    whole = hashlib.sha256(json.dumps(wanted.model_dump(mode="json"), sort_keys=True).encode())
    for file in references:
        whole.update(file.digest)
    return SentGeneration(wanted, tuple(references), tuple(content_types), whole.digest())


async def check_references(context: Context, references: tuple[UploadedFile, ...], owner: str) -> None:
    """Refuse pictures that cannot be decoded, and small files that would unpack to gigabytes.

    Raises:
        InputError: One of them is such a picture; the message names it.
    """
    for number, file in enumerate(references):
        try:
            await context.check_pictures([file.path], owner)
        except InputError as error:
            raise InputError(f"{_PICTURES}.{number}: {error.message}") from error
