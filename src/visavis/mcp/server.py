"""Serving the tools: to the program that started this process, or over HTTP."""

import asyncio
from typing import Final

from mcp.server.transport_security import TransportSecuritySettings

from visavis.mcp.api import Api
from visavis.mcp.files import MAX_FILE_BYTES, FileAccess
from visavis.mcp.tools import Tools

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
# Photo and recording in base64, which takes a third more, and the rest of a request.
_MAX_BODY_BYTES: Final = 2 * MAX_FILE_BYTES * 4 // 3 + 1_000_000


def serve_stdio(url: str, key: str) -> None:
    """Serve the program at standard input and output, until it closes them.

    Args:
        url: Base URL of the visavis server.
        key: API key.
    """

    async def serve() -> None:
        async with Api(url) as api:
            await Tools(api, key, FileAccess(is_local=True)).server().run_stdio_async()

    asyncio.run(serve())


def serve_http(url: str, key: str | None, host: str, port: int) -> None:
    """Serve over HTTP at `/mcp`, until a signal.

    Files of this machine are neither read nor written. Where other machines can connect, every client must
    send an API key of its own.

    Args:
        url: Base URL of the visavis server.
        key: API key of clients on this machine that send none.
        host: Address to listen on.
        port: Port to listen on.
    """
    is_loopback = host in _LOOPBACK

    async def serve() -> None:
        async with Api(url) as api:
            server = Tools(api, key if is_loopback else None, FileAccess(is_local=False)).server()
            await server.run_streamable_http_async(
                host=host,
                port=port,
                max_request_body_size=_MAX_BODY_BYTES,
                # On a loopback address, the library refuses pages of other origins by itself. Elsewhere they
                # get nothing without a key.
                transport_security=None
                if is_loopback
                else TransportSecuritySettings(enable_dns_rebinding_protection=False),
            )

    asyncio.run(serve())
