"""Faces that are no person's are warned of as far as they can be told; people and paintings are not."""

from pathlib import Path

import numpy as np
import pytest
from harness.covers import LIGHTS, head
from tests.support.faces import marble, muzzle

from visavis.engine.face import FaceModels
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import check_photo
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.likeness import judge_likeness
from visavis.samples.portrait import read_portrait


@pytest.fixture(scope="module")
def portrait(face_models: FaceModels) -> HeadCrop:
    return head(face_models, read_portrait(512))


def with_pixels(crop: HeadCrop, rgb: np.ndarray) -> HeadCrop:
    pixels = np.clip(rgb, 0, 255).astype(np.uint8)
    return HeadCrop(pixels, crop.points, 0, 0, crop.size, crop.pixels_per_cm)


def toned(rgb: np.ndarray) -> np.ndarray:
    """An old photo: brown as a whole."""
    return rgb.mean(axis=2, keepdims=True) * [1.07, 0.9, 0.7]


def test_a_statue_causes_a_warning(face_models: FaceModels, portrait: HeadCrop):
    photo = Photo(marble(portrait, face_models).astype(np.uint8), None)
    warnings = check_photo(face_models, photo).warnings
    assert any("not look like a person's skin" in warning for warning in warnings)


def test_an_apes_proportions_cause_a_warning(face_models: FaceModels, portrait: HeadCrop):
    warnings = check_photo(face_models, Photo(muzzle(portrait).astype(np.uint8), None)).warnings
    assert any("shape of a person's" in warning for warning in warnings)


@pytest.mark.parametrize("light", [*sorted(LIGHTS), "toned"])
def test_a_person_causes_no_warning_in_any_light(face_models: FaceModels, portrait: HeadCrop, light: str):
    light_up = toned if light == "toned" else LIGHTS[light]
    assert judge_likeness(face_models, with_pixels(portrait, light_up(portrait.rgb))) == ()


def test_real_faces_cause_no_warning(face_models: FaceModels, shared_data: Path):
    for path in sorted((shared_data / "faces").glob("[!n]*")):
        crop = head(face_models, read_photo(path).rgb)
        for light in (LIGHTS["as it is"], LIGHTS["grey"], LIGHTS["soft"], toned):
            assert judge_likeness(face_models, with_pixels(crop, light(crop.rgb))) == (), path.name
