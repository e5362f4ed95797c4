"""Separates the person from the background."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.curves import fill_inward

_REFERENCE_PX: Final = 512  # the sizes below are for a crop of this side
_EDGE_RADIUS_PX: Final = 12
_EDGE_CONTRAST: Final = 1e-3


@dataclass(frozen=True)
class Plates:
    """The two pictures of which a frame consists.

    Attributes:
        person: Shape `(size, size, 4)`, RGBA with colours multiplied by alpha.
        background: Shape `(size, size, 3)`; behind the person it is filled from its surroundings.
    """

    person: Pixels
    background: Pixels


def split_person(rgb: Pixels, person_mask: Floats, *, is_exact: bool = False) -> Plates:
    """Separate person and background.

    Args:
        rgb: The head crop, shape `(size, size, 3)`.
        person_mask: Result of the segmentation model, shape `(size, size)`, 0..1.
        is_exact: Whether the mask is no estimate, so that nothing needs to be aligned.
    """
    size = rgb.shape[0]
    scale = size / _REFERENCE_PX
    alpha = person_mask if is_exact else _aligned(rgb, person_mask, round(_EDGE_RADIUS_PX * scale))

    ring = np.ones((3, 3), np.uint8)
    solid = cv2.dilate((alpha > 0.4).astype(np.uint8), ring)
    background = _without(rgb, np.asarray(cv2.dilate(solid, np.ones((5, 5), np.uint8)), np.uint8))
    keep = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 1.2 * scale)[..., None]
    plate = background * keep + rgb * (1 - keep)

    # At rest the frame must equal the photo: over the background, alpha restores what it removed.
    person = np.dstack([rgb * alpha[..., None], alpha * 255])
    return Plates(_to_pixels(person), _to_pixels(plate))


def _aligned(rgb: Pixels, person_mask: Floats, radius: int) -> Floats:
    """An estimated mask, aligned to the edges of the picture."""
    confident = np.clip((person_mask - 0.15) / 0.7, 0, 1).astype(np.float32)
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
    return np.clip(_guided(grey, confident, radius, _EDGE_CONTRAST), 0, 1)


def _without(rgb: Pixels, covered: Pixels) -> Floats:
    """The picture with a part filled in smoothly, at a quarter of the resolution."""
    size = rgb.shape[0]
    quarter = (size // 4, size // 4)
    small = cv2.resize(rgb, quarter, interpolation=cv2.INTER_AREA).astype(np.float32)
    hidden = cv2.resize(covered, quarter, interpolation=cv2.INTER_NEAREST).astype(np.float32)
    filled = fill_inward(small, 1 - hidden)
    return np.asarray(cv2.resize(filled, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _guided(guide: Floats, mask: Floats, radius: int, contrast: float) -> Floats:
    """Align a mask to the edges of a picture. Source: He et al., Guided image filtering, 2010."""

    def mean(image: Floats) -> Floats:
        return np.asarray(cv2.boxFilter(image, -1, (2 * radius + 1, 2 * radius + 1)), np.float32)

    guide_mean, mask_mean = mean(guide), mean(mask)
    slope = (mean(guide * mask) - guide_mean * mask_mean) / (mean(guide * guide) - guide_mean**2 + contrast)
    return mean(slope) * guide + mean(mask_mean - slope * guide_mean)


def _to_pixels(image: Floats) -> Pixels:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
