"""Bodies that are one text: JSON objects and urlencoded forms, read into plain fields."""

import json
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import Request

from visavis.errors import JsonError, RequestError, UploadTooLargeError
from visavis.surfaces.shared.texts import refuse_unclean, shown

JSON, URLENCODED = "application/json", "application/x-www-form-urlencoded"
MAX_TEXT_BYTES: Final = 1024 * 1024
_MAX_FIELDS: Final = 100


async def read_text_fields(request: Request, kind: str, *, max_bytes: int = MAX_TEXT_BYTES) -> dict[str, Any]:
    """The fields of a JSON object or a urlencoded form.

    Args:
        request: The request.
        kind: `JSON` or `URLENCODED`.
        max_bytes: That it may weigh.

    Returns:
        By name. What is `null` is left out.

    Raises:
        UploadTooLargeError: It weighs more.
        JsonError: It is not valid JSON.
        RequestError: It is not what it says, or holds text that cannot be used.
    """
    body = await read_whole(request, max_bytes=max_bytes)
    if not body:
        return {}
    fields = json_object(body) if kind == JSON else _form(body)
    refuse_unclean(fields)
    return {name: value for name, value in fields.items() if value is not None}


async def read_whole(request: Request, *, max_bytes: int) -> bytes:
    """A body in memory.

    Raises:
        UploadTooLargeError: It weighs more than that.
    """
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > max_bytes:
            raise UploadTooLargeError(f"The body exceeds the limit of {max_bytes / 2**20:g} MB.")
    return bytes(body)


def json_object(body: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        JsonError: It is not valid JSON.
        RequestError: It is something else than an object.
    """
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise JsonError("The body is not valid JSON.") from error
    if not isinstance(found, dict):
        raise RequestError("The body must be a JSON object.")
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise RequestError(
            f"The body is not a valid form of at most {_MAX_FIELDS} fields in UTF-8."
        ) from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RequestError(f"{shown(twice)}: sent more than once.")
    return fields
