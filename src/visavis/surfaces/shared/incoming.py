"""A request before any surface sees it: whether it is well formed, and how much of its body is read.

Whoever answers before a body has come whole leaves the rest of it on the wire. Most clients read no answer
before they have sent everything, so the rest is read and thrown away; but not for ever, and then the
connection is closed.
"""

import asyncio
import re
import time
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from visavis.surfaces.shared.texts import is_clean

BODY: Final = "visavis.body"  # where a request's scope has it
_MAX_DRAINED_BYTES: Final = 256 * 1024 * 1024
_MAX_DRAIN_S: Final = 30.0
_MAX_DRAIN_IDLE_S: Final = 1.0
_TOO_LARGE: Final = 413
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")


def fault_of(scope: Scope) -> str | None:
    """What is wrong with a request's head, for its sender; nothing if it can be served.

    HTTP/1.1 demands one Host header. What is in the path or the query and cannot be stored or sent on is
    refused here, so that nothing behind has to think of it.
    """
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1 or (not hosts and scope["http_version"] != "1.0"):
        return "Send one Host header."
    if hosts and not _HOST.fullmatch(hosts[0]):
        return "The Host header names no host."
    if not is_clean(scope["path"]) or b"\0" in unquote_to_bytes(scope["query_string"]):
        return "The address must not contain NUL."
    return None


class Body:
    """The body of one request.

    Attributes:
        is_whole: Whether all of it has come.
        max_bytes: Largest body; more of it ends in 413. `None` leaves that to the reader.
    """

    def __init__(self, scope: Scope, receive: Receive, max_bytes: int | None) -> None:
        """Watch over a body.

        Args:
            scope: Of the request.
            receive: Where it comes from.
            max_bytes: Largest body; `None` leaves that to the reader.
        """
        headers = dict(scope["headers"])
        self._receive, self.max_bytes, self._taken_bytes = receive, max_bytes, 0
        self._waits_for_leave = headers.get(b"expect", b"").lower() == b"100-continue"
        self.is_whole = b"transfer-encoding" not in headers and headers.get(b"content-length", b"0") == b"0"

    async def receive(self) -> Message:
        """The next message; an ASGI `receive`.

        Raises:
            HTTPException: The body is larger than allowed.
        """
        message = await self._receive()
        self._waits_for_leave = False  # reading gave it
        if message["type"] != "http.request":
            self.is_whole = True
            return message
        self._taken_bytes += len(message.get("body", b""))
        if not message.get("more_body", False):
            self.is_whole = True
        if self.max_bytes is not None and self._taken_bytes > self.max_bytes:
            raise HTTPException(_TOO_LARGE)
        return message

    async def drain(self) -> bool:
        """Throw the rest away, within reason; whether the connection is fit for another request."""
        if self._waits_for_leave:
            return self.is_whole
        self.max_bytes = None
        until, max_taken_bytes = time.monotonic() + _MAX_DRAIN_S, self._taken_bytes + _MAX_DRAINED_BYTES
        try:
            while not self.is_whole and self._taken_bytes < max_taken_bytes and time.monotonic() < until:
                async with asyncio.timeout(_MAX_DRAIN_IDLE_S):
                    await self.receive()
        except TimeoutError:
            return False
        return self.is_whole


def lift_body_limit(scope: Scope) -> None:
    """Leave it to the reader of a request's body how large that may be."""
    body = scope.get(BODY)
    if isinstance(body, Body):
        body.max_bytes = None
