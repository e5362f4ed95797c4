"""The painted face's form and skin: the engine's mean face, lit from the upper left."""

from dataclasses import dataclass

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.face.pose import mean_face
from visavis.engine.spline import curve
from visavis.samples.canvas import (
    SIDE,
    UNIT_PX,
    Points,
    blob,
    blurred,
    colour,
    lay,
    line,
    noise,
    plane,
    shade,
    shape,
)

# The oval of the face, from the top clockwise as seen.
_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_LIGHT = np.array([-0.45, 0.62, 0.72])  # towards the light: upper left, before the face
_FILL = np.array([0.75, 0.05, 0.55])  # what the surroundings give back from the right
_FORM_STEP = 8  # the form is computed at every eighth pixel
_LIGHT_STEP = 4  # and the light on it at every fourth

SKIN = colour("f0c6aa")
DEEP = colour("a8583c")


@dataclass(frozen=True)
class FaceShape:
    """The face to be painted.

    Attributes:
        points: Shape `(468, 3)`, centimetres, the mean face made a little younger.
        height: Shape `(side / 4, side / 4)`: z of the skin, centimetres.
    """

    points: Points
    height: Floats

    def outline(self, *indices: int) -> Points:
        """Where mesh points lie in the picture, `(n, 2)`, centimetres."""
        outline: Points = self.points[list(indices), :2]
        return outline


def face_form() -> FaceShape:
    """The mean face made younger: larger eyes, a shorter lower half, a hint of a smile."""
    points = mean_face().copy()
    x, y = points[:, 0].copy(), points[:, 1].copy()
    points[:, 0] *= 1 - 0.19 * np.clip((-0.5 - y) / 8, 0, 1)
    points[:, 1] += 0.17 * np.clip(-0.2 - y, 0, 1.5) + 0.30 * np.clip((-5.0 - y) / 3.5, 0, 1)
    for side in (-1, 1):
        eye = np.exp(-0.5 * (((x - side * 3.15) / 1.6) ** 2 + ((y - 2.56) / 0.8) ** 2))
        points[:, 0] += 0.17 * eye * (x - side * 3.15)
        points[:, 1] += 0.46 * eye * (y - 2.56)
        corner = np.exp(-0.5 * (((x - side * 2.45) / 0.75) ** 2 + ((y + 4.3) / 0.6) ** 2))
        points[:, 0] += 0.10 * side * corner
        points[:, 1] += 0.36 * corner
        wing = np.exp(-0.5 * (((x - side * 1.6) / 0.7) ** 2 + ((y + 0.9) / 0.9) ** 2))
        points[:, 0] -= 0.26 * side * wing
    lips = np.exp(-0.5 * ((x / 1.9) ** 2 + ((y + 4.35) / 0.75) ** 2))
    points[:, 1] += 0.14 * lips * (y + 4.35)
    return FaceShape(points, _height(points))


def _height(points: Points) -> Floats:
    from scipy.interpolate import RBFInterpolator  # takes long, and most who import samples paint nothing

    steps = np.arange(0, SIDE, _FORM_STEP) + _FORM_STEP / 2 - 0.5
    x, y = (steps - SIDE / 2) / UNIT_PX, (SIDE / 2 - steps) / UNIT_PX
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    surface = RBFInterpolator(points[:, :2], points[:, 2], kernel="thin_plate_spline", smoothing=0.3)
    reach = (np.abs(grid[..., 0]) < 9.5) & (grid[..., 1] > -12) & (grid[..., 1] < 12)
    coarse = np.full(grid.shape[:2], -12.0, np.float32)
    coarse[reach] = surface(grid[reach])
    cells = SIDE // _LIGHT_STEP
    return np.asarray(cv2.resize(coarse, (cells, cells), interpolation=cv2.INTER_CUBIC), np.float32)


def paint_neck(picture: Floats) -> None:
    """The neck, in the shadow of the chin."""
    side = curve([(3.4, -5.0), (3.25, -8.0), (3.2, -10.2), (3.9, -12.3), (6.5, -14.2), (9.0, -15.4)])
    outline = np.concatenate([side, side[::-1] * [-1, 1]])
    mask = shape(outline, soft_px=1.5)
    grid_x, _ = plane()
    neck = np.broadcast_to(SKIN * 0.95, picture.shape).copy()
    shade(neck, colour("cc9f8d"), np.clip((grid_x + 0.2) / 4.2, 0, 1) ** 1.3)
    shade(neck, colour("dcb4a2"), np.clip((-grid_x - 2.0) / 2.5, 0, 1))
    shade(
        neck,
        colour("ad8072"),
        0.85
        * blurred(shape(curve([(-4.2, -6.5), (-2.5, -9.3), (0.3, -10.35), (3.2, -9.6), (4.6, -6.5)])), 12),
    )
    for side_sign in (-1, 1):  # the muscles that meet above the breastbone
        muscle = curve([(side_sign * 2.9, -8.5), (side_sign * 1.9, -11.6), (side_sign * 0.7, -14.0)])
        shade(neck, colour("d6a590"), 0.4 * line(muscle, [0.2, 0.7, 0.3], soft_px=9))
    shade(neck, colour("b87a62"), 0.5 * blob(0.1, -14.2, 0.55, 0.6))
    lay(picture, neck, mask)


def paint_skin(picture: Floats, form: FaceShape, generator: np.random.Generator) -> Floats:
    """The face itself, without eyes, brows and lips; gives its mask."""
    oval = curve(np.concatenate([form.outline(*_OVAL), form.outline(_OVAL[0])]), 200)
    mask = shape(oval, soft_px=1.6)
    skin = np.broadcast_to(SKIN, picture.shape).copy()
    _blush(skin)
    _light(skin, form)
    skin *= 1 + 0.008 * noise(generator, 2.0)[..., None] + 0.010 * noise(generator, 40)[..., None]
    lay(picture, skin, mask)
    return mask


def _blush(skin: Floats) -> None:
    """Where blood shows: cheeks, nose, chin; and where bone does: the forehead."""
    for side in (-1, 1):
        shade(skin, colour("f4aa98"), 0.38 * blob(side * 4.3, -0.9, 1.5, 1.05, turn_degrees=side * 20))
        shade(skin, colour("d9a08e"), 0.35 * blob(side * 3.1, 2.9, 1.5, 0.8))
    shade(skin, colour("f0a694"), 0.38 * blob(0, -0.7, 0.9, 0.7))
    shade(skin, colour("f3b4a2"), 0.30 * blob(0, -7.6, 1.2, 0.7))
    shade(skin, colour("fff2d8"), 0.30 * blob(0, 5.6, 3.5, 1.5))


def _light(skin: Floats, form: FaceShape) -> None:
    """Soft key light, warm shadow, a little fill, and the shine of skin."""
    # The mesh is coarse towards the ears: there only the large form counts.
    grid_x, grid_y = (each[::_LIGHT_STEP, ::_LIGHT_STEP] for each in plane())
    fine = np.clip((5.6 - np.abs(grid_x)) / 2.2, 0, 1)
    # Nor do the folds at the corners of the average mouth suit a young face.
    fine *= 1 - 0.9 * np.exp(-(((np.abs(grid_x) - 2.5) / 1.1) ** 2) - ((grid_y + 3.7) / 1.0) ** 2)
    height = blurred(form.height, 7)
    height += (blurred(form.height, 1.5) - height) * fine
    slope_y, slope_x = np.gradient(height * (UNIT_PX / _LIGHT_STEP))
    normal = np.stack([-slope_x, slope_y, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    key = np.clip((normal @ (_LIGHT / np.linalg.norm(_LIGHT)).astype(np.float32) + 0.35) / 1.35, 0, 1)
    fill = np.clip(normal @ (_FILL / np.linalg.norm(_FILL)).astype(np.float32), 0, 1)
    hollow = np.clip((blurred(height, 8.5) - height) * 0.9, 0, 1)
    light = 0.36 + 0.76 * key**1.25 + 0.14 * fill - 0.20 * hollow
    tint = np.stack([light ** np.float32(power) for power in (0.66, 0.88, 0.98)], axis=-1)
    skin *= _enlarged(tint)
    half = _LIGHT / np.linalg.norm(_LIGHT) + [0, 0, 1]
    shine = np.clip(normal @ (half / np.linalg.norm(half)).astype(np.float32), 0, 1) ** 38
    skin += _enlarged(0.10 * shine)[..., None] * colour("fff0e2")


def _enlarged(light: Floats) -> Floats:
    return np.asarray(cv2.resize(light, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.float32)
