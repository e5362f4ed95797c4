"""Faces that are no person's are warned of as far as they can be told; people and paintings are not."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from harness.covers import LIGHTS, head

from visavis.engine.face import FaceModels
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import check_photo
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.likeness import judge_likeness
from visavis.samples.portrait import paint_portrait


@pytest.fixture(scope="module")
def portrait(face_models: FaceModels) -> HeadCrop:
    return head(face_models, paint_portrait(512))


def with_pixels(crop: HeadCrop, rgb: np.ndarray) -> HeadCrop:
    pixels = np.clip(rgb, 0, 255).astype(np.uint8)
    return HeadCrop(pixels, crop.points, 0, 0, crop.size, crop.pixels_per_cm)


def toned(rgb: np.ndarray) -> np.ndarray:
    """An old photo: brown as a whole."""
    return rgb.mean(axis=2, keepdims=True) * [1.07, 0.9, 0.7]


def marble(crop: HeadCrop, models: FaceModels) -> np.ndarray:
    """The person of stone, before what was behind them."""
    person = models.person_mask(crop.rgb)[..., None]
    stone = crop.rgb.mean(axis=2, keepdims=True) * 0.6 + 90
    return crop.rgb * (1 - person) + stone * [1.0, 0.98, 0.92] * person


def muzzle(crop: HeadCrop) -> np.ndarray:
    """An ape's proportions: the eyes small and close together, the face below them half as long again."""
    middle, eyes = crop.points[6, :2], crop.points[[33, 263], :2]
    y, x = np.mgrid[: crop.size, : crop.size].astype(np.float32)
    width = np.linalg.norm(eyes[1] - eyes[0])
    below = np.clip((y - middle[1]) / width, 0, None)
    up = middle[1] + np.where(y > middle[1], (y - middle[1]) / 1.5, y - middle[1])
    near = np.exp(-(((x - middle[0]) / width) ** 2) - ((y - middle[1]) / width) ** 2)
    across = middle[0] + (x - middle[0]) * (1 + 0.5 * near) / (1 + 0.2 * np.minimum(below, 1))
    return cv2.remap(crop.rgb, across.astype(np.float32), up.astype(np.float32), cv2.INTER_LINEAR)


def test_a_face_of_stone_is_warned_of(face_models: FaceModels, portrait: HeadCrop):
    photo = Photo(marble(portrait, face_models).astype(np.uint8), None)
    warnings = check_photo(face_models, photo).warnings
    assert any("not look like a person's skin" in warning for warning in warnings)


def test_a_face_with_an_apes_proportions_is_warned_of(face_models: FaceModels, portrait: HeadCrop):
    warnings = check_photo(face_models, Photo(muzzle(portrait).astype(np.uint8), None)).warnings
    assert any("shape of a person's" in warning for warning in warnings)


@pytest.mark.parametrize("light", [*sorted(LIGHTS), "toned"])
def test_a_person_is_not_warned_of_in_any_light(face_models: FaceModels, portrait: HeadCrop, light: str):
    light_up = toned if light == "toned" else LIGHTS[light]
    assert judge_likeness(face_models, with_pixels(portrait, light_up(portrait.rgb))) == ()


def test_real_faces_are_not_warned_of(face_models: FaceModels, shared_data: Path):
    for path in sorted((shared_data / "faces").glob("[!n]*")):
        crop = head(face_models, read_photo(path).rgb)
        for light in (LIGHTS["as it is"], LIGHTS["grey"], LIGHTS["soft"], toned):
            assert judge_likeness(face_models, with_pixels(crop, light(crop.rgb))) == (), path.name
