import numpy as np
import pytest

from visavis.engine.face import FaceModels, find_face
from visavis.painter import Character, inspired_by, paint, understand

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


@pytest.mark.parametrize(("width", "height"), [(320, 1280), (1280, 320)])
def test_the_bust_stands_well_in_every_shape_of_picture(face_models: FaceModels, character, width, height):
    found = find_face(face_models, paint(character, width, height)[..., :3])
    x, y = found.landmarks.points[:468, :2].mean(axis=0)
    assert found.eye_distance_px > 60
    assert abs(x / width - 0.5) < 0.06
    assert 0.2 < y / height < 0.6


def test_people_inspired_by_a_picture_have_its_colours_and_are_not_its_copy(face_models: FaceModels):
    sitter = understand("a fair-skinned man with short black hair, a beard and glasses", seed=2).character
    picture = paint(sitter, 512, 512)[..., :3]
    reference = inspired_by(face_models, [picture])
    assert reference.glasses is not None
    assert reference.beard is not None
    assert abs(reference.skin_tone - sitter.skin.tone) < 0.25
    inspired = understand("a person", seed=9, reference=reference).character
    assert inspired.glasses is not None
    assert inspired.beard is not None
    assert inspired.face != sitter.face
