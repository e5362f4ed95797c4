"""Detects glasses: their bridge is an edge across the nose, where skin has none."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.sampling import sample

_INNER_CORNERS: Final = (133, 362)
_HALF_WIDTH_CM: Final = 0.45
_HALF_HEIGHT_CM: Final = 1.3
_COLUMNS, _ROWS = 24, 48

# Relative change of brightness per strip height. Over 19 faces of all kinds, bare ones stay under 2.7 at the
# strongest edge and 1.5 at the ninth decile; the two with glasses reach 5 and 2.8.
_MIN_STRONGEST: Final = 3.5
_MIN_DECILE: Final = 2.0


def wears_glasses(crop: HeadCrop) -> bool:
    """Look for an edge across the bridge of the nose, level with the eyes."""
    cm, grey = crop.pixels_per_cm, cv2.cvtColor(crop.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    left, right = (crop.points[k, :2] for k in _INNER_CORNERS)
    along = (right - left) / np.linalg.norm(right - left)
    down = np.array([-along[1], along[0]])
    x = np.linspace(-_HALF_WIDTH_CM, _HALF_WIDTH_CM, _COLUMNS)[None, :, None] * cm
    y = np.linspace(-_HALF_HEIGHT_CM, _HALF_HEIGHT_CM, _ROWS)[:, None, None] * cm
    at = ((left + right) / 2 + x * along + y * down).astype(np.float32)
    strip = sample(np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.06 * cm), np.float32), at)
    # Averaged along the bridge first, so that texture and slanted shading cancel.
    edges = np.abs(np.diff(strip, axis=0).mean(axis=1)) / (strip.mean() + 10) * _ROWS
    return bool(edges.max() > _MIN_STRONGEST and np.percentile(edges, 90) > _MIN_DECILE)
