"""Photos that lie on their side or upside down, with nothing in the file that says so."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from visavis.engine.face import FaceModels, find_face, find_upright_face
from visavis.engine.face.upright import quarter_turns
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import build_rig
from visavis.errors import NoFaceError
from visavis.samples.portrait import read_portrait

TURNS = [1, 2, 3]


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return read_portrait(512)


@pytest.mark.parametrize("turns", TURNS)
def test_a_rotated_photo_is_made_upright(face_models: FaceModels, portrait, turns):
    found = find_upright_face(face_models, np.ascontiguousarray(np.rot90(portrait, -turns)))
    assert found.quarter_turns == turns
    assert any("stand upright" in warning for warning in found.warnings)
    np.testing.assert_array_equal(
        found.face.landmarks.points, find_face(face_models, portrait).landmarks.points
    )


def test_an_upright_photo_is_left_as_it_is(face_models: FaceModels, portrait):
    found = find_upright_face(face_models, portrait)
    assert (found.quarter_turns, found.warnings) == (0, find_face(face_models, portrait).warnings)


@pytest.mark.parametrize("degrees", [-40, -25, 25, 40])
def test_a_tilted_head_stays(face_models: FaceModels, portrait, degrees):
    tilt = cv2.getRotationMatrix2D((256, 256), degrees, 0.85)
    tilted = cv2.warpAffine(portrait, tilt, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    assert quarter_turns(face_models, tilted.astype(np.uint8)) == 0


def test_a_photo_without_a_face_is_refused(face_models: FaceModels):
    with pytest.raises(NoFaceError, match="No face"):
        find_upright_face(face_models, np.full((300, 500, 3), 120, np.uint8))


def test_colours_and_transparency_are_turned_together(face_models: FaceModels, portrait):
    alpha = np.full((512, 512), 255, np.uint8)
    alpha[:, :60] = 0
    upright = build_rig(face_models, Photo(portrait, alpha), size=256).rig
    lying = Photo(*(np.ascontiguousarray(np.rot90(each, 2)) for each in (portrait, alpha)))
    built = build_rig(face_models, lying, size=256)
    np.testing.assert_array_equal(built.rig.person, upright.person)
    assert "upright" in built.warnings[0]


def test_real_faces_in_all_four_positions(face_models: FaceModels, shared_data: Path):
    wrong = []
    for path in sorted((shared_data / "faces").glob("[!n]*")):
        rgb = read_photo(path).rgb
        scale = min(1.0, 800 / max(rgb.shape))
        small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
        for turns in (0, *TURNS):
            found = quarter_turns(face_models, np.ascontiguousarray(np.rot90(small, -turns)))
            if found != turns:
                wrong.append((path.name, turns, found))
    assert wrong == []
