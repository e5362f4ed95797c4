"""Faces that are no person's, made of the built-in portrait."""

import cv2
import numpy as np

from visavis.engine.face import FaceModels
from visavis.engine.rig.crop import HeadCrop


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
