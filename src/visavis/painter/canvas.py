"""The canvas: colours, soft shapes, curves and blobs, at any scale.

Positions and lengths are centimetres on the person: x to the right, y up, the eyes near y = 2.6, as in the
engine's mean face. Colours are sRGB in 0..1. What is painted has a coverage: where nothing was painted, the
background shows. Every operation works on the window of pixels that it changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from visavis.engine.arrays import Floats

Points = NDArray[np.float64]
_SHIFT: Final = 4  # sub-pixel bits of OpenCV's drawing functions


def colour(code: str) -> Floats:
    """A web colour such as `c68a6e`."""
    return np.array([int(code[k : k + 2], 16) / 255 for k in (0, 2, 4)], np.float32)


def mixed(first: Floats, second: Floats, share: float) -> Floats:
    """A colour between two."""
    return np.asarray(first + (second - first) * np.float32(share), np.float32)


def mirrored(points: ArrayLike) -> Points:
    """The same on the other side of the face, in the opposite order."""
    return np.asarray(np.asarray(points, np.float64)[::-1] * np.array([-1.0, 1.0]), np.float64)


@dataclass(frozen=True)
class Patch:
    """A mask in a window of the canvas.

    Attributes:
        rows: Rows of the window.
        columns: Columns of the window.
        values: Coverage, 0..1, the shape of the window.
    """

    rows: slice
    columns: slice
    values: Floats

    @property
    def where(self) -> tuple[slice, slice]:
        """The window."""
        return self.rows, self.columns

    def times(self, factor: "Floats | float | Patch") -> "Patch":
        """The mask, weakened by a number, by values of its window, or to where another one covers."""
        if not isinstance(factor, Patch):
            return Patch(
                self.rows, self.columns, np.asarray(self.values * np.float32(1) * factor, np.float32)
            )
        values = np.zeros_like(self.values)
        top, bottom = max(self.rows.start, factor.rows.start), min(self.rows.stop, factor.rows.stop)
        left, right = (
            max(self.columns.start, factor.columns.start),
            min(self.columns.stop, factor.columns.stop),
        )
        if top < bottom and left < right:
            own = (
                np.s_[top - self.rows.start : bottom - self.rows.start, :][0],
                slice(left - self.columns.start, right - self.columns.start),
            )
            other = (
                slice(top - factor.rows.start, bottom - factor.rows.start),
                slice(left - factor.columns.start, right - factor.columns.start),
            )
            values[own] = self.values[own] * factor.values[other]
        return Patch(self.rows, self.columns, values)


class Canvas:
    """A picture that is being painted."""

    def __init__(
        self, width_px: int, height_px: int, px_per_cm: float, origin_px: tuple[float, float]
    ) -> None:
        """Start an empty one.

        Args:
            width_px: Width.
            height_px: Height.
            px_per_cm: Scale.
            origin_px: Where the origin of the face lies.
        """
        self.width_px, self.height_px, self.px_per_cm = width_px, height_px, px_per_cm
        self._origin = np.array(origin_px)
        self.rgb: Floats = np.zeros((height_px, width_px, 3), np.float32)  # premultiplied
        self.alpha: Floats = np.zeros((height_px, width_px), np.float32)

    def raised(self, up_cm: float) -> "Canvas":
        """The same picture, on which everything is painted higher."""
        x, y = self._origin
        origin = (float(x), float(y) - up_cm * self.px_per_cm)
        other = Canvas(self.width_px, self.height_px, self.px_per_cm, origin)
        other.rgb, other.alpha = self.rgb, self.alpha
        return other

    # Places

    def pixels(self, points: ArrayLike) -> Points:
        """Centimetres to pixels, any shape `(..., 2)`."""
        at = np.asarray(points, np.float64)
        return self._origin + at * (self.px_per_cm, -self.px_per_cm)

    @cached_property
    def _steps(self) -> tuple[Floats, Floats]:
        x = (np.arange(self.width_px, dtype=np.float32) - np.float32(self._origin[0])) / self.px_per_cm
        y = (np.float32(self._origin[1]) - np.arange(self.height_px, dtype=np.float32)) / self.px_per_cm
        return np.asarray(x, np.float32), np.asarray(y, np.float32)

    @property
    def left_cm(self) -> float:
        """X at the left edge; the right edge is as far."""
        return float(self._steps[0][0])

    @property
    def top_cm(self) -> float:
        """Y at the upper edge."""
        return float(self._steps[1][0])

    @property
    def bottom_cm(self) -> float:
        """Y at the lower edge."""
        return float(self._steps[1][-1])

    def grid(self, patch: Patch) -> tuple[Floats, Floats]:
        """X as a row and y as a column of a window, in centimetres."""
        return self._steps[0][None, patch.columns], self._steps[1][patch.rows, None]

    def window(self, low: Points, high: Points, margin_px: float = 1) -> tuple[slice, slice]:
        """Rows and columns between two pixels, clipped to the canvas; at least one of each."""
        left = int(np.clip(np.floor(low[0] - margin_px), 0, self.width_px - 1))
        top = int(np.clip(np.floor(low[1] - margin_px), 0, self.height_px - 1))
        right = int(np.clip(np.ceil(high[0] + margin_px), left, self.width_px - 1))
        bottom = int(np.clip(np.ceil(high[1] + margin_px), top, self.height_px - 1))
        return slice(top, bottom + 1), slice(left, right + 1)

    def whole(self) -> Patch:
        """All of it."""
        return Patch(
            slice(0, self.height_px),
            slice(0, self.width_px),
            np.ones((self.height_px, self.width_px), np.float32),
        )

    # Masks

    def shape(self, outline: ArrayLike, soft_cm: float = 0.03) -> Patch:
        """The inside of an outline, with soft edges."""
        corners = self.pixels(outline)
        soft_px = soft_cm * self.px_per_cm
        rows, columns = self.window(corners.min(axis=0), corners.max(axis=0), 3 * soft_px + 2)
        inside = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        local = np.rint((corners - [columns.start, rows.start]) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(inside, [local], 255, lineType=cv2.LINE_AA, shift=_SHIFT)
        return Patch(rows, columns, blurred(inside * np.float32(1 / 255), soft_px))

    def rounded(self, patch: Patch, radius_cm: float) -> Patch:
        """A mask with rounded corners; cloth has no others."""
        soft = blurred(patch.values, radius_cm * self.px_per_cm)
        # As steep at its edge as a mask that is soft by a millimetre.
        values = np.clip((soft - 0.5) * max(1.0, 18 * radius_cm) + 0.5, 0, 1)
        return Patch(patch.rows, patch.columns, np.asarray(values, np.float32))

    def stroke(self, points: ArrayLike, width_cm: float | Sequence[float], soft_cm: float = 0.03) -> Patch:
        """A stroke; a sequence of widths is spread along it."""
        path = np.asarray(points, np.float64)
        widths = np.interp(
            np.linspace(0, 1, len(path)),
            np.linspace(0, 1, np.size(width_cm)),
            np.atleast_1d(np.asarray(width_cm, np.float64)),
        )
        along = np.gradient(path, axis=0)
        across = np.stack([-along[:, 1], along[:, 0]], axis=-1)
        across *= (widths / 2 / np.maximum(np.linalg.norm(across, axis=1), 1e-9))[:, None]
        return self.shape(np.concatenate([path + across, (path - across)[::-1]]), soft_cm)

    def blob(self, x: float, y: float, wide: float, high: float, turn_degrees: float = 0) -> Patch:
        """A Gaussian spot: 1 in its middle, 0.6 at `wide` and `high` centimetres."""
        middle, reach = self.pixels((x, y)), 3.3 * max(wide, high) * self.px_per_cm
        rows, columns = self.window(middle - reach, middle + reach)
        step_x, step_y = self._steps[0][None, columns] - x, self._steps[1][rows, None] - y
        cos, sin = np.float32(np.cos(np.radians(turn_degrees))), np.float32(np.sin(np.radians(turn_degrees)))
        along, up = step_x * cos + step_y * sin, step_y * cos - step_x * sin
        values = np.exp(-0.5 * ((along / np.float32(wide)) ** 2 + (up / np.float32(high)) ** 2))
        return Patch(rows, columns, np.asarray(values, np.float32))

    def disc(self, x: float, y: float, wide: float, high: float, soft_cm: float = 0.03) -> Patch:
        """An ellipse."""
        turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        return self.shape(np.stack([x + wide * np.cos(turn), y + high * np.sin(turn)], axis=-1), soft_cm)

    def spread(self, coarse: Floats, low: tuple[float, float], per_cm: float, patch: Patch) -> Floats:
        """Sample a coarse field, given on centimetres, at the pixels of a window.

        Args:
            coarse: Rows from the top down, any number of channels.
            low: x and y of its first value.
            per_cm: Values per centimetre.
            patch: The window.
        """
        scale = per_cm / self.px_per_cm
        left = (self._steps[0][patch.columns.start] - low[0]) * per_cm
        top = (low[1] - self._steps[1][patch.rows.start]) * per_cm
        matrix = np.array([[scale, 0, left], [0, scale, top]], np.float64)
        height, width = patch.values.shape
        sampled = cv2.warpAffine(
            coarse,
            matrix,
            (width, height),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(sampled, np.float32)

    # Painting

    def lay(self, paint: Floats, patch: Patch, opacity: float = 1.0) -> None:
        """Paint over: a colour `(3,)`, or colours of the window."""
        mask = patch.values if opacity == 1 else patch.values * np.float32(opacity)
        part, cover = self.rgb[patch.where], self.alpha[patch.where]
        part += (paint - part) * mask[..., None]
        cover += (1 - cover) * mask

    def tint(self, paint: Floats, patch: Patch, opacity: float = 1.0) -> None:
        """Paint over what was painted before, and not beside it."""
        self.lay(paint, patch.times(self.alpha[patch.where]), opacity)

    def shade(self, tint: Floats, patch: Patch, opacity: float = 1.0) -> None:
        """Multiply by a colour, as shadows and blush do."""
        self.rgb[patch.where] *= 1 + (tint - 1) * (patch.values * np.float32(opacity))[..., None]

    def glow(self, paint: Floats, patch: Patch, opacity: float = 1.0) -> None:
        """Add light, as a shine does."""
        mask = patch.values * self.alpha[patch.where] * np.float32(opacity)
        part = self.rgb[patch.where]
        part += (1 - np.clip(part, 0, 1)) * paint * mask[..., None]


class Strokes:
    """Many thin strokes on a layer of their own, laid over the canvas by `finish`."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        # Opaque colour drawn with soft edges on an empty layer is colour times coverage.
        self._layer = np.zeros((canvas.height_px, canvas.width_px, 4), np.uint8)

    def px(self, width_cm: float) -> int:
        """Whole pixels of a width; at least one."""
        return max(1, round(width_cm * self._canvas.px_per_cm))

    def draw(self, paths: Points, tones: Floats, width_px: int = 1) -> None:
        """Draw strokes one over another.

        Args:
            paths: Shape `(strokes, n, 2)`, centimetres.
            tones: Shape `(strokes, n - 1, 3)`: the colour of each piece.
            width_px: Width.
        """
        at = np.rint(self._canvas.pixels(_finer(paths)) * (1 << _SHIFT))
        limit = max(self._canvas.width_px, self._canvas.height_px) << (_SHIFT + 2)
        stops = np.clip(at, -limit, limit).astype(np.int32)
        shades = np.concatenate([np.clip(tones, 0, 1) * 255, np.full((*tones.shape[:2], 1), 255)], axis=-1)
        layer, lines, soft = self._layer, cv2.polylines, cv2.LINE_AA
        for path, colours in zip(stops, shades.tolist(), strict=True):
            for k, tone in enumerate(colours):
                lines(layer, [path[2 * k : 2 * k + 3]], False, tone, width_px, soft, _SHIFT)

    def solidify(self, gap_cm: float, depth: float = 0.72) -> None:
        """Make one body of the strokes: small gaps between them close, and strokes that stand alone fade.

        Args:
            gap_cm: Width of gaps that close.
            depth: Brightness of what shows in the gaps, relative to the strokes beside them.
        """
        shrink = max(1.0, self._canvas.px_per_cm / 9)
        left, top, width, height = cv2.boundingRect(self._layer[..., 3])
        if not width:
            return
        low = np.array([left, top], np.float64)
        where = self._canvas.window(low, low + [width, height], 2 * gap_cm * self._canvas.px_per_cm)
        layer = self._layer[where]
        height, width = layer.shape[:2]
        size = max(1, round(width / shrink)), max(1, round(height / shrink))
        small = np.asarray(
            cv2.resize(layer, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255), np.float32
        )
        per_cm = self._canvas.px_per_cm / shrink
        # How densely the strokes lie: gaps among many close, and few that leave the others fade.
        near = blurred(small, 0.35 * gap_cm * per_cm)
        filled = np.clip((near[..., 3] - 0.45) / 0.3, 0, 1)
        kept = np.clip((blurred(small[..., 3], 0.22 * per_cm) - 0.08) / 0.16, 0, 1)
        paint = near[..., :3] / np.maximum(near[..., 3:], 0.02) * np.float32(depth)
        below = np.concatenate([paint * filled[..., None], filled[..., None]], axis=-1)

        def grown(field: Floats) -> Floats:
            return np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

        strokes = layer * grown(np.asarray(kept, np.float32))[..., None]
        open_share = 1 - strokes[..., 3:] * np.float32(1 / 255)
        self._layer[where] = np.asarray(np.rint(strokes + 255 * grown(below) * open_share), np.uint8)

    def coverage(self) -> Floats:
        """How far each pixel is covered."""
        return np.asarray(self._layer[..., 3] * np.float32(1 / 255), np.float32)

    def finish(self, opacity: float = 1.0, *, within: Patch | None = None, soft_cm: float = 0) -> None:
        """Lay them over the canvas."""
        filled = cv2.boundingRect(self._layer[..., 3])
        left, top, width, height = filled
        if not width:
            return
        patch = Patch(
            slice(top, top + height), slice(left, left + width), np.ones((height, width), np.float32)
        )
        if within is not None:
            patch = patch.times(within)
        layer = self._layer[patch.where] * np.float32(1 / 255)
        if soft_cm:
            layer = blurred(layer, soft_cm * self._canvas.px_per_cm)
        mask = layer[..., 3] * patch.values * np.float32(opacity)
        part, cover = self._canvas.rgb[patch.where], self._canvas.alpha[patch.where]
        part *= (1 - mask)[..., None]
        part += layer[..., :3] * (patch.values * np.float32(opacity))[..., None]
        cover += (1 - cover) * mask


def _finer(paths: Points) -> Points:
    """A point between every two, on a smooth curve."""
    ends = np.concatenate(
        [2 * paths[:, :1] - paths[:, 1:2], paths, 2 * paths[:, -1:] - paths[:, -2:-1]], axis=1
    )
    between = (9 * (paths[:, 1:] + paths[:, :-1]) - ends[:, :-3] - ends[:, 3:]) / 16
    finer = np.empty((len(paths), 2 * paths.shape[1] - 1, 2))
    finer[:, ::2], finer[:, 1::2] = paths, between
    return finer


def blurred(mask: Floats, px: float) -> Floats:
    """Gaussian blur; wide ones are done at a fraction of the size."""
    if px <= 0.3:
        return mask
    shrink = 1
    while px / shrink > 4 and min(mask.shape[:2]) >= 16 * shrink:
        shrink *= 2
    if shrink == 1:
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), px, borderType=cv2.BORDER_REPLICATE), np.float32)
    height, width = mask.shape[:2]
    small = cv2.resize(mask, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), px / shrink, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
