"""A local way to an RTMP server that a client names: the encoder connects to it and to nothing else.

It connects to a public address, which it checks at the moment of connecting, and speaks TLS where the address
says so, with a certificate that is checked. FFmpeg would check neither.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from visavis.adapters.public_http import Network, public_addresses
from visavis.core.urls import Url
from visavis.errors import CallbackError

_HOST: Final = "127.0.0.1"
_DIAL_S: Final = 5.0
_CHUNK_BYTES: Final = 64 * 1024
_BUFFER_BYTES: Final = 256 * 1024  # more would hide for long that the server takes nothing
_UNACKNOWLEDGED_MS: Final = 5_000


@asynccontextmanager
async def forwarded(url: Url, *, also: tuple[Network, ...] = ()) -> AsyncIterator[str]:
    """Listen for the duration of the block, and connect whoever connects to a server.

    Args:
        url: URL of the server, `rtmp` or `rtmps`.
        also: Networks that are not public but allowed.

    Yields:
        The URL with the local address in its place, always `rtmp`.
    """
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            connections.add(task)
            task.add_done_callback(connections.discard)
        try:
            await _connect(url, also, reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, _HOST, 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"rtmp://{_HOST}:{port}{url.target}"
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _connect(
    url: Url, also: tuple[Network, ...], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Pass bytes on in both directions, until one side ends. A server that is not reached ends it at once."""
    with contextlib.suppress(OSError, CallbackError, TimeoutError):
        async with asyncio.timeout(_DIAL_S):
            address = (await public_addresses(url.host, url.port, also=also))[0]
            tls = ssl.create_default_context() if url.scheme == "rtmps" else None
            far_reader, far_writer = await asyncio.open_connection(
                address, url.port, ssl=tls, server_hostname=url.host if tls else None
            )
        _limit_buffers(far_writer)
        ways = [asyncio.create_task(_pass(*way)) for way in ((reader, far_writer), (far_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.close()


def _limit_buffers(writer: asyncio.StreamWriter) -> None:
    found: socket.socket = writer.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
