"""Splits the face along the line of the mouth, so that the lips can part.

The upper layer ends at the line with soft alpha. The lower layer continues slightly above it with a mirrored,
darkened lip, which gives the lip its thickness when it drops. Each layer is warped by its own field, and the
inside of the mouth is under both.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.anatomy import CHEEKS, LOWER_LIP_INNER, LOWER_LIP_SKIN, UPPER_LIP_INNER
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.curves import ramp
from visavis.engine.rig.sampling import sample
from visavis.engine.rig.space import CELL_PX

LUMA: Final = np.array([0.3, 0.59, 0.11], np.float32)

_SURELY_CLOSED_CM: Final = 0.28  # a smaller gap between the inner lips is an error of the landmark model
_SURELY_OPEN_CM: Final = 1.0
_PATCH_MARGIN_CM: Final = 1.2


@dataclass(frozen=True)
class Box:
    """A rectangle in the crop, in pixels, aligned to the cells of the fields."""

    left: int
    top: int
    width: int
    height: int

    @property
    def rows(self) -> slice:
        """Rows in the crop."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """Columns in the crop."""
        return slice(self.left, self.left + self.width)


@dataclass(frozen=True)
class MouthLine:
    """The line along which the face is split, in the crop's pixels.

    Attributes:
        upper: Shape `(11, 2)`, lower edge of the upper lip from corner to corner.
        lower: The same for the lower lip; equals `upper` if the mouth is closed in the photo.
        is_open: Whether the photo shows the inside of the mouth.
    """

    upper: Floats
    lower: Floats
    is_open: bool


@dataclass(frozen=True)
class LipLayers:
    """The two layers around the mouth.

    Attributes:
        box: Part of the frame in which they are drawn.
        patch: Part of the crop that the textures cover: the box and what a turn of the head can move into it.
        upper: Shape `(patch.height, patch.width, 4)`, RGBA, colours not multiplied by alpha.
        lower: The same.
        feather: Shape `(box.height, box.width)`, 0..255: how the box fades into the rest of the face.
    """

    box: Box
    patch: Box
    upper: Pixels
    lower: Pixels
    feather: Pixels


def mouth_box(crop: HeadCrop, margin_cm: float = 0.0) -> Box:
    """The part of the crop that is drawn in layers, with a margin."""
    cm, (x, y) = crop.pixels_per_cm, crop.points[[13, 14], :2].mean(axis=0)
    left, right = x - (3.9 + margin_cm) * cm, x + (3.9 + margin_cm) * cm
    top, bottom = y - (2.4 + margin_cm) * cm, y + (4.4 + margin_cm) * cm
    edges = np.clip([left, top, right, bottom], 0, crop.size).astype(int) // CELL_PX * CELL_PX
    return Box(int(edges[0]), int(edges[1]), int(edges[2] - edges[0]), int(edges[3] - edges[1]))


def find_mouth_line(crop: HeadCrop) -> MouthLine:
    """Find where to split. A closed mouth is split along its darkest pixels, which landmarks miss by 1–3."""
    upper = crop.points[list(UPPER_LIP_INNER), :2]
    lower = crop.points[list(LOWER_LIP_INNER), :2]
    if _shows_inside(crop, upper, lower):
        return MouthLine(upper, lower, is_open=True)
    line = _darkest_line(
        crop, np.asarray((upper + lower) / 2, np.float32), float(np.linalg.norm(lower[5] - upper[5]))
    )
    return MouthLine(line, line, is_open=False)


def _shows_inside(crop: HeadCrop, upper: Floats, lower: Floats) -> bool:
    """Whether there are teeth or a dark mouth between the lips, and not only lip."""
    gap_cm = float(np.linalg.norm(lower[5] - upper[5])) / crop.pixels_per_cm
    if gap_cm < _SURELY_CLOSED_CM:
        return False
    if gap_cm > _SURELY_OPEN_CM:
        return True
    mask = np.zeros(crop.rgb.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(np.vstack([upper, lower[::-1]])).astype(np.int32)], 1)
    inside = cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0
    if inside.sum() < 20:
        return False
    light = crop.rgb @ LUMA
    saturation = np.asarray(cv2.cvtColor(crop.rgb, cv2.COLOR_RGB2HSV)[..., 1], np.float32)
    skin = float(np.median([_at(light, crop, k) for k in CHEEKS]))
    lip_saturation = float(np.median([_at(saturation, crop, k) for k in LOWER_LIP_SKIN]))
    teeth = (saturation < max(95.0, 0.66 * lip_saturation)) & (light > 0.5 * skin)
    dark = light < 0.30 * skin
    return bool(teeth[inside].mean() >= 0.5 or dark[inside].mean() >= 0.35)


def _at(image: Floats, crop: HeadCrop, point: int) -> float:
    x, y = np.clip(np.rint(crop.points[point, :2]).astype(int), 0, crop.size - 1)
    return float(image[y, x])


def _darkest_line(crop: HeadCrop, guess: Floats, gap_px: float) -> Floats:
    """Move a guess to the darkest row of each column, smoothed by a quartic."""
    light = cv2.GaussianBlur(crop.rgb.astype(np.float32) @ LUMA, (0, 0), 1.0)
    half = max(0.16 * crop.pixels_per_cm, gap_px / 2)
    snapped = guess.copy()
    for k in range(1, len(guess) - 1):
        x, y = float(guess[k, 0]), float(guess[k, 1])
        rows = np.arange(max(int(y - half), 0), min(int(y + half) + 2, crop.size))
        values = light[rows, int(np.clip(round(x), 0, crop.size - 1))]
        near = np.exp(-((rows - y) ** 2) / (2 * (half * 0.8) ** 2))
        snapped[k, 1] = rows[int(np.argmax((values.max() - values) * near))]
    trust = np.array([4] + [1] * 9 + [4])
    origin = guess[:, 0].mean()
    quartic = np.polyfit(snapped[:, 0] - origin, snapped[:, 1], 4, w=trust)
    snapped[1:-1, 1] = np.polyval(quartic, snapped[1:-1, 0] - origin)
    return snapped


def lip_layers(crop: HeadCrop, line: MouthLine) -> LipLayers:
    """Split the face around the mouth into its two layers."""
    box, patch, cm = mouth_box(crop), mouth_box(crop, _PATCH_MARGIN_CM), crop.pixels_per_cm
    rows, columns = np.mgrid[patch.rows, patch.columns].astype(np.float32)
    face = crop.rgb[patch.rows, patch.columns].astype(np.float32)
    upper_y, lower_y = _height_of(line.upper, columns), _height_of(line.lower, columns)
    left, right = float(line.upper[0, 0]), float(line.upper[-1, 0])
    beyond = np.maximum(left - columns, columns - right)  # pixels outside the corners
    taper = np.clip(-beyond / (0.5 * cm), 0, 1)

    corner_blur = 1.3 + np.clip(beyond / (1.2 * cm), 0, 1) * 1.1 * cm
    upper_alpha = np.clip((upper_y - rows) / corner_blur + 0.5, 0, 1)

    lower, thickness = _lower_lip(face, rows - lower_y, taper, cm, is_open=line.is_open)
    soft = 1.4 if line.is_open else 2.0
    lower_alpha = np.clip((rows - (lower_y - thickness)) / soft + 0.5, 0, 1)
    inside = beyond < 0
    lower = np.where(inside[..., None], lower, face)
    lower_alpha = np.where(inside, lower_alpha, 1.0)

    return LipLayers(
        box=box,
        patch=patch,
        upper=np.dstack([face, upper_alpha * 255]).clip(0, 255).astype(np.uint8),
        lower=np.dstack([lower, lower_alpha * 255]).clip(0, 255).astype(np.uint8),
        feather=_feather(box, 0.6 * cm),
    )


def _feather(box: Box, edge_px: float) -> Pixels:
    """255 in the middle of the box, 0 at its border."""
    across, down = (
        ramp(0, edge_px, np.minimum(np.arange(n), np.arange(n)[::-1])) for n in (box.width, box.height)
    )
    return (np.outer(down, across) * 255).astype(np.uint8)


def _lower_lip(
    face: Floats, below: Floats, taper: Floats, cm: float, *, is_open: bool
) -> tuple[Floats, Floats]:
    """Colours of the lower layer, and its extent above its line, in pixels.

    Above the line is the lip's mirror image, which becomes darker. The dark seam of a closed mouth is
    replaced by lip; otherwise it would move down with the jaw.
    """
    reach = (0.06 if is_open else 0.15) * cm * taper
    darken = 1 - (0.2 if is_open else 0.5) * np.clip(-below / np.maximum(reach, 0.5), 0, 1)
    skip = 0.0 if is_open else 0.30 * cm
    mirrored = _rows_from(face, np.asarray(np.abs(below) * 0.8 + skip - below, np.float32))
    if is_open:
        return np.where((below < 0)[..., None], mirrored * darken[..., None], face), reach
    seam = (np.clip(1 - (np.abs(below) / (0.26 * cm)) ** 2, 0, 1) * taper)[..., None]
    healed = face * (1 - seam) + mirrored * seam
    return np.where((below < 0)[..., None], mirrored * darken[..., None], healed), reach


def _rows_from(image: Floats, down: Floats) -> Floats:
    """The picture with each pixel taken from `down` rows below."""
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    return sample(image, np.stack([columns, rows + down], axis=-1).astype(np.float32))


def _height_of(line: Floats, columns: Floats) -> Floats:
    """Row of a smooth curve through the edge of a lip at each column; level beyond the corners."""
    origin = float(line[:, 0].mean())
    quintic = np.polyfit(line[:, 0] - origin, line[:, 1], 5)
    within = np.clip(columns, line[0, 0], line[-1, 0])
    return np.polyval(quintic, within - origin).astype(np.float32)
