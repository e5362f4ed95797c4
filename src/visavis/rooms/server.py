"""The process: sockets, endpoints, timers and shutdown."""

import asyncio
import contextlib
import ipaddress
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiohttp import web

from visavis.errors import SettingsError
from visavis.rooms.arrival import RoomContext
from visavis.rooms.backlog import Backlog
from visavis.rooms.connections import Connections
from visavis.rooms.guard import HTTP_LOG, guard, note_request
from visavis.rooms.ice import Candidates, Ice
from visavis.rooms.limits import RoomLimits
from visavis.rooms.peer import Certificate, Peer
from visavis.rooms.rooms import RoomRegistry
from visavis.rooms.roomservice import RoomService
from visavis.rooms.signalling import Signalling
from visavis.rooms.sockets import bind, port_of, raise_descriptor_limit
from visavis.rooms.tcp import TcpListener
from visavis.rooms.udp import UdpSocket

log = structlog.get_logger()

TICK_S: Final = 0.025
_WRITERS_RUN_S: Final = 0.05
_GOODBYE_S: Final = 1.0
_MAX_LINE_BYTES: Final = 128 * 1024  # the URL of a join request contains an offer


@dataclass(frozen=True)
class Options:
    """Options of the server.

    Attributes:
        keys: API keys with their secrets.
        host: IPv4 or IPv6 address for signalling and media.
        ports: Ports for signalling; the first free one is used; 0 for any port.
        udp_ports: The same for media.
        tcp_ports: The same for media of clients that UDP does not reach; `None` for no TCP.
        public_addresses: IPv4 and IPv6 addresses that clients get for media; `host` if empty.
        empty_timeout_s: Time for which a room waits for its first participant.
        departure_timeout_s: Time for which a room stays after the last participant left.
        limits: Limits on what one client may cost.
    """

    keys: Mapping[str, str] = field(repr=False)
    host: str = "127.0.0.1"
    ports: Sequence[int] = (7880,)
    udp_ports: Sequence[int] = (7882,)
    tcp_ports: Sequence[int] | None = (7882,)
    public_addresses: tuple[str, ...] = ()
    empty_timeout_s: int = 300
    departure_timeout_s: int = 20
    limits: RoomLimits = field(default_factory=RoomLimits)


class RoomServer:
    """A running room server; use it with `async with`.

    Args:
        options: Options of the server.

    Raises:
        AddressTakenError: On entry, if a port cannot be opened.
        SettingsError: On entry, if there is no address for clients.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = contextlib.AsyncExitStack()
        self._peers: set[asyncio.Task[None]] = set()
        self.port = 0
        self.udp_port = 0
        self.tcp_port: int | None = None

    async def __aenter__(self) -> "RoomServer":
        async with contextlib.AsyncExitStack() as stack:
            await self._open(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _open(self, stack: contextlib.AsyncExitStack) -> None:
        options = self._options
        backlog = Backlog()
        ice = await self._open_media(stack, backlog)
        stack.push_async_callback(self._end_peers)
        means = RoomContext(ice, Certificate(), options.keys, options.limits, backlog, self._start)
        rooms = RoomRegistry(
            means,
            empty_timeout_s=options.empty_timeout_s,
            departure_timeout_s=options.departure_timeout_s,
        )
        app = web.Application(client_max_size=4 * options.limits.message_bytes, middlewares=[note_request])
        app.router.add_get("/", _say_ok)
        Signalling(rooms, options.keys, options.limits).add_routes(app.router)
        RoomService(rooms, options.keys, options.limits).add_routes(app.router)
        runner = web.AppRunner(  # no access log: URLs contain tokens
            app,
            access_log=None,
            logger=HTTP_LOG,
            shutdown_timeout=_GOODBYE_S,
            max_line_size=_MAX_LINE_BYTES,
            max_field_size=_MAX_LINE_BYTES,
            max_headers=options.limits.header_lines,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        listening = bind(socket.SOCK_STREAM, options.host, options.ports)
        stack.callback(listening.close)
        self.port = port_of(listening)
        await self._accept(stack, runner, listening)
        stack.push_async_callback(_say_goodbye, rooms)
        ticking = asyncio.create_task(_tick(rooms))
        stack.push_async_callback(_cancel, ticking)
        log.info("rooms_ready", port=self.port, udp_port=self.udp_port, tcp_port=self.tcp_port)

    async def _accept(
        self, stack: contextlib.AsyncExitStack, runner: web.AppRunner, listening: socket.socket
    ) -> None:
        """Accept connections for signalling and RoomService."""
        if runner.server is None:
            raise AssertionError("the runner is set up")
        limits = self._options.limits
        # Half of the descriptors are for these connections, a quarter for media.
        max_total = min(limits.connections, raise_descriptor_limit() // 2)
        connections = Connections(max_total, min(limits.connections_per_address, max_total // 2))
        make = guard(runner.server, connections, limits)
        server = await asyncio.get_running_loop().create_server(make, sock=listening)
        stack.callback(server.close)

    async def _open_media(self, stack: contextlib.AsyncExitStack, backlog: Backlog) -> Ice:
        """Open the ports for media. Returns what finds the connection of a datagram."""
        options = self._options
        addresses = _told(options)
        datagrams = bind(socket.SOCK_DGRAM, options.host, options.udp_ports)
        stack.callback(datagrams.close)
        self.udp_port = port_of(datagrams)
        streams: socket.socket | None = None
        if options.tcp_ports is not None:
            streams = bind(socket.SOCK_STREAM, options.host, options.tcp_ports)
            stack.callback(streams.close)
            self.tcp_port = port_of(streams)
        candidates = Candidates(addresses, self.udp_port, self.tcp_port)
        ice = Ice(candidates, datagrams_a_second=options.limits.datagrams_a_second)
        udp = UdpSocket(datagrams, ice, backlog)
        stack.callback(udp.close)
        udp.open()
        if streams is not None:
            max_connections = min(options.limits.tcp_connections, raise_descriptor_limit() // 4)
            tcp = TcpListener(streams, ice, max_connections=max_connections)
            stack.callback(tcp.close)
            await tcp.open()
        return ice

    def _start(self, peer: Peer) -> None:
        task = asyncio.create_task(_guard(peer))
        self._peers.add(task)
        task.add_done_callback(self._peers.discard)

    async def _end_peers(self) -> None:
        for task in self._peers:
            task.cancel()
        await asyncio.gather(*self._peers, return_exceptions=True)


def _told(options: Options) -> tuple[str, ...]:
    """Addresses that clients get."""
    addresses = options.public_addresses or (options.host,)
    for address in addresses:
        try:
            usable = not ipaddress.ip_address(address).is_unspecified
        except ValueError as error:
            raise SettingsError(f"“{address}” is not an IP address.") from error
        if not usable:
            raise SettingsError(
                f"Clients cannot reach {address}. Give the addresses of this machine with --node-ip."
            )
    return addresses


async def _guard(peer: Peer) -> None:
    """Run a connection; an error ends only this one."""
    try:
        await peer.run()
    except Exception:
        log.exception("rooms_connection_failed")
        peer.lose()


async def _tick(rooms: RoomRegistry) -> None:
    due_s = time.monotonic()
    while True:
        due_s = max(due_s + TICK_S, time.monotonic())
        await asyncio.sleep(due_s - time.monotonic())
        try:
            rooms.tick()
        except Exception:
            log.exception("rooms_tick_failed")


async def _say_goodbye(rooms: RoomRegistry) -> None:
    rooms.close()
    await asyncio.sleep(_WRITERS_RUN_S)  # let the writers run before the sockets are closed


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _say_ok(_request: web.Request) -> web.Response:
    return web.Response(text="OK")
