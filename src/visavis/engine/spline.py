"""Smooth curves through points, as outlines are drawn with."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def curve(points: ArrayLike, count: int = 60) -> NDArray[np.float64]:
    """A smooth curve through points (Catmull-Rom, chord lengths as parameters), shape `(count, n)`."""
    knots = np.asarray(points, np.float64)
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))])
    slopes = np.gradient(knots, lengths, axis=0)
    at = np.linspace(0, lengths[-1], count)
    k = np.clip(np.searchsorted(lengths, at, side="right") - 1, 0, len(knots) - 2)
    span = (lengths[k + 1] - lengths[k])[:, None]
    t = ((at - lengths[k])[:, None]) / span
    path: NDArray[np.float64] = (
        (2 * t**3 - 3 * t**2 + 1) * knots[k]
        + (t**3 - 2 * t**2 + t) * span * slopes[k]
        + (-2 * t**3 + 3 * t**2) * knots[k + 1]
        + (t**3 - t**2) * span * slopes[k + 1]
    )
    return path
