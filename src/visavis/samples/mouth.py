"""Nose and mouth: what the light on the form does not show by itself."""

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.samples.canvas import blob, colour, covered, lay, line, noise, plane, shade, shape
from visavis.samples.skin import FaceShape

_UPPER_OUTER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
_LOWER_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
_BETWEEN_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_NOSE_BASE = 2
_BETWEEN_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)


def paint_nose(picture: Floats, form: FaceShape) -> None:
    """Nostrils, wings and the light on bridge and tip."""
    base = float(form.points[_NOSE_BASE, 1])
    for side in (-1, 1):
        nostril = curve(
            [
                (side * 0.36, base + 0.10),
                (side * 0.54, base + 0.30),
                (side * 0.84, base + 0.30),
                (side * 0.95, base + 0.14),
                (side * 0.68, base + 0.04),
            ],
            30,
        )
        shade(picture, colour("7c4536"), 0.55 * blob(side * 0.66, base + 0.10, 0.30, 0.14))
        lay(picture, colour("55281f"), 0.80 * shape(nostril, soft_px=2.2))
        wing = curve(
            [
                (side * 1.08, base + 1.10),
                (side * 1.40, base + 0.77),
                (side * 1.42, base + 0.37),
                (side * 1.16, base + 0.12),
            ]
        )
        shade(picture, colour("9a5a48"), 0.45 * line(wing, [0.03, 0.14, 0.05], soft_px=3))
    shade(picture, colour("a86a56"), 0.45 * blob(0, base - 0.13, 0.9, 0.16))
    shade(picture, colour("c99078"), 0.35 * blob(0.95, 0.5, 0.35, 1.4))
    lay(picture, colour("fff3e6"), 0.42 * blob(-0.12, base + 1.20, 0.20, 0.17))
    lay(picture, colour("fff0e0"), 0.22 * blob(-0.10, 1.1, 0.16, 1.0))


def paint_mouth(picture: Floats, form: FaceShape, generator: np.random.Generator) -> None:
    """Closed lips with a hint of a smile."""
    top, bottom = (form.outline(*indices) for indices in (_UPPER_OUTER, _LOWER_OUTER))
    between = (form.outline(*_BETWEEN_UPPER) + form.outline(*_BETWEEN_LOWER)) / 2
    between = np.concatenate([top[:1], between, top[-1:]])
    upper_edge, lower_edge, seam = curve(top, 90), curve(bottom, 90), curve(between, 90)

    shade(picture, colour("b47a66"), 0.55 * blob(0, float(bottom[5, 1]) - 0.42, 1.1, 0.26))
    shade(picture, colour("d39f8b"), 0.5 * blob(0, float(top[5, 1]) + 0.75, 0.22, 0.5))
    lay(
        picture,
        colour("fbd9c2"),
        0.35 * line(upper_edge[30:60] + np.array([0, 0.09]), [0.02, 0.10, 0.02], soft_px=2.0),
    )

    upper = shape(np.concatenate([upper_edge, seam[::-1]]), soft_px=2.0)
    lower = shape(np.concatenate([seam, lower_edge[::-1]]), soft_px=2.0)
    where = covered(np.maximum(upper, lower))
    grid_x, grid_y = (each[where] for each in plane())
    seam_y = np.interp(grid_x[0], seam[:, 0], seam[:, 1]).astype(np.float32)
    below = seam_y[None] - grid_y
    folds = 1 + np.float32(0.035) * noise(generator, 5)[where][..., None]

    paint = np.broadcast_to(colour("b9605a"), (*grid_x.shape, 3)).copy()
    shade(paint, colour("c98a80"), np.clip(1 + below / 0.55, 0, 1))
    lay(picture[where], paint * folds, 0.82 * upper[where])
    paint[:] = colour("cf776c")
    shade(paint, colour("b0665e"), np.clip((below - 0.42) / 0.5, 0, 1))
    shade(paint, colour("a55a52"), np.clip(1 - below / 0.16, 0, 1) * 0.7)
    lay(picture[where], paint * folds, 0.82 * lower[where])

    middle = float(seam[45, 1])
    lay(picture, colour("ffe6dc"), 0.38 * blob(-0.42, middle - 0.36, 0.42, 0.085) * lower)
    lay(picture, colour("ffe6dc"), 0.20 * blob(0.55, middle - 0.36, 0.30, 0.07) * lower)
    lay(picture, colour("ffe0d4"), 0.22 * blob(-0.5, middle + 0.30, 0.25, 0.07) * upper)

    lay(picture, colour("5c221f"), 0.88 * line(seam[2:-2], [0.02, 0.07, 0.085, 0.07, 0.02], soft_px=1.0))
    for side, end in ((-1, seam[0]), (1, seam[-1])):
        lay(picture, colour("7a3a30"), 0.60 * blob(end[0] + side * 0.03, end[1] + 0.02, 0.13, 0.09))
        shade(picture, colour("c8957f"), 0.40 * blob(end[0] + side * 0.30, end[1] + 0.02, 0.16, 0.26))
