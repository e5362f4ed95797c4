"""What tests of all parts share."""

import os
from pathlib import Path

import pytest

from visavis.adapters.face_models import default_models_directory, ensure_face_models
from visavis.engine.face import FaceModels

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def face_models_folder() -> Path:
    """The face models, fetched once into the user's cache."""
    directory = Path(os.environ.get("VISAVIS_MODELS_DIR") or default_models_directory())
    return ensure_face_models(directory, offline=False)


@pytest.fixture(scope="session")
def face_models(face_models_folder: Path) -> FaceModels:
    return FaceModels.load(face_models_folder)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real faces and speech, where somebody has laid them; never part of the project."""
    named = os.environ.get("VISAVIS_SHARED_DATA")
    folders = [Path(named)] if named else [REPOSITORY / "shared/data", REPOSITORY.parent / "shared/data"]
    for folder in folders:
        if (folder / "faces").is_dir():
            return folder
    pytest.skip("no shared data")
