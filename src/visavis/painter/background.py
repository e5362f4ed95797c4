"""Backgrounds: places out of focus, and plain studio walls."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.painter.canvas import blurred, colour, mixed
from visavis.painter.character import Character
from visavis.painter.light import LIGHTS

_SIDE: Final = 256  # the shorter side of a background before it is enlarged: all of it is out of focus


class _Place:
    """A small picture of a place; positions from 0 to 1, left to right and top to bottom."""

    def __init__(self, character: Character, width: int, height: int) -> None:
        self.random = np.random.default_rng([character.seed & 0xFFFFFFFF, 5])
        self.base = colour(character.scene.colour)
        self.width, self.height = width, height
        self.x = np.linspace(0, width / min(width, height), width, dtype=np.float32)[None]
        self.y = np.linspace(0, height / min(width, height), height, dtype=np.float32)[:, None]
        self.wide, self.high = float(self.x[0, -1]), float(self.y[-1, 0])
        self.picture: Floats = np.empty((height, width, 3), np.float32)
        self.picture[:] = self.base

    def ramp(self, top: str | Floats, bottom: str | Floats, low: float = 0.0, high: float = 1.0) -> None:
        first, second = (colour(each) if isinstance(each, str) else each for each in (top, bottom))
        share = np.clip((self.y / self.high - low) / (high - low), 0, 1)[..., None]
        self.picture[:] = first + (second - first) * share

    def box(
        self, left: float, top: float, right: float, bottom: float, paint: str | Floats, opacity: float = 1.0
    ) -> None:
        tone = colour(paint) if isinstance(paint, str) else paint
        side = min(self.width, self.height)
        rows = slice(max(0, int(top * side)), max(0, int(bottom * side)))
        columns = slice(max(0, int(left * side)), max(0, int(right * side)))
        part = self.picture[rows, columns]
        part += (tone - part) * np.float32(opacity)

    def spot(
        self, x: float, y: float, size: float, paint: str | Floats, opacity: float = 1.0, edge: float = 0.15
    ) -> None:
        tone = colour(paint) if isinstance(paint, str) else paint
        mask = np.clip((1 - np.hypot(self.x - x, self.y - y) / size) / edge, 0, 1) * np.float32(opacity)
        self.picture += (tone - self.picture) * mask[..., None]

    def glow(self, x: float, y: float, size: float, paint: str | Floats, opacity: float) -> None:
        tone = colour(paint) if isinstance(paint, str) else paint
        mask = np.exp(-0.5 * ((self.x - x) ** 2 + (self.y - y) ** 2) / size**2) * np.float32(opacity)
        self.picture += (tone - self.picture) * mask[..., None]

    def soften(self, size: float) -> None:
        self.picture = blurred(self.picture, size * min(self.width, self.height))


def paint_background(character: Character, width_px: int, height_px: int) -> Floats:
    """Paint it, shape `(height, width, 3)`."""
    scale = _SIDE / min(width_px, height_px)
    place = _Place(character, max(2, round(width_px * scale)), max(2, round(height_px * scale)))
    _PLACES.get(character.scene.background, _studio)(place)
    light = LIGHTS.get(character.scene.lighting, LIGHTS["soft"])
    tint = 0.62 + 0.38 * (light.key_colour / light.key_colour.max())
    strength = {"dramatic": 0.5, "rim": 0.62, "neon": 0.55}.get(character.scene.lighting, 1.0)
    picture = place.picture * tint * np.float32(strength)
    if character.scene.lighting == "neon":
        small = np.linspace(0, 1, place.width, dtype=np.float32)[None, :, None]
        picture = picture + 0.22 * (colour("ff5fc8") * (1 - small) + colour("3fa8ff") * small)
    enlarged = cv2.resize(picture, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    grain = place.random.standard_normal((max(2, height_px // 2), max(2, width_px // 2))).astype(np.float32)
    enlarged += 0.006 * cv2.resize(grain, (width_px, height_px), interpolation=cv2.INTER_LINEAR)[..., None]
    return np.asarray(np.clip(enlarged, 0, 1), np.float32)


def _studio(place: _Place) -> None:
    place.glow(0.34 * place.wide, 0.36 * place.high, 0.40, mixed(place.base, colour("ffffff"), 0.42), 0.9)
    dark = np.clip((place.x / place.wide * 0.6 + place.y / place.high * 0.7 - 0.35) * 0.8, 0, 1)[..., None]
    place.picture *= 1 - 0.45 * dark


def _gradient(place: _Place) -> None:
    other = np.asarray(place.base[[2, 0, 1]] * 0.6 + 0.3, np.float32)
    place.ramp(mixed(place.base, colour("ffffff"), 0.3), mixed(other, place.base, 0.4))
    for _ in range(4):
        place.glow(
            place.random.uniform(0, place.wide),
            place.random.uniform(0, place.high),
            0.25,
            mixed(other, colour("ffffff"), 0.35),
            0.45,
        )
    place.soften(0.05)


def _white(place: _Place) -> None:
    place.ramp("f7f7f5", "e3e4e4")


def _dark(place: _Place) -> None:
    place.ramp("26282c", "101114")
    place.glow(0.35 * place.wide, 0.35 * place.high, 0.35, "4a4d54", 0.7)


def _office(place: _Place) -> None:
    place.ramp("d9dee0", "a9a39a", 0.3)
    for k in range(int(place.wide / 0.24) + 1):
        place.box(
            0.02 + 0.24 * k,
            0.08,
            0.21 + 0.24 * k,
            0.55 * place.high + 0.05,
            mixed(colour("eaf4fb"), colour("b9d3e4"), place.random.random()),
        )
    place.box(0, 0.62 * place.high, place.wide, 0.68 * place.high, "8b7a66")
    place.box(0, 0.68 * place.high, place.wide, place.high, "6f665c")
    for _ in range(5):
        place.spot(
            place.random.uniform(0, place.wide),
            0.60 * place.high,
            place.random.uniform(0.05, 0.1),
            "55735a",
            0.8,
            0.6,
        )
    place.soften(0.028)


def _library(place: _Place) -> None:
    place.ramp("4a3626", "2e2018")
    paints = ("7a2f2b", "2f4a6b", "8a6a3a", "3f5a44", "b79a6a", "54324a", "c9b794")
    y = 0.0
    while y < place.high:
        x = 0.0
        while x < place.wide:
            wide, tall = place.random.uniform(0.02, 0.05), place.random.uniform(0.12, 0.19)
            place.box(
                x,
                y + 0.21 - tall,
                x + wide * 0.92,
                y + 0.21,
                paints[int(place.random.integers(len(paints)))],
                0.9,
            )
            x += wide
        place.box(0, y + 0.21, place.wide, y + 0.235, "6b4a30")
        y += 0.235
    place.soften(0.02)
    place.picture *= 0.85


def _home(place: _Place) -> None:
    place.ramp("d8cbb8", "b49f88", 0.3)
    place.box(0.06, 0.1, 0.36, 0.46, "f4efe4")
    place.box(0.09, 0.13, 0.33, 0.43, "9db8b0")
    place.box(place.wide - 0.34, 0.05, place.wide - 0.02, 0.6 * place.high, "eef3f2")
    place.glow(place.wide - 0.18, 0.3, 0.22, "fffdf2", 0.7)
    place.box(0, 0.68 * place.high, place.wide, place.high, "8d6f5e")
    place.glow(0.1, 0.55 * place.high, 0.14, "ffdf9a", 0.6)
    place.soften(0.032)


def _city(place: _Place) -> None:
    place.ramp("b7cbe0", "e6ddd0", 0.0, 0.7)
    x = -0.05
    while x < place.wide:
        wide, top = place.random.uniform(0.1, 0.2), place.random.uniform(0.12, 0.5) * place.high
        tone = mixed(colour("6f7f92"), colour("a8a49c"), place.random.random())
        place.box(x, top, x + wide, place.high, tone)
        for k in range(40):
            wx, wy = x + place.random.uniform(0.01, wide - 0.01), place.random.uniform(top + 0.02, place.high)
            place.box(wx, wy, wx + 0.012, wy + 0.018, "ffe9b8" if k % 3 else "dce8f2", 0.7)
        x += wide
    place.soften(0.022)


def _nature(place: _Place) -> None:
    place.ramp("cfe3d4", "5f7f4a", 0.05, 0.9)
    for _ in range(60):
        tone = mixed(
            mixed(colour("3f6a3a"), colour("9ab85f"), place.random.random()),
            colour("f0f2b8"),
            0.35 * place.random.random(),
        )
        place.spot(
            place.random.uniform(0, place.wide),
            place.random.uniform(0.0, place.high),
            place.random.uniform(0.04, 0.13),
            tone,
            0.55,
            0.3,
        )
    place.soften(0.02)
    for _ in range(14):
        place.spot(
            place.random.uniform(0, place.wide),
            place.random.uniform(0, 0.6) * place.high,
            place.random.uniform(0.015, 0.04),
            "fbf7d0",
            0.5,
            0.3,
        )
    place.soften(0.006)


def _beach(place: _Place) -> None:
    place.ramp("9fd0ee", "dff0f6", 0, 0.5)
    place.box(0, 0.5 * place.high, place.wide, 0.68 * place.high, "4fa3bd")
    place.box(0, 0.66 * place.high, place.wide, place.high, "e6d3a8")
    place.soften(0.02)


def _sky(place: _Place) -> None:
    place.ramp("6fa8dc", "d6e8f4")
    for _ in range(9):
        x, y = place.random.uniform(0, place.wide), place.random.uniform(0, place.high)
        for _ in range(5):
            place.glow(
                x + place.random.normal(0, 0.1),
                y + place.random.normal(0, 0.03),
                place.random.uniform(0.04, 0.1),
                "ffffff",
                0.5,
            )


def _sunset(place: _Place) -> None:
    place.ramp("5f5f98", "f4a868", 0, 0.75)
    place.glow(0.5 * place.wide, 0.62 * place.high, 0.25, "ffe0a0", 0.9)
    place.box(0, 0.8 * place.high, place.wide, place.high, "5a4458", 0.8)
    place.soften(0.03)


def _hospital(place: _Place) -> None:
    place.ramp("e6f0f0", "c4d6d6")
    for k in range(int(place.wide / 0.4) + 1):
        place.box(0.06 + 0.42 * k, 0.12, 0.34 + 0.42 * k, 0.5, "f8fdfd")
    place.box(0, 0.62 * place.high, place.wide, 0.66 * place.high, "5fa8a8", 0.8)
    place.glow(0.3 * place.wide, 0.05, 0.25, "ffffff", 0.8)
    place.soften(0.03)


def _classroom(place: _Place) -> None:
    place.ramp("d9cfba", "b0a48c")
    place.box(0.05, 0.08, place.wide - 0.05, 0.62 * place.high, "8a6a48")
    place.box(0.08, 0.11, place.wide - 0.08, 0.59 * place.high, "34524a")
    for _ in range(16):
        x, y = place.random.uniform(0.12, place.wide - 0.25), place.random.uniform(0.15, 0.52 * place.high)
        place.box(x, y, x + place.random.uniform(0.04, 0.14), y + 0.008, "e8ece4", 0.5)
    place.soften(0.012)


def _stage(place: _Place) -> None:
    place.ramp("1a1426", "0c0a12")
    for k, paint in enumerate(("ff5f9a", "5f8fff", "ffc85f", "a85fff")):
        place.glow((k + 0.5) / 4 * place.wide, 0.12 * place.high, 0.16, paint, 0.75)
    place.soften(0.02)


def _bokeh(place: _Place) -> None:
    place.ramp("3a2f33", "1d1a20")
    for _ in range(46):
        paint = ("ffcf8a", "ffb05f", "ffe6c0", "f08a6a", "8ab8e8")[int(place.random.integers(5))]
        place.spot(
            place.random.uniform(0, place.wide),
            place.random.uniform(0, place.high),
            place.random.uniform(0.02, 0.07),
            paint,
            place.random.uniform(0.15, 0.6),
            0.2,
        )
    place.soften(0.006)


def _space(place: _Place) -> None:
    place.ramp("141a3a", "0a0a1c")
    place.glow(0.25 * place.wide, 0.3 * place.high, 0.25, "5f3f98", 0.7)
    place.glow(0.8 * place.wide, 0.6 * place.high, 0.3, "2f6fa8", 0.6)
    for _ in range(90):
        place.spot(
            place.random.uniform(0, place.wide),
            place.random.uniform(0, place.high),
            place.random.uniform(0.003, 0.008),
            "ffffff",
            0.8,
            0.8,
        )


def _workshop(place: _Place) -> None:
    place.picture[:] = colour("8a5a48")
    y, odd = 0.0, False
    while y < place.high:
        x = -0.06 if odd else 0.0
        while x < place.wide:
            place.box(
                x + 0.004,
                y + 0.004,
                x + 0.116,
                y + 0.051,
                mixed(colour("a8664e"), colour("7d4a3c"), place.random.random()),
            )
            x += 0.12
        y, odd = y + 0.055, not odd
    place.glow(0.3 * place.wide, 0.3 * place.high, 0.4, "d8a890", 0.4)
    place.soften(0.010)


def _newsroom(place: _Place) -> None:
    place.ramp("1f3f7a", "0f1f40")
    for k in range(int(place.wide / 0.3) + 1):
        place.box(0.03 + 0.3 * k, 0.1, 0.28 + 0.3 * k, 0.42, ("3f7fc8", "5f9fd8", "2f5f9f")[k % 3])
    place.box(0, 0.55 * place.high, place.wide, 0.57 * place.high, "c8e0ff")
    place.box(0, 0.62 * place.high, place.wide, 0.64 * place.high, "e05f5f")
    place.soften(0.02)


_PLACES: Final[dict[str, Callable[[_Place], None]]] = {
    "studio": _studio,
    "gradient": _gradient,
    "white": _white,
    "dark": _dark,
    "office": _office,
    "library": _library,
    "home": _home,
    "city": _city,
    "nature": _nature,
    "beach": _beach,
    "sky": _sky,
    "sunset": _sunset,
    "hospital": _hospital,
    "classroom": _classroom,
    "stage": _stage,
    "bokeh": _bokeh,
    "space": _space,
    "workshop": _workshop,
    "newsroom": _newsroom,
}
