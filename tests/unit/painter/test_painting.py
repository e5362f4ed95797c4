import numpy as np
import pytest

from visavis.engine.face import FaceModels, find_face
from visavis.painter import Character, paint, understand

PROMPT = "a friendly woman in her 30s with brown hair"


@pytest.fixture(scope="module")
def character() -> Character:
    return understand(PROMPT, seed=4).character


def test_the_same_request_gives_the_same_picture(character):
    assert understand(PROMPT, seed=4).character == character
    np.testing.assert_array_equal(paint(character, 128, 128), paint(character, 128, 128))


def test_another_seed_gives_somebody_else(character):
    assert understand(PROMPT, seed=5).character.face != character.face


def test_is_a_good_avatar(face_models: FaceModels, character):
    found = find_face(face_models, paint(character, 512, 512)[..., :3])
    assert found.warnings == ()
    assert found.face_count == 1
    assert found.eye_distance_px > 60


def test_a_transparent_background_is_transparent_beside_the_person(character):
    picture = paint(character, 128, 128, "transparent")
    assert picture[2, 2, 3] == 0
    assert picture[64, 64, 3] == 255
