import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from visavis.engine.face import FaceModels, accept, find_face
from visavis.engine.face.pose import HeadPose, fit_similarity, mean_face
from visavis.engine.photo import read_photo
from visavis.errors import FaceTooSmallError, FaceTurnedAwayError, NoFaceError
from visavis.samples.portrait import read_portrait


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return read_portrait()


def board(height: int, width: int, *faces: tuple[int, int, int]) -> np.ndarray:
    """A plain picture with the portrait at `(top, left)` in a size."""
    picture = np.full((height, width, 3), 120, np.uint8)
    for top, left, size in faces:
        picture[top : top + size, left : left + size] = read_portrait(size)
    return picture


@pytest.mark.parametrize("shade", ["colour", "grey", "dark", "pale"])
def test_accepts_the_portrait(face_models: FaceModels, portrait, shade):
    grey = np.repeat(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    picture = {
        "colour": portrait,
        "grey": grey,
        "dark": portrait // 3,
        "pale": 160 + portrait // 3,
    }[shade]
    found = find_face(face_models, picture.astype(np.uint8))
    assert found.eye_distance_px == pytest.approx(178, rel=0.06)
    assert found.face_count == 1


@pytest.mark.parametrize("size", [256, 300])
def test_warns_of_small_faces(face_models: FaceModels, size):
    found = find_face(face_models, board(400, 400, (20, 20, size)))
    assert "small" in found.warnings[0]


@pytest.mark.parametrize(("side", "size"), [(180, 180), (1200, 180)])
def test_refuses_tiny_faces(face_models: FaceModels, side, size):
    with pytest.raises(FaceTooSmallError, match="larger photo"):
        find_face(face_models, board(side, side, (0, 0, size)))


def test_takes_the_largest_and_counts(face_models: FaceModels):
    found = find_face(face_models, board(800, 1400, (50, 20, 500), (20, 640, 720)))
    assert found.face_count == 2
    assert "2 faces" in found.warnings[0]
    assert found.landmarks.irises[:, 0].min() > 640


def test_faces_that_one_detector_misses_are_looked_at_closer(face_models: FaceModels):
    picture = board(2000, 2000, (900, 900, 300))
    assert face_models.detect_near(picture) == []
    assert find_face(face_models, picture).eye_distance_px == pytest.approx(52, rel=0.08)


@pytest.mark.parametrize("picture", ["noise", "flat", "stripes", "one pixel"])
def test_refuses_pictures_without_a_face(face_models: FaceModels, picture):
    rgb = {
        "noise": np.random.default_rng(3).integers(0, 256, (400, 400, 3), dtype=np.uint8),
        "flat": np.full((300, 500, 3), 200, np.uint8),
        "stripes": np.tile((np.arange(300) // 10 % 2 * 255).astype(np.uint8)[:, None, None], (1, 300, 3)),
        "one pixel": np.zeros((1, 1, 3), np.uint8),
    }[picture]
    with pytest.raises(NoFaceError, match="one person"):
        find_face(face_models, rgb)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        pytest.param(slice(0, 690), slice(None), id="no chin"),
        pytest.param(slice(360, None), slice(None), id="no forehead"),
        pytest.param(slice(None), slice(430, None), id="no left half"),
    ],
)
def test_refuses_faces_that_are_cut_off(face_models: FaceModels, portrait, rows, columns):
    with pytest.raises(NoFaceError):
        find_face(face_models, np.ascontiguousarray(portrait[rows, columns]))


def test_tilted_heads_are_accepted(face_models: FaceModels, portrait):
    tilted = cv2.warpAffine(portrait, cv2.getRotationMatrix2D((512, 512), 25, 0.9), (1024, 1024))
    assert find_face(face_models, tilted).pose.roll_degrees == pytest.approx(-25, abs=3)


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll", "said"),
    [
        (40, 0, 0, "to the side"),
        (-40, 0, 0, "to the side"),
        (0, 34, 0, "up"),
        (0, -34, 0, "down"),
        (0, 0, 60, "tilted"),
    ],
)
def test_refuses_heads_that_are_turned_away(yaw, pitch, roll, said):
    face = mean_face()
    pose = HeadPose(yaw, pitch, roll, fit_similarity(face, face))
    with pytest.raises(FaceTurnedAwayError, match=said):
        accept._refuse_turned_away(pose)


def test_the_shared_faces(face_models: FaceModels, shared_data: Path):
    """Paintings, a cartoon, a pencil drawing, old photos, glasses, open mouths; a cat and a landscape."""
    listed = json.loads((shared_data / "manifest.json").read_text())["files"]
    faces = [entry for entry in listed if entry["file"].startswith("faces/")]
    assert faces
    for entry in faces:
        rgb = read_photo(shared_data / entry["file"]).rgb
        if entry["faces"] == 0:
            with pytest.raises(NoFaceError):
                find_face(face_models, rgb)
            continue
        found = find_face(face_models, rgb)
        assert found.face_count == entry["faces"], entry["file"]
        # The list measures between the outer corners of the eyes, in the file's own pixels.
        corners = np.linalg.norm(found.landmarks.points[33, :2] - found.landmarks.points[263, :2])
        scale = rgb.shape[0] / entry["size"][1]
        assert corners == pytest.approx(entry["eye_dist_px"] * scale, rel=0.08), entry["file"]
        assert found.pose.yaw_degrees == pytest.approx(entry["yaw"], abs=8), entry["file"]
