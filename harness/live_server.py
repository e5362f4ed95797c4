"""A whole server for the figures of live sessions, in a folder of its own, and the face that it shows."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from visavis.adapters import tethered
from visavis.bootstrap import face_models
from visavis.engine.photo import Photo
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.model import Rig
from visavis.samples.portrait import paint_portrait
from visavis.settings import read_settings


def shown_rig() -> Rig:
    """The built-in face."""
    return build_rig(face_models(read_settings().models), Photo(paint_portrait(), None)).rig


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    key: str
    pid: int
    log: Path

    def client(self) -> httpx.AsyncClient:
        """Asks with its key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[tuple[dict[str, Any], float]]:
        """A session with the built-in face: the answer to its creation, and when that was asked for."""
        async with self.client() as client:
            asked_s = time.monotonic()
            made = (await client.post("/v1/realtime/session")).raise_for_status().json()
            try:
                yield made, asked_s
            finally:
                await client.delete(f"/v1/realtime/session/{made['session_id']}")


@contextmanager
def serving(
    slots: int,
    codec: str,
    settings: Mapping[str, str] = MappingProxyType({}),
    *,
    prefix: tuple[str, ...] = (),
) -> Iterator[Served]:
    """A server in a folder of its own.

    Args:
        slots: Live sessions that it holds.
        codec: Of their video.
        settings: More of the environment, such as another room server than its own.
        prefix: A command that starts the server's.
    """
    folder = Path(tempfile.mkdtemp(prefix="visavis-bench-"))
    folder.chmod(0o755)
    words = [
        *prefix,
        str(Path(sys.executable).with_name("visavis")),
        "serve",
        "--port",
        "0",
        "--data",
        str(folder),
    ]
    env = os.environ | {
        "VISAVIS_REQUESTS_PER_MINUTE": "10000000",
        "VISAVIS_ROOMS_PORT": "0",
        "VISAVIS_ROOMS_UDP_PORT": "0",
        "VISAVIS_RENDER_PROCESSES": "1",
        "VISAVIS_LIVE_SLOTS": str(slots),
        "VISAVIS_LIVE_CODEC": codec,
        "VISAVIS_LOG_LEVEL": "debug",  # which has the delays of every stage
        "VISAVIS_LOG_FORMAT": "json",
    }
    env |= settings
    log = folder / "serve.log"
    with log.open("w") as errors:
        tied = tethered.command(words, on_parents_death=signal.SIGTERM)
        process = subprocess.Popen(tied, stdout=subprocess.PIPE, stderr=errors, text=True, env=env)
    try:
        if process.stdout is None:
            raise RuntimeError("no output")
        url = re.findall(r"http://\S+?:\d+", process.stdout.readline())[0]
        key = process.stdout.readline().strip().rpartition(" ")[2]
        deadline = time.monotonic() + 120
        while f'visavis_live_slots{{state="all"}} {slots}.0' not in httpx.get(f"{url}/metrics").text:
            if time.monotonic() > deadline:
                raise TimeoutError("no live slots")
            time.sleep(0.2)
        yield Served(url, key, process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(90)
        shutil.rmtree(folder, ignore_errors=True)
