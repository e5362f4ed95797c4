"""Mouths behind masks, hands and cups are refused; bare ones of every kind are not."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from visavis.engine.face import FaceModels, find_face
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import build_rig, check_photo
from visavis.engine.rig.covered import Cover, judge_cover
from visavis.engine.rig.crop import HeadCrop, crop_head
from visavis.errors import FaceTurnedAwayError, MouthCoveredError, NoFaceError
from visavis.samples.portrait import paint_portrait

# The outline of a mask over the mesh: along the jaw from ear to ear, back over the cheeks and the nose.
_JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
_OVER = (280, 346, 5, 117, 50)


def head(models: FaceModels, rgb: np.ndarray) -> HeadCrop:
    return crop_head(rgb, find_face(models, rgb).landmarks.points, 512)


def painted(crop: HeadCrop, alpha: np.ndarray, colours: np.ndarray) -> np.ndarray:
    share = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 1)[..., None]
    noise = np.random.default_rng(1).normal(0, 2, (*alpha.shape, 1))
    return np.clip(crop.rgb * (1 - share) + (colours + noise) * share, 0, 255).astype(np.uint8)


def mask(crop: HeadCrop, colour: tuple[int, int, int]) -> np.ndarray:
    alpha = np.zeros(crop.rgb.shape[:2], np.uint8)
    points = crop.points[[*_JAW, *_OVER], :2]
    middle = crop.points[13, :2]
    cv2.fillPoly(alpha, [np.round(middle + (points - middle) * 1.05).astype(np.int32)], 1)
    light = np.linspace(1.15, 0.8, len(alpha))[:, None, None]
    cloth = np.array(colour) * light * np.ones(crop.rgb.shape)
    for fold_cm in (-0.9, 0.7, 1.6):
        row = int(middle[1] + fold_cm * crop.pixels_per_cm)
        cloth[row : row + 2] *= 0.85
    return painted(crop, alpha, cloth)


def hand(crop: HeadCrop) -> np.ndarray:
    """Four fingers upwards over the mouth, of the face's own skin."""
    alpha, cm, middle = np.zeros(crop.rgb.shape[:2], np.uint8), crop.pixels_per_cm, crop.points[13, :2]
    x, y = crop.points[50, :2].astype(int)
    skin = np.median(crop.rgb[y - 4 : y + 4, x - 4 : x + 4].reshape(-1, 3), axis=0)
    for finger in range(-2, 2):
        at = int(middle[0] + (finger + 0.5) * 1.4 * cm)
        cv2.line(alpha, (at, int(middle[1] - 2.5 * cm)), (at, crop.size), 1, int(1.5 * cm))
    across = np.abs(((np.arange(crop.size) - middle[0]) / (1.4 * cm)) % 1 - 0.5)
    return painted(crop, alpha, skin * (1.05 - 0.9 * across**2)[None, :, None])


COVERS: dict[str, Callable[[HeadCrop], np.ndarray]] = {
    "surgical": lambda crop: mask(crop, (140, 190, 215)),
    "white": lambda crop: mask(crop, (225, 225, 222)),
    "navy": lambda crop: mask(crop, (30, 40, 80)),
    "red": lambda crop: mask(crop, (160, 30, 40)),
    "pink": lambda crop: mask(crop, (230, 160, 180)),
    "hand": hand,
}

LIGHTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it is": lambda rgb: rgb,
    "grey": lambda rgb: np.repeat(rgb.mean(axis=2, keepdims=True), 3, axis=2),
    "dark": lambda rgb: 255 * (rgb / 255) ** 2,
    "bright": lambda rgb: 255 * (rgb / 255) ** 0.5,
    "blue": lambda rgb: rgb * [0.7, 0.9, 1.3],
    "from the side": lambda rgb: rgb * np.linspace(0.35, 1.3, rgb.shape[1])[None, :, None],
    "soft": lambda rgb: cv2.GaussianBlur(rgb, (0, 0), rgb.shape[0] / 200),
}


@pytest.fixture(scope="module")
def portrait(face_models: FaceModels) -> HeadCrop:
    return head(face_models, paint_portrait(512))


@pytest.mark.parametrize("cover", sorted(COVERS))
def test_a_covered_mouth_is_refused(face_models: FaceModels, portrait: HeadCrop, cover: str):
    photo = Photo(COVERS[cover](portrait), None)
    with pytest.raises(MouthCoveredError, match="mask, a hand"):
        build_rig(face_models, photo)
    with pytest.raises(MouthCoveredError):
        check_photo(face_models, photo)


@pytest.mark.parametrize("light", sorted(LIGHTS))
def test_a_bare_mouth_is_taken_in_any_light(portrait: HeadCrop, light: str):
    lit = np.clip(LIGHTS[light](portrait.rgb), 0, 255).astype(np.uint8)
    assert judge_cover(HeadCrop(lit, portrait.points, 0, 0, 512, portrait.pixels_per_cm)) is Cover.NONE


def test_real_faces_bare_and_covered(face_models: FaceModels, shared_data: Path):
    """No bare one is refused or warned of; of the painted covers most are refused."""
    seen = dict.fromkeys(Cover, 0)
    for path in sorted((shared_data / "faces").glob("[!n]*")):
        crop = head(face_models, read_photo(path).rgb)
        for name, light in LIGHTS.items():
            lit = np.clip(light(crop.rgb), 0, 255).astype(np.uint8)
            bare = HeadCrop(lit, crop.points, 0, 0, 512, crop.pixels_per_cm)
            assert judge_cover(bare) is not Cover.COVERED, (path.name, name)
        assert judge_cover(crop) is Cover.NONE, path.name
        for cover in (COVERS[name] for name in ("surgical", "white", "hand")):
            try:
                seen[judge_cover(head(face_models, cover(crop)))] += 1
            except (NoFaceError, FaceTurnedAwayError):
                seen[Cover.COVERED] += 1  # refused, if for another reason
    assert seen[Cover.COVERED] >= 0.85 * sum(seen.values()), seen


def test_reports_of_users(face_models: FaceModels, shared_data: Path):
    for name in ("k01_surgical_mask.jpg", "k03_hand_over_mouth.jpg"):
        with pytest.raises(MouthCoveredError):
            check_photo(face_models, read_photo(shared_data / "reports" / name))
    assert check_photo(face_models, read_photo(shared_data / "reports" / "reference_face.png")) == ()
