import numpy as np
import pytest

from visavis.engine.face import FaceModels, find_face
from visavis.samples.portrait import paint_portrait, read_portrait

# Mesh indices: corners, and the middles of the upper and the lower lid.
EYES = ((33, 133, 159, 145), (263, 362, 386, 374))
MOUTH = (61, 291, 13, 14)


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return read_portrait()


def aspect(points: np.ndarray, left: int, right: int, upper: int, lower: int) -> float:
    """Height over width of an opening."""
    return float(np.linalg.norm(points[upper] - points[lower]) / np.linalg.norm(points[left] - points[right]))


def test_is_what_the_code_paints(portrait):
    assert portrait.shape == (1024, 1024, 3)
    assert portrait.dtype == np.uint8
    # Processors round differently in the last digit.
    assert np.abs(paint_portrait().astype(int) - portrait).max() <= 2


@pytest.mark.parametrize("size", [512, 720, 1024])
def test_is_a_face_that_looks_ahead(face_models: FaceModels, size):
    found = find_face(face_models, read_portrait(size))
    assert found.warnings == ()
    assert found.face_count == 1
    assert found.landmarks.presence > 0.95
    assert abs(found.pose.yaw_degrees) < 4
    assert abs(found.pose.pitch_degrees) < 10
    assert abs(found.pose.roll_degrees) < 2
    assert found.eye_distance_px > 0.15 * size


def test_eyes_are_open_and_the_mouth_is_closed(face_models: FaceModels, portrait):
    points = find_face(face_models, portrait).landmarks.points[:, :2]
    for eye in EYES:
        assert aspect(points, *eye) > 0.25
    assert aspect(points, *MOUTH) < 0.03


def test_the_person_stands_out(face_models: FaceModels, portrait):
    mask = face_models.person_mask(portrait)
    assert mask[400:700, 400:620].min() > 0.9
    assert mask[:120].max() < 0.2
