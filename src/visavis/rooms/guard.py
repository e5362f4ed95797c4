"""Limits on HTTP connections that aiohttp does not have: number, time, size of request headers.

aiohttp parses and answers. A `GuardedConnection` stands between it and the socket, and a middleware notifies
it when a request begins and ends.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from visavis.rooms.connections import Connections
from visavis.rooms.limits import RoomLimits

_HEAD_END: Final = b"\r\n\r\n"
_HANG_UP: Final = b"Connection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + _HANG_UP
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\n" + _HANG_UP


class _WellFormedOnly(logging.Filter):
    """Drops log records of malformed requests: they contain what was sent, including tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is logged."""
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, HttpProcessingError)


HTTP_LOG: Final = logging.getLogger(__name__)
"""Logger for aiohttp. Malformed requests are answered, but not logged."""

HTTP_LOG.addFilter(_WellFormedOnly())


class GuardedConnection(asyncio.Protocol):
    """One HTTP connection.

    Args:
        inner: Protocol of aiohttp, which parses and answers.
        connections: All connections of the port.
        limits: Limits for this one.
    """

    def __init__(self, inner: asyncio.Protocol, connections: Connections, limits: RoomLimits) -> None:
        self._inner = inner
        self._connections = connections
        self._limits = limits
        self._transport: asyncio.Transport | None = None
        self._is_admitted = False
        self._timer: asyncio.TimerHandle | None = None
        self._head_bytes = self._head_lines = 0
        self._tail = b""
        self._is_head_read = False

    # Called by asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection, or refuse it."""
        self._transport = cast("asyncio.Transport", transport)
        self._is_admitted = self._connections.admit(self, transport.get_extra_info("peername")[0])
        if not self._is_admitted:
            self._transport.abort()
            return
        self._wait(self._limits.header_timeout_s)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Check and pass on bytes."""
        if not self._is_admitted:
            return
        if not self._is_head_read:
            self._count(data)
            if self._head_bytes > self._limits.header_bytes or self._head_lines > self._limits.header_lines:
                self._refuse(_TOO_LARGE)
                return
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on that the client sends nothing more."""
        return self._inner.eof_received() if self._is_admitted else None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self._connections.release(self)
        if self._is_admitted:
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Start the timeout for a client that reads its answers too slowly."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Stop that timeout."""
        self._inner.resume_writing()

    # Called by the middleware and by `Connections`

    def begin_request(self) -> None:
        """Mark the connection as busy with a request."""
        self._stop_waiting()
        self._is_head_read = True
        self._connections.work(self)

    def end_request(self) -> None:
        """Mark the connection as idle after a request."""
        self._is_head_read, self._tail = False, b""
        self._head_bytes = self._head_lines = 0
        self._connections.rest(self)
        self._wait(self._limits.keep_alive_timeout_s)

    def close(self) -> None:
        """See `Closable`."""
        if self._transport is not None:
            self._transport.abort()

    def _count(self, data: bytes) -> None:
        """Count the bytes of the header. Empty lines before it do not count, and do not end it."""
        seen = self._tail + (data if self._head_bytes else data.lstrip(b"\r\n"))
        end = seen.find(_HEAD_END)
        head = seen if end < 0 else seen[: end + len(_HEAD_END)]
        self._head_bytes += len(head) - len(self._tail)
        self._head_lines += head.count(b"\n") - self._tail.count(b"\n")
        self._is_head_read, self._tail = end >= 0, seen[-len(_HEAD_END) + 1 :]

    def _wait(self, timeout_s: float) -> None:
        self._stop_waiting()
        self._timer = asyncio.get_running_loop().call_later(timeout_s, self._refuse, _TOO_SLOW)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, answer: bytes) -> None:
        """Send an error answer and close."""
        if self._transport is not None and not self._transport.is_closing():
            if self._head_bytes or answer is _TOO_LARGE:
                self._transport.write(answer)
            self._transport.close()


@web.middleware
async def note_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Notify the connection when its requests begin and end."""
    connection = request.transport.get_protocol() if request.transport is not None else None
    if not isinstance(connection, GuardedConnection):
        return await handler(request)
    connection.begin_request()
    try:
        return await handler(request)
    finally:
        connection.end_request()


def guard(
    server: Callable[[], asyncio.Protocol], connections: Connections, limits: RoomLimits
) -> Callable[[], GuardedConnection]:
    """Create a factory of guarded protocols for an asyncio server."""
    return lambda: GuardedConnection(server(), connections, limits)
