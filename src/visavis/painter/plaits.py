"""Hair that is tied: plaits and tails on both sides of the head, cornrows, and buns."""

from typing import Final

import numpy as np

from visavis.engine.spline import curve
from visavis.painter.canvas import Points
from visavis.painter.strands import STEPS, Growth, Strands

_KNOT: Final = np.array([7.3, 0.6, -3.4])  # where hair is tied on the right side, centimetres
_PERIOD_CM: Final = 3.9  # length in which each lock comes back to its place
_STRANDS: Final = 30  # of each piece of a lock
_POINTS: Final = 7  # of each strand of a piece


def combed_to_sides(side: float) -> list[Growth]:
    """Hair that is parted in the middle and combed to where it is tied at both sides."""
    del side

    def comb(roots: Points, normals: Points) -> Points:
        return np.asarray(_knots(roots) - roots, np.float64)

    def length(roots: Points) -> np.ndarray:
        return np.asarray(1.05 * np.linalg.norm(roots - _knots(roots), axis=1), np.float64)

    return [
        Growth(
            lambda roots: np.ones(len(roots), bool),
            comb,
            length,
            lift=0.12,
            weight=0.02,
            volume=0.55,
            locks=90,
            gather=0.35,
            density=1.2,
            face_free=True,
            cling=0.8,
        )
    ]


def _knots(roots: Points) -> Points:
    """Where the hair of each root is tied."""
    return np.asarray(
        _KNOT * np.stack([np.sign(roots[:, 0]), *np.ones((2, len(roots)))], axis=-1), np.float64
    )


def plaits(length_cm: float, generator: np.random.Generator) -> list[Strands]:
    """Both plaits, each as pieces of its locks: those that pass below, then those that pass above."""
    return [_plait(side, length_cm, generator) for side in (-1.0, 1.0)]


def tails(length_cm: float, generator: np.random.Generator) -> list[Strands]:
    """Loose tails at both sides."""
    return [_tail(side, length_cm, generator) for side in (-1.0, 1.0)]


def _tail(side: float, length_cm: float, generator: np.random.Generator) -> Strands:
    low = _KNOT[1] - length_cm
    way = curve([(7.3, 0.6), (8.6, 0.0), (8.9, -3.5), (8.4, -0.55 * length_cm), (7.7, low)], STEPS)
    along = np.linspace(0, 1, STEPS)
    across, depth = generator.uniform(-1, 1, (2, 420))
    wide = 1.9 * np.interp(along, [0, 0.12, 0.55, 1], [0.3, 0.75, 1, 0.16])
    phase = generator.uniform(0, 6.3, 24)[generator.integers(0, 24, len(across))][:, None]
    wave = 0.16 * np.sin(7 * along[None] + phase) * along[None]
    ends = 1 - 0.22 * generator.random(len(across)) ** 2 - 0.1 * np.abs(across)
    paths = np.empty((len(across), STEPS, 3))
    paths[..., 0] = side * (way[None, :, 0] + across[:, None] * wide[None] + wave)
    paths[..., 1] = way[:1, 1] + (way[None, :, 1] - way[:1, 1]) * ends[:, None]
    paths[..., 2] = 2 + 1.5 * depth[:, None] * np.sqrt(np.maximum(0, 1 - across[:, None] ** 2))
    layers = np.clip(0.5 + 0.5 * depth, 0, 1)
    return Strands(paths, layers, generator.integers(0, 24, len(across)), 1.0)


def bun(generator: np.random.Generator) -> Strands:
    """A bun on top, wound of hair; it is behind the head."""
    count = 520
    turn = generator.uniform(0, 2 * np.pi, count)
    band = np.clip(generator.normal(0, 0.5, count), -1.2, 1.2)
    angle = turn[:, None] + np.linspace(0, 1.5, STEPS)[None]
    lean = band[:, None] + 0.25 * np.sin(angle)
    x, y = np.cos(angle) * np.cos(lean), 0.75 * np.sin(lean) + 0.25 * np.sin(angle)
    z = np.sin(angle) * np.cos(lean)
    layers = generator.uniform(0.2, 1, count)
    size = (2.7 + 0.3 * layers)[:, None]
    paths = np.stack([x * size, 13.3 + 1.0 * y * size, -7 + z * size], axis=-1)
    return Strands(paths, layers, generator.integers(0, 30, count), 1.2)


def cornrows(widening: float, generator: np.random.Generator) -> list[Strands]:
    """Rows of plaits on the head, from the hairline towards its back."""
    rows = []
    for x in np.linspace(-1, 1, 11):
        side = np.sign(x) * abs(x) ** 0.9
        low = 8.85 - 0.9 * side**2 if abs(x) < 0.7 else 8.4 - 9.5 * (abs(x) - 0.7)
        # Rows run apart over the forehead and together behind the top of the head.
        knots = [
            (side * 6.35 * widening, low),
            (side * 6.75 * widening, low + 0.45 * (12.2 - low)),
            (side * 5.2 * widening, low + 0.8 * (12.2 - low) - 0.5 * side**2),
            (side * 3.6 * widening, 12.45 - 1.1 * side**2),
        ]
        rows.append(_rope(curve(knots, 400), 0.62, generator))
    return rows


def _rope(way: Points, width: float, generator: np.random.Generator) -> Strands:
    """A narrow plait that lies on the head along a way `(n, 2)`: two sides of slanting pieces."""
    gone = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    along = np.arange(0.0, float(gone[-1]) - 0.2, 0.34)
    step = np.stack([np.gradient(way[:, k], gone) for k in range(2)], axis=-1)
    pieces, layers, locks = [], [], []
    for number, at in enumerate(along):
        middle, ahead = (
            np.array([np.interp(at, gone, each[:, k]) for k in range(2)]) for each in (way, step)
        )
        across = np.array([-ahead[1], ahead[0]]) * (1 if number % 2 else -1)
        share = np.linspace(0, 1, _POINTS)[None]
        lie = np.sort(generator.uniform(-1, 1, 18))[:, None]
        bow = np.sin(np.pi * share) * 0.10
        paths = np.empty((18, _POINTS, 3))
        for k in range(2):
            paths[..., k] = (
                middle[k]
                + across[k] * width * (0.62 - 0.72 * share)
                + ahead[k] * (0.42 * share + 0.17 * lie + bow)
            )
        paths[..., 2] = 3.0 + 0.01 * number
        pieces.append(paths)
        layers.append(np.sqrt(1 - lie[:, 0] ** 2) * generator.uniform(0.6, 1, 18))
        locks.append(np.full(18, number % 4))
    return Strands(np.concatenate(pieces), np.concatenate(layers), np.concatenate(locks), 1.2, coated=False)


def _plait(side: float, length_cm: float, generator: np.random.Generator) -> Strands:
    way = curve([(7.3, 0.6), (7.9, -3.5), (7.6, -8.0), (7.0, -12.5), (6.5, _KNOT[1] - length_cm)], 400)
    gone = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    turns = gone[-1] / _PERIOD_CM
    pieces, layers, locks = [], [], []
    for lock in range(3):
        for quarter in range(int(4 * turns)):
            is_above = quarter % 2 == 0
            reach = 0.16 if is_above else 0.0  # what lies above covers its ends
            angle = np.linspace(quarter - reach, quarter + 1 + reach, _POINTS) * (np.pi / 2)
            along = (angle / (2 * np.pi) - lock / 3 + 1) * _PERIOD_CM
            if along[0] < 0 or along[-1] > gone[-1]:
                continue
            thin = np.clip((gone[-1] - along) / 4.0, 0.35, 1) * np.clip(0.75 + along / 8, 0, 1)
            middle = np.stack([np.interp(along, gone, way[:, k]) for k in range(2)], axis=-1)
            middle[:, 0] += 0.76 * thin * np.sin(angle)
            across = np.sort(generator.uniform(-1, 1, _STRANDS)) * 0.98
            offset = across[:, None] * 0.66 * thin
            depth = 2.0 + (1.0 if is_above else -1.0) + 0.4 * np.sqrt(1 - across**2)
            paths = np.empty((_STRANDS, _POINTS, 3))
            paths[..., 0] = side * (middle[:, 0] + offset * 0.75)
            paths[..., 1] = middle[:, 1] + offset * 0.65 * np.sign(np.cos(angle).mean() + 1e-9)
            paths[..., 2] = depth[:, None]
            pieces.append(paths)
            layers.append(
                np.sqrt(1 - across**2) * (1.0 if is_above else 0.4) * generator.uniform(0.75, 1, _STRANDS)
            )
            locks.append(np.full(_STRANDS, lock))
    return Strands(np.concatenate(pieces), np.concatenate(layers), np.concatenate(locks), 1.4, coated=False)
