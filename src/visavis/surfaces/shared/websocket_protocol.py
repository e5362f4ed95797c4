"""WebSockets: uvicorn's protocol, on a connection that stays counted until it is closed."""

from collections.abc import Callable
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket.

    What bounds it: uvicorn reads the next message when the application has taken the last one, refuses
    messages larger than `ws_max_size`, and ends a connection whose client neither answers pings nor sends.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        on_close: Callable[[], None],
    ) -> None:
        """Prepare a WebSocket.

        Args:
            config: Of uvicorn.
            server_state: Of uvicorn.
            app_state: Of the application.
            on_close: Called when the connection is gone.
        """
        super().__init__(config, server_state, app_state)
        self._on_close = on_close
        self._received_s = 0.0

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._on_close()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """The client has sent something."""
        self._received_s = self.loop.time()
        super().data_received(data)

    def keepalive_timeout(self) -> None:
        """A ping was not answered in time. The answer may be behind messages that were not read yet."""
        if self.read_paused or self._received_s > self.ping_sent_at:
            self.pong_timer = None
            self.pending_ping_payload = None
            self.schedule_ping()
        else:
            super().keepalive_timeout()
