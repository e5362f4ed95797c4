"""Reading forms as they come in: files go to disk at once, and no further than allowed."""

import hashlib
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from visavis.errors import MediaTypeError, RequestError, StoreFullError, UploadTooLargeError
from visavis.surfaces.shared import fields
from visavis.surfaces.shared.incoming import lift_body_limit
from visavis.surfaces.shared.texts import refuse_unclean, shown

HEAD_BYTES: Final = 64
_MAX_FIELD_BYTES: Final = 256 * 1024
_MAX_PARTS: Final = 32
_MAX_HEADER_BYTES: Final = 8 * 1024
_FORM_BYTES: Final = 1024 * 1024  # what a form may weigh beside its files


@dataclass
class UploadedFile:
    """A file of a form, on disk.

    Attributes:
        path: Gone when the form is closed, unless it was moved.
        size_bytes: Of its content.
        head: The first `HEAD_BYTES`.
        declared_type: What the client says it is.
        digest: SHA-256 of its content.
        name: Name that the client gives it, without folders; empty if it gives none.
    """

    path: Path
    declared_type: str
    size_bytes: int = 0
    head: bytes = b""
    digest: bytes = b""
    name: str = ""


@dataclass
class Form:
    """A form that was read.

    Attributes:
        files: By field name.
        fields: The other fields, by name: texts, or what JSON can hold. None of them is `None`.
    """

    files: dict[str, UploadedFile] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)

    def fingerprint(self) -> bytes:
        """A digest of all that was sent."""
        parts = [(name, file.digest) for name, file in self.files.items()]
        parts += [
            (name, hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest())
            for name, value in self.fields.items()
        ]
        whole = hashlib.sha256()
        for name, digest in sorted(parts):
            whole.update(name.encode() + b"\0" + digest)
        return whole.digest()


@asynccontextmanager
async def read_form(
    request: Request,
    *,
    files: frozenset[str],
    folder: Path,
    max_bytes: int,
    json_max_bytes: int = 0,
) -> AsyncIterator[Form]:
    """Read the fields of a request; its files lie in a folder of their own for as long as the block runs.

    The body may be multipart or urlencoded, or a JSON object where that is taken. None at all has no fields.

    Args:
        request: The request.
        files: Names of fields that are files; others are text.
        folder: Where the folder is made.
        max_bytes: All files together.
        json_max_bytes: Of a JSON object; 0 where none is taken.

    Raises:
        MediaTypeError: The body is of another kind.
        RequestError: It is broken, or holds text that cannot be used.
        UploadTooLargeError: It is too large.
        StoreFullError: The disk is full.
    """
    lift_body_limit(request.scope)  # this one has limits of its own
    kind, options = parse_options_header(request.headers.get("content-type"))
    match kind.decode("latin-1") or (fields.JSON if json_max_bytes else ""):
        case "multipart/form-data":
            async with _read_multipart(request, options, files, folder, max_bytes) as form:
                yield form
        case fields.URLENCODED:
            yield Form(fields=await fields.read_text_fields(request, fields.URLENCODED))
        case fields.JSON if json_max_bytes:
            yield Form(fields=await fields.read_text_fields(request, fields.JSON, max_bytes=json_max_bytes))
        case "" if not await fields.read_whole(request, max_bytes=_FORM_BYTES):
            yield Form()
        case _:
            taken = ", application/x-www-form-urlencoded or application/json" if json_max_bytes else ""
            raise MediaTypeError(f"Send the request as multipart/form-data{taken}.")


@asynccontextmanager
async def _read_multipart(
    request: Request, options: dict[bytes, bytes], files: frozenset[str], folder: Path, max_bytes: int
) -> AsyncIterator[Form]:
    boundary = options.get(b"boundary")
    if not boundary:
        raise RequestError("The Content-Type has no boundary.")
    _refuse_too_large(request, max_bytes)
    with tempfile.TemporaryDirectory(prefix="upload-", dir=folder) as name:
        reader = _Reader(files, Path(name), max_bytes)
        try:
            try:
                parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]
                taken = 0
                async for block in request.stream():
                    taken += len(block)
                    if taken > max_bytes + _FORM_BYTES:  # the parts, and what lies around them
                        raise UploadTooLargeError(_too_large(max_bytes))
                    parser.write(block)
                parser.finalize()
            except FormParserError as error:
                raise RequestError("The form is not valid multipart/form-data.") from error
            except OSError as error:
                raise StoreFullError("There is no space for uploads at the moment.") from error
            if not reader.is_whole:
                raise RequestError("The form is incomplete.")
            yield reader.form
        finally:
            reader.close()


def _refuse_too_large(request: Request, max_bytes: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes + _FORM_BYTES:
        raise UploadTooLargeError(_too_large(max_bytes))


def _too_large(max_bytes: int) -> str:
    return f"The upload exceeds the limit of {max_bytes / 2**20:g} MB."


class _Reader:
    """Takes the parser's events."""

    def __init__(self, files: frozenset[str], folder: Path, max_bytes: int) -> None:
        self.form = Form()
        self.is_whole = False
        self._files, self._folder, self._max_bytes = files, folder, max_bytes
        self._taken = self._parts = 0
        self._header_name = self._header_value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._is_named = False
        self._file: UploadedFile | None = None
        self._out: BinaryIO | None = None
        self._hash: Any = None
        self._text = bytearray()

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._take,
            "on_part_end": self._close_part,
            "on_end": self._finish,
        }

    def close(self) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise FormParserError("too many parts")
        self._headers, self._header_name, self._header_value = {}, b"", b""

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]
        self._check_header()

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._check_header()

    def _check_header(self) -> None:
        if len(self._header_name) + len(self._header_value) > _MAX_HEADER_BYTES:
            raise FormParserError("a header is too long")

    def _end_header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _open(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        try:
            self._name = options.get(b"name", b"").decode()
        except UnicodeDecodeError as error:
            raise FormParserError("the name of a field is not text") from error
        refuse_unclean(self._name, "a field's name")
        if self._name in self.form.files or self._name in self.form.fields:
            raise RequestError(f"{shown(self._name)}: sent more than once.")
        self._text = bytearray()
        if self._name in self._files and b"filename" in options:
            path = self._folder / str(self._parts)
            declared = self._headers.get(b"content-type", b"").decode("latin-1").partition(";")[0]
            name = _file_name(options[b"filename"])
            self._file = UploadedFile(path, declared.strip().lower(), name=name)
            self._is_named = options[b"filename"] != b""
            self._out = path.open("wb")
            self._hash = hashlib.sha256()

    def _take(self, data: bytes, start: int, end: int) -> None:
        block = data[start:end]
        if self._file is None or self._out is None:
            self._text += block
            if len(self._text) > _MAX_FIELD_BYTES:
                raise RequestError(f"{shown(self._name)}: too long.")
            return
        self._taken += len(block)
        if self._taken > self._max_bytes:
            raise UploadTooLargeError(_too_large(self._max_bytes))
        if len(self._file.head) < HEAD_BYTES:
            self._file.head += block[: HEAD_BYTES - len(self._file.head)]
        self._file.size_bytes += len(block)
        self._hash.update(block)
        self._out.write(block)

    def _close_part(self) -> None:
        if self._file is not None:
            self.close()
            self._file.digest = self._hash.digest()
            if self._file.size_bytes or self._is_named:  # else a browser's field in which no file was chosen
                self.form.files[self._name] = self._file
            self._file = None
            return
        try:
            text = self._text.decode()
        except UnicodeDecodeError as error:
            raise RequestError(f"{shown(self._name)}: not valid UTF-8.") from error
        refuse_unclean(text, self._name)
        self.form.fields[self._name] = text

    def _finish(self) -> None:
        self.is_whole = True


def _file_name(sent: bytes) -> str:
    """The name of a file as it can be shown: without folders, and without what cannot be printed."""
    name = sent.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in name if each.isprintable()).strip()
