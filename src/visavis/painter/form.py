"""The form of a head: the engine's mean face, changed by the traits, on a skull."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from visavis.engine.arrays import Floats
from visavis.engine.face.pose import mean_face
from visavis.engine.spline import curve
from visavis.painter.canvas import Canvas, Patch, Points, blurred, mirrored
from visavis.painter.character import Character

# The edge of the face from the chin up its right side.
_SIDE: Final = (152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
SKULL_CENTRE: Final = np.array([0.0, 5.0, -4.2])
SKULL_RADII: Final = np.array([7.05, 7.3, 9.1])

_LOW: Final = (-10.0, 14.5)  # the upper left corner of the fields
_SPAN: Final = (20.0, 25.0)
_PER_CM: Final = 6.0
_COARSE_PER_CM: Final = 2.5

_MOODS: Final[dict[str, tuple[float, float, float, float]]] = {
    # corners of the mouth up, inner brow up, outer brow up, eyes narrowed
    "friendly": (0.55, 0.05, 0.05, 0.15),
    "happy": (1.0, 0.1, 0.15, 0.4),
    "neutral": (0.12, 0.0, 0.0, 0.0),
    "serious": (-0.12, -0.25, -0.1, 0.15),
    "confident": (0.4, -0.1, 0.15, 0.2),
    "calm": (0.3, 0.05, -0.05, 0.2),
    "thoughtful": (0.08, 0.2, -0.05, 0.1),
    "sad": (-0.4, 0.5, -0.3, 0.1),
    "surprised": (0.15, 0.6, 0.7, -0.5),
    "angry": (-0.4, -0.6, 0.2, 0.35),
}


# Most of what tells 30 from 45 years comes in between.
_AGES: Final = (27, 34, 40, 47, 60, 77)
_AGED: Final = (0.0, 0.05, 0.26, 0.44, 0.68, 1.0)


@dataclass(frozen=True)
class MoodShape:
    """An expression; each number from -1 to 1."""

    smile: float
    inner_brow: float
    outer_brow: float
    squint: float


def mood_of(name: str) -> MoodShape:
    """The expression of a mood; an unknown one is neutral."""
    return MoodShape(*_MOODS.get(name, _MOODS["neutral"]))


@dataclass(frozen=True)
class Form:
    """The head to be painted.

    Attributes:
        points: Shape `(468, 3)`, centimetres: the mesh of the engine, changed.
        outline: Shape `(n, 2)`: the edge of head and face.
        height: z of the skin on a grid.
        normals: Normals of the skin on the same grid, `(rows, columns, 3)`.
        hollows: How deep a place lies between its surroundings, 0..1.
        widening: Width of the head, relative to the average.
        lift_cm: How much higher than on the average face eyes and brows lie.
        mood: The expression.
    """

    points: Points
    outline: Points
    height: Floats
    normals: Floats
    hollows: Floats
    widening: float
    lift_cm: float
    mood: MoodShape

    def at(self, *indices: int) -> Points:
        """Where mesh points lie in the picture, `(n, 2)`."""
        where: Points = self.points[list(indices), :2]
        return where

    def spread(self, canvas: Canvas, field: Floats, patch: Patch) -> Floats:
        """A field of the grid at the pixels of a window."""
        return canvas.spread(field, _LOW, _PER_CM, patch)

    def at_height(self, points: Points) -> Points:
        """Z of the skin at places `(rows, columns, 2)`."""
        columns = np.asarray((points[..., 0] - _LOW[0]) * _PER_CM, np.float32)
        rows = np.asarray((_LOW[1] - points[..., 1]) * _PER_CM, np.float32)
        z = cv2.remap(self.height, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(z, np.float64)


def childlike(age_years: float) -> float:
    """How much of a child's proportions, 0..1."""
    return float(np.clip((17 - age_years) / 8, 0, 1))


def aged(age_years: float) -> float:
    """How old the skin looks, 0..1: hardly at all up to 34, all of it from 77 on."""
    return float(np.interp(age_years, _AGES, _AGED))


def head_form(character: Character) -> Form:
    """The form of a character's head."""
    mood = mood_of(character.mood)
    points = mean_face().copy()
    _widen(points, character)
    _shape_eyes(points, character, mood)
    _shape_nose(points, character)
    _shape_mouth(points, character, mood)
    lift_cm = _make_childlike(points, childlike(character.age_years))
    widening = _widening(character)
    outline = _outline(points, widening)
    height = _height(points, outline, widening)
    normals, hollows = _surface(height)
    return Form(points, outline, height, normals, hollows, widening, lift_cm, mood)


def _make_childlike(points: Points, child: float) -> float:
    """A child's face is short and lies low on the head, in place; how much the eyes are raised by it."""
    lift_cm = -0.75 * child
    below = np.clip(2.56 - points[:, 1], 0, None)
    points[:, 1] += lift_cm + 0.12 * child * below
    return lift_cm


def _widening(character: Character) -> float:
    return 1 + 0.05 * character.face.width - 0.025 * character.femininity


def _grown_femininity(character: Character) -> float:
    """Femininity of the bones: those of boys and girls differ little."""
    return character.femininity + (0.62 - character.femininity) * 0.8 * childlike(character.age_years)


def _near(points: Points, x: float, y: float, wide: float, high: float) -> Points:
    """1 near a place on both sides of the face, 0 far from it."""
    spot: Points = np.exp(
        -0.5 * (((np.abs(points[:, 0]) - x) / wide) ** 2 + ((points[:, 1] - y) / high) ** 2)
    )
    return spot


def _widen(points: Points, character: Character) -> None:
    face, child, old = character.face, childlike(character.age_years), aged(character.age_years)
    femininity = _grown_femininity(character)
    points[:, 0] *= _widening(character)
    lower = np.clip((-0.4 - points[:, 1]) / 7.5, 0, 1)
    points[:, 0] *= 1 + (-0.07 - 0.20 * (femininity - 0.35) + 0.11 * face.jaw - 0.10 * child) * lower
    side = np.sign(points[:, 0])
    cheek = _near(points, 5.4, -3.6, 1.6, 2.2)
    points[:, 0] += side * (0.50 * face.fullness * (1 - 0.6 * child) + 0.5 * child + 0.16 * old) * cheek
    bone = _near(points, 5.9, 0.6, 1.2, 1.4)
    points[:, 0] += side * (0.22 * face.cheekbones - 0.12 * face.fullness) * bone
    points[:, 2] += (0.35 * face.cheekbones) * _near(points, 4.6, 0.2, 1.3, 1.0)
    chin = np.clip((-5.0 - points[:, 1]) / 3.5, 0, 1)
    points[:, 1] += (0.58 * femininity - 0.62 * face.chin - 0.22 + 0.15 * child) * chin
    # The point of the chin is broader in men.
    points[:, 0] *= 1 + (0.34 * (0.45 - femininity) + 0.12 * face.jaw) * np.clip(
        (-6.8 - points[:, 1]) / 1.6, 0, 1
    )
    below = np.clip(2.0 - points[:, 1], 0, None)
    points[:, 1] += 0.18 * child * below


def _shape_eyes(points: Points, character: Character, mood: MoodShape) -> None:
    face, child = character.face, childlike(character.age_years)
    old = aged(character.age_years)
    side = np.sign(points[:, 0])
    eye = _near(points, 3.15, 2.56, 1.6, 0.85)
    femininity = _grown_femininity(character)
    wide = 0.07 + 0.07 * femininity + 0.06 * face.eye_size + 0.20 * child
    high = 0.20 + 0.22 * femininity + 0.24 * face.eye_size + 0.48 * child
    high -= 0.16 * mood.squint + 0.20 * old
    points[:, 0] += wide * eye * (points[:, 0] - side * 3.15)
    points[:, 0] += side * 0.15 * face.eye_spacing * _near(points, 3.15, 2.56, 2.2, 1.4)
    points[:, 1] += high * eye * (points[:, 1] - 2.56)
    points[:, 1] += (
        (0.10 * face.eye_tilt + 0.03 * femininity - 0.05 * old) * eye * (np.abs(points[:, 0]) - 3.15)
    )


def _shape_nose(points: Points, character: Character) -> None:
    face, child = character.face, childlike(character.age_years)
    side, old = np.sign(points[:, 0]), aged(character.age_years)
    wing = _near(points, 1.5, -0.9, 0.75, 0.95)
    points[:, 0] += (
        side
        * (0.38 * face.nose_width - 0.40 * _grown_femininity(character) + 0.08 - 0.42 * child + 0.08 * old)
        * wing
    )
    bridge = np.exp(-0.5 * ((points[:, 0] / 1.1) ** 2 + ((points[:, 1] - 1.6) / 1.8) ** 2))
    points[:, 2] -= 0.35 * np.clip(face.nose_width, -0.5, 1) * bridge + 0.5 * child * bridge
    tip = np.exp(-0.5 * ((points[:, 0] / 2.0) ** 2 + ((points[:, 1] + 1.3) / 1.3) ** 2))
    points[:, 1] += (-0.50 * face.nose_length + 0.22 * character.femininity + 0.45 * child - 0.15 * old) * tip
    points[:, 1] += (
        0.22 * face.nose_tip * np.exp(-0.5 * ((points[:, 0] / 0.7) ** 2 + ((points[:, 1] + 1.3) / 0.7) ** 2))
    )
    points[:, 2] -= 0.5 * child * tip


def _shape_mouth(points: Points, character: Character, mood: MoodShape) -> None:
    face, child = character.face, childlike(character.age_years)
    side = np.sign(points[:, 0])
    lips = np.exp(-0.5 * ((points[:, 0] / 2.1) ** 2 + ((points[:, 1] + 4.35) / 0.8) ** 2))
    fuller = 0.38 * face.lip_fullness + 0.36 * (character.femininity - 0.4) - 0.34 * aged(character.age_years)
    points[:, 1] += (fuller + 0.05 - 0.06 * max(0, mood.smile)) * lips * (points[:, 1] + 4.35)
    points[:, 0] *= (
        1 + (0.12 * face.mouth_width + 0.05 * mood.smile - 0.06 * character.femininity - 0.12 * child) * lips
    )
    corner = _near(points, 2.45, -4.3, 0.75, 0.65)
    points[:, 0] += side * 0.12 * mood.smile * corner
    points[:, 1] += 0.52 * mood.smile * corner
    cheek = _near(points, 4.0, -1.2, 1.3, 1.0)
    points[:, 2] += 0.35 * max(0.0, mood.smile) * cheek
    points[:, 1] += 0.12 * max(0.0, mood.smile) * cheek


def _outline(points: Points, widening: float) -> Points:
    """The edge of face and skull, from the chin up the right side and down the left one."""
    face = points[list(_SIDE), :2]
    skull = np.array(
        [(7.0, 3.4), (7.02, 5.4), (6.6, 7.7), (5.6, 9.7), (4.0, 11.2), (2.0, 12.1), (0.0, 12.35)]
    )
    right = np.concatenate([face, skull * [widening, 1]])
    whole = np.concatenate([right, mirrored(right[:-1])])
    return curve(whole, 240)


@cache
def _grid(per_cm: float) -> Points:
    columns, rows = (round(span * per_cm) for span in _SPAN)
    x = _LOW[0] + np.arange(columns) / per_cm
    y = _LOW[1] - np.arange(rows) / per_cm
    return np.stack(np.meshgrid(x, y), axis=-1)


def _height(points: Points, outline: Points, widening: float) -> Floats:
    skull = []
    for y in (9.6, 10.6, 11.4, 12.0):
        reach = (
            SKULL_RADII[0] * widening * np.sqrt(max(0.02, 1 - ((y - SKULL_CENTRE[1]) / SKULL_RADII[1]) ** 2))
        )
        skull += [(x, y) for x in np.linspace(-0.93, 0.93, 7) * reach]
    skull += [
        (side * x * widening, y)
        for side in (-1, 1)
        for x, y in ((6.6, 8.4), (7.1, 6.4), (7.1, 4.4), (5.6, 9.0))
    ]
    places = np.array(skull)
    scaled = (places - SKULL_CENTRE[:2]) / (SKULL_RADII[:2] * [widening, 1])
    depth = np.sqrt(np.maximum(0.0, 1 - (scaled**2).sum(axis=1)))
    z = SKULL_CENTRE[2] + SKULL_RADII[2] * depth
    # Eyes and lips are painted; the form below them is only rough.
    xy = np.concatenate([points[:, :2], places])
    surface = RBFInterpolator(
        xy, np.concatenate([points[:, 2], z]), kernel="thin_plate_spline", smoothing=0.3
    )
    grid = _grid(_COARSE_PER_CM)
    inside = np.zeros(grid.shape[:2], np.uint8)
    corners = (outline - _LOW) * (_COARSE_PER_CM, -_COARSE_PER_CM)
    cv2.fillPoly(inside, [np.rint(corners).astype(np.int32)], 1)
    reach = cv2.dilate(inside, np.ones((5, 5), np.uint8)) > 0
    coarse = np.full(grid.shape[:2], -9.0, np.float32)
    coarse[reach] = surface(grid[reach])
    columns, rows = (round(span * _PER_CM) for span in _SPAN)
    # OpenCV centres its pixels, the grid does not: the shift is a sixth of a millimetre and is left.
    return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32)


def _surface(height: Floats) -> tuple[Floats, Floats]:
    """Normals and hollows. The mesh is coarse towards the ears: there only the large form counts."""
    grid = _grid(_PER_CM)
    x, y = grid[..., 0], grid[..., 1]
    fine = np.clip((5.4 - np.abs(x)) / 2.2, 0, 1) * np.clip((7.5 - y) / 2, 0, 1)
    # Nor do the folds at the corners of the average mouth suit a young face.
    fine *= 1 - 0.9 * np.exp(-(((np.abs(x) - 2.5) / 1.1) ** 2) - ((y + 3.7) / 1.0) ** 2)
    broad = blurred(height, 1.3 * _PER_CM)
    smooth = broad + (blurred(height, 0.36 * _PER_CM) - broad) * fine.astype(np.float32)
    slope_y, slope_x = np.gradient(smooth * np.float32(_PER_CM))
    normals = np.stack([-slope_x, slope_y, np.ones_like(smooth)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    hollows = np.clip((blurred(smooth, 1.25 * _PER_CM) - smooth) * 0.9, 0, 1)
    return np.asarray(normals, np.float32), np.asarray(hollows, np.float32)
