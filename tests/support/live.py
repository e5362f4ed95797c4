"""A server with live sessions, and the viewers of its avatars."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from harness.viewing import Viewer, mouth_box, watching

from tests.support.server import Server, until
from visavis.engine.rig.model import Rig

SLOTS = 4
DEADLINE_S = 150


def asynchronous(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own, with a deadline."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(DEADLINE_S):
                await test(*args, **kwargs)

        asyncio.run(bounded())

    return run


@dataclass
class Stage:
    """A server, and the appearance of its avatars."""

    server: Server
    rig: Rig

    @property
    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.server.key}"}
        return httpx.AsyncClient(base_url=self.server.url, headers=headers, timeout=60)

    @asynccontextmanager
    async def session(self, **sent: Any) -> AsyncIterator[dict[str, Any]]:
        """A session, deleted at the end if it has not ended by then."""
        async with self.client as client:
            answer = await client.post("/v1/realtime/session", **sent)
            assert answer.status_code == 200, answer.text
            made: dict[str, Any] = answer.json()
            try:
                yield made
            finally:
                ended = await client.delete(f"/v1/realtime/session/{made['session_id']}")
                assert ended.status_code in {200, 409}

    @asynccontextmanager
    async def watched(self, made: dict[str, Any]) -> AsyncIterator[Viewer]:
        """The user of a session, once the avatar is seen."""
        async with watching(made["livekit_url"], made["token"], mouth_box(self.rig)) as viewer:
            await viewer.until(lambda: viewer.frames > 0)
            yield viewer

    def state(self, made: dict[str, Any]) -> dict[str, Any]:
        with self.server.client() as client:
            answer: dict[str, Any] = client.get(f"/v1/realtime/session/{made['session_id']}").json()
            return answer

    def worker_of(self, made: dict[str, Any]) -> str | None:
        rows = self.server.rows("SELECT worker_id FROM sessions WHERE id = %s", made["session_id"])
        return rows[0][0] if rows else None


def start_live(folder: Path, **env: str) -> Server:
    """A server that holds live sessions."""
    given = {
        "VISAVIS_REQUESTS_PER_MINUTE": "100000",
        "VISAVIS_ROOMS_PORT": "0",
        "VISAVIS_ROOMS_UDP_PORT": "0",
        "VISAVIS_RENDER_PROCESSES": "1",
        "VISAVIS_LIVE_SLOTS": str(SLOTS),
        "VISAVIS_LIVE_SPARE_CONVERSATIONS": "0",
        "VISAVIS_LIVE_SPARE_SOUND_PROCESSES": "0",
        "VISAVIS_PAYMENT_REQUIRED": "false",
        "VISAVIS_ROOM_NETWORKS": '["127.0.0.0/8"]',
    }
    server = Server(folder, given | env)
    server.start()
    until(lambda: live_slots(server) >= int(server.env["VISAVIS_LIVE_SLOTS"]), within_s=90, what="live slots")
    return server


def live_slots(server: Server) -> int:
    """Of workers that live."""
    lives = "seen_at > now() - interval '5 s'"
    return int(server.rows(f"SELECT coalesce(sum(live_slots), 0) FROM workers WHERE {lives}")[0][0])
