"""The process: sockets, endpoints, time, and a clean end."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiohttp import web

from visavis.errors import AddressTakenError
from visavis.rooms.arrival import Means
from visavis.rooms.limits import Limits
from visavis.rooms.peer import Certificate, Peer
from visavis.rooms.room import Rooms
from visavis.rooms.roomservice import RoomService
from visavis.rooms.signalling import Signalling
from visavis.rooms.udp import UdpSocket

log = structlog.get_logger()

TICK_S: Final = 0.05
_GOODBYE_S: Final = 1.0
_MOST_LINE_BYTES: Final = 128 * 1024  # a join request, with its offer, is in the address


@dataclass(frozen=True)
class Options:
    """How the server runs.

    Attributes:
        keys: API key to its secret.
        host: IPv4 address for signalling and media.
        port: For signalling; 0 is any.
        udp_port: For media; 0 is any.
        public_address: IPv4 address that clients are told for media; `host` if empty.
        empty_timeout_s: How long a room waits for its first participant.
        departure_timeout_s: How long it stays after the last one.
        limits: What one client may cost.
    """

    keys: Mapping[str, str] = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 7880
    udp_port: int = 7882
    public_address: str = ""
    empty_timeout_s: int = 300
    departure_timeout_s: int = 20
    limits: Limits = field(default_factory=Limits)


class RoomServer:
    """A running room server; use it with `async with`.

    Args:
        options: How it runs.

    Raises:
        AddressTakenError: On entry, if a port cannot be had.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = contextlib.AsyncExitStack()
        self._peers: set[asyncio.Task[None]] = set()
        self.port = 0
        self.udp_port = 0

    async def __aenter__(self) -> "RoomServer":
        async with contextlib.AsyncExitStack() as stack:
            await self._open(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        options = self._options
        socket = UdpSocket(
            options.host,
            options.udp_port,
            public_address=options.public_address,
            datagrams_a_second=options.limits.datagrams_a_second,
        )
        stack.callback(socket.close)
        socket.open()
        stack.push_async_callback(self._end_peers)
        means = Means(socket, Certificate(), options.limits, self._start)
        rooms = Rooms(
            means,
            empty_timeout_s=options.empty_timeout_s,
            departure_timeout_s=options.departure_timeout_s,
        )
        app = web.Application(client_max_size=4 * options.limits.message_bytes)
        app.router.add_get("/", _say_ok)
        Signalling(rooms, options.keys, options.limits).add_routes(app.router)
        RoomService(rooms, options.keys, options.limits).add_routes(app.router)
        runner = web.AppRunner(  # no access log: tokens are in addresses
            app,
            access_log=None,
            shutdown_timeout=_GOODBYE_S,
            max_line_size=_MOST_LINE_BYTES,
            max_field_size=_MOST_LINE_BYTES,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, options.host, options.port)
        try:
            await site.start()
        except OSError as error:
            raise AddressTakenError(
                f"TCP {options.host}:{options.port} cannot be used: {error.strerror}."
            ) from error
        self.port = runner.addresses[0][1]
        self.udp_port = socket.port
        stack.push_async_callback(_say_goodbye, rooms)
        ticking = asyncio.create_task(_tick(rooms))
        stack.push_async_callback(_cancel, ticking)
        log.info("rooms_ready", port=self.port, udp_port=self.udp_port)

    def _start(self, peer: Peer) -> None:
        task = asyncio.create_task(_guard(peer))
        self._peers.add(task)
        task.add_done_callback(self._peers.discard)

    async def _end_peers(self) -> None:
        for task in self._peers:
            task.cancel()
        await asyncio.gather(*self._peers, return_exceptions=True)


async def _guard(peer: Peer) -> None:
    """Whatever goes wrong in one connection ends that one only."""
    try:
        await peer.run()
    except Exception:
        log.exception("rooms_connection_failed")
        peer.lose()


async def _tick(rooms: Rooms) -> None:
    due_s = time.monotonic()
    while True:
        due_s = max(due_s + TICK_S, time.monotonic())
        await asyncio.sleep(due_s - time.monotonic())
        try:
            rooms.tick()
        except Exception:
            log.exception("rooms_tick_failed")


async def _say_goodbye(rooms: Rooms) -> None:
    rooms.close()
    await asyncio.sleep(TICK_S)  # the writers run before the sockets are closed


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _say_ok(_request: web.Request) -> web.Response:
    return web.Response(text="OK")
