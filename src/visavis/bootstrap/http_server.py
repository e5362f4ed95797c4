"""The HTTP server: uvicorn, with an accept loop that nothing ends and limits on every connection."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Final

import structlog
import uvicorn
from starlette.types import ASGIApp

from visavis.settings import ServerSettings
from visavis.surfaces.shared.connections import HttpConnections, owner_of
from visavis.surfaces.shared.http_protocol import MAX_MESSAGE_BYTES, HttpProtocol, raw_answer

_ACCEPT_PAUSE_S: Final = 0.05
_DRAIN_S: Final = 20
_BUSY: Final = raw_answer(
    503, "temporarily_unavailable", "The server has no connection to spare. Try again soon.", retry_after_s=5
)

_log = structlog.get_logger()


class HttpServer(uvicorn.Server):
    """Serves an application on a socket until `should_exit` is set."""

    def __init__(
        self,
        app: ASGIApp,
        listener: socket.socket,
        settings: ServerSettings,
        *,
        takes_websocket: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        """Prepare.

        Args:
            app: What answers.
            listener: A socket that listens; it is closed when the server ends.
            settings: Limits and timeouts of its connections.
            takes_websocket: Whether there may be a WebSocket at a path. Elsewhere a wish for one is answered
                as the request that it is.
        """
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",  # `HttpProtocol` chooses: see `takes_websocket`
                ws_max_size=MAX_MESSAGE_BYTES,
                ws_per_message_deflate=False,
                proxy_headers=False,  # whom to believe is a setting: see `parts.gateway`
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=settings.keep_alive_timeout_s,  # type: ignore[arg-type]  # a delay
                timeout_graceful_shutdown=_DRAIN_S,
                lifespan="off",
            )
        )
        self._listener, self._settings, self._takes_websocket = listener, settings, takes_websocket
        self._connections = HttpConnections(
            max_connections=settings.max_connections,
            max_per_address=settings.max_connections_per_address or None,
        )
        self._accepting: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are handled elsewhere."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections."""
        await super().startup(sockets=sockets or [])
        self._listener.setblocking(False)
        self._accepting = asyncio.create_task(self._accept_always())

    async def on_tick(self, counter: int) -> bool:
        """Look ten times a second whether to go on; an accept loop that broke is told of."""
        if self._accepting is not None and self._accepting.done():
            self._accepting.result()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, and let requests be answered."""
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
        self._listener.close()
        await super().shutdown(sockets)

    async def _accept_always(self) -> None:
        """Accept connections. An event loop's own server may end when no descriptor is left; this goes on."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(self._listener)
            except OSError as error:
                if self._listener.fileno() < 0:
                    raise
                _log.warning("accept_failed", reason=error.strerror, connections=len(self._connections))
                self._connections.make_room()
                await asyncio.sleep(_ACCEPT_PAUSE_S)
                continue
            await self._serve_connection(loop, connection, peer)

    async def _serve_connection(
        self, loop: asyncio.AbstractEventLoop, connection: socket.socket, peer: object
    ) -> None:
        try:
            if not self._connections.admit(owner_of(peer)):
                connection.send(_BUSY)
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()  # the client has left already

    def _protocol(self) -> HttpProtocol:
        return HttpProtocol(
            self.config,
            self.server_state,
            self.lifespan.state,
            settings=self._settings,
            connections=self._connections,
            takes_websocket=self._takes_websocket,
        )
