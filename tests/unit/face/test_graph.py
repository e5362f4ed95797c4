import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from visavis.engine.face import FaceModels, graph
from visavis.engine.face.models import FILES, LANDMARKS
from visavis.errors import ModelsCorruptError, ModelsMissingError


@pytest.fixture
def folder(face_models_folder: Path, tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(face_models_folder / name, tmp_path / name)
    return tmp_path


def cuts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.npz"))


def test_the_split_model_is_cached_under_its_checksum(folder: Path):
    cut = graph.open_cut_mesh(folder / LANDMARKS)
    (cache,) = cuts(folder)
    assert hashlib.sha256((folder / LANDMARKS).read_bytes()).hexdigest()[:16] in cache.name
    assert [window.samples for window in cut.windows] == [16, 16, 16]
    assert [len(window.points) for window in cut.windows] == [80, 71, 71]
    written = cache.stat().st_mtime_ns
    again = graph.open_cut_mesh(folder / LANDMARKS)
    assert cache.stat().st_mtime_ns == written
    assert (again.mesh, again.refine) == (cut.mesh, cut.refine)
    for one, other in zip(cut.windows, again.windows, strict=True):
        np.testing.assert_array_equal(one.points, other.points)
        assert (one.left, one.right, one.scale) == (other.left, other.right, other.scale)
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not an archive", None])
def test_a_damaged_cache_is_rebuilt(folder: Path, damage):
    cut = graph.open_cut_mesh(folder / LANDMARKS)
    (cache,) = cuts(folder)
    cache.write_bytes(cache.read_bytes()[:1000] if damage is None else damage)
    assert graph.open_cut_mesh(folder / LANDMARKS).mesh == cut.mesh
    assert graph._read_cut(cache).mesh == cut.mesh


def test_a_read_only_folder_is_enough(folder: Path, monkeypatch):
    def refuse(cut: graph.CutMesh, cache: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(graph, "_write_cut", refuse)
    assert FaceModels.load(folder)
    assert cuts(folder) == []


def test_other_files_are_refused(folder: Path):
    (folder / LANDMARKS).write_bytes(b"something else")
    with pytest.raises(ModelsCorruptError):
        FaceModels.load(folder)
    shutil.copy(folder / FILES[0], folder / LANDMARKS)  # a model, and not this one
    with pytest.raises(ModelsCorruptError):
        FaceModels.load(folder)
    (folder / LANDMARKS).unlink()
    with pytest.raises(ModelsMissingError, match="download"):
        FaceModels.load(folder)
    assert cuts(folder) == []
