"""Reading JSON bodies."""

import json
from typing import Any, Final

from starlette.requests import Request

from visavis.errors import MediaTypeError, RequestError

_MOST_BYTES: Final = 1024 * 1024


async def read_json(request: Request, *, most_bytes: int = _MOST_BYTES) -> Any:
    """The JSON of a request.

    Args:
        request: The request.
        most_bytes: That it may weigh.

    Raises:
        MediaTypeError: It says that it is something else.
        RequestError: It is too long, or no JSON.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind != "application/json":
        raise MediaTypeError("Send the request as application/json.")
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > most_bytes:
            raise RequestError("The body is too long.")
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise RequestError("The body is not valid JSON.") from error
