"""`plugins/pipecat-visavis` in a real Pipecat pipeline, with a real server.

Pipecat has an environment of its own: `python -m harness.pipecat_environment` builds it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness import pipecat_environment
from harness.viewing import RATE_HZ, mouth_box, sentence
from tests.support.live import start_live
from tests.support.server import Server, until

from visavis.engine.rig.model import Rig


@pytest.fixture
def server(open_folder: Callable[[], Path], face_models_folder: Path) -> Iterator[Server]:
    started = start_live(open_folder(), VISAVIS_LIVE_SLOTS="1")
    yield started
    assert started.stop() == 0


@pytest.mark.slow
def test_an_avatar_speaks_in_a_pipeline(
    request: pytest.FixtureRequest, portrait_rig: Rig, tmp_path: Path
) -> None:
    interpreter = pipecat_environment.ENVIRONMENT.python()
    if interpreter is None:
        pytest.skip("there is no environment with Pipecat")
    server: Server = request.getfixturevalue("server")
    sound = sentence()[:: RATE_HZ // pipecat_environment.RATE_HZ]
    seen = pipecat_environment.run_pipeline(
        interpreter,
        url=server.url,
        key=server.key,
        sound=sound,
        mouth=mouth_box(portrait_rig),
        folder=tmp_path,
    )
    length_s = len(sound) / pipecat_environment.RATE_HZ
    assert seen["heard_s"] == pytest.approx(length_s, abs=0.5)
    assert seen["lip_movement"] > 0.05
    assert 0.8 < seen["interrupted_after_s"] < length_s - 0.5
    assert seen["said_before_the_end_s"] == pytest.approx(1.0, abs=0.4)
    assert seen["sizes"] == [[512, 512]]
    assert "InterruptionFrame" in seen["kinds"]
    assert "TTSAudioRawFrame" not in seen["kinds"]
    until(lambda: server.rows("SELECT status, reason FROM sessions") == [("ended", "deleted")])
