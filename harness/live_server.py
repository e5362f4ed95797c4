"""A whole server for the figures of live sessions, in a folder of its own, and the face that it shows."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Any

import httpx

from harness.api_server import wait_until
from harness.server_process import Started, new_server
from visavis.bootstrap import face_models
from visavis.engine.photo import Photo
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.model import Rig
from visavis.samples.portrait import read_portrait
from visavis.settings import read_settings


def shown_rig() -> Rig:
    """The built-in face."""
    return build_rig(face_models(read_settings().models), Photo(read_portrait(), None)).rig


class Served(Started):
    """A running server, with what benches ask of it."""

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
    env = {
        "VISAVIS_REQUESTS_PER_MINUTE": "10000000",
        "VISAVIS_RENDER_PROCESSES": "1",
        "VISAVIS_LIVE_SLOTS": str(slots),
        "VISAVIS_LIVE_SPARE_CONVERSATIONS": "0",
        "VISAVIS_LIVE_CODEC": codec,
        "VISAVIS_LOG_LEVEL": "debug",  # which has the delays of every stage
        "VISAVIS_LOG_FORMAT": "json",
    }
    held = f'visavis_live_slots{{state="all"}} {slots}.0'
    with new_server(env | settings, has_log=True, prefix=prefix) as started:
        wait_until(lambda: held in httpx.get(f"{started.url}/metrics").text, within_s=120)
        yield Served(started.url, started.key, started.pid, started.log)
