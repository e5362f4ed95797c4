"""Detects whether the mouth is covered: by a mask, a hand, a microphone, a cup.

The landmark model places lips on whatever covers them. Bare lips have two signs: an edge along their line,
and a colour that differs from the skin around them. The mouth counts as covered without both signs, or if the
surroundings have another colour than the cheeks and contain no lips.

The thresholds were chosen on 97 pictures of 31 people, paintings and a cartoon; several are frames of one
clip. Results on these pictures say little about others: no bare mouth is refused, also in twelve bad lights.
Of 503 painted covers, 78 % were refused and 8 % caused a warning, before the threshold for overexposed cloth.
On seven other people, `python -m bench.covered_mouths` refuses no bare mouth, also in seven lights, and 43 of
49 covers (`bench/results/covered_mouths.json`). The other six are accepted; two of them hide the face.
Painted covers are simpler than real ones. Missed covers have edges where lips could be, or the colour of
skin.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.rig.anatomy import LOWER_LIP_INNER, UPPER_LIP_INNER
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.sampling import sample

_UPPER_LIP_OUTER: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
_LOWER_LIP_OUTER: Final = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
_HIGH_CHEEKS: Final = (117, 346, 118, 347, 6, 197)  # and the bridge of the nose: a mask leaves both free

_BLUR_CM: Final = 0.06
_LINE_POINTS: Final = 21
_LINE_PART: Final = (0.12, 0.88)  # of the line's length: the corners are always in shadow
_REACH_CM: Final = 0.22  # how far from the landmarks an edge may be
_STEP_CM: Final = 0.05
_PATCH_CM: Final = 0.35
_RING_CM: Final = (0.2, 0.7)  # around the lips


class Cover(Enum):
    """Result for the mouth."""

    NONE = 0
    DOUBTFUL = 1
    COVERED = 2


@dataclass(frozen=True)
class MouthSigns:
    """Measurements at the position of the mouth, in CIE Lab.

    Attributes:
        edge: Steepest change across the line of the lips, averaged along it, per centimetre. Bare lips: 24 or
            more.
        lips_apart: Colour distance of the lips from the skin around them. Bare lips: 4 or more.
        redder: How much redder the lips are than the skin around them.
        around_apart: Hue distance of the surroundings of the lips from the cheeks. Bare mouths: up to 14.
        skin: The colour around the lips.
    """

    edge: float
    lips_apart: float
    redder: float
    around_apart: float
    skin: tuple[float, float, float]


def judge_cover(crop: HeadCrop) -> Cover:
    """Decide whether something covers the mouth."""
    signs = mouth_signs(crop)
    no_lips = signs.edge < 20 and signs.lips_apart < 3.5
    other_cloth = signs.around_apart > 18 and signs.redder < 3 and signs.lips_apart < 5
    other_cloth |= signs.around_apart > 14 and signs.lips_apart < 2
    other_cloth |= signs.around_apart > 6 and signs.lips_apart < 1  # overexposed cloth: its folds are edges
    if no_lips or other_cloth:
        return Cover.COVERED
    hardly_lips = signs.edge < 24 and signs.lips_apart < 4
    other_colour = signs.around_apart > 20 and signs.redder < 3
    return Cover.DOUBTFUL if hardly_lips or other_colour else Cover.NONE


def mouth_signs(crop: HeadCrop) -> MouthSigns:
    """Measure the line of the lips, the lips, the skin around them and the cheeks."""
    cm, points = crop.pixels_per_cm, crop.points[:, :2]
    soft = cv2.GaussianBlur(crop.rgb, (0, 0), max(0.3, _BLUR_CM * cm))
    lab = np.asarray(cv2.cvtColor(soft.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    lips, around = _regions(crop)
    if not lips.any() or not around.any():
        return MouthSigns(np.inf, np.inf, np.inf, 0.0, (0.0, 0.0, 0.0))  # too small for a measurement
    lip_colour, skin_colour = (np.median(lab[region], axis=0) for region in (lips, around))
    cheeks = np.median([_patch(lab, points[k], _PATCH_CM * cm) for k in _HIGH_CHEEKS], axis=0)
    return MouthSigns(
        edge=max(_edge(lab, points, line, cm) for line in (UPPER_LIP_INNER, LOWER_LIP_INNER)),
        lips_apart=float(np.linalg.norm(lip_colour - skin_colour)),
        redder=float(lip_colour[1] - skin_colour[1]),
        around_apart=float(np.linalg.norm((skin_colour - cheeks)[1:])),
        skin=(float(skin_colour[0]), float(skin_colour[1]), float(skin_colour[2])),
    )


def _regions(crop: HeadCrop) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the lips, without what shows between them, and of the ring of skin around them."""
    cm, points, shape = crop.pixels_per_cm, crop.points[:, :2], crop.rgb.shape[:2]
    whole = _filled(shape, points, _UPPER_LIP_OUTER, _LOWER_LIP_OUTER)
    between = cv2.dilate(_filled(shape, points, UPPER_LIP_INNER, LOWER_LIP_INNER), np.ones((3, 3), np.uint8))
    near, far = (_grown(whole, reach * cm) for reach in _RING_CM)
    return (whole > 0) & (between == 0), (far > 0) & (near == 0)


def _filled(
    shape: tuple[int, ...], points: Floats, upper: tuple[int, ...], lower: tuple[int, ...]
) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    outline = np.vstack([points[list(upper)], points[list(lower)][::-1]])
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    return mask


def _grown(mask: np.ndarray, reach_px: float) -> np.ndarray:
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=max(1, int(reach_px))))


def _patch(lab: Floats, at: Floats, reach_px: float) -> Floats:
    """Median colour around a point."""
    low = np.clip(at - reach_px, 0, [lab.shape[1] - 1, lab.shape[0] - 1]).astype(int)
    high = np.maximum(low + 1, (at + reach_px).astype(int) + 1)
    part = lab[low[1] : high[1], low[0] : high[0]]
    return np.asarray(np.median(part.reshape(-1, 3), axis=0), np.float32)


def _edge(lab: Floats, points: Floats, line: tuple[int, ...], cm: float) -> float:
    """Steepest change across a line of landmarks, averaged along it, so that texture cancels."""
    corners = points[line[-1]] - points[line[0]]
    along = corners / max(1e-3, float(np.linalg.norm(corners)))
    down = np.array([-along[1], along[0]], np.float32)
    nodes = points[list(line)]
    lengths = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(nodes, axis=0), axis=1))])
    places = np.linspace(*_LINE_PART, _LINE_POINTS) * lengths[-1]
    middle = np.stack([np.interp(places, lengths, nodes[:, axis]) for axis in (0, 1)], axis=-1)
    steps = np.arange(-_REACH_CM, _REACH_CM + _STEP_CM / 2, _STEP_CM)[:, None, None] * cm
    profile = sample(lab, (middle[None] + steps * down).astype(np.float32)).mean(axis=1)
    return float(np.linalg.norm(np.diff(profile, axis=0), axis=1).max() / _STEP_CM)
