"""`visavis rooms`: the embedded room server."""

import asyncio
import importlib.util
import os
from typing import TYPE_CHECKING, Annotated, Final

import typer

from visavis import telemetry
from visavis.cli.console import clear_errors, say
from visavis.errors import ExtraMissingError, SettingsError
from visavis.settings import read_settings

if TYPE_CHECKING:
    from visavis.rooms.server import Options

DEV_KEY: Final = "devkey"
DEV_SECRET: Final = "secret-of-devkey-for-this-machine-only"  # noqa: S105 - public on purpose, loopback only
_LOOPBACK: Final = "127."
_SHORTEST_SECRET: Final = 32


@clear_errors
def rooms(
    dev: Annotated[
        bool,
        typer.Option("--dev", help=f"Use the key {DEV_KEY} and a public secret; loopback addresses only."),
    ] = False,
    host: Annotated[str, typer.Option(help="IPv4 address for signalling and media.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port for signalling; 0 is any.")] = 7880,
    udp_port: Annotated[int, typer.Option(min=0, max=65535, help="UDP port for media; 0 is any.")] = 7882,
    node_ip: Annotated[
        str, typer.Option(help="IPv4 address that clients are told for media, if it is not --host.")
    ] = "",
    empty_timeout: Annotated[
        int, typer.Option(min=1, help="Seconds that a room waits for its first participant.")
    ] = 300,
    departure_timeout: Annotated[
        int, typer.Option(min=1, help="Seconds that a room stays after its last participant.")
    ] = 20,
) -> None:
    """Run a small room server that LiveKit clients connect to.

    The key and the secret are read from LIVEKIT_API_KEY and LIVEKIT_API_SECRET.
    """
    if importlib.util.find_spec("aiortc") is None or importlib.util.find_spec("aiohttp") is None:
        raise ExtraMissingError('The room server is not installed: pip install "visavis[rooms]".')
    telemetry.configure(read_settings())
    key, secret = _read_key(dev=dev, host=host)
    from visavis.rooms.server import Options

    options = Options(
        keys={key: secret},
        host=host,
        port=port,
        udp_port=udp_port,
        public_address=node_ip,
        empty_timeout_s=empty_timeout,
        departure_timeout_s=departure_timeout,
    )
    asyncio.run(_serve(options, key))


def _read_key(*, dev: bool, host: str) -> tuple[str, str]:
    key, secret = os.environ.get("LIVEKIT_API_KEY", ""), os.environ.get("LIVEKIT_API_SECRET", "")
    if dev:
        if not host.startswith(_LOOPBACK):
            raise SettingsError("--dev has a public secret: it serves loopback addresses only.")
        return key or DEV_KEY, secret or DEV_SECRET
    if not key or len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET ({_SHORTEST_SECRET} characters or more), or --dev."
        )
    return key, secret


async def _serve(options: "Options", key: str) -> None:
    from visavis.rooms.server import RoomServer

    async with RoomServer(options) as server:
        say.print(f"LIVEKIT_URL=ws://{options.host}:{server.port}", markup=False)
        say.print(f"LIVEKIT_API_KEY={key}", markup=False)
        say.print(f"Media comes over UDP port {server.udp_port}. Ctrl-C ends it.", markup=False)
        await asyncio.Event().wait()
