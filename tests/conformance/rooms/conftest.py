"""The suite runs against the embedded server, and against a real livekit-server where Go can build one.

With LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET set it runs against that server instead.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from platformdirs import user_cache_path
from tests.conformance.rooms.clients import Target

REFERENCE = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
SECRET = uuid.uuid4().hex
KEY = "testkey"
READY_S = 30
BUILD_S = 1500


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(BUILD_S + 120))


@pytest.fixture(scope="session", params=["embedded", "livekit-server"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    named = os.environ.get("LIVEKIT_URL")
    if named:
        if request.param != "embedded":
            pytest.skip("LIVEKIT_URL names the server")
        yield Target(named, os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"])
        return
    log = tmp_path_factory.mktemp("rooms") / f"{request.param}.log"
    start = _embedded if request.param == "embedded" else _reference
    with start(log) as started:
        yield started


@contextmanager
def _embedded(log: Path) -> Iterator[Target]:
    command = [sys.executable, "-m", "visavis", "rooms", "--port", "0", "--udp-port", "0"]
    environment = {**os.environ, "LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    environment |= {"VISAVIS_LOG_LEVEL": "info", "PYTHONUNBUFFERED": "1"}
    with log.open("w") as errors, _running(command, environment, errors) as output:
        for line in output:
            if found := re.match(r"LIVEKIT_URL=(\S+)", line):
                yield Target(found[1], KEY, SECRET)
                break
        else:
            pytest.fail(f"The server did not start:\n{log.read_text()}")
    assert "Traceback" not in log.read_text()


@contextmanager
def _reference(log: Path) -> Iterator[Target]:
    binary = _build_reference()
    port, udp_port = _free_port(), _free_port()
    config = f"""
port: {port}
bind_addresses: ["127.0.0.1"]
keys: {{"{KEY}": "{SECRET}"}}
room: {{departure_timeout: 20}}
rtc: {{udp_port: {udp_port}, tcp_port: 0, node_ip: 127.0.0.1, enable_loopback_candidate: true}}
"""
    with log.open("w") as errors, _running([str(binary), "--config-body", config], {}, errors):
        deadline = _wait_for_port(port)
        assert deadline, f"The server did not start:\n{log.read_text()}"
        yield Target(f"ws://127.0.0.1:{port}", KEY, SECRET)


def _build_reference() -> Path:
    folder = user_cache_path("visavis-livekit")
    binary = folder / "server"
    if not binary.exists():
        go = shutil.which("go")
        if go is None:
            pytest.skip("no Go here to build a real livekit-server with")
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "GOBIN": str(folder)}
        built = subprocess.run(
            [go, "install", REFERENCE], env=environment, timeout=BUILD_S, capture_output=True, text=True
        )
        if built.returncode:
            pytest.skip("Go could not build a real livekit-server")
    return binary


@contextmanager
def _running(command: list[str], environment: dict[str, str], errors: IO[str]) -> Iterator[IO[str]]:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int) -> bool:
    """Whether something listens before the deadline; each refused attempt is answered at once."""
    deadline_s = time.monotonic() + READY_S
    while time.monotonic() < deadline_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
