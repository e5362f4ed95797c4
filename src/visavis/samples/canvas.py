"""Painting: colours, soft shapes, curves and strokes.

A picture is a float32 array `(side, side, 3)` of sRGB values in 0..1. Shapes are masks `(side, side)`
in 0..1. Positions are centimetres on the face: x to the right, y up, as in the engine's mean face.
"""

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from visavis.engine.arrays import Floats

Points = NDArray[np.float64]

SIDE = 1024
UNIT_PX = 29.0  # one centimetre
_CENTRE_X_PX, _CENTRE_Y_PX = 512.0, 512.0
_SHIFT = 4  # sub-pixel bits of the drawing functions


def colour(code: str) -> Floats:
    """A web colour such as `c68a6e`."""
    return np.array([int(code[k : k + 2], 16) / 255 for k in (0, 2, 4)], np.float32)


def pixels(points: ArrayLike) -> Points:
    """Centimetres to pixels, any shape `(..., 2)`."""
    at = np.asarray(points, np.float64)
    return np.stack([_CENTRE_X_PX + at[..., 0] * UNIT_PX, _CENTRE_Y_PX - at[..., 1] * UNIT_PX], axis=-1)


@cache
def plane() -> tuple[Floats, Floats]:
    """Every pixel's x and y in centimetres, each `(side, side)`."""
    steps = np.arange(SIDE, dtype=np.float32)
    x, y = (steps - _CENTRE_X_PX) / UNIT_PX, (_CENTRE_Y_PX - steps) / UNIT_PX
    grid_x, grid_y = np.meshgrid(x, y)
    grid_x.setflags(write=False)
    grid_y.setflags(write=False)
    return grid_x, grid_y


def shape(outline: ArrayLike, *, soft_px: float = 0.6) -> Floats:
    """The inside of an outline as a mask with soft edges."""
    corners = pixels(outline)
    rows, columns = window(corners.min(axis=0), corners.max(axis=0), margin=4 * soft_px + 2)
    inside = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    local = np.rint((corners - [columns.start, rows.start]) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(inside, [local], 255, lineType=cv2.LINE_AA, shift=_SHIFT)
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[rows, columns] = blurred(inside * np.float32(1 / 255), soft_px)
    return mask


def blurred(mask: Floats, px: float) -> Floats:
    """Gaussian blur; wide ones are done at a fraction of the size."""
    if px <= 0.3:
        return mask
    shrink = 1 if px < 4 else 2 if px < 8 else 4
    height, width = mask.shape[:2]
    if shrink == 1 or min(height, width) < 8 * shrink:
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), px, borderType=cv2.BORDER_REPLICATE), np.float32)
    small = cv2.resize(mask, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), px / shrink, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def line(points: ArrayLike, width_cm: float | Sequence[float], *, soft_px: float = 0.8) -> Floats:
    """A stroke as a mask; a sequence of widths is spread along it."""
    path = np.asarray(points, np.float64)
    widths = np.interp(
        np.linspace(0, 1, len(path)),
        np.linspace(0, 1, np.size(width_cm)),
        np.atleast_1d(np.asarray(width_cm, np.float64)),
    )
    along = np.gradient(path, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=-1)
    across *= (widths / 2 / np.maximum(np.linalg.norm(across, axis=1), 1e-9))[:, None]
    return shape(np.concatenate([path + across, (path - across)[::-1]]), soft_px=soft_px)


def blob(x: float, y: float, wide: float, high: float, *, turn_degrees: float = 0) -> Floats:
    """A Gaussian spot: 1 in its middle, 0.6 at `wide` and `high` centimetres."""
    middle, reach = pixels((x, y)), 3.7 * max(wide, high) * UNIT_PX
    rows, columns = window(middle - reach, middle + reach, margin=1)
    grid_x, grid_y = (each[rows, columns] for each in plane())
    angle = np.radians(turn_degrees)
    along = (grid_x - x) * np.float32(np.cos(angle)) + (grid_y - y) * np.float32(np.sin(angle))
    up = (grid_y - y) * np.float32(np.cos(angle)) - (grid_x - x) * np.float32(np.sin(angle))
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[rows, columns] = np.exp(-0.5 * ((along / np.float32(wide)) ** 2 + (up / np.float32(high)) ** 2))
    return mask


def lay(picture: Floats, paint: Floats, mask: Floats) -> None:
    """Paint over, in place: a colour `(3,)` or a picture, where the mask says."""
    where = covered(mask)
    part = picture[where]
    part += ((paint if paint.ndim == 1 else paint[where]) - part) * mask[where][..., None]


def shade(picture: Floats, tint: Floats, mask: Floats) -> None:
    """Multiply by a colour, in place, as shadows and blush do."""
    where = covered(mask)
    picture[where] *= 1 + (tint - 1) * mask[where][..., None]


def covered(mask: Floats) -> tuple[slice, slice]:
    """The rows and columns where a mask is not zero."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def window(low: Points, high: Points, *, margin: float) -> tuple[slice, slice]:
    """Rows and columns of the picture between two pixels, with a margin; at least one of each."""
    left, top = (int(np.clip(np.floor(at - margin), 0, SIDE - 1)) for at in low)
    right, bottom = (int(np.clip(np.ceil(at + margin), 0, SIDE - 1)) for at in high)
    return slice(top, bottom + 1), slice(left, right + 1)


def noise(generator: np.random.Generator, grain_px: float) -> Floats:
    """Soft random values of spread 1 about 0, `(side, side)`."""
    cells = max(4, round(SIDE / grain_px))
    rough = generator.standard_normal((cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(rough, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32)


class Strokes:
    """Thin strokes laid over a picture; they take effect on `finish`."""

    def __init__(self, picture: Floats) -> None:
        self._picture = picture
        self._drawn = np.asarray(np.clip(picture, 0, 1) * 255, np.uint8)

    def draw(self, path: Points, tones: Floats, *, thickness: int = 1) -> None:
        """One stroke.

        Args:
            path: Shape `(n, 2)`, centimetres.
            tones: Shape `(n - 1, 3)`: the colour of each piece.
            thickness: Pixels.
        """
        at = np.rint(pixels(path) * (1 << _SHIFT)).astype(int).tolist()
        for start, end, tone in zip(at, at[1:], (tones * 255).tolist(), strict=False):
            cv2.line(self._drawn, start, end, tone, thickness, cv2.LINE_AA, _SHIFT)

    def finish(self, opacity: float = 1.0) -> None:
        """Blend what was drawn into the picture, in place."""
        self._picture += (self._drawn / np.float32(255) - self._picture) * np.float32(opacity)
