"""What covers the head: scarves, turbans, bands, and hats."""

from typing import Final

import numpy as np

from visavis.engine.spline import curve
from visavis.painter.canvas import Patch, colour, mirrored
from visavis.painter.hats import Hats
from visavis.painter.worn import SHADOW

HIDING_HAIR: Final = frozenset(("headscarf", "turban", "surgical_cap"))
"""Headwear under which no hair shows."""


class Headwear(Hats):
    """Paints it on one character."""

    def behind(self) -> None:
        """The parts of headwear behind the head."""
        if self._character.headwear == "headscarf":
            outline = [
                (-8.6, 4),
                (-8.8, -3),
                (-8.2, -9),
                (-9.2, -14),
                (-9.0, -22),
                (9.0, -22),
                (9.2, -14),
                (8.2, -9),
                (8.8, -3),
                (8.6, 4),
                (5, 12.5),
                (-5, 12.5),
                (-8.6, 4),
            ]
            self.drape(
                self._canvas.shape(curve(outline, 120), 0.06),
                self._cloth_colour * np.float32(0.72),
                0,
                0,
                10,
                16,
            )

    def before(self) -> None:
        """The parts before the head."""
        painters = {
            "headscarf": self._headscarf,
            "headwrap": self._headwrap,
            "turban": self._turban,
            "cap": self._cap,
            "beanie": self._beanie,
            "hat": self._hat,
            "wide_hat": self._wide_hat,
            "beret": self._beret,
            "hard_hat": self._hard_hat,
            "chef_hat": self._chef_hat,
            "officer_cap": self._officer_cap,
            "surgical_cap": self._surgical_cap,
            "headband": self._headband,
            "flower_crown": self._flower_crown,
        }
        painter = painters.get(self._character.headwear or "")
        if painter is not None:
            painter()

    def _headscarf(self) -> None:
        canvas, wide = self._canvas, self._form.widening
        inner = curve(
            np.array(
                [
                    (0, 8.2),
                    (-3.2, 7.6),
                    (-5.6, 5.2),
                    (-6.45, 1.6),
                    (-6.2, -2.6),
                    (-4.9, -6.6),
                    (-2.4, -9.0),
                    (0, -9.7),
                ]
            )
            * [wide, 1],
            80,
        )
        ring = np.concatenate([inner, mirrored(inner)])
        outer = curve(
            [
                (0, 13.5),
                (-3.8, 13.0),
                (-7.0, 10.4),
                (-8.5, 6.0),
                (-8.6, 1.0),
                (-8.0, -4.5),
                (-7.9, -9.0),
                (-9.4, -14.0),
                (-10.4, -19.5),
                (-6.0, -23.0),
                (0, -24.2),
            ],
            120,
        )
        whole = np.concatenate([outer, mirrored(outer)])
        canvas.shade(colour(SHADOW), canvas.stroke(ring, 1.0, 0.4), 0.4)
        cloth = canvas.shape(whole, 0.06)
        hole = Patch(cloth.rows, cloth.columns, np.ones_like(cloth.values)).times(canvas.shape(ring, 0.05))
        patch = cloth.times(1 - hole.values)
        self.drape(patch, self._cloth_colour, 0, 0, 9.6, 15)
        for k in range(4):
            for side in (-1.0, 1.0):
                fold = curve(
                    [
                        (side * (3.2 + 0.9 * k), 11.6 - 0.8 * k),
                        (side * (6.3 + 0.5 * k), 5.5),
                        (side * (6.8 + 0.4 * k), -2),
                        (side * (4.8 + 0.7 * k), -9.2),
                        (side * (0.5 + k), -13.4 - k),
                    ],
                    70,
                )
                self._fold(fold, patch, 0.3 + 0.12 * k, 0.38)
        for k in range(5):
            self._fold(
                curve(
                    [
                        (-6.5 + 0.8 * k, -11 - 1.6 * k),
                        (0.5, -12.0 - 2.2 * k),
                        (7.2 - 0.6 * k, -10.2 - 1.5 * k),
                    ],
                    60,
                ),
                patch,
                0.5,
                0.45,
            )
        self._fold(curve([(-5.2, 9.4), (0, 10.4), (5.2, 9.4)], 40), patch, 0.3, 0.3)

    def _wrapped(self, height: float) -> None:
        canvas = self._canvas
        low = curve([(-7.6, 2.9), (-5.6, 6.6), (-2.6, 7.9), (0, 8.3), (2.6, 7.9), (5.6, 6.6), (7.6, 2.9)], 80)
        top = curve(
            [
                (7.8, 3.2),
                (8.8, 8.6),
                (7.0, 12.0 + height * 0.6),
                (3.0, 13.6 + height),
                (0, 13.9 + height),
                (-3.0, 13.6 + height),
                (-7.0, 12.0 + height * 0.6),
                (-8.8, 8.6),
                (-7.8, 3.2),
            ],
            100,
        )
        self._brow_shadow(low)
        patch = canvas.shape(np.concatenate([low, top]), 0.06)
        self.drape(patch, self._cloth_colour, 0, 8, 9.0, 7.5)
        for k in range(6):
            self._fold(
                curve(
                    [
                        (-8.2 + 0.3 * k, 5.2 + 1.3 * k),
                        (-2.0, 9.2 + 0.75 * k),
                        (2.0 + k * 0.5, 11.2 + 0.5 * k),
                    ],
                    60,
                ),
                patch,
                0.45,
                0.55,
            )
            self._fold(
                curve(
                    [(8.2 - 0.3 * k, 5.2 + 1.3 * k), (3.2, 9.0 + 0.8 * k), (-1.0 - 0.6 * k, 11.4 + 0.55 * k)],
                    60,
                ),
                patch,
                0.4,
                0.45,
            )

    def _turban(self) -> None:
        self._wrapped(1.6)

    def _headwrap(self) -> None:
        self._wrapped(0.4)
        knot = curve([(-2.2, 12.2), (-1.0, 15.2), (1.2, 15.4), (2.4, 12.4), (0, 11.4), (-2.2, 12.2)], 60)
        patch = self._canvas.shape(knot, 0.05)
        self.drape(patch, np.clip(self._cloth_colour * np.float32(1.1), 0, 1), 0, 13, 3, 3)
        self._fold(curve([(-1.2, 11.8), (0, 13.6), (0.8, 15.0)], 30), patch, 0.3)

    def _surgical_cap(self) -> None:
        low, patch = self._cap_shape(7.8, 13.6, 7.9)
        self._brow_shadow(low)
        self.drape(patch, self._cloth_colour, 0, 8, 8.3, 6.5)
        for k in range(3):
            self._fold(
                curve([(-6 + 2 * k, 7.2), (-3.5 + 2.5 * k, 9.5), (-2 + 2 * k, 12.6)], 40), patch, 0.25, 0.35
            )

    def _headband(self) -> None:
        way = [(-7.7, 4.6), (-7.2, 7.6), (-5.4, 10.4), (-2.8, 12.0), (0, 12.5)]
        band = curve(np.concatenate([way, mirrored(way[:-1])]), 80)
        widths = [0.25, 1.1, 1.4, 1.45, 1.4, 1.1, 0.25]
        self._canvas.shade(colour(SHADOW), self._canvas.stroke(band - [0, 0.25], widths, 0.25), 0.5)
        patch = self._canvas.stroke(band, widths, 0.05)
        self.drape(patch, self._cloth_colour, 0, 8, 8.6, 6)
        self._canvas.glow(
            colour("ffffff"), self._canvas.stroke(band + [0, 0.2], 0.35, 0.2).times(patch), 0.15
        )

    def _flower_crown(self) -> None:
        canvas = self._canvas
        path = curve(
            [(-7.4, 7.2), (-5.4, 9.6), (-2.6, 11.0), (0, 11.4), (2.6, 11.0), (5.4, 9.6), (7.4, 7.2)], 11
        )
        canvas.lay(colour("4a6a3a"), canvas.stroke(curve(path, 60), 0.7, 0.08))
        for k, (x, y) in enumerate(path):
            paint = colour(("e88aa2", "f4d58a", "f2f0ec", "c86a8a", "e8a86a")[k % 5])
            for turn in np.linspace(0, 2 * np.pi, 6)[:-1]:
                canvas.lay(
                    paint * np.float32(0.88 + 0.12 * np.sin(turn)),
                    canvas.disc(x + 0.55 * np.cos(turn), y + 0.55 * np.sin(turn), 0.5, 0.5, 0.05),
                )
            canvas.lay(colour("d8a83a"), canvas.disc(x, y, 0.32, 0.32))
