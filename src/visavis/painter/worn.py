"""What is worn at the head and the neck: glasses, earrings, necklaces, a headset."""

from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.painter.canvas import Canvas, Patch, Points, colour
from visavis.painter.character import Character
from visavis.painter.form import Form
from visavis.painter.light import Light

GOLD: Final = "d8b45a"
SHADOW: Final = "7d625a"


class Worn:
    """Paints it on one character."""

    def __init__(self, canvas: Canvas, character: Character, form: Form, light: Light) -> None:
        self._canvas, self._character, self._form, self._light = canvas, character, form, light
        self._cloth_colour = colour(character.headwear_colour)

    # Glasses

    def _frame(self, style: str) -> tuple[Floats, float, float]:
        """Colour and width of a frame, and the height of the middle of its lenses."""
        frames = {
            "square": "22201f",
            "round": "3a2a20" if self._character.skin.tone < 0.55 else "a07c4c",
            "thin": "c4ad78" if self._character.skin.tone > 0.55 else "6f6248",
            "cat_eye": "4a1f2e",
            "tinted": "2a2624",
        }
        width = {"thin": 0.17, "round": 0.22}.get(style, 0.30)
        eye = self._form.at(159, 145).mean(axis=0)
        return colour(frames.get(style, "22201f")), width, float(eye[1]) - 0.28

    def arms(self) -> None:
        """Arms of glasses, from the lenses to the ears; hair lies over them."""
        style = self._character.glasses
        if style is None:
            return
        canvas = self._canvas
        frame, width, y = self._frame(style)
        for side in (-1.0, 1.0):
            out = float(np.abs(_lens(style, side, y)[:, 0]).max())
            arm = np.array([(side * (out - 0.05), y + 0.55), (side * (6.95 * self._form.widening), y + 0.8)])
            canvas.shade(colour(SHADOW), canvas.stroke(arm - [0, 0.25], width, 0.15), 0.3)
            canvas.lay(frame, canvas.stroke(arm, [width * 1.1, width * 0.6], 0.03))

    def glasses(self) -> None:
        """Frames before the eyes, which stay visible."""
        style = self._character.glasses
        if style is None:
            return
        canvas = self._canvas
        frame, width, y = self._frame(style)
        for side in (-1.0, 1.0):
            lens = _lens(style, side, y)
            patch = canvas.shape(lens, 0.04)
            if style == "tinted":
                canvas.shade(colour("b08a66"), patch, 0.55)
            canvas.glow(colour("dfe8f0"), patch, 0.035)
            shine = canvas.stroke(
                [(side * 3.2 - 1.5, y - 1.1), (side * 3.2 - 0.2, y + 1.2)], [0.25, 0.5], 0.12
            )
            canvas.glow(colour("ffffff"), shine.times(patch), 0.07)
            ring = np.concatenate([lens, lens[:2]])
            canvas.shade(colour(SHADOW), canvas.stroke(ring + [0.06, -0.22], width, 0.14), 0.35)
            canvas.lay(frame, canvas.stroke(ring, width, 0.025))
            canvas.glow(colour("ffffff"), canvas.stroke(lens[4:26] + [0, 0.03], width * 0.25, 0.03), 0.4)
        inner = 1.05 if style != "round" else 1.15
        bridge = curve([(-inner, y + 0.45), (0, y + 0.85), (inner, y + 0.45)], 30)
        canvas.shade(colour(SHADOW), canvas.stroke(bridge - [0, 0.22], width, 0.12), 0.35)
        canvas.lay(frame, canvas.stroke(bridge, width * 0.9, 0.025))

    # Ears

    def earrings(self) -> None:
        """In both lobes."""
        style = self._character.earrings
        if style is None:
            return
        canvas = self._canvas
        gold = colour(GOLD if self._character.seed % 2 else "d5d8dc")
        for side in (-1.0, 1.0):
            x, y = side * 7.0 * self._form.widening, -0.75
            if style == "hoop":
                turn = np.linspace(0, 2 * np.pi, 60)
                ring = np.stack(
                    [x + side * 0.1 + 0.72 * np.cos(turn), y - 0.85 + 1.0 * np.sin(turn)], axis=-1
                )
                canvas.lay(gold * np.float32(0.7), canvas.stroke(ring, 0.17, 0.03))
                canvas.lay(gold, canvas.stroke(ring[12:40], 0.1, 0.03))
                continue
            if style == "drop":
                canvas.lay(gold, canvas.stroke([(x, y), (x, y - 1.2)], 0.07, 0.02))
                canvas.lay(gold * np.float32(0.8), canvas.disc(x, y - 1.6, 0.26, 0.48))
                canvas.glow(colour("ffffff"), canvas.blob(x - 0.08, y - 1.45, 0.07, 0.12), 0.8)
            canvas.lay(gold * np.float32(0.85), canvas.disc(x, y, 0.2, 0.2))
            canvas.glow(colour("ffffff"), canvas.blob(x - 0.06, y + 0.06, 0.07, 0.07), 0.9)

    # Neck

    def neck(self) -> None:
        """Necklace, pearls or scarf, over the clothes."""
        style, canvas = self._character.outfit.neckwear, self._canvas
        if style in ("necklace", "pearls"):
            path = curve([(-4.3, -11.2), (-2.6, -13.6), (0, -14.7), (2.6, -13.6), (4.3, -11.2)], 90)
            if style == "pearls":
                for x, y in path[::3]:
                    canvas.lay(colour("efe9e0"), canvas.disc(x, y, 0.27, 0.27))
                    canvas.glow(colour("ffffff"), canvas.blob(x - 0.07, y + 0.08, 0.08, 0.08), 0.9)
                return
            canvas.shade(colour(SHADOW), canvas.stroke(path - [0, 0.12], 0.12, 0.06), 0.5)
            canvas.lay(colour(GOLD), canvas.stroke(path, 0.1, 0.02))
            canvas.lay(colour(GOLD), canvas.disc(0, -15.1, 0.38, 0.45))
            canvas.glow(colour("ffffff"), canvas.blob(-0.1, -15.0, 0.1, 0.12), 0.8)
        elif style == "scarf":
            paint = colour(("a8322f", "24406e", "3f7f55", "8a6a3a")[self._character.seed % 4])
            loop = [
                (-5.6, -9.8),
                (-3.0, -10.6),
                (0, -11.0),
                (3.0, -10.6),
                (5.6, -9.8),
                (6.6, -12.6),
                (3.2, -15.4),
                (0, -16.0),
            ]
            outline = curve([*loop, (-3.2, -15.4), (-6.6, -12.6), (-5.6, -9.8)], 90)
            canvas.shade(colour(SHADOW), canvas.shape(outline - [0, 0.5], 0.35), 0.5)
            self.drape(canvas.shape(outline, 0.06), paint, 0.0, -12.6, 6.4, 4.0)
            for k in range(4):
                fold = curve([(-5.4, -10.9 - k), (0, -12.2 - 0.9 * k), (5.4, -10.9 - k)], 50)
                canvas.shade(
                    paint * 0.6 + 0.2,
                    canvas.stroke(fold, [0.1, 0.4, 0.1], 0.15).times(canvas.shape(outline)),
                    0.6,
                )

    def extras(self) -> None:
        """Headset, headphones, stethoscope, ring, bindi, badge, pin."""
        painters = {
            "headset": self._headset,
            "headphones": self._headphones,
            "stethoscope": self._stethoscope,
            "nose_ring": self._nose_ring,
            "bindi": self._bindi,
            "badge": self._badge,
            "pin": self._pin,
        }
        for extra in self._character.extras:
            if extra in painters:
                painters[extra]()

    def drape(self, patch: Patch, paint: Floats, x: float, y: float, wide: float, high: float) -> None:
        """Cloth or felt over a round form."""
        at_x, at_y = self._canvas.grid(patch)
        across = np.clip((at_x - x) / wide, -1, 1) + 0 * patch.values
        up = np.clip((at_y - y) / high, -1, 1) + 0 * patch.values
        depth = np.sqrt(np.clip(1 - 0.85 * across**2 - 0.55 * np.clip(up, 0, 1) ** 2, 0.05, 1))
        normals = np.stack([across, 0.55 * up, depth], axis=-1)
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        self._canvas.lay(np.asarray(paint * self._light.on(normals.astype(np.float32)), np.float32), patch)

    def _headset(self) -> None:
        self._headphones(small=True)
        canvas = self._canvas
        boom = curve([(7.4, -0.4), (7.2, -3.4), (5.8, -6.0), (4.3, -6.9)], 60)
        canvas.lay(colour("22242a"), canvas.stroke(boom, 0.24, 0.03))
        canvas.lay(colour("15161a"), canvas.disc(4.1, -7.0, 0.62, 0.42))

    def _headphones(self, *, small: bool = False) -> None:
        canvas, size = self._canvas, 0.75 if small else 1.0
        band = curve(
            [(-7.7, 2.0), (-8.0, 7.5), (-5.6, 12.2), (0, 14.3), (5.6, 12.2), (8.0, 7.5), (7.7, 2.0)], 100
        )
        canvas.shade(colour(SHADOW), canvas.stroke(band - [0, 0.3], 1.0 * size, 0.2), 0.4)
        canvas.lay(colour("26282e"), canvas.stroke(band, 0.95 * size, 0.04))
        canvas.glow(colour("ffffff"), canvas.stroke(band[20:55] + [0, 0.1], 0.2, 0.1), 0.25)
        for side in (-1.0, 1.0):
            canvas.shade(colour(SHADOW), canvas.disc(side * 7.2, 0.9, 1.3 * size, 2.5 * size, 0.3), 0.5)
            canvas.lay(colour("1d1f24"), canvas.disc(side * 7.7, 1.1, 1.25 * size, 2.4 * size, 0.05))
            canvas.lay(colour("3a3d46"), canvas.disc(side * 7.95, 1.1, 0.8 * size, 1.8 * size, 0.15))

    def _stethoscope(self) -> None:
        canvas = self._canvas
        for side in (-1.0, 1.0):
            tube = curve(
                [
                    (side * 4.9, -10.4),
                    (side * 6.3, -13.0),
                    (side * 5.6, -18.0),
                    (side * 4.2, -23.5),
                    (side * 3.4, -30),
                ],
                70,
            )
            canvas.shade(colour(SHADOW), canvas.stroke(tube + [0.15, -0.3], 0.7, 0.2), 0.5)
            canvas.lay(colour("2b2f36"), canvas.stroke(tube, 0.62, 0.04))
            canvas.glow(colour("ffffff"), canvas.stroke(tube - [0.12, 0], 0.12, 0.06), 0.3)

    def _nose_ring(self) -> None:
        wing, base = self._form.at(358)[0], float(self._form.at(2)[0, 1])
        self._canvas.lay(colour("c8ccd0"), self._canvas.disc(wing[0] - 0.35, base + 0.55, 0.11, 0.11))
        self._canvas.glow(colour("ffffff"), self._canvas.blob(wing[0] - 0.38, base + 0.58, 0.06, 0.06), 1.0)

    def _bindi(self) -> None:
        self._canvas.lay(colour("8a1f2b"), self._canvas.disc(0, 5.1 + self._form.lift_cm, 0.26, 0.26))

    def _badge(self) -> None:
        card = np.array([(8.4, -19.4), (12.6, -19.4), (12.6, -21.4), (8.4, -21.4)])
        self._canvas.shade(colour(SHADOW), self._canvas.shape(card + [0.1, -0.2], 0.12), 0.5)
        self._canvas.lay(colour("eef0f2"), self._canvas.shape(card, 0.03))
        for y, end in ((-20.0, 12.0), (-20.7, 11.0)):
            self._canvas.lay(colour("5a6a7a"), self._canvas.stroke([(8.9, y), (end, y)], 0.22, 0.03))

    def _pin(self) -> None:
        self._canvas.lay(colour(GOLD), self._canvas.disc(7.0, -16.4, 0.4, 0.4))
        self._canvas.glow(colour("ffffff"), self._canvas.blob(6.9, -16.3, 0.12, 0.12), 0.9)


def _lens(style: str, side: float, y: float) -> Points:
    """Edge of a lens."""
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    cos, sin = np.cos(turn), np.sin(turn)
    wide, high, power = {
        "round": (2.02, 1.95, 1.0),
        "thin": (2.25, 1.85, 0.8),  # lower lenses would be drawn on closing lids
        "cat_eye": (2.35, 1.6, 0.8),
        "tinted": (2.3, 1.9, 0.8),
    }.get(style, (2.3, 1.72, 0.6))
    x = wide * np.sign(cos) * np.abs(cos) ** power
    lens = np.stack([side * (3.25 + x), y + high * np.sign(sin) * np.abs(sin) ** power], axis=-1)
    if style == "cat_eye":
        lens[:, 1] += 0.42 * np.clip(x / wide, 0, 1) * (sin > -0.2)
    return lens
