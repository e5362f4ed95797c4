import cv2
import numpy as np
import pytest

from visavis.engine.face import FaceModels, Landmarks
from visavis.engine.face.landmarks import Region
from visavis.samples.portrait import read_portrait

# Points and their partners on the other side of the face: corners of eyes and mouth, brows, cheeks, jaw.
PAIRS = (
    (33, 263),
    (133, 362),
    (61, 291),
    (70, 300),
    (234, 454),
    (172, 397),
    (58, 288),
    (93, 323),
    (159, 386),
)
MIDDLE = (1, 4, 10, 152, 168)


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return read_portrait(768)


def landmarks(models: FaceModels, rgb: np.ndarray) -> Landmarks:
    return models.landmarks(rgb, max(models.detect(rgb), key=lambda face: face.side))


@pytest.fixture(scope="module")
def found(face_models: FaceModels, portrait) -> Landmarks:
    return landmarks(face_models, portrait)


def eye_distance(found: Landmarks) -> float:
    return float(np.linalg.norm(found.irises[0] - found.irises[1]))


def test_points_are_where_they_were_painted(found: Landmarks):
    assert found.points.shape == (478, 3)
    assert found.points.dtype == np.float32
    scale = 768 / 1024
    tolerance = 0.05 * eye_distance(found)
    np.testing.assert_allclose(found.irises, np.array([[420, 432], [604, 432]]) * scale, atol=tolerance)
    for index, (x, y) in {13: (512, 636), 4: (512, 530), 152: (512, 752)}.items():
        np.testing.assert_allclose(found.points[index, :2], (x * scale, y * scale), atol=3 * tolerance)
    assert found.points[4, 2] < found.points[152, 2] < found.points[234, 2]  # the nose is nearest


def test_a_mirrored_picture_gives_mirrored_points(face_models: FaceModels, portrait, found: Landmarks):
    mirrored = landmarks(face_models, np.ascontiguousarray(portrait[:, ::-1]))
    left = [*(a for a, _ in PAIRS), *(b for _, b in PAIRS), *MIDDLE]
    right = [*(b for _, b in PAIRS), *(a for a, _ in PAIRS), *MIDDLE]
    back = mirrored.points[right, :2] * [-1, 1] + [portrait.shape[1] - 1, 0]
    difference = (back - found.points[left, :2]) / eye_distance(found)
    assert np.abs(difference).max() < 0.1
    assert np.abs(difference.mean(axis=0)).max() < 0.02


@pytest.mark.parametrize("angle", [-30, 15, 90, 180])
def test_points_turn_with_the_picture(face_models: FaceModels, portrait, found: Landmarks, angle):
    """Started from where the face is, as the detectors only know faces that stand."""
    middle = (portrait.shape[1] - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), angle, 0.8)
    turned = cv2.warpAffine(portrait, matrix, portrait.shape[:2])
    start = found.points.copy()
    start[:, :2] = found.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    again = face_models.landmarks(turned, Landmarks(start, 1.0))
    difference = np.linalg.norm(again.points[:, :2] - start[:, :2], axis=1) / (0.8 * eye_distance(found))
    assert np.median(difference) < 0.01
    assert difference.max() < 0.08


@pytest.mark.parametrize("size", [300, 512, 1400])
def test_points_grow_with_the_picture(face_models: FaceModels, found: Landmarks, size):
    other = landmarks(face_models, read_portrait(size))
    scaled = (found.points[:, :2] + 0.5) * (size / 768) - 0.5
    difference = np.linalg.norm(other.points[:, :2] - scaled, axis=1) / eye_distance(other)
    assert np.median(difference) < 0.015


def test_a_region_is_recovered_from_its_matrix():
    region = Region(x=100, y=50, side=64, angle=0.3)
    matrix = region.matrix(192)
    np.testing.assert_allclose(matrix[:, :2] @ [96, 96] + matrix[:, 2], [100, 50])
    right = matrix[:, :2] @ [192, 0]
    assert np.hypot(*right) == pytest.approx(64)
    assert np.arctan2(right[1], right[0]) == pytest.approx(0.3)


def test_the_person_is_found(face_models: FaceModels, portrait):
    mask = face_models.person_mask(portrait)
    assert mask.shape == portrait.shape[:2]
    assert mask.dtype == np.float32
    assert 0 <= mask.min() <= mask.max() <= 1
