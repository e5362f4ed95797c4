"""Colours of hair: dyed or not, with grey among them."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats

_UNDYED: Final = np.array([0.29, 0.20, 0.15], np.float32)


@dataclass(frozen=True)
class HairColours:
    """Colours of hair.

    Attributes:
        base: Colour without grey.
        grey: Share of grey hairs.
    """

    base: Floats
    grey: float = 0.0
    white: Floats = field(default_factory=lambda: np.array([0.80, 0.79, 0.77], np.float32))

    def tones(self) -> tuple[Floats, Floats]:
        """Dark and light colour of brows and beards, which are not dyed."""
        red, green, blue = (float(each) for each in self.base)
        is_dyed = green > red + 0.03 or blue > green + 0.06
        base = _UNDYED if is_dyed else self.base
        dark, light = base * np.float32(0.62), np.clip(base * np.float32(1.25) + np.float32(0.03), 0, 1)
        share = np.float32(self.grey * 0.85)
        dark = dark + (self.white * np.float32(0.5) - dark) * share
        light = light + (self.white - light) * share
        return np.asarray(dark, np.float32), np.asarray(light, np.float32)
