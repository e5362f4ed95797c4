"""The two servers that are compared: ours, and a real livekit-server, which Go builds once."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from platformdirs import user_cache_path

from harness.room_clients import Target

REFERENCE = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
SECRET = uuid.uuid4().hex
KEY = "testkey"
READY_S = 30
BUILD_S = 1500


class NoReferenceError(Exception):
    """There is no livekit-server, and none can be built."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    target: Target
    pid: int


@contextmanager
def embedded(log: Path) -> Iterator[Server]:
    """Start our server on free ports; its log is kept, and must contain no traceback."""
    command = [sys.executable, "-m", "visavis", "rooms", "--port", "0", "--udp-port", "0"]
    environment = {**os.environ, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    environment |= {"VISAVIS_LOG_LEVEL": "info", "PYTHONUNBUFFERED": "1"}
    with log.open("w") as errors, _running(command, environment, errors) as process:
        line = process.stdout.readline() if process.stdout is not None else ""
        assert line, f"The server did not start:\n{log.read_text()}"
        yield Server(Target(json.loads(line)["url"], KEY, SECRET), process.pid)
    assert "Traceback" not in log.read_text()


@contextmanager
def reference(log: Path) -> Iterator[Server]:
    """Start a real livekit-server on free ports.

    Raises:
        NoReferenceError: It is missing and cannot be built.
    """
    binary = _build_reference()
    port, udp_port, tcp_port = _free_port(), _free_port(), _free_port()
    config = f"""
port: {port}
bind_addresses: ["127.0.0.1"]
keys: {{"{KEY}": "{SECRET}"}}
room: {{departure_timeout: 20}}
rtc:
  udp_port: {udp_port}
  tcp_port: {tcp_port}
  node_ip: 127.0.0.1
  enable_loopback_candidate: true
  ips: {{includes: ["127.0.0.1/32"]}}  # others would be told as 127.0.0.1 too, and hide the real one
  use_ice_lite: true
"""
    with log.open("w") as errors, _running([str(binary), "--config-body", config], {}, errors) as process:
        if not _wait_for_port(port):
            raise AssertionError(f"The server did not start:\n{log.read_text()}")
        yield Server(Target(f"ws://127.0.0.1:{port}", KEY, SECRET), process.pid)


def _build_reference() -> Path:
    folder = user_cache_path("visavis-livekit")
    binary = folder / "server"
    if not binary.exists():
        go = shutil.which("go")
        if go is None:
            raise NoReferenceError("no Go here to build a real livekit-server with")
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "GOBIN": str(folder)}
        built = subprocess.run(
            [go, "install", REFERENCE], env=environment, timeout=BUILD_S, capture_output=True, text=True
        )
        if built.returncode:
            raise NoReferenceError("Go could not build a real livekit-server")
    return binary


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], errors: IO[str]
) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int) -> bool:
    """Whether something listens before the deadline; a refused attempt is repeated."""
    deadline_s = time.monotonic() + READY_S
    while time.monotonic() < deadline_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
