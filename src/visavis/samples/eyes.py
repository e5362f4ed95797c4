"""Eyes and brows."""

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.samples.canvas import (
    Points,
    Strokes,
    blob,
    blurred,
    colour,
    covered,
    lay,
    line,
    plane,
    shade,
    shape,
)
from visavis.samples.skin import FaceShape

_UPPER = (33, 246, 161, 160, 159, 158, 157, 173, 133)  # outer to inner corner, image left
_LOWER = (33, 7, 163, 144, 145, 153, 154, 155, 133)

Window = tuple[slice, slice]

_IRIS_CM = 0.72
_PUPIL_CM = 0.27
_LASH = colour("1f1512")
_BROW = colour("4a3024")


def paint_eyes(picture: Floats, form: FaceShape, generator: np.random.Generator) -> None:
    """Both eyes with their lids, lashes and brows."""
    for side in (-1.0, 1.0):
        upper, lower = (form.outline(*indices) for indices in (_UPPER, _LOWER))
        # The far corner a little higher than the near one, the lid's top a little outside the middle.
        lift = np.linspace(0.10, -0.02, len(upper))[:, None] * [0, 1]
        upper, lower = curve(upper + lift), curve(lower + lift)
        mirror = np.array([-side, 1.0])  # the outlines are those of the image's left eye
        _Eye(upper * mirror, lower * mirror, side).paint(picture, generator)
        _paint_brow(picture, side, generator)


class _Eye:
    """One eye: its rims run from the outer to the inner corner."""

    def __init__(self, upper: Points, lower: Points, side: float) -> None:
        self.upper, self.lower, self.side = upper, lower, side
        self.outer, self.inner = upper[0], upper[-1]
        self.x = side * 3.17
        self.y = float(upper[:, 1].max() * 0.5 + lower[:, 1].min() * 0.5 + 0.06)

    def paint(self, picture: Floats, generator: np.random.Generator) -> None:
        self._shadows(picture)
        opening = shape(np.concatenate([self.upper, self.lower[::-1]]), soft_px=0.9)
        where = covered(opening)
        ball = np.empty_like(picture[where])
        self._white(ball, where)
        self._iris(ball, where, generator)
        # The lid and its lashes throw a shadow on the ball.
        shade(ball, colour("6f5f66"), 0.75 * line(self.upper, 0.34, soft_px=4)[where])
        self._catchlights(ball, where)
        lay(picture[where], ball, opening[where])
        self._rims(picture)
        self._lashes(picture, generator)

    def _shadows(self, picture: Floats) -> None:
        x, y, side = self.x, self.y, self.side
        shade(picture, colour("d8b2a4"), 0.50 * blob(x - side * 0.2, y + 0.75, 1.25, 0.42))
        shade(picture, colour("cfa296"), 0.40 * blob(x - side * 1.55, y + 0.25, 0.35, 0.75))
        shade(picture, colour("d7a493"), 0.40 * blob(x, y - 0.85, 1.3, 0.25))
        lay(picture, colour("fbdcc4"), 0.30 * blob(x + side * 0.2, y + 1.15, 0.9, 0.18))

    def _white(self, ball: Floats, where: Window) -> None:
        grid_x, grid_y = (each[where] for each in plane())
        across = np.clip(np.abs(grid_x - self.x) / 1.6, 0, 1)
        ball[:] = colour("f1ebe6")
        shade(ball, colour("cdbfc0"), across**2)
        shade(ball, colour("d5c9cb"), np.clip((grid_y - self.y) / 0.6 + 0.2, 0, 1))
        x, y = (float(at) for at in self.inner)
        lay(ball, colour("d58f80"), 0.85 * blob(x + 0.03 * self.side, y - 0.02, 0.17, 0.12)[where])

    def _iris(self, ball: Floats, where: Window, generator: np.random.Generator) -> None:
        grid_x, grid_y = (each[where] for each in plane())
        across, up = grid_x - self.x, grid_y - self.y
        radius = np.hypot(across, up) / _IRIS_CM
        near = radius < 1.15
        angle = np.arctan2(up[near], across[near])
        fibres = np.zeros_like(radius)
        waves = [
            generator.uniform(0.3, 1) * np.sin(count * angle + generator.uniform(0, 6.3))
            for count in (17, 29, 41, 53, 67)
        ]
        fibres[near] = np.sum(waves, axis=0) / 2.5
        disc = np.clip((1.0 - radius) * _IRIS_CM * 29 / 1.3 + 0.5, 0, 1)
        iris = np.broadcast_to(colour("6b4a2c"), ball.shape).copy()
        lay(iris, colour("b98a50"), np.clip(0.9 - radius, 0, 1) * np.clip(0.55 - up / _IRIS_CM * 0.8, 0, 1))
        lay(iris, colour("8a9a6a"), 0.30 * np.clip(radius - 0.35, 0, 1))
        iris *= (1 + 0.16 * fibres * np.clip(1.1 - radius, 0, 1))[..., None]
        shade(iris, colour("33241c"), np.clip((radius - 0.74) / 0.26, 0, 1) ** 1.5)
        shade(iris, colour("5a4638"), 0.75 * np.clip(up / _IRIS_CM + 0.15, 0, 1))
        lay(iris, colour("0d0908"), np.clip((_PUPIL_CM - radius * _IRIS_CM) * 29 / 2 + 0.5, 0, 1))
        lay(ball, iris, blurred(disc, 0.7))

    def _catchlights(self, ball: Floats, where: Window) -> None:
        lay(ball, colour("ffffff"), 0.96 * _round(self.x - 0.20, self.y + 0.20, 0.125, 0.15)[where])
        lay(ball, colour("e8eef4"), 0.40 * _round(self.x + 0.24, self.y - 0.26, 0.08, 0.06)[where])
        lay(ball, colour("ffffff"), 0.35 * blob(self.x + self.side * 0.75, self.y - 0.18, 0.10, 0.06)[where])

    def _rims(self, picture: Floats) -> None:
        lay(
            picture,
            colour("e0a596"),
            0.75 * line(self.lower[4:-3] - _up(0.03), [0.03, 0.07, 0.03], soft_px=0.8),
        )
        shade(
            picture,
            colour("7d4a3e"),
            0.75 * line(self.lower[:44] - _up(0.09), [0.10, 0.05, 0.01], soft_px=1.6),
        )
        crease = self.upper[2:-6] + np.stack(
            [np.zeros(52), 0.16 + 0.20 * np.sin(np.linspace(0.25, 2.9, 52))], axis=-1
        )
        shade(picture, colour("9a7466"), 0.75 * line(crease, [0.05, 0.11, 0.03], soft_px=1.8))
        shade(picture, colour("b98573"), 0.5 * line(crease + _up(0.16), [0.1, 0.35, 0.1], soft_px=6))
        wing = self.outer + np.array([[self.side * 0.20, 0.13]])
        edge = curve(np.concatenate([wing, self.upper[::6], self.inner[None]]))
        lay(picture, _LASH, 0.93 * line(edge + _up(0.02), [0.02, 0.14, 0.13, 0.09, 0.02], soft_px=0.9))

    def _lashes(self, picture: Floats, generator: np.random.Generator) -> None:
        strokes = Strokes(picture)
        for k in range(40):
            t = k / 39
            root = self.upper[int(t * 50)]
            out = self.side * (0.30 * (1 - t) ** 1.3 - 0.05 * t)
            length = (0.19 - 0.09 * t) * generator.uniform(0.7, 1.1)
            tip = root + np.array([out * generator.uniform(0.8, 1.2), length])
            bend = root + np.array([out * 0.35, length * 0.28])
            path = curve([root, bend, tip], 6)
            strokes.draw(path, np.linspace(_LASH, _LASH * 1.6, 5).astype(np.float32))
        strokes.finish(0.5)
        fine = Strokes(picture)
        for k in range(24):
            t = k / 23
            root = self.lower[int(4 + t * 40)] - _up(0.05)
            out = self.side * (0.14 * (1 - t) - 0.03 * t)
            tip = root + np.array([out, -generator.uniform(0.10, 0.17) * (1 - 0.4 * t)])
            fine.draw(np.array([root, tip]), _LASH[None] * 1.8)
        fine.finish(0.18)


def _up(distance: float) -> Points:
    return np.array([0.0, distance])


def _round(x: float, y: float, wide: float, high: float) -> Floats:
    turn = np.linspace(0, 2 * np.pi, 40)
    return shape(np.stack([x + wide * np.cos(turn), y + high * np.sin(turn)], axis=-1), soft_px=0.8)


def _paint_brow(picture: Floats, side: float, generator: np.random.Generator) -> None:
    """Soft ground, then single hairs that lie down towards the tail."""
    spine = curve([(1.35, 4.42), (2.3, 4.76), (3.5, 4.98), (4.6, 4.74), (5.35, 4.22)], 60) * [side, 1]
    widths = [0.46, 0.52, 0.44, 0.28, 0.06]
    shade(picture, colour("7a5948"), 0.85 * line(spine, widths, soft_px=4.0))
    strokes = Strokes(picture)
    for _ in range(260):
        t = generator.uniform(0, 0.97)
        k = int(t * 58)
        width = float(np.interp(t, np.linspace(0, 1, 5), widths))
        along = (spine[k + 1] - spine[k]) / np.linalg.norm(spine[k + 1] - spine[k])
        offset = generator.uniform(-0.5, 0.5)
        root = spine[k] + np.array([-along[1], along[0]]) * side * offset * width
        rise = np.interp(t, [0, 0.2, 0.5, 1], [0.9, 0.45, 0.08, 0.0]) - 0.35 * offset
        direction = along + np.array([0, rise])
        length = generator.uniform(0.20, 0.38) * np.interp(t, [0, 1], [0.9, 0.8])
        tip = root + direction / np.linalg.norm(direction) * length
        tone = _BROW * generator.uniform(0.8, 1.25)
        strokes.draw(np.array([root, tip]), tone[None])
    strokes.finish(0.5)
