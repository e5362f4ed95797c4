"""Fixtures for the tests of all parts."""

import functools
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from harness.covers import COVERS, head
from harness.room_browser import NoBrowserError, fetch_client, find_chromium
from hypothesis import settings
from numpy.typing import NDArray

from tests.support.models import models_directory, real_model
from visavis.adapters.models.entries import FACE
from visavis.adapters.models.pull import pull_model
from visavis.engine.arrays import Pixels
from visavis.engine.face import FaceModels
from visavis.engine.photo import Photo
from visavis.engine.resample import Resampler
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.model import Rig
from visavis.engine.speech import RATE_HZ, SpeechModel, load_speech_model
from visavis.samples import SENTENCE, write_portrait, write_sentence
from visavis.samples.portrait import read_portrait
from visavis.samples.sentence import speak

REPOSITORY = Path(__file__).parents[1]

pytest_plugins = ["tests.support.fixtures"]

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Draw the golden frames anew.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it needs; `slow` stands at the tests themselves."""
    for item in items:
        folder = item.path.relative_to(REPOSITORY / "tests").parts[0]
        item.add_marker("unit" if folder == "unit" else "service")
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> None:
    """Chromium and livekit-client, or the test is left out."""
    try:
        find_chromium()
        fetch_client()
    except NoBrowserError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def face_models_folder() -> Path:
    """The face models, fetched once into the user's cache."""
    return pull_model(models_directory(), FACE, offline=False)


@pytest.fixture(scope="session")
def model_folder() -> Callable[[str], Path]:
    """Gives the folder of a model by its name, fetched once into the user's cache.

    Without a network, the test is skipped.
    """
    return functools.cache(functools.partial(real_model, models_directory()))


@pytest.fixture(scope="session")
def face_models(face_models_folder: Path) -> FaceModels:
    return FaceModels.load(face_models_folder)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real faces and speech, if it exists; it is never part of the project."""
    named = os.environ.get("TEST_SHARED_DATA")
    folders = [Path(named)] if named else [REPOSITORY / "shared/data", REPOSITORY.parent / "shared/data"]
    for folder in folders:
        if (folder / "faces").is_dir():
            return folder
    pytest.skip("no shared data")


@pytest.fixture(scope="session")
def portrait_rig(face_models: FaceModels) -> Rig:
    """The built-in portrait, taken apart at the default size."""
    return build_rig(face_models, Photo(read_portrait(), None)).rig


@pytest.fixture(scope="session")
def small_rig(face_models: FaceModels) -> Rig:
    """The same, small and quick."""
    return build_rig(face_models, Photo(read_portrait(), None), size=256).rig


@pytest.fixture(scope="session")
def speech_model() -> SpeechModel:
    return load_speech_model()


@pytest.fixture(scope="session")
def sentence() -> NDArray[np.float32]:
    """The built-in sentence at the rate of the speech model, shape `(samples,)`."""
    samples, rate_hz = speak(SENTENCE)
    resample = Resampler(rate_hz, RATE_HZ)
    whole = samples.astype(np.float32) / 32768
    return np.concatenate([resample(whole), resample.finish()])


@pytest.fixture(scope="session")
def sentence_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sentence") / "sentence.wav"
    write_sentence(path)
    return path


@pytest.fixture(scope="session")
def portrait_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("portrait") / "portrait.png"
    write_portrait(path)
    return path


@pytest.fixture(scope="session")
def masked_png(face_models: FaceModels) -> bytes:
    """The built-in portrait behind a surgical mask."""
    return png(COVERS["surgical"](head(face_models, read_portrait(512))))


def png(rgb: Pixels) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1].tobytes()
