"""The image, video and voice of a request: each is a URL, a file in base64, or a file of a form."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from visavis.core import jobs
from visavis.core.urls import parse_url
from visavis.errors import CallbackError, InputError, StoreError
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.encoded import decoded_picture, is_data_url
from visavis.surfaces.shared.media import check_kind
from visavis.surfaces.shared.uploads import HEAD_BYTES, UploadedFile

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)  # no base64 has a colon
_WANTED: Final = "Send its HTTPS URL, or the file in base64."
_CHECKED: Final = ("image", "audio")


@dataclass
class SentMedia:
    """What a request sends to make an agent from.

    Attributes:
        files: Files by name: `image`, `video`, `audio`.
        urls: URLs by name, likewise.
    """

    files: dict[str, UploadedFile] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)


async def read_media(context: Context, sent: dict[str, UploadedFile | str | None], folder: Path) -> SentMedia:
    """Read what was sent, and refuse what cannot be used.

    Args:
        context: What the surface was given.
        sent: By name: a file, a URL, or a file in base64.
        folder: Folder for files that are decoded.

    Raises:
        InputError: A URL cannot be used, or a text is no file.
        MediaTypeError: A file is of a kind that its field does not take.
        UploadTooLargeError: A file is too large.
    """
    media = SentMedia()
    for name, value in sent.items():
        if isinstance(value, UploadedFile):
            media.files[name] = value
        elif value is not None and _ADDRESS.match(value) and not is_data_url(value):
            media.urls[name] = await _checked_url(context, value, name)
        elif value is not None:
            max_bytes = context.agents.max_file_bytes
            content = decoded_picture(value, name, max_bytes=max_bytes, wanted=_WANTED)
            media.files[name] = _written(folder, content)
    for name, file in media.files.items():
        if name in _CHECKED:
            check_kind(name, file)
        elif file.size_bytes == 0:
            raise InputError(f"The {name} file is empty.")
    return media


async def store_media(context: Context, media: SentMedia, job_id: str) -> dict[str, Any]:
    """Store the files of a request. Returns the fields of the job's input."""
    fields: dict[str, Any] = {f"{name}_url": url for name, url in media.urls.items()}
    for name, file in media.files.items():
        path = jobs.path_for_upload(job_id, name)
        await context.store.put(path, file.path, content_type="application/octet-stream")
        fields[name] = jobs.StoredFile(size_bytes=file.size_bytes, path=path)
    return fields


async def discard_media(context: Context, fields: dict[str, Any]) -> None:
    """Delete files that `store_media` stored, of a job that was not accepted."""
    paths = [each.path for each in fields.values() if isinstance(each, jobs.StoredFile) and each.path]
    try:
        await context.store.delete(paths)
    except StoreError:
        return  # garbage collection deletes them later


async def _checked_url(context: Context, text: str, name: str) -> str:
    url = parse_url(text, name).text
    try:
        await context.check_callback(url)
    except CallbackError as error:
        raise InputError(f"{name}: the URL does not lead to a public address.") from error
    return url


def _written(folder: Path, content: bytes) -> UploadedFile:
    path = folder / secrets.token_hex(4)
    path.write_bytes(content)
    return UploadedFile(path, "", len(content), content[:HEAD_BYTES], hashlib.sha256(content).digest())
