"""A bad connection between a client and a server: it loses packets, or blocks UDP.

Signalling goes through a proxy that replaces the server's addresses by those of a relay. A seeded generator
decides which packets the relay drops. Clients and servers are unmodified.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import aiohttp
from aiohttp import web
from livekit.protocol.rtc import SignalRequest, SignalResponse

from harness.room_clients import Target

CANDIDATE = re.compile(
    r"(?P<head>candidate:\S+ \d+) (?P<kind>\S+) (?P<priority>\d+) (?P<host>\S+) (?P<port>\d+)"
)
Address = tuple[str, int]


class Relay(asyncio.DatagramProtocol):
    """Relays datagrams between clients and one server, and drops some.

    Attributes:
        loss: Share of the packets that are dropped in each direction, 0..1; may change at any time.
        lost: Number of packets dropped so far, up and down.
    """

    def __init__(self, server: Address, seed: int) -> None:
        self._server = server
        self._random = random.Random(seed)
        self._own: asyncio.DatagramTransport | None = None
        self._by_client: dict[Address, asyncio.DatagramTransport] = {}
        self._early: dict[Address, list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.loss = 0.0
        self.lost = {"up": 0, "down": 0}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._own = cast("asyncio.DatagramTransport", transport)

    def _loses(self, way: str) -> bool:
        lost = self._random.random() < self.loss
        self.lost[way] += lost
        return lost

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Relay a datagram from a client."""
        if self._loses("up"):
            return
        known = self._by_client.get(addr)
        if known is not None:
            known.sendto(data)
        elif addr in self._early:
            self._early[addr].append(data)
        else:
            self._early[addr] = [data]
            task = asyncio.create_task(self._reach_server(addr))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reach_server(self, client: Address) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Back(self, client), remote_addr=self._server
        )
        self._by_client[client] = transport
        for data in self._early.pop(client):
            transport.sendto(data)

    def send_back(self, data: bytes, client: Address) -> None:
        """Relay a datagram from the server."""
        if self._own is not None and not self._loses("down"):
            self._own.sendto(data, client)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for transport in (*self._by_client.values(), self._own):
            if transport is not None:
                transport.close()
        await asyncio.sleep(0)  # they are closed in the loop's next turn


class _Back(asyncio.DatagramProtocol):
    def __init__(self, relay: Relay, client: Address) -> None:
        self._relay = relay
        self._client = client

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._relay.send_back(data, self._client)


class Line:
    """A bad connection.

    Args:
        target: Server.
        udp: Whether UDP passes; without it, media uses TCP.
        seed: Seed of the losses.
        edit: Changes requests of clients.
    """

    def __init__(
        self, target: Target, *, udp: bool, seed: int, edit: Callable[[SignalRequest], None]
    ) -> None:
        self._server = target
        self._udp = udp
        self._seed = seed
        self._edit = edit
        self._relays: dict[Address, tuple[Relay, int]] = {}
        self._making = asyncio.Lock()
        self._session = aiohttp.ClientSession()
        self.target = target

    @property
    def lost(self) -> dict[str, int]:
        """Number of packets lost so far."""
        return {way: sum(relay.lost[way] for relay, _ in self._relays.values()) for way in ("up", "down")}

    def lose(self, share: float) -> None:
        """Drop this share of all packets from now on."""
        for relay, _ in self._relays.values():
            relay.loss = share

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Pass on a request of a client."""
        url = f"{self._server.http_url}{request.path_qs}"
        headers = {name: request.headers[name] for name in ("Authorization",) if name in request.headers}
        if request.headers.get("Upgrade", "").lower() != "websocket":
            async with self._session.get(url, headers=headers) as answer:
                anybody = {"Access-Control-Allow-Origin": "*"}
                return web.Response(status=answer.status, body=await answer.read(), headers=anybody)
        try:
            inner = await self._session.ws_connect(url, headers=headers, max_msg_size=0)
        except aiohttp.WSServerHandshakeError as refusal:
            return web.Response(status=refusal.status)
        outer = web.WebSocketResponse(max_msg_size=0)
        await outer.prepare(request)
        down = asyncio.create_task(self._pass_down(inner, outer))
        try:
            async for message in outer:
                if message.type is aiohttp.WSMsgType.BINARY and (kept := self._strip(message.data)):
                    await inner.send_bytes(kept)
        finally:
            down.cancel()
            await inner.close()
        return outer

    async def _pass_down(self, inner: aiohttp.ClientWebSocketResponse, outer: web.WebSocketResponse) -> None:
        async for message in inner:
            if message.type is aiohttp.WSMsgType.BINARY:
                await outer.send_bytes(await self._redirect(message.data))
        await outer.close()

    async def _redirect(self, packed: bytes) -> bytes:
        """Replace the server's addresses by the relay's."""
        response = SignalResponse.FromString(packed)
        kind = response.WhichOneof("message")
        if kind == "trickle":
            response.trickle.candidateInit = await self._redirect_text(response.trickle.candidateInit)
        elif kind in ("offer", "answer"):
            description = getattr(response, kind)
            lines = [await self._redirect_text(line) for line in description.sdp.split("\r\n")]
            description.sdp = "\r\n".join(lines)
        else:
            return packed
        return response.SerializeToString()

    async def _redirect_text(self, text: str) -> str:
        found = CANDIDATE.search(text)
        if found is None:
            return text
        host, port, kind = found["host"], int(found["port"]), found["kind"].lower()
        if kind == "udp" and self._udp and ":" not in host:
            port = await self._relay_to((host, port))
        elif kind == "udp" or self._udp:
            host, port = "127.0.0.1", 9  # nobody is there
        return CANDIDATE.sub(rf"\g<head> {kind} \g<priority> {host} {port}", text)

    async def _relay_to(self, server: Address) -> int:
        async with self._making:
            if server not in self._relays:
                loop = asyncio.get_running_loop()
                transport, relay = await loop.create_datagram_endpoint(
                    lambda: Relay(server, self._seed), local_addr=("127.0.0.1", 0)
                )
                self._relays[server] = (relay, transport.get_extra_info("sockname")[1])
        return self._relays[server][1]

    def _strip(self, packed: bytes) -> bytes:
        """Remove the client's own addresses, so that the server cannot bypass the relay."""
        request = SignalRequest.FromString(packed)
        self._edit(request)
        kind = request.WhichOneof("message")
        if kind == "trickle":
            return b""
        if kind in ("offer", "answer"):
            description = getattr(request, kind)
            lines = description.sdp.split("\r\n")
            description.sdp = "\r\n".join(line for line in lines if not line.startswith("a=candidate:"))
        return request.SerializeToString()

    async def close(self) -> None:
        for relay, _ in self._relays.values():
            await relay.close()
        await self._session.close()


@asynccontextmanager
async def line_to(
    target: Target,
    *,
    udp: bool = True,
    seed: int = 1,
    edit: Callable[[SignalRequest], None] = lambda _request: None,
) -> AsyncIterator[Line]:
    """Open a bad connection to a server; clients connect to `line.target`."""
    line = Line(target, udp=udp, seed=seed, edit=edit)
    app = web.Application()
    app.router.add_get("/{path:.*}", line.serve)
    runner = web.AppRunner(app, shutdown_timeout=1, max_line_size=1 << 17, max_field_size=1 << 17)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        line.target = replace(target, url=f"ws://127.0.0.1:{runner.addresses[0][1]}")
        yield line
    finally:
        await runner.cleanup()
        await line.close()
