"""Crops the square around the head from a photo."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face.landmarks import OVAL
from visavis.engine.rig import anatomy

SQUARE_EYE_DISTANCES: Final = 4.7
"""Side of the square in eye distances: head, hair and upper shoulders, as in a webcam picture."""

_OVAL_TO_EYES: Final = 0.38
"""Eye distance of a frontal face over the height of its oval: gives the scale of a head that is turned."""


@dataclass(frozen=True)
class HeadCrop:
    """The square around a head, scaled to the rig's size.

    Attributes:
        rgb: Shape `(size, size, 3)`.
        points: Shape `(478, 3)`, landmarks in pixels of `rgb`; z grows away from the camera.
        left_px: Left edge of the square in the photo, in the photo's pixels.
        top_px: Top edge of the square in the photo.
        side_px: Side of the square in the photo.
        pixels_per_cm: Scale of `rgb` at the face.
    """

    rgb: Pixels
    points: Floats
    left_px: float
    top_px: float
    side_px: float
    pixels_per_cm: float

    @property
    def size(self) -> int:
        """Side of `rgb` in pixels."""
        return int(self.rgb.shape[0])


class HeadSquare(NamedTuple):
    """The square around a head, and the distance of the eyes, in the photo's pixels."""

    left: float
    top: float
    side: float
    eye_distance: float


def head_square(rgb: Pixels, points: Floats) -> HeadSquare:
    """Find the square of `SQUARE_EYE_DISTANCES` around the face, limited to the photo.

    Args:
        rgb: The photo, shape `(height, width, 3)`.
        points: Landmarks in its pixels, shape `(478, 3)`.
    """
    height, width = rgb.shape[:2]
    oval = points[list(OVAL), :2]
    eye_distance = float(np.linalg.norm(points[468, :2] - points[473, :2]))
    eye_distance = max(eye_distance, float(np.ptp(oval[:, 1])) * _OVAL_TO_EYES)
    side = min(eye_distance * SQUARE_EYE_DISTANCES, height, width)
    centre = oval.mean(axis=0)
    left = float(np.clip(centre[0] - side / 2, 0, width - side))
    top = float(np.clip(centre[1] - side * 0.47, 0, height - side))
    return HeadSquare(left, top, side, eye_distance)


def crop_head(rgb: Pixels, points: Floats, size: int) -> HeadCrop:
    """Crop the square around the head.

    Args:
        rgb: The photo, shape `(height, width, 3)`.
        points: Landmarks in its pixels, shape `(478, 3)`.
        size: Side of the result in pixels.
    """
    square = head_square(rgb, points)
    left, top, side = square.left, square.top, square.side
    scale = size / side
    moved = points.astype(np.float32).copy()
    moved[:, :2] = (moved[:, :2] + 0.5 - [left, top]) * scale - 0.5
    moved[:, 2] *= scale
    return HeadCrop(
        rgb=_cut(rgb, left, top, side, size),
        points=moved,
        left_px=left,
        top_px=top,
        side_px=side,
        pixels_per_cm=square.eye_distance * scale / anatomy.PUPIL_DISTANCE_CM,
    )


def _cut(rgb: Pixels, left: float, top: float, side: float, size: int) -> Pixels:
    """Resample the square; when it shrinks, pixels are averaged, so that fine hair does not flicker."""
    shrink = size / side
    source, scale = rgb, 1.0
    if shrink < 0.7:
        # The whole picture shrinks first: INTER_AREA is OpenCV's only exact averaging.
        scale = shrink
        source = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    step = side * scale / size
    # Pixel centres: destination i samples the source at (i + ½)·step + origin − ½.
    to_source = np.array(
        [[step, 0, left * scale + step / 2 - 0.5], [0, step, top * scale + step / 2 - 0.5]], np.float32
    )
    interpolation = cv2.INTER_LANCZOS4 if shrink > 1 else cv2.INTER_CUBIC
    cut = cv2.warpAffine(
        source,
        to_source,
        (size, size),
        flags=interpolation | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cut, np.uint8)
