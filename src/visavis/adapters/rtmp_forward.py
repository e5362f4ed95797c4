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
from pathlib import Path
from typing import Final

import structlog

from visavis.adapters.public_http import Network, public_addresses
from visavis.core.urls import Url
from visavis.errors import CallbackError

_HOST: Final = "127.0.0.1"
_DIAL_S: Final = 3.0  # with the answer shorter than what a session lets its process stand still
_ANSWER_S: Final = 2.5  # from the connection to the server's first byte
_CHUNK_BYTES: Final = 64 * 1024
_BUFFER_BYTES: Final = 256 * 1024  # more would hide for long that the server takes nothing
_UNACKNOWLEDGED_MS: Final = 5_000

_log = structlog.get_logger()


@asynccontextmanager
async def forwarded(
    url: Url, *, also: tuple[Network, ...] = (), ca_file: Path | None = None
) -> AsyncIterator[str]:
    """Listen for the duration of the block, and connect whoever connects to a server.

    Args:
        url: URL of the server, `rtmp` or `rtmps`.
        also: Networks that are not public but allowed.
        ca_file: Certificates of authorities that are trusted besides the system's.

    Yields:
        The URL with the local address in its place, always `rtmp`.
    """
    connections: set[asyncio.Task[None]] = set()
    said: str | None = None  # of what went wrong last, so that each thing is logged once
    tls = _trusting(ca_file) if url.scheme == "rtmps" else None

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal said
        task = asyncio.current_task()
        if task is not None:
            connections.add(task)
            task.add_done_callback(connections.discard)
        try:
            await _connect(url, also, tls, reader, writer)
            said = None
        except (OSError, CallbackError, TimeoutError) as error:
            if said != (said := type(error).__name__):
                _log.warning("rtmp_server_unreachable", reason=said)
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


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


async def _connect(
    url: Url,
    also: tuple[Network, ...],
    tls: ssl.SSLContext | None,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Pass bytes on in both directions, until one side ends.

    Raises:
        OSError, CallbackError, TimeoutError: The server cannot be reached, or may not be.
    """
    async with asyncio.timeout(_DIAL_S):
        address = (await public_addresses(url.host, url.port, also=also))[0]
        far_reader, far_writer = await asyncio.open_connection(
            address, url.port, ssl=tls, server_hostname=url.host if tls else None
        )
    _limit_buffers(far_writer)
    out = asyncio.create_task(_pass(reader, far_writer))
    back = asyncio.create_task(_pass(far_reader, writer, first_within_s=_ANSWER_S))
    try:
        await asyncio.wait((out, back), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in (out, back):
            way.cancel()
        await asyncio.gather(out, back, return_exceptions=True)
        far_writer.close()


def _limit_buffers(writer: asyncio.StreamWriter) -> None:
    found: socket.socket = writer.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, first_within_s: float | None = None
) -> None:
    """Pass bytes on until there are no more, or until the first ones come too late."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(first_within_s):
            data = await reader.read(_CHUNK_BYTES)
        while data:
            writer.write(data)
            await writer.drain()
            data = await reader.read(_CHUNK_BYTES)
