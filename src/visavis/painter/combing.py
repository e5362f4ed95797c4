"""How hair is combed: which roots grow it, in which direction, and how long."""

from collections.abc import Callable

import numpy as np

from visavis.painter.canvas import Points


def everywhere(roots: Points) -> np.ndarray:
    """All roots."""
    return np.ones(len(roots), bool)


def constant(length_cm: float) -> Callable[[Points], np.ndarray]:
    """The same length everywhere."""
    return lambda roots: np.full(len(roots), length_cm)


def graded(
    top_cm: float, side_cm: float, low: float = 6.5, high: float = 10.0
) -> Callable[[Points], np.ndarray]:
    """Longer on top than at the sides."""
    return lambda roots: side_cm + (top_cm - side_cm) * np.clip((roots[:, 1] - low) / (high - low), 0, 1)


def parted(part_x: float, forward: float = 0.1, down: float = 0.15) -> Callable[[Points, Points], Points]:
    """Away from a parting."""

    def comb(roots: Points, normals: Points) -> Points:
        side = np.tanh((roots[:, 0] - part_x) * 2.5)
        side = np.where(side < 0, -1, 1) * np.maximum(np.abs(side), 0.55)  # none stands up in the parting
        back = np.clip((-roots[:, 2] - 2) / 6, 0, 1)
        return np.stack(
            [side * (1 - 0.93 * back), np.full(len(roots), -down) - 0.8 * back, forward - 0.8 * back], axis=-1
        )

    return comb


def towards(x: float, y: float, z: float) -> Callable[[Points, Points], Points]:
    """All in one direction."""
    return lambda roots, normals: np.broadcast_to(np.array([x, y, z], float), roots.shape).copy()


def swept(x: float, y: float, z: float, side_down: float = 1.0) -> Callable[[Points, Points], Points]:
    """One direction on top, down and back at the sides."""

    def comb(roots: Points, normals: Points) -> Points:
        top = np.clip((normals[:, 1] - 0.25) / 0.45, 0, 1)[:, None]
        side = np.stack(
            [0.1 * np.sign(roots[:, 0]), np.full(len(roots), -side_down), np.full(len(roots), -0.5)], axis=-1
        )
        return np.array([x, y, z]) * top + side * (1 - top)

    return comb


def outwards(roots: Points, normals: Points) -> Points:
    """Away from the head."""
    return np.asarray(normals + np.array([0.0, 0.25, 0.0]), np.float64)


def to_knot(x: float, y: float, z: float) -> Callable[[Points, Points], Points]:
    """Combed back to where it is tied."""
    return lambda roots, normals: np.array([x, y, z]) - roots


def front(roots: Points) -> np.ndarray:
    """Roots above the forehead."""
    return np.asarray((roots[:, 2] > 1.2) & (np.abs(roots[:, 0]) < 5.4))


def upper(low: float) -> Callable[[Points], np.ndarray]:
    """Roots above a height, in centimetres."""
    return lambda roots: np.asarray(roots[:, 1] > low)
