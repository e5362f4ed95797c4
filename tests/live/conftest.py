"""Live sessions on a real server, with its own room server and with a real livekit-server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from harness.room_servers import BUILD_S, NoReferenceError, reference
from harness.viewing import Expected, expected
from tests.support.live import Stage, start_live
from tests.support.server import Server

from visavis.engine.rig.model import Rig
from visavis.engine.speech import SpeechModel


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(BUILD_S + 300))


@pytest.fixture(scope="session", params=["embedded", "livekit-server"])
def stage(
    request: pytest.FixtureRequest,
    open_folder: Callable[[], Path],
    face_models_folder: Path,
    portrait_rig: Rig,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """A server with its own room server, and one with a real livekit-server."""
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
    """Lips and sound that the engine makes offline from the sentence."""
    return expected(portrait_rig, speech_model)
