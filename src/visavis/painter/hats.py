"""Hats, caps and helmets."""

from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.painter.canvas import Patch, Points, colour, mixed
from visavis.painter.worn import GOLD, SHADOW, Worn

HATS: Final = frozenset(
    ("cap", "beanie", "hat", "wide_hat", "beret", "hard_hat", "chef_hat", "officer_cap", "headwrap")
)
"""Headwear over hair that still shows below it."""


class Hats(Worn):
    """Paints hats on one character."""

    def _fold(self, path: Points, patch: Patch, width: float, strength: float = 0.5) -> None:
        dark = self._cloth_colour * np.float32(0.5) + np.float32(0.12)
        self._canvas.shade(dark, self._canvas.stroke(path, [0.03, width, 0.03], 0.16).times(patch), strength)
        self._canvas.glow(
            colour("ffffff"),
            self._canvas.stroke(path + [0.1, 0.28], [0.03, width, 0.03], 0.16).times(patch),
            0.09,
        )

    def _brow_shadow(self, edge: Points) -> None:
        self._canvas.shade(colour(SHADOW), self._canvas.stroke(edge - [0, 0.35], 0.9, 0.35), 0.45)

    def _cap_shape(self, low_y: float, top: float, reach: float = 8.0) -> tuple[Points, Patch]:
        low = curve(
            [
                (-reach + 0.2, low_y - 2.2),
                (-5.2, low_y - 0.5),
                (0, low_y),
                (5.2, low_y - 0.5),
                (reach - 0.2, low_y - 2.2),
            ],
            80,
        )
        over = curve(
            [
                (reach, low_y - 1.8),
                (reach - 0.1, low_y + 2.2),
                (5.6, top - 1.5),
                (2.4, top),
                (-2.4, top),
                (-5.6, top - 1.5),
                (-reach + 0.1, low_y + 2.2),
                (-reach, low_y - 1.8),
            ],
            100,
        )
        return low, self._canvas.shape(np.concatenate([low, over]), 0.06)

    def _beanie(self) -> None:
        low, patch = self._cap_shape(7.6, 14.6)
        self._brow_shadow(low)
        self.drape(patch, self._cloth_colour, 0, 8, 8.3, 7)
        x, _ = self._canvas.grid(patch)
        ribs = np.asarray(0.5 + 0.5 * np.sin(x * 9) + 0 * patch.values, np.float32)
        self._canvas.shade(colour("8f8f8f"), patch.times(ribs), 0.4)
        band = self._canvas.stroke(low + [0, 1.1], 2.4, 0.05)
        self.drape(band, np.clip(self._cloth_colour * np.float32(1.08), 0, 1), 0, 8, 8.3, 7)
        ribs = np.asarray(0.5 + 0.5 * np.sin(self._canvas.grid(band)[0] * 9) + 0 * band.values, np.float32)
        self._canvas.shade(colour("8f8f8f"), band.times(ribs), 0.45)
        self._canvas.shade(colour("555555"), self._canvas.stroke(low + [0, 2.35], 0.12, 0.08), 0.5)

    def _peak(self, low: Points, paint: Floats, depth: float) -> None:
        brim = np.concatenate(
            [
                low[8:-8],
                curve(
                    [(6.2, 5.6), (3.4, 7.4 - depth), (0, 7.0 - depth), (-3.4, 7.4 - depth), (-6.2, 5.6)], 60
                ),
            ]
        )
        self._canvas.shade(colour(SHADOW), self._canvas.shape(brim - [0, 0.8], 0.5), 0.45)
        patch = self._canvas.shape(brim, 0.05)
        self.drape(patch, paint, 0, 6, 9, 4)
        self._canvas.shade(colour("444444"), self._canvas.stroke(low[8:-8] - [0, 0.1], 0.12, 0.1), 0.6)

    def _cap(self) -> None:
        low, patch = self._cap_shape(8.4, 14.2, 7.7)
        self.drape(patch, self._cloth_colour, 0, 8, 8.2, 6.5)
        for x in (-3.0, 0.0, 3.0):
            self._fold(curve([(x * 1.5, 8.4), (x * 1.3, 11.5), (x * 0.3, 14.0)], 40), patch, 0.08, 0.6)
        self._peak(low, self._cloth_colour * np.float32(0.9), 0.6)
        self._canvas.lay(
            mixed(self._cloth_colour, colour("ffffff"), 0.75), self._canvas.disc(0, 10.6, 0.9, 0.9), 0.85
        )

    def _officer_cap(self) -> None:
        low, patch = self._cap_shape(8.4, 11.2, 7.7)
        crown = curve(
            [
                (-7.6, 9.6),
                (-9.6, 12.0),
                (-6.0, 14.0),
                (0, 14.8),
                (6.0, 14.0),
                (9.6, 12.0),
                (7.6, 9.6),
                (0, 10.8),
                (-7.6, 9.6),
            ],
            120,
        )
        self.drape(self._canvas.shape(crown, 0.05), self._cloth_colour, 0, 10, 10.5, 5.5)
        self.drape(patch, self._cloth_colour * np.float32(0.6), 0, 8, 8.2, 6.5)
        self._canvas.lay(colour(GOLD), self._canvas.stroke(low + [0, 0.5], 0.3, 0.03))
        self._peak(low, colour("15161a"), 0.2)
        self._canvas.lay(colour(GOLD), self._canvas.disc(0, 11.0, 0.85, 0.95))
        self._canvas.glow(colour("ffffff"), self._canvas.blob(-0.2, 11.2, 0.25, 0.25), 0.6)

    def _brimmed(self, reach: float) -> None:
        low, patch = self._cap_shape(8.6, 15.4, 7.2)
        brim = curve(
            [
                (-reach, 7.6),
                (-5.5, 9.4),
                (0, 9.9),
                (5.5, 9.4),
                (reach, 7.6),
                (reach * 0.62, 7.2),
                (0, 7.5),
                (-reach * 0.62, 7.2),
                (-reach, 7.6),
            ],
            140,
        )
        self._canvas.shade(colour(SHADOW), self._canvas.shape(brim - [0, 1.1], 0.6), 0.4)
        self.drape(patch, self._cloth_colour, -1, 9, 8.0, 7)
        self._fold(curve([(-2.5, 14.9), (0, 13.2), (2.5, 14.9)], 40), patch, 0.7, 0.6)
        self._canvas.lay(
            self._cloth_colour * np.float32(0.35),
            self._canvas.stroke(low + [0, 1.3], 1.2, 0.05).times(patch),
            0.95,
        )
        self.drape(
            self._canvas.shape(brim, 0.06), self._cloth_colour * np.float32(0.96), 0, 6, reach * 1.05, 5
        )

    def _hat(self) -> None:
        self._brimmed(11.0)

    def _wide_hat(self) -> None:
        self._brimmed(15.0)

    def _beret(self) -> None:
        low = curve([(-7.4, 6.4), (-4.0, 8.4), (0, 8.9), (4.0, 8.2), (7.4, 5.8)], 70)
        top = curve(
            [
                (7.5, 6.4),
                (7.8, 9.6),
                (4.2, 12.8),
                (-2.0, 14.2),
                (-8.0, 13.2),
                (-11.0, 10.0),
                (-9.8, 7.2),
                (-7.4, 6.4),
            ],
            100,
        )
        self._brow_shadow(low)
        patch = self._canvas.shape(np.concatenate([low, top]), 0.06)
        self.drape(patch, self._cloth_colour, -1.5, 8, 10.5, 6.5)
        self._canvas.shade(colour("555555"), self._canvas.stroke(low + [0, 0.35], 0.5, 0.1).times(patch), 0.5)

    def _hard_hat(self) -> None:
        low, patch = self._cap_shape(8.6, 15.0, 8.4)
        self.drape(patch, self._cloth_colour, -0.5, 8, 8.8, 7)
        for x in (-2.4, 0.0, 2.4):
            ridge = curve([(x * 1.5, 8.8), (x * 1.25, 12.0), (x * 0.7, 14.8)], 40)
            self._fold(ridge, patch, 0.4, 0.35)
        self._canvas.glow(colour("ffffff"), self._canvas.blob(-3.4, 12.2, 1.0, 0.8).times(patch), 0.5)
        self._peak(low, np.clip(self._cloth_colour * np.float32(1.05), 0, 1), -0.6)

    def _chef_hat(self) -> None:
        canvas = self._canvas
        paint = colour("f2f0ec")
        self._cloth_colour = paint
        puff = curve(
            [
                (-6.6, 11.0),
                (-9.2, 13.8),
                (-7.2, 16.8),
                (-3.0, 16.2),
                (0, 17.8),
                (3.4, 16.4),
                (7.4, 16.8),
                (9.2, 13.6),
                (6.6, 11.0),
                (0, 12.0),
                (-6.6, 11.0),
            ],
            140,
        )
        self.drape(canvas.shape(puff, 0.06), paint, -1, 12, 10, 7)
        for x in (-4.5, -1.6, 1.6, 4.5):
            self._fold(
                curve([(x * 0.9, 11.4), (x * 1.1, 13.4), (x * 1.25, 15.6)], 40), canvas.shape(puff), 0.4, 0.5
            )
        low = curve([(-7.5, 6.6), (-4.5, 8.2), (0, 8.8), (4.5, 8.2), (7.5, 6.6)], 70)
        self._brow_shadow(low)
        band = canvas.shape(np.concatenate([low, curve([(7.2, 11.2), (0, 12.6), (-7.2, 11.2)], 50)]), 0.05)
        self.drape(band, paint, 0, 9, 8.4, 7)
