"""A server, its face, and a room server that belongs to somebody else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.room_clients import Target
from harness.room_servers import embedded
from tests.support.live import Stage, start_live

from visavis.engine.rig.model import Rig


@pytest.fixture(scope="module")
def stage(open_folder: Callable[[], Path], face_models_folder: Path, portrait_rig: Rig) -> Iterator[Stage]:
    server = start_live(open_folder(), VISAVIS_LIVE_SLOTS="1")
    yield Stage(server, portrait_rig)
    assert server.stop() == 0


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with embedded(tmp_path_factory.mktemp("rooms") / "rooms.log") as server:
        yield server.target
