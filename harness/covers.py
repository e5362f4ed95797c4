"""Covers of the mouth, painted over faces: masks and a hand; and bad lights."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Pixels
from visavis.engine.face import FaceModels, find_face
from visavis.engine.rig.crop import HeadCrop, crop_head

# Outline of a mask on the mesh: along the jaw from ear to ear, back over the cheeks and the nose.
_JAW: Final = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
_OVER: Final = (280, 346, 5, 117, 50)


def head(models: FaceModels, rgb: Pixels) -> HeadCrop:
    """Crop the head from a picture, as for a rig."""
    return crop_head(rgb, find_face(models, rgb).landmarks.points, 512)


def mask(crop: HeadCrop, colour: tuple[int, int, int]) -> Pixels:
    """A mask from ear to ear, lit from above, with three folds."""
    alpha = np.zeros(crop.rgb.shape[:2], np.uint8)
    points = crop.points[[*_JAW, *_OVER], :2]
    middle = crop.points[13, :2]
    cv2.fillPoly(alpha, [np.round(middle + (points - middle) * 1.05).astype(np.int32)], 1)
    light = np.linspace(1.15, 0.8, len(alpha))[:, None, None]
    cloth = np.array(colour) * light * np.ones(crop.rgb.shape)
    for fold_cm in (-0.9, 0.7, 1.6):
        row = int(middle[1] + fold_cm * crop.pixels_per_cm)
        cloth[row : row + 2] *= 0.85
    return _painted(crop, alpha, cloth)


def hand(crop: HeadCrop) -> Pixels:
    """Four fingers over the mouth, in the colour of the face's skin."""
    alpha, cm, middle = np.zeros(crop.rgb.shape[:2], np.uint8), crop.pixels_per_cm, crop.points[13, :2]
    x, y = crop.points[50, :2].astype(int)
    skin = np.median(crop.rgb[y - 4 : y + 4, x - 4 : x + 4].reshape(-1, 3), axis=0)
    for finger in range(-2, 2):
        at = int(middle[0] + (finger + 0.5) * 1.4 * cm)
        cv2.line(alpha, (at, int(middle[1] - 2.5 * cm)), (at, crop.size), 1, int(1.5 * cm))
    across = np.abs(((np.arange(crop.size) - middle[0]) / (1.4 * cm)) % 1 - 0.5)
    return _painted(crop, alpha, skin * (1.05 - 0.9 * across**2)[None, :, None])


def _painted(crop: HeadCrop, alpha: Pixels, colours: np.ndarray) -> Pixels:
    share = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 1)[..., None]
    noise = np.random.default_rng(1).normal(0, 2, (*alpha.shape, 1))
    return np.clip(crop.rgb * (1 - share) + (colours + noise) * share, 0, 255).astype(np.uint8)


COVERS: Final[dict[str, Callable[[HeadCrop], Pixels]]] = {
    "surgical": lambda crop: mask(crop, (140, 190, 215)),
    "white": lambda crop: mask(crop, (225, 225, 222)),
    "black": lambda crop: mask(crop, (35, 35, 38)),
    "navy": lambda crop: mask(crop, (30, 40, 80)),
    "red": lambda crop: mask(crop, (160, 30, 40)),
    "pink": lambda crop: mask(crop, (230, 160, 180)),
    "hand": hand,
}

LIGHTS: Final[dict[str, Callable[[Pixels], np.ndarray]]] = {
    "as it is": lambda rgb: rgb,
    "grey": lambda rgb: np.repeat(rgb.mean(axis=2, keepdims=True), 3, axis=2),
    "dark": lambda rgb: 255 * (rgb / 255) ** 2,
    "bright": lambda rgb: 255 * (rgb / 255) ** 0.5,
    "blue": lambda rgb: rgb * [0.7, 0.9, 1.3],
    "from the side": lambda rgb: rgb * np.linspace(0.35, 1.3, rgb.shape[1])[None, :, None],
    "soft": lambda rgb: cv2.GaussianBlur(rgb, (0, 0), rgb.shape[0] / 200),
}
