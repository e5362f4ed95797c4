"""Live sessions on a real server, with its own room server and with a real livekit-server."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from bench.viewing import Expected, Viewer, expected, mouth_box, watching
from tests.api.conftest import Server, media, open_folder, postgres, until
from tests.conformance.rooms.servers import BUILD_S, NoReferenceError, reference

from visavis.engine.rig.model import Rig
from visavis.engine.speech import SpeechModel

__all__ = ["media", "open_folder", "postgres"]

SLOTS = 4
DEADLINE_S = 150


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(BUILD_S + 300))


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
    """A server, and what its avatars look like."""

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
        "VISAVIS_RENDER_CHILDREN": "1",
        "VISAVIS_LIVE_SLOTS": str(SLOTS),
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


@pytest.fixture(scope="session", params=["embedded", "livekit-server"])
def stage(
    request: pytest.FixtureRequest,
    open_folder: Callable[[], Path],
    face_models_folder: Path,
    portrait_rig: Rig,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """A server whose sessions meet in its own room server, and one whose sessions meet in a real one."""
    rooms: dict[str, str] = {}
    with ExitStack() as stack:
        if request.param != "embedded":
            try:
                real = stack.enter_context(reference(tmp_path_factory.mktemp("rooms") / "livekit.log"))
            except NoReferenceError as reason:
                pytest.skip(str(reason))
            target = real.target
            rooms = {"LIVEKIT_URL": target.url, "LIVEKIT_API_KEY": target.key}
            rooms["LIVEKIT_API_SECRET"] = target.secret
        server = start_live(open_folder(), **rooms)
        yield Stage(server, portrait_rig)
        assert server.stop() == 0


@pytest.fixture(scope="session")
def own_stage(
    open_folder: Callable[[], Path], face_models_folder: Path, portrait_rig: Rig
) -> Iterator[Callable[..., Stage]]:
    """Servers for tests that do them harm."""
    started: list[Server] = []

    def start(**env: str) -> Stage:
        started.append(start_live(open_folder(), **env))
        return Stage(started[-1], portrait_rig)

    yield start
    for server in started:
        if server.process is not None and server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="session")
def performed(portrait_rig: Rig, speech_model: SpeechModel) -> Expected:
    """What the engine makes of the sentence offline."""
    return expected(portrait_rig, speech_model)
