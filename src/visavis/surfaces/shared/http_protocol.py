"""HTTP connections whose clients can make the server keep, and wait for, only so much.

Uvicorn's protocol on httptools has no limit on request lines and headers, and none on the time that they, a
body or a client that takes no answer may last. This is the same protocol with limits; what breaks one is
answered in the API's shape, and the connection closed.
"""

import asyncio
import http
import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

import httptools
import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from visavis.settings import ServerSettings
from visavis.surfaces.shared.connections import HttpConnections, owner_of
from visavis.surfaces.shared.middleware import SECURITY_HEADERS

MAX_URL_BYTES: Final = 8 * 1024
MAX_HEADER_LINE_BYTES: Final = 16 * 1024
MAX_HEADERS: Final = 100
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024  # on a WebSocket: a photo in base64, or minutes of sound in one
_MAX_PIPELINED: Final = 16
_MAX_UNREAD_BYTES: Final = 256 * 1024 * 1024  # of a body that nobody reads after the answer
_MIN_BODY_BYTES_PER_S: Final = 1024
_PIECE_BYTES: Final = 16 * 1024  # fed to the parser at a time: it tells of a header only when that is whole
_TICK_S: Final = 0.01
_MAX_LINGER_BYTES: Final = 1024 * 1024
_LINGER_S: Final = 2.0  # a client that still sends reads its answer before the connection is reset

_log = structlog.get_logger()


def raw_answer(status: int, code: str, message: str, *, retry_after_s: int | None = None) -> bytes:
    """An error of the API as the bytes of a whole answer, after which the connection is closed."""
    said: dict[str, Any] = {"error": code, "message": message}
    headers = SECURITY_HEADERS | {"Content-Type": "application/json", "Connection": "close"}
    if retry_after_s is not None:
        said["retry_after_seconds"] = retry_after_s
        headers = headers | {"Retry-After": str(retry_after_s)}
    body = json.dumps(said).encode()
    headers = headers | {"Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode() + body


_MALFORMED: Final = raw_answer(400, "invalid_request", "The request is not valid HTTP.")
_URL_TOO_LONG: Final = raw_answer(414, "uri_too_long", f"The URL has more than {MAX_URL_BYTES} bytes.")
_HEADERS_TOO_LARGE: Final = raw_answer(
    431, "headers_too_large", "The headers are too many or too long. Send fewer and shorter ones."
)
_TOO_SLOW: Final = raw_answer(408, "request_timeout", "The request was not complete in time. Send it again.")


class HttpProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        settings: ServerSettings,
        connections: HttpConnections,
        takes_websocket: Callable[[str], bool],
    ) -> None:
        """Prepare a connection.

        Args:
            config: Of uvicorn.
            server_state: Of uvicorn.
            app_state: Of the application.
            settings: Sizes and times.
            connections: Where it is counted.
            takes_websocket: Whether there may be a WebSocket at a path.
        """
        super().__init__(config, server_state, app_state)
        self._settings, self._open, self._takes_websocket = settings, connections, takes_websocket
        self._owner = ""
        self._refusal = _MALFORMED
        self._is_refused = False
        self._head_bytes = self._head_lines = 0
        self._held_bytes = 0  # fed since the parser last told of something: what it may hold
        self._is_in_body = self._is_upgrade = False
        self._answering = 0
        self._body_bytes = self._unread_bytes = 0
        self._looked_s = 0.0  # when the time began in which something must pass
        self._was_stuck = self._was_full = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._progress_timer: asyncio.TimerHandle | None = None
        self._end_timer: asyncio.TimerHandle | None = None

    def abort(self) -> None:
        """End at once; nothing is waited for."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The connection is open."""
        super().connection_made(transport)
        self._owner = owner_of(self.client)
        self._open.opened(self._owner, self)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        for timer in (self._head_timer, self._progress_timer, self._end_timer):
            if timer is not None:
                timer.cancel()
        self._unset_keepalive_if_required()
        self._open.closed(self._owner, self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        self._unset_keepalive_if_required()
        if self._is_refused:
            self._unread_bytes += len(data)
            if self._unread_bytes > _MAX_LINGER_BYTES:
                self.transport.pause_reading()  # who sends more than that does not listen
            return
        if self._is_in_body:
            self._feed(data)
            return
        for start in range(0, len(data), _PIECE_BYTES):
            self._feed(data[start : start + _PIECE_BYTES])
        if not self._is_in_body and not self._answering and not self._is_refused and self._head_timer is None:
            self._expect_head()

    def _feed(self, data: bytes) -> None:
        if self._is_refused or self.transport.is_closing():
            return
        self._held_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._refuse(self._refusal)
        except httptools.HttpParserUpgrade:
            self._is_refused = True  # nothing more is read from this connection by this protocol
            if self._is_upgrade:
                self.handle_websocket_upgrade()
            else:
                # There is nothing to upgrade to: it is answered as the request that it is. The parser takes
                # all that follows, a body too, for the other protocol.
                self.cycle.keep_alive = False
        else:
            if self._held_bytes > self._settings.max_header_bytes:
                self._refuse(_HEADERS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head_bytes = self._head_lines = self._held_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Some of the address."""
        super().on_url(url)
        self._held_bytes = len(self.url)
        if len(self.url) > MAX_URL_BYTES:
            self._give_up(_URL_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A whole header; also one that follows a body."""
        super().on_header(name, value)
        size = len(name) + len(value)
        self._head_bytes += size
        self._head_lines += 1
        if (
            size > MAX_HEADER_LINE_BYTES
            or self._head_lines > MAX_HEADERS
            or self._head_bytes > self._settings.max_header_bytes
        ):
            self._give_up(_HEADERS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """A request can be answered."""
        if len(self.pipeline) >= _MAX_PIPELINED:
            self._give_up(_MALFORMED)
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self._is_upgrade = self._wants_websocket()
        super().on_headers_complete()
        if self._is_upgrade:
            self._open.works(self._owner, self)
            return
        self._is_in_body = True
        self._answering += 1
        self._held_bytes = self._unread_bytes = 0
        self._open.works(self._owner, self)
        self._expect_progress()

    def on_body(self, body: bytes) -> None:
        """Some of a body."""
        if self._is_upgrade:
            return
        self._held_bytes = 0
        self._body_bytes += len(body)
        if self.cycle.response_complete:
            self._unread_bytes += len(body)
            if self._unread_bytes > _MAX_UNREAD_BYTES:
                self.transport.abort()
        super().on_body(body)
        self._was_full |= self.flow.read_paused  # the application reads slower than the client sends

    def on_message_complete(self) -> None:
        """A request is whole."""
        super().on_message_complete()
        if self._is_upgrade:
            return
        self._is_in_body = False
        self._held_bytes = 0
        self._rest_if_done()

    def on_response_complete(self) -> None:
        """An answer is written; it may not be sent yet."""
        self._answering -= 1
        super().on_response_complete()
        if self.transport.is_closing():
            self._abort_after(self._settings.body_timeout_s)
        else:
            self._rest_if_done()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection to a WebSocket, which is counted as it was."""
        # Loaded where a surface has WebSockets.
        from visavis.surfaces.shared.websocket_protocol import WebSocketProtocol

        closed = partial(self._open.closed, self._owner, self)
        self.ws_protocol_class = partial(WebSocketProtocol, on_close=closed)  # type: ignore[assignment]
        super().handle_websocket_upgrade()

    def _wants_websocket(self) -> bool:
        if not self.parser.should_upgrade() or self._get_upgrade() != b"websocket" or self._answering:
            return False
        return self._takes_websocket(unquote(self.url.decode("latin-1").partition("?")[0]))

    def _should_upgrade(self) -> bool:
        return self._is_upgrade

    def timeout_keep_alive_handler(self) -> None:
        """There was no other request."""
        super().timeout_keep_alive_handler()
        self._abort_after(self._settings.body_timeout_s)

    def pause_writing(self) -> None:
        """The client takes an answer slower than it is made."""
        super().pause_writing()
        self._was_stuck = False

    def resume_writing(self) -> None:
        """The client has taken most of it."""
        super().resume_writing()
        self._was_stuck = False

    def _rest_if_done(self) -> None:
        if not self._answering and not self._is_in_body:
            self._open.rests(self._owner, self)

    def _give_up(self, answer: bytes) -> None:
        """End parsing, from within it."""
        self._refusal = answer
        raise ValueError

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(self._settings.header_timeout_s, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self._refuse(_TOO_SLOW)

    def _expect_progress(self) -> None:
        self._looked_s, self._body_bytes, self._was_full = self.loop.time(), 0, False
        if self._progress_timer is None:
            self._look_in(self._settings.body_timeout_s)

    def _look_in(self, seconds: float) -> None:
        self._progress_timer = self.loop.call_later(seconds, self._look_for_progress)

    def _look_for_progress(self) -> None:
        """Of a body or an answer something must have passed since the last look, or the request's begin."""
        self._progress_timer = None
        if self.transport.is_closing() or not (self._answering or self._is_in_body):
            return
        left_s = self._looked_s + self._settings.body_timeout_s - self.loop.time()
        if left_s > _TICK_S:
            self._look_in(left_s)  # another request has begun meanwhile
            return
        wanted_bytes = self._settings.body_timeout_s * _MIN_BODY_BYTES_PER_S
        waits = self._is_in_body and not self._was_full and not self.cycle.waiting_for_100_continue
        if waits and self._body_bytes < wanted_bytes:
            self._refuse(_TOO_SLOW)
            return
        if self.flow.write_paused and self._was_stuck:
            self.transport.abort()
            return
        self._was_stuck = self.flow.write_paused
        self._expect_progress()

    def _refuse(self, answer: bytes) -> None:
        """Answer for the application where it has not begun to, and read no further."""
        self._is_refused, self._unread_bytes = True, 0
        _log.info("connection_refused", status=int(answer.split(b" ", 2)[1]))
        is_own = self._is_in_body and self._answering == 1 and not self.cycle.response_started
        if self._answering and not is_own:
            self.transport.abort()  # something else is being answered: nothing fits in between
            return
        if is_own:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._open.rests(self._owner, self)
        self.transport.write(answer)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._abort_after(_LINGER_S)

    def _abort_after(self, seconds: float) -> None:
        if self._end_timer is None:
            self._end_timer = self.loop.call_later(seconds, self.transport.abort)
