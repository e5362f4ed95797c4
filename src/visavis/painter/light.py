"""Light: what a lighting does to a surface, given its normals."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.painter.canvas import colour


@dataclass(frozen=True)
class Light:
    """Lights around a person; directions point to them: right, up, towards the viewer.

    Attributes:
        key: Direction of the main light.
        key_colour: Its colour and strength.
        fill: Direction of the second light.
        fill_colour: Its colour and strength.
        ambient: What comes from everywhere.
        rim_colour: Light from behind, which shows at edges.
    """

    key: Floats
    key_colour: Floats
    fill: Floats
    fill_colour: Floats
    ambient: Floats
    rim_colour: Floats

    def on(self, normals: Floats, wrap: float = 0.35) -> Floats:
        """Brightness and colour of the light on a matt surface, shape of the normals."""
        key = np.clip((normals @ self.key + np.float32(wrap)) / np.float32(1 + wrap), 0, 1)
        fill = np.clip(normals @ self.fill, 0, 1)
        rim = np.clip(1 - normals[..., 2], 0, 1) ** 3 * np.clip(normals[..., 1] * 0.5 + 0.7, 0, 1)
        return np.asarray(
            self.ambient
            + self.key_colour * key[..., None] ** np.float32(1.2)
            + self.fill_colour * fill[..., None]
            + self.rim_colour * rim[..., None],
            np.float32,
        )

    def shine(self, normals: Floats, sharpness: float) -> Floats:
        """Mirror-like part of the key light, 0..1."""
        half = self.key + np.array([0, 0, 1], np.float32)
        half = half / np.linalg.norm(half)
        return np.asarray(np.clip(normals @ half.astype(np.float32), 0, 1) ** sharpness, np.float32)


def _light(
    key: tuple[float, float, float],
    key_colour: tuple[str, float],
    fill: tuple[float, float, float],
    fill_colour: tuple[str, float],
    ambient: tuple[str, float],
    rim: tuple[str, float] = ("ffffff", 0.06),
) -> Light:
    def towards(direction: tuple[float, float, float]) -> Floats:
        return np.asarray(np.array(direction) / np.linalg.norm(direction), np.float32)

    def shine(code: tuple[str, float]) -> Floats:
        return np.asarray(colour(code[0]) * np.float32(code[1]), np.float32)

    return Light(
        towards(key), shine(key_colour), towards(fill), shine(fill_colour), shine(ambient), shine(rim)
    )


LIGHTS: Final[dict[str, Light]] = {
    "soft": _light((-0.45, 0.6, 0.75), ("fff8ee", 0.72), (0.8, 0.1, 0.6), ("dfe8ff", 0.16), ("fff4ec", 0.40)),
    "studio": _light(
        (-0.25, 0.55, 0.9), ("ffffff", 0.72), (0.6, 0.0, 0.8), ("ffffff", 0.22), ("ffffff", 0.40)
    ),
    "dramatic": _light(
        (-0.85, 0.5, 0.42),
        ("fff0dc", 0.98),
        (0.8, 0.1, 0.5),
        ("aab8d8", 0.08),
        ("e8dcd4", 0.22),
        ("ffe8cc", 0.12),
    ),
    "warm": _light(
        (-0.6, 0.45, 0.65),
        ("ffdfa8", 0.86),
        (0.8, 0.1, 0.5),
        ("c8b8d8", 0.14),
        ("ffe6cc", 0.38),
        ("ffc070", 0.30),
    ),
    "cool": _light(
        (-0.45, 0.6, 0.7),
        ("dbe9ff", 0.74),
        (0.8, 0.1, 0.6),
        ("b0c4ff", 0.18),
        ("dfe8ff", 0.38),
        ("cfe2ff", 0.18),
    ),
    "rim": _light(
        (-0.3, 0.6, 0.75),
        ("fff6ea", 0.56),
        (0.7, 0.1, 0.6),
        ("dfe8ff", 0.12),
        ("f0ecf0", 0.38),
        ("fff4e0", 0.85),
    ),
    "neon": _light(
        (-0.75, 0.3, 0.6),
        ("ff9ad8", 0.74),
        (0.85, 0.1, 0.5),
        ("5fb4ff", 0.50),
        ("cfc0ff", 0.34),
        ("6fd0ff", 0.45),
    ),
}
