"""A plain jumper with a round neck."""

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.samples.canvas import blob, blurred, colour, lay, line, noise, plane, shade, shape

_WOOL = colour("2f6f73")


def paint_jumper(picture: Floats, generator: np.random.Generator) -> None:
    """Shoulders and collar, lit from the upper left."""
    left = [(-19.0, -19.0), (-16.6, -16.2), (-13.0, -14.2), (-8.6, -12.8), (-4.6, -11.6)]
    collar = [
        (-4.6, -11.6),
        (-3.6, -12.9),
        (-1.9, -14.0),
        (0, -14.4),
        (1.9, -14.0),
        (3.6, -12.9),
        (4.6, -11.6),
    ]
    right = [(-x, y) for x, y in left[::-1]]
    neckline = curve(collar)
    outline = np.concatenate([curve(left), neckline, curve(right), [(19, -30), (-19, -30)]])
    mask = shape(outline, soft_px=1.4)
    grid_x, grid_y = plane()
    wool = np.broadcast_to(_WOOL, picture.shape).copy()
    lay(wool, colour("5fa3a0"), 0.45 * blob(-8.5, -14.2, 4.5, 1.6))
    lay(wool, colour("4b8f8f"), 0.30 * blob(7.5, -14.0, 3.5, 1.3))
    shade(wool, colour("5f8488"), np.clip((grid_x + 2) / 22, 0, 1))
    shade(wool, colour("7d989a"), np.clip((-15.5 - grid_y) / 6, 0, 1))
    for start, end, strength in (
        ((-3.2, -14.6), (-6.5, -18.5), 0.5),
        ((3.4, -14.6), (6.8, -18.5), 0.5),
        ((-9.5, -15.0), (-10.8, -19), 0.6),
        ((9.8, -15.0), (11.0, -19), 0.6),
    ):
        shade(
            wool,
            colour("52787b"),
            strength
            * line(
                curve([start, ((start[0] + end[0]) / 2 + 0.4, (start[1] + end[1]) / 2), end]),
                [0.1, 0.9, 0.3],
                soft_px=10,
            ),
        )
    rows = 0.5 + 0.5 * np.sin(grid_y * 29 * 0.9)
    wool *= (1 + 0.03 * noise(generator, 3) - 0.02 * rows)[..., None]
    shade(picture, colour("9a6a58"), 0.6 * blurred(line(neckline + np.array([0, 0.25]), 0.35), 7))
    lay(picture, wool, mask)
    band = line(neckline - np.array([0, 0.38]), 0.72, soft_px=1.2)
    rib = np.broadcast_to(_WOOL * 1.08, picture.shape).copy()
    shade(rib, colour("8fb0b0"), np.float32(0.5) + np.float32(0.5) * np.sin(grid_x * 26))
    lay(rib, colour("79b5b1"), 0.4 * blob(-3, -13.4, 1.6, 0.5))
    shade(picture, colour("44686b"), 0.6 * blurred(line(neckline - np.array([0, 0.82]), 0.14), 3) * mask)
    lay(picture, rib, band)
