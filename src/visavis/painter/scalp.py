"""The scalp: where hair grows."""

from typing import Final

import numpy as np

from visavis.painter.canvas import Points
from visavis.painter.form import SKULL_CENTRE, SKULL_RADII

_LINE_Z: Final = (-13.0, -6.2, -5.0, -3.2, -2.5, -1.5, 0.0, 1.0)  # where the hairline of the side is given


def scalp_roots(
    generator: np.random.Generator,
    count: int,
    widening: float,
    raised: float,
    higher_cm: float = 0.0,
    sideburn_cm: float = 3.0,
) -> tuple[Points, Points, np.ndarray]:
    """Places where hair grows, normals there, and how high above the hairline they lie, in centimetres.

    Args:
        generator: Of the details.
        count: About how many.
        widening: Width of the head.
        raised: How far the hairline has receded, 0..1.
        higher_cm: How much higher than usual the hairline lies.
        sideburn_cm: Height down to which hair grows before the ears.
    """
    way = generator.standard_normal((int(count * 1.9), 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    radii = SKULL_RADII * [widening, 1, 1]
    roots = SKULL_CENTRE + way * radii
    x, y, z = np.abs(roots[:, 0]), roots[:, 1], roots[:, 2]
    front = 8.7 + higher_cm - 0.028 * x**2 + raised * (0.9 + 2.4 * np.exp(-(((x - 3.4) / 1.7) ** 2)))
    # From the nape over the ear, down before it and up along the temple.
    side = np.interp(z, _LINE_Z, [-1.6, -1.6, 3.5, 3.6, sideburn_cm, sideburn_cm, 5.2, 7.0])
    temple = np.clip((z - 0.6) / 0.9, 0, 1)
    line = side + (front - side) * temple
    over = y - line + generator.normal(0, 0.12, len(x))
    # Hair grows thinner towards its edge.
    kept = over > 0.55 * generator.random(len(x)) ** 2
    roots = roots[kept]
    normals = (roots - SKULL_CENTRE) / radii**2
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return roots, normals, over[kept]
