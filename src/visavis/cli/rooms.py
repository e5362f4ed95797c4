"""`visavis rooms`: the embedded room server."""

import asyncio
import gc
import importlib.util
import ipaddress
import json
import os
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from visavis import bootstrap
from visavis.cli.console import clear_errors, complain, say
from visavis.errors import ExtraMissingError, SettingsError

if TYPE_CHECKING:
    from visavis.rooms.server import Options

DEV_KEY: Final = "devkey"
DEV_SECRET: Final = "secret-of-devkey-for-this-machine-only"  # noqa: S105 - public on purpose, loopback only
_SHORTEST_SECRET: Final = 32


@clear_errors
def rooms(
    dev: Annotated[
        bool,
        typer.Option("--dev", help=f"Use the key {DEV_KEY} and a public secret; loopback addresses only."),
    ] = False,
    host: Annotated[str, typer.Option(help="IPv4 or IPv6 address for signalling and media.")] = "127.0.0.1",
    port: Annotated[
        str,
        typer.Option(
            help="TCP port for signalling: a port, 0 for any free port, or a range for its first free port."
        ),
    ] = "7880",
    udp_port: Annotated[str, typer.Option(help="UDP port for media: a port, 0 or a range.")] = "7882",
    tcp_port: Annotated[
        str,
        typer.Option(
            help="TCP port for clients that UDP does not reach, or “off”. As --udp-port if not given."
        ),
    ] = "",
    node_ip: Annotated[
        list[str] | None,
        typer.Option(help="Address that clients use for media, if it differs from --host. Can be repeated."),
    ] = None,
    empty_timeout: Annotated[
        int, typer.Option(min=1, help="Time that a room waits for its first participant, in seconds.")
    ] = 300,
    departure_timeout: Annotated[
        int,
        typer.Option(min=1, help="Time that a room stays open after its last participant left, in seconds."),
    ] = 20,
) -> None:
    """Run a small room server that LiveKit clients connect to.

    The key and the secret are read from LIVEKIT_API_KEY and LIVEKIT_API_SECRET. When the server is ready, one
    line of JSON on standard output has its `url`, `api_key`, `port`, `udp_port` and `tcp_port`.
    """
    if importlib.util.find_spec("aiortc") is None or importlib.util.find_spec("aiohttp") is None:
        raise ExtraMissingError("The room server is not installed. Run `pip install 'visavis[rooms]'`.")
    bootstrap.read_settings()
    key, secret = _read_key(dev=dev, host=host)
    from visavis.rooms.server import Options
    from visavis.rooms.sockets import parse_ports

    options = Options(
        keys={key: secret},
        host=host,
        ports=parse_ports(port),
        udp_ports=parse_ports(udp_port),
        tcp_ports=None if tcp_port == "off" else parse_ports(tcp_port or udp_port),
        public_addresses=tuple(node_ip or ()),
        empty_timeout_s=empty_timeout,
        departure_timeout_s=departure_timeout,
    )
    asyncio.run(_serve(options, key))


def _read_key(*, dev: bool, host: str) -> tuple[str, str]:
    key, secret = os.environ.get("LIVEKIT_API_KEY", ""), os.environ.get("LIVEKIT_API_SECRET", "")
    if dev:
        if not _is_loopback(host):
            raise SettingsError("--dev uses a public secret, so --host must be a loopback address.")
        return key or DEV_KEY, secret or DEV_SECRET
    if not key or len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET (at least {_SHORTEST_SECRET} "
            "characters), or use --dev."
        )
    return key, secret


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise SettingsError(f"“{host}” is not an IP address.") from error


async def _serve(options: "Options", key: str) -> None:
    from visavis.rooms.server import RoomServer

    async with RoomServer(options) as server:
        # Participants who left are reference cycles, which only a full collection frees. A full collection
        # starts when a quarter of the objects are new. Freezing all permanent objects makes it early and
        # cheap.
        gc.collect()
        gc.freeze()
        gc.collect()
        host = f"[{options.host}]" if ":" in options.host else options.host
        address = {
            "url": f"ws://{host}:{server.port}",
            "api_key": key,
            "port": server.port,
            "udp_port": server.udp_port,
            "tcp_port": server.tcp_port,
        }
        say.print(json.dumps(address), markup=False)
        if say.is_terminal:
            _explain(address)
        await asyncio.Event().wait()


def _explain(address: dict[str, Any]) -> None:
    """Print the address for people."""
    tcp = "" if address["tcp_port"] is None else f" or TCP port {address['tcp_port']}"
    for line in (
        f"LIVEKIT_URL={address['url']}",
        f"LIVEKIT_API_KEY={address['api_key']}",
        f"Media: UDP port {address['udp_port']}{tcp}. Stop with Ctrl-C.",
    ):
        complain.print(line, markup=False)
