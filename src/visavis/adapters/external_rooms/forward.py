"""A local proxy for an external room server, so that the client library connects to nothing else.

The library resolves names, follows redirects and trusts the server. So it gets the address of this proxy,
which connects only to the requested server (`dialing`), knows only LiveKit's four paths, passes no redirect
on, and filters what the server sends (`signals`).
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import structlog
from aiohttp import web
from yarl import URL

from visavis.adapters.external_rooms.dialing import DIAL_S, client, http_url
from visavis.adapters.external_rooms.signals import SignalError, filter_signal
from visavis.adapters.public_http import Network
from visavis.core.urls import Url

_HOST: Final = "127.0.0.1"
_SIGNALS, _VALIDATIONS = ("/rtc", "/rtc/v1"), ("/rtc/validate", "/rtc/v1/validate")
_MAX_MESSAGE_BYTES: Final = 2 * 1024 * 1024
_MAX_LINE_BYTES: Final = 128 * 1024  # the library sends its whole offer in the query
_MAX_WORDS_BYTES: Final = 4096  # limit for the text of a refusal
_BAD_GATEWAY: Final = 502

_log = structlog.get_logger()


@asynccontextmanager
async def forwarded(url: Url, *, also: tuple[Network, ...]) -> AsyncIterator[str]:
    """Run a proxy to a room server for the duration of the block.

    Args:
        url: URL of the server.
        also: Networks that are not public but allowed.

    Yields:
        URL for the client library. Its path is a secret, so that other programs on this machine cannot use
        the proxy.
    """
    async with client(also) as session:
        forward = _Forward(url, session, also)
        server = web.Server(
            forward.serve, access_log=None, max_line_size=_MAX_LINE_BYTES, max_field_size=_MAX_LINE_BYTES
        )
        runner = web.ServerRunner(server, shutdown_timeout=0)
        await runner.setup()
        try:
            await web.TCPSite(runner, _HOST, 0).start()
            host, port = runner.addresses[0][:2]
            yield f"ws://{host}:{port}{forward.root}"
        finally:
            await runner.cleanup()


class _Forward:
    def __init__(self, url: Url, session: aiohttp.ClientSession, also: tuple[Network, ...]) -> None:
        self._url, self._session, self._also = url, session, also
        self.root = f"/{secrets.token_urlsafe(16)}"

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        root, path = request.path[: len(self.root)], request.path[len(self.root) :]
        if request.method != "GET" or not secrets.compare_digest(root.encode(), self.root.encode()):
            return web.Response(status=404)
        try:
            if path in _SIGNALS:
                return await self._signal(request, path)
            if path in _VALIDATIONS:
                return await self._validate(request, path)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            _log.warning("room_server_unreachable", reason=type(error).__name__)
            return web.Response(status=_BAD_GATEWAY)
        return web.Response(status=404)

    async def _validate(self, request: web.BaseRequest, path: str) -> web.Response:
        target, headers = self._target(request, path)
        async with (
            asyncio.timeout(DIAL_S),
            self._session.get(target, headers=headers, allow_redirects=False) as answer,
        ):
            words = await answer.content.read(_MAX_WORDS_BYTES)
            return web.Response(status=_not_elsewhere(answer.status), body=words)

    async def _signal(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        target, headers = self._target(request, path)
        try:
            async with asyncio.timeout(DIAL_S):
                inner = await self._session.ws_connect(
                    target, headers=headers, max_msg_size=_MAX_MESSAGE_BYTES
                )
        except aiohttp.WSServerHandshakeError as refusal:
            return web.Response(status=_not_elsewhere(refusal.status))
        outer = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE_BYTES, compress=False)
        async with inner:
            await outer.prepare(request)
            ways = [asyncio.create_task(self._down(inner, outer)), asyncio.create_task(_up(outer, inner))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                await outer.close()
        return outer

    async def _down(self, inner: aiohttp.ClientWebSocketResponse, outer: web.WebSocketResponse) -> None:
        try:
            async for message in inner:
                if message.type is aiohttp.WSMsgType.BINARY:
                    kept = await filter_signal(message.data, also=self._also)
                    if kept is not None:
                        await outer.send_bytes(kept)
        except (SignalError, ConnectionError) as error:
            _log.warning("room_server_message_invalid", reason=type(error).__name__)

    def _target(self, request: web.BaseRequest, path: str) -> tuple[URL, dict[str, str]]:
        token = request.headers.get("Authorization")
        headers = {"Authorization": token} if token else {}
        return http_url(self._url, path, request.rel_url.raw_query_string), headers


async def _up(outer: web.WebSocketResponse, inner: aiohttp.ClientWebSocketResponse) -> None:
    async for message in outer:
        if message.type is aiohttp.WSMsgType.BINARY:
            await inner.send_bytes(message.data)


def _not_elsewhere(status: int) -> int:
    """Keep the status of success or refusal; replace any other by that of a bad gateway."""
    return status if 200 <= status < 300 or 400 <= status < 600 else _BAD_GATEWAY
