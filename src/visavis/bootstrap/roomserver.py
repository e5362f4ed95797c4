"""The embedded room server of `visavis serve`: a process of its own, started again when it dies."""

import ipaddress
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ValidationError

from visavis.adapters import tethered
from visavis.errors import LiveRoomError, SettingsError
from visavis.settings import RoomSettings
from visavis.whole_file import whole_file

KEY: Final = "visavis"
_START_S: Final = 60.0
_STOP_S: Final = 5.0
_LOOPBACK: Final = "127.0.0.1"
_EVERY_ADDRESS: Final = "0.0.0.0"  # noqa: S104 - compared with, not listened on

_log = structlog.get_logger()


@dataclass(frozen=True)
class RoomsAddress:
    """Where the embedded room server is.

    Attributes:
        url: For workers on this machine.
        public_url: For clients.
    """

    url: str
    public_url: str

    def write(self, note: Path) -> None:
        """Write it down for the workers."""
        with whole_file(note) as part:
            part.write_text(json.dumps({"url": self.url, "public_url": self.public_url}))

    @classmethod
    def read(cls, note: Path) -> "RoomsAddress":
        """What was written down.

        Raises:
            SettingsError: Nothing was.
        """
        try:
            return cls(**json.loads(note.read_text()))
        except FileNotFoundError as error:
            raise SettingsError(
                "There is no room server. Set LIVEKIT_URL, or start `visavis serve` with this folder first."
            ) from error


class EmbeddedRooms:
    """The room server's process."""

    name = "room server"

    def __init__(self, settings: RoomSettings, host: str, secret: str) -> None:
        """Prepare.

        Args:
            settings: Ports and addresses.
            host: What the gateway listens on.
            secret: Of its key.
        """
        self._settings, self._secret = settings, secret
        self._host = settings.host or (host if _is_ipv4(host) else _LOOPBACK)
        everywhere = self._host == _EVERY_ADDRESS
        self._shown = settings.address or (_own_address() if everywhere else self._host)
        self._reached = _LOOPBACK if everywhere else self._host
        self._port, self._udp_port = settings.port, settings.udp_port
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> RoomsAddress:
        """Where it is, once it was started."""
        public = self._settings.url or f"ws://{self._shown}:{self._port}"
        return RoomsAddress(f"ws://{self._reached}:{self._port}", public)

    def start(self) -> None:
        """Start it, and wait until it answers. Started again it has the ports that it had.

        Raises:
            LiveRoomError: It did not start.
        """
        words = [sys.executable, "-m", "visavis.cli.main", "rooms", "--host", self._host]
        words += ["--port", str(self._port), "--udp-port", str(self._udp_port), "--node-ip", self._shown]
        self._close_output()
        environment = {**os.environ, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": self._secret}
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            tethered.command(words, on_parents_death=signal.SIGKILL),
            env=environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        address = _read_address(self._process)
        self._port, self._udp_port = address.port, address.udp_port

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close_output()

    def _close_output(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()


class _Address(BaseModel):
    """The line that the server writes when it is ready; what else it has is for others."""

    port: int
    udp_port: int


def _read_address(process: "subprocess.Popen[str]") -> _Address:
    """Wait until the server is ready. Returns the ports that it has.

    Raises:
        LiveRoomError: It did not become ready.
    """
    output = process.stdout
    if output is None:
        raise LiveRoomError("The room server has no output.")
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(output.readline()), daemon=True).start()
    try:
        address = _Address.model_validate_json(lines.get(timeout=_START_S))
    except (queue.Empty, ValidationError) as error:
        process.kill()
        process.wait()
        raise LiveRoomError(
            "The room server did not start. Its port may be in use: set VISAVIS_ROOMS_PORT and "
            "VISAVIS_ROOMS_UDP_PORT to other ports, or set LIVEKIT_URL."
        ) from error
    _log.info("rooms_started", port=address.port, udp_port=address.udp_port)
    return address


def _is_ipv4(host: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(host), ipaddress.IPv4Address)
    except ValueError:
        return False


def _own_address() -> str:
    """The address from which this machine reaches others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return _LOOPBACK
        return str(probe.getsockname()[0])
