"""The inside of the mouth: cavity, tongue and teeth, painted in real centimetres.

The upper teeth move with the head, the lower teeth and the tongue with the jaw. Their colours follow the
light on the photo's skin. If the photo shows the inside of the mouth, that part of the photo is drawn.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.anatomy import CHEEKS
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.curves import bump, fill_inward, ramp
from visavis.engine.rig.lips import LUMA, Box, MouthLine

_OVERSAMPLE: Final = 3

# Widths and heights in cm, from the middle outwards: incisors, canine, premolars.
# Source: Wheeler's Dental Anatomy, crown dimensions of permanent teeth, rounded.
_UPPER_TEETH: Final = ((0.85, 1.00), (0.66, 0.90), (0.76, 0.98), (0.70, 0.84), (0.66, 0.78))
_LOWER_TEETH: Final = ((0.52, 0.86), (0.57, 0.88), (0.66, 0.92), (0.68, 0.82), (0.68, 0.78))
_UPPER_EDGE_CM: Final = -0.16  # edge of the incisors, below the line of the closed lips (y up)
_LOWER_EDGE_CM: Final = -0.02

_ENAMEL: Final = np.array([236.0, 228.0, 212.0])
_GUM: Final = np.array([168.0, 92.0, 88.0])
_TONGUE: Final = np.array([204.0, 112.0, 106.0])
_CAVITY: Final = np.array([96.0, 36.0, 34.0])
_BRIGHT_SKIN: Final = 200.0  # luma of well-lit fair skin, for which the colours above are correct


@dataclass(frozen=True)
class Interior:
    """Sprites over the mouth's box: RGBA, of the box's size, with colours not multiplied by alpha.

    Attributes:
        upper_teeth: Upper teeth, which move with the head.
        lower_teeth: Lower teeth, which move with the jaw.
        tongue: Tongue at rest, which moves with the jaw.
        cavity: Shape `(height, width, 3)`, the background of the mouth.
        front_teeth: Shape `(height, width)`, 0..255: mask of the upper teeth that an f shows over the lip.
        tilt_rad: Angle of the mouth in the picture.
        middle: Centre of the mouth in the box, pixels (x, y).
        from_photo: Whether `upper_teeth` shows the inside of the mouth from the photo.
    """

    upper_teeth: Pixels
    lower_teeth: Pixels
    tongue: Pixels
    cavity: Pixels
    front_teeth: Pixels
    tilt_rad: float
    middle: tuple[float, float]
    from_photo: bool


@dataclass(frozen=True)
class _Light:
    """Light of the photo, as factors on the painted colours."""

    strength: float
    tint: Floats
    grey: bool

    def on(self, colour: Floats, floor: float = 0.3, tint: float = 0.35) -> Floats:
        """A painted colour in this light."""
        if self.grey:
            colour = np.full(3, float(colour @ LUMA))
        lit = colour * self.tint**tint * np.clip(self.strength, floor, 1.05)
        return np.asarray(np.clip(lit, 0, 250), np.float32)


def paint_interior(crop: HeadCrop, line: MouthLine, box: Box) -> Interior:
    """Paint the inside of a mouth for one photo."""
    light = _light(crop)
    corner_left, corner_right = line.upper[0], line.upper[-1]
    tilt = float(np.arctan2(*(corner_right - corner_left)[::-1]))
    middle = (line.upper[5] + line.lower[5]) / 2 - [box.left, box.top]
    half_width = float(np.linalg.norm(corner_right - corner_left)) / 2 / crop.pixels_per_cm
    x, y = _mouth_coordinates(box, middle, tilt, crop.pixels_per_cm)
    # The arch has half of the curvature of the line of the lips: a smile shows curved teeth.
    level = y - 0.5 * _curvature(line, tilt, crop.pixels_per_cm) * x**2

    px_per_cm = crop.pixels_per_cm * _OVERSAMPLE
    upper = _shrink(_teeth(x, level, _UPPER_TEETH, light, px_per_cm, half_width, upper=True), box)
    lower = _shrink(_teeth(x, level, _LOWER_TEETH, light, px_per_cm, half_width, upper=False), box)
    # Measured from the edge of the upper lip: the lower teeth must not follow an open mouth.
    upper_lip = float(np.linalg.norm(line.upper[5] - line.lower[5])) / 2 / crop.pixels_per_cm
    below_lip = level - upper_lip
    window = ramp(half_width * 0.85, half_width * 0.5, np.abs(x)) * ramp(-0.75, -0.45, below_lip)
    front = _shrink(window[..., None] * 255, box)
    harvested = _harvest(crop, line, box) if line.is_open else None
    return Interior(
        upper_teeth=upper if harvested is None else harvested,
        lower_teeth=lower,
        tongue=_shrink(_tongue(x, y, light, px_per_cm), box),
        cavity=_shrink(_cavity(x, y, light), box),
        front_teeth=front.reshape(box.height, box.width),
        tilt_rad=tilt,
        middle=(float(middle[0]), float(middle[1])),
        from_photo=harvested is not None,
    )


def _light(crop: HeadCrop) -> _Light:
    patches = []
    for cheek in CHEEKS:
        x, y = np.clip(np.rint(crop.points[cheek, :2]).astype(int), 4, crop.size - 5)
        patches.append(crop.rgb[y - 4 : y + 4, x - 4 : x + 4].reshape(-1, 3).mean(axis=0))
    skin = np.maximum(patches[0], patches[1]).astype(np.float64)
    luma = max(float(skin @ LUMA), 1.0)
    saturation = (skin.max() - skin.min()) / max(skin.max(), 1.0)
    return _Light(
        luma / _BRIGHT_SKIN, np.maximum(skin / luma, 0.05).astype(np.float32), bool(saturation < 0.06)
    )


def _mouth_coordinates(box: Box, middle: Floats, tilt: float, pixels_per_cm: float) -> tuple[Floats, Floats]:
    """Centimetres right of and above the centre of the mouth, on the oversampled box."""
    step = 1.0 / _OVERSAMPLE
    columns = np.arange(box.width * _OVERSAMPLE, dtype=np.float32) * step + (step - 1) / 2
    rows = np.arange(box.height * _OVERSAMPLE, dtype=np.float32) * step + (step - 1) / 2
    dx, dy = np.meshgrid(columns - middle[0], rows - middle[1])
    cos, sin = np.cos(tilt), np.sin(tilt)
    return (dx * cos + dy * sin) / pixels_per_cm, (dx * sin - dy * cos) / pixels_per_cm


def _curvature(line: MouthLine, tilt: float, pixels_per_cm: float) -> float:
    """The x² term of the line of the mouth, 1/cm; positive if the corners are above the middle."""
    points = (line.upper + line.lower) / 2
    points = (points - points[5]) / pixels_per_cm
    along = points[:, 0] * np.cos(tilt) + points[:, 1] * np.sin(tilt)
    above = points[:, 0] * np.sin(tilt) - points[:, 1] * np.cos(tilt)
    return float(np.clip(np.polyfit(along, above, 2)[0], -0.15, 0.15))


def _teeth(
    x: Floats,
    y: Floats,
    sizes: tuple[tuple[float, float], ...],
    light: _Light,
    px_per_cm: float,
    half_width: float,
    *,
    upper: bool,
) -> Floats:
    """One row of teeth with its gum, RGBA 0..255, on the oversampled box."""
    arch = sum(width for width, _ in sizes)
    side = np.abs(x)
    direction = 1.0 if upper else -1.0  # towards the gum
    edge_cm = _UPPER_EDGE_CM if upper else _LOWER_EDGE_CM
    enamel, gum = light.on(_ENAMEL), light.on(_GUM)
    colour = np.zeros((*x.shape, 3), np.float32)
    alpha = np.zeros(x.shape, np.float32)
    inner = 0.0
    for width, height in sizes:
        # The arch curves backwards at the sides: teeth look narrower there, and darker.
        turn = np.clip(inner / (arch * 1.15), 0, 1) * 1.15
        seen = width * float(np.cos(turn))
        across = (side - inner) / seen
        up = direction * (y - edge_cm) - 0.10 * (side / arch) ** 2
        round_edge = 0.10 * np.clip((np.abs(across - 0.5) * 2 - 0.5) / 0.5, 0, 1) ** 2
        body = np.clip((up / height - round_edge) * height * px_per_cm / 1.5 + 0.5, 0, 1)
        slot = np.clip(np.minimum(across, 1 - across) * seen * px_per_cm / 2.2 + 0.45, 0, 1)
        cover = np.where((across > -0.2) & (across < 1.2), body * slot, 0.0)
        # A tooth looks like a small barrel: brightest left of its middle, greyer at the edge and the neck.
        barrel = 1 - 0.13 * (np.abs(across - 0.45) * 2) ** 3
        length = np.clip(up / height, 0, 1)
        shade = barrel * (1 - 0.10 * ramp(0.22, 0.0, length)) * (1 - 0.18 * length)
        colour = np.where((cover > alpha)[..., None], enamel * shade[..., None], colour)
        alpha = np.maximum(alpha, cover)
        inner += seen
    within = np.clip((inner - side) * px_per_cm / 2 + 0.5, 0, 1)
    rise = direction * (y - edge_cm) - 0.10 * (side / arch) ** 2
    behind = np.clip(rise * px_per_cm / 1.5 - 1.0, 0, 1) * within  # not transparent between two teeth
    colour = colour * alpha[..., None] + enamel * 0.5 * (1 - alpha[..., None])
    scallop = 0.07 * np.cos(2 * np.pi * side / 0.75)
    gums = np.clip((rise - sizes[0][1] * 0.95 - scallop) * px_per_cm / 6 + 0.5, 0, 1) * within
    colour = colour * (1 - gums[..., None]) + gum * gums[..., None]
    # Beside the front teeth, light comes only through the opening of the mouth.
    corridor = 0.22 + 0.78 * ramp(half_width * 1.0, half_width * 0.45, side)
    depth = corridor * (1.0 if upper else 0.80)
    return np.dstack([colour * depth[..., None], np.maximum(np.maximum(alpha, gums), behind) * 255])


def _tongue(x: Floats, y: Floats, light: _Light, px_per_cm: float) -> Floats:
    """A tongue behind the lower teeth, RGBA 0..255; its back is dark."""
    across, up = x / 1.8, (y + 0.72) / 1.0
    radius = np.sqrt(across**2 + up**2)
    alpha = np.clip((1 - radius) * 0.8 * px_per_cm / 3 + 0.5, 0, 1)
    groove = 0.06 * bump(x, 0.22) * ramp(-0.9, 0.1, up)
    dome = 1 - 0.42 * radius**2 - groove
    gloss = 0.13 * bump(x - 0.5, 0.30) * bump(up - 0.35, 0.28) + 0.08 * bump(x + 0.55, 0.25) * bump(
        up - 0.3, 0.25
    )
    back = 1 - 0.30 * ramp(0.2, 1.0, up)
    colour = light.on(_TONGUE)[None, None] * (dome * back + gloss)[..., None]
    return np.dstack([colour, alpha * 255])


def _cavity(x: Floats, y: Floats, light: _Light) -> Floats:
    """The dark throat in the middle, with lit cheeks and palate around it."""
    deep = bump(x, 1.5) * bump(y + 0.6, 1.3)
    return np.asarray(light.on(_CAVITY)[None, None] * (1.05 - 0.62 * deep)[..., None], np.float32)


def _harvest(crop: HeadCrop, line: MouthLine, box: Box) -> Pixels:
    """The inside of the mouth from the photo, extended slightly under the lips."""
    outline = np.vstack([line.upper, line.lower[::-1]]) - [box.left, box.top]
    mask = np.zeros((box.height * 4, box.width * 4), np.uint8)
    cv2.fillPoly(mask, [np.rint((outline + 0.5) * 4 * 16).astype(np.int32)], 255, shift=4)
    mask = np.asarray(cv2.resize(mask, (box.width, box.height), interpolation=cv2.INTER_AREA), np.uint8)
    sure = cv2.erode(mask, np.ones((3, 3), np.uint8)) > 128
    face = crop.rgb[box.rows, box.columns].astype(np.float32)
    filled = fill_inward(face, sure.astype(np.float32))
    reach = max(3, round(0.5 * crop.pixels_per_cm)) | 1
    grown = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    alpha = cv2.GaussianBlur(grown.astype(np.float32), (0, 0), 0.09 * crop.pixels_per_cm)
    return np.dstack([filled, alpha]).clip(0, 255).astype(np.uint8)


def _shrink(image: Floats, box: Box) -> Pixels:
    small = cv2.resize(image.astype(np.float32), (box.width, box.height), interpolation=cv2.INTER_AREA)
    return np.clip(np.rint(small), 0, 255).astype(np.uint8)
