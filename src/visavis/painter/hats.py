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
        low, patch = self._cap_shape(6.9, 14.2)
        self._brow_shadow(low)
        self.drape(patch, self._cloth_colour, 0, 8, 8.3, 7)
        x, _ = self._canvas.grid(patch)
        ribs = np.asarray(0.5 + 0.5 * np.sin(x * 9) + 0 * patch.values, np.float32)
        self._canvas.shade(colour("8f8f8f"), patch.times(ribs), 0.4)
        band = self._canvas.rounded(self._canvas.stroke(low + [0, 1.1], 2.4, 0.05), 0.35)
        self.drape(band, np.clip(self._cloth_colour * np.float32(1.08), 0, 1), 0, 8, 8.3, 7)
        ribs = np.asarray(0.5 + 0.5 * np.sin(self._canvas.grid(band)[0] * 9) + 0 * band.values, np.float32)
        self._canvas.shade(colour("8f8f8f"), band.times(ribs), 0.45)
        self._canvas.shade(colour("555555"), self._canvas.stroke(low + [0, 2.35], 0.12, 0.08), 0.5)

    def _crescent(self, top_y: float, sag: float, reach: float, depth: float) -> tuple[Points, Points]:
        """Upper and lower edge of a brim before the forehead, which meet at its ends."""
        across = np.linspace(-1, 1, 90)
        upper = np.stack([reach * across, top_y - sag * across**2], axis=-1)
        lower = upper - np.stack([0 * across, depth * (1 - across**4) ** 0.8], axis=-1)
        return upper, lower

    def _peak(self, top_y: float, paint: Floats, *, sag: float, reach: float, depth: float) -> None:
        upper, lower = self._crescent(top_y, sag, reach, depth)
        brim = np.concatenate([upper, lower[::-1]])
        self._canvas.shade(colour(SHADOW), self._canvas.shape(brim - [0, 0.9], 0.5), 0.5)
        patch = self._canvas.shape(brim, 0.05)
        self.drape(patch, paint, 0, top_y - depth, reach * 1.15, 2.5 * depth)
        self._canvas.shade(
            colour("3c3c3c"), self._canvas.stroke(upper - [0, 0.12], 0.3, 0.16).times(patch), 0.6
        )
        self._canvas.glow(
            colour("ffffff"), self._canvas.stroke(lower[12:-12] + [0, 0.22], 0.12, 0.08).times(patch), 0.2
        )

    def _cap(self) -> None:
        _, patch = self._cap_shape(7.7, 13.9, 7.7)
        self.drape(patch, self._cloth_colour, 0, 8, 8.2, 6.5)
        for x in (-3.0, 0.0, 3.0):
            self._fold(curve([(x * 1.5, 7.7), (x * 1.3, 11.0), (x * 0.3, 13.8)], 40), patch, 0.08, 0.6)
        self._canvas.lay(self._cloth_colour * np.float32(0.8), self._canvas.disc(0, 13.8, 0.5, 0.28, 0.06))
        self._peak(7.9, self._cloth_colour * np.float32(0.9), sag=2.0, reach=7.0, depth=1.9)
        self._canvas.lay(
            mixed(self._cloth_colour, colour("ffffff"), 0.75),
            self._canvas.disc(0, 10.3, 0.9, 0.9, 0.06),
            0.85,
        )

    def _officer_cap(self) -> None:
        low, patch = self._cap_shape(7.6, 12.0, 7.7)
        crown = curve(
            [
                (-7.3, 9.2),
                (-9.7, 11.9),
                (-6.4, 13.8),
                (0, 14.6),
                (6.4, 13.8),
                (9.7, 11.9),
                (7.3, 9.2),
                (0, 10.2),
                (-7.3, 9.2),
            ],
            120,
        )
        self.drape(patch, self._cloth_colour * np.float32(0.6), 0, 8, 8.2, 6.5)
        over = self._canvas.shape(crown, 0.06)
        self._canvas.shade(colour(SHADOW), self._canvas.shape(crown - [0, 0.3], 0.25).times(patch), 0.7)
        self.drape(over, self._cloth_colour, 0, 10, 10.5, 5.5)
        piping = curve([(-9.6, 11.9), (-6.0, 10.6), (0, 10.3), (6.0, 10.6), (9.6, 11.9)], 80)
        self._canvas.shade(colour("555555"), self._canvas.stroke(piping, 0.14, 0.08).times(over), 0.5)
        self._peak(7.9, colour("1d1e23"), sag=1.9, reach=7.0, depth=1.7)
        cord = low[9:-9] + [0, 0.45]
        self._canvas.shade(colour(SHADOW), self._canvas.stroke(cord - [0, 0.2], 0.3, 0.1), 0.5)
        self._canvas.lay(colour(GOLD), self._canvas.stroke(cord, 0.3, 0.04))
        self._canvas.lay(colour(GOLD) * np.float32(0.85), self._canvas.disc(0, 10.3, 0.8, 0.95, 0.06))
        self._canvas.glow(colour("ffffff"), self._canvas.blob(-0.2, 10.5, 0.25, 0.25), 0.6)

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
        low = curve([(-7.2, 6.0), (-4.0, 7.6), (0, 8.2), (4.0, 7.8), (7.2, 6.4)], 70)
        top = curve(
            [
                (7.3, 6.5),
                (7.6, 9.4),
                (4.2, 12.9),
                (-2.0, 14.1),
                (-7.6, 13.0),
                (-10.6, 9.9),
                (-9.9, 6.9),
                (-8.2, 5.9),
                (-7.2, 6.0),
            ],
            100,
        )
        canvas = self._canvas
        self._brow_shadow(low)
        patch = canvas.rounded(canvas.shape(np.concatenate([low, top]), 0.06), 0.25)
        self.drape(patch, self._cloth_colour, -2.0, 8.5, 10.5, 6.5)
        hang = curve([(-9.6, 7.0), (-6.5, 8.6), (-1.0, 9.6), (4.5, 9.0), (7.4, 7.4)], 70)
        self._fold(hang, patch, 0.7, 0.55)
        self._fold(curve([(-8.2, 11.4), (-5.0, 12.0), (-2.2, 11.6)], 40), patch, 0.5, 0.3)
        canvas.shade(colour("6a6a6a"), canvas.stroke(low + [0, 0.3], 0.55, 0.12).times(patch), 0.5)
        canvas.lay(
            self._cloth_colour * np.float32(0.8), canvas.stroke([(-1.2, 14.0), (-1.0, 14.6)], 0.3, 0.05)
        )

    def _hard_hat(self) -> None:
        _, patch = self._cap_shape(7.9, 14.6, 8.1)
        self.drape(patch, self._cloth_colour, -0.5, 8, 8.6, 7)
        for x, width in ((-2.6, 0.25), (0.0, 0.8), (2.6, 0.25)):
            ridge = curve([(x * 1.5, 7.8), (x * 1.35, 11.4), (x * 0.8, 14.3)], 40)
            self._canvas.glow(colour("ffffff"), self._canvas.stroke(ridge, width, 0.1).times(patch), 0.16)
            for side in (-1, 1):
                edge = ridge + [side * (width / 2 + 0.1), 0]
                self._canvas.shade(colour("8a8a8a"), self._canvas.stroke(edge, 0.1, 0.07).times(patch), 0.5)
        self._canvas.glow(colour("ffffff"), self._canvas.blob(-4.0, 12.0, 0.9, 1.1, 25).times(patch), 0.4)
        self._peak(8.0, self._cloth_colour, sag=1.9, reach=8.9, depth=1.25)

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
