"""Clothes: a body of cloth with a neckline, and what is worn over it."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.painter.canvas import Canvas, Patch, Points, blurred, colour, mirrored, mixed
from visavis.painter.character import Character
from visavis.painter.form import childlike
from visavis.painter.garments import INNER_FIRST, MADE, Garment
from visavis.painter.light import Light

_NECKS: Final[dict[str, list[tuple[float, float]]]] = {
    # from the side of the neck to the middle, right side
    "crew": [(5.0, -11.7), (4.3, -12.9), (2.6, -14.1), (0, -14.6)],
    "scoop": [(7.0, -12.8), (6.3, -14.9), (3.6, -17.2), (0, -18.2)],
    "vee": [(5.2, -11.8), (4.0, -13.8), (2.0, -16.8), (0, -19.0)],
    "vee_small": [(5.0, -11.7), (3.6, -13.5), (1.8, -15.6), (0, -17.3)],
    "tank": [(7.6, -12.9), (6.8, -15.0), (3.6, -17.0), (0, -17.6)],
    "collar": [(4.8, -11.2), (3.2, -12.8), (1.4, -14.2), (0, -15.0)],
    "stand": [(4.5, -10.4), (3.3, -11.6), (1.6, -12.6), (0, -13.0)],
    "roll": [(4.3, -9.2), (3.4, -10.4), (1.8, -11.2), (0, -11.4)],
    "wrap": [(5.0, -11.4), (3.6, -13.6), (1.6, -16.6), (0, -18.6)],
}


class Clothes:
    """The body of cloth with its collar and tie."""

    def __init__(
        self, canvas: Canvas, character: Character, light: Light, generator: np.random.Generator
    ) -> None:
        self._canvas, self._character, self._light, self._generator = canvas, character, light, generator
        self._made = MADE.get(character.outfit.garment, MADE["jumper"])
        inner_first = character.outfit.garment in INNER_FIRST
        outer, inner = colour(character.outfit.colour), colour(character.outfit.inner)
        self._main, self._over = (inner, outer) if inner_first else (outer, inner)
        child = childlike(character.age_years)
        self._wide = (
            0.99 - 0.13 * character.femininity + 0.06 * character.shoulders + 0.07 * character.build
        ) * (1 - 0.26 * child)
        self._drop = 0.4 * child - 0.35 * (1 - character.femininity)
        self._shadow = mixed(colour("7d6a66"), colour("5f5658"), 0.5)

    def paint(self) -> None:
        """All that is worn below the chin."""
        made = self._made
        neckline = self._neckline(made.neckline)
        body = self._body(neckline, sleeveless=made.neckline == "tank")
        self._covered = body
        self._canvas.shade(self._shadow, self._canvas.stroke(neckline + [0.1, 0.12], 0.5, 0.24), 0.5)
        self._cloth(body, self._main, made.cloth)
        self._collar(made, neckline, body)
        if made.buttons and made.over is None:
            self._button_row(neckline)
        if self._character.outfit.neckwear in ("tie", "bow_tie"):
            self._tie(self._character.outfit.neckwear == "bow_tie")

    # The body

    def _neckline(self, name: str) -> Points:
        right = np.array(_NECKS[name]) * [1 - 0.18 * childlike(self._character.age_years), 1.0]
        whole = np.concatenate([right, mirrored(right[:-1])])
        return curve(whole, 90)[::-1]  # from left to right

    def _shoulders(self, start: Points, lift: float = 0.0) -> Points:
        """From the neckline's right end over the shoulder and down, in centimetres."""
        wide, drop = self._wide, self._drop
        lean = 0.5 * self._character.lean
        low = min(self._canvas.bottom_cm - 4, -40.0)
        points = np.array(
            [
                (6.9 * (wide + 1) / 2, -12.7 + lift),
                (10.3 * wide, -13.9 + lift + 0.3 * drop),
                (14.6 * wide, -15.5 + lift + drop),
                (17.9 * wide, -17.7 + lift + drop),
                (19.7 * wide, -21.5),
                (20.6 * wide, -28.0),
                (21.0 * wide, low),
            ]
        )
        points[:, 1] -= lean * points[:, 0] / 12
        ends = points[points[:, 0] > start[0] + 0.6]
        return curve(np.concatenate([start[None], ends]), 90)

    def _body(self, neckline: Points, *, sleeveless: bool = False, lift: float = 0.0) -> Patch:
        right = self._shoulders(neckline[-1], lift)
        left = self._shoulders(neckline[0] * [-1, 1], lift) * [-1, 1]
        left[:, 1] += 2 * 0.5 * self._character.lean * (-left[:, 0]) / 12
        if sleeveless:
            edge = curve(
                [tuple(neckline[-1]), (9.4, -13.7), (9.9, -18), (11.8, -24), (13.5, -30), (13.5, -60)], 60
            )
            right, left = edge, edge * [-1, 1]
        return self._canvas.rounded(
            self._canvas.shape(np.concatenate([left[::-1], neckline, right]), 0.04), 0.34
        )

    def _normals(self, patch: Patch) -> tuple[Floats, Floats]:
        """Normals of the torso and its folds at the pixels of a window."""
        canvas, per_cm = self._canvas, 4.0
        low_x, high_x = canvas.left_cm - 1, -canvas.left_cm + 1
        low_y = canvas.bottom_cm - 1
        x = np.arange(low_x, high_x + 1 / per_cm, 1 / per_cm, dtype=np.float32)[None]
        y = np.arange(-8.0, low_y, -1 / per_cm, dtype=np.float32)[:, None]
        shoulder = -11.6 - 0.0165 * (np.abs(x) / self._wide) ** 2.02
        depth = np.clip(shoulder - y, 0, None)
        across = (x / (19.5 * self._wide)).clip(-1.1, 1.1)
        chest = np.exp(-(((np.abs(x) - 7.5) / 5) ** 2) - ((y + 27) / 6) ** 2) * (
            0.25 + 0.55 * self._character.femininity
        )
        bumps = blurred(np.asarray(chest + 0 * x, np.float32), 1)
        slope_y, slope_x = np.gradient(bumps * 3.0)
        folds = self._folds(x, y)
        fold_y, fold_x = np.gradient(folds)
        normals = np.stack(
            [
                across**3 * 0.8 + 0.05 * across - slope_x - fold_x * 1.3,
                0.85 * np.exp(-depth / 2.6) + slope_y + fold_y * 1.3 + 0.02,
                np.full(folds.shape, 0.9, np.float32),
            ],
            axis=-1,
        )
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        at = (float(low_x), -8.0)
        field = canvas.spread(np.asarray(normals, np.float32), at, per_cm, patch)
        return field, canvas.spread(np.asarray(folds, np.float32), at, per_cm, patch)

    def _folds(self, x: Floats, y: Floats) -> Floats:
        """Soft folds from the shoulders and the armpits towards the middle."""
        total = np.zeros((y.shape[0], x.shape[1]), np.float32)
        for _ in range(16):
            side = 1 if self._generator.random() < 0.5 else -1
            at_x, at_y = side * self._generator.uniform(5, 17), self._generator.uniform(-40, -17)
            turn = side * self._generator.uniform(0.5, 1.25)
            along = (x - at_x) * np.cos(turn) + (y - at_y) * np.sin(turn)
            off = -(x - at_x) * np.sin(turn) + (y - at_y) * np.cos(turn)
            total += np.float32(self._generator.uniform(-0.75, 0.75)) * np.exp(
                -((along / 6.5) ** 2) - (off / self._generator.uniform(0.7, 1.3)) ** 2
            )
        return total

    def _cloth(self, patch: Patch, paint: Floats, cloth: str, strength: float = 1.0) -> None:
        """Cover a window with a material."""
        canvas = self._canvas
        normals, _ = self._normals(patch)
        wrap = 0.2 if cloth in ("leather", "satin") else 0.4
        surface = np.broadcast_to(paint, normals.shape)
        dark = float(paint.mean()) < 0.2
        tone = self._light.on(normals, wrap) * np.float32(0.96 if not dark else 1.15)
        result = surface * tone
        result *= (1 + self._texture(patch, cloth))[..., None]
        if cloth == "plaid":
            result = self._plaid(patch, result)
        canvas.lay(np.asarray(result, np.float32), patch, strength)
        gloss = {"leather": (0.5, 14), "satin": (0.28, 10), "denim": (0.03, 4)}.get(
            cloth, (0.05 if dark else 0.03, 4)
        )
        canvas.glow(
            np.float32(0.9) * colour("ffffff"), patch.times(self._light.shine(normals, gloss[1])), gloss[0]
        )

    def _texture(self, patch: Patch, cloth: str) -> Floats:
        x, y = self._canvas.grid(patch)
        height, width = patch.values.shape
        grain = self._generator.standard_normal((max(4, height // 3), max(4, width // 3))).astype(np.float32)
        rough = cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
        strength = {"knit": 0.022, "fleece": 0.035, "wool": 0.028, "denim": 0.05, "leather": 0.02}.get(
            cloth, 0.010
        )
        result = rough * np.float32(strength)
        if cloth == "knit":
            result = result + 0.035 * np.sin(y * 24 + 1.2 * np.abs(np.sin(x * 12)))
        elif cloth == "denim":
            result = result + 0.04 * np.sin((x + y) * 30)
        return np.asarray(result, np.float32)

    def _plaid(self, patch: Patch, result: Floats) -> Floats:
        x, y = self._canvas.grid(patch)
        bands = (np.sin(x * 1.9) > 0.25).astype(np.float32) * 0.5 + (np.sin(y * 1.9 + 0.6) > 0.25).astype(
            np.float32
        ) * 0.5
        thin = np.maximum(np.abs(np.sin(x * 0.95 + 0.4)) > 0.985, np.abs(np.sin(y * 0.95)) > 0.985)
        result = result * (1 - 0.62 * blurred(bands, 1)[..., None])
        return np.asarray(result + (colour("e8e0cc") * 0.8 - result) * (0.45 * thin[..., None]), np.float32)

    # Collars

    def _collar(self, made: Garment, neckline: Points, body: Patch) -> None:
        canvas, main = self._canvas, self._main
        if made.collar == "rib":
            self._band(neckline - [0, 0.42], 0.85, body, ribs=made.cloth == "knit")
        elif made.collar == "band":
            self._band(neckline - [0, 0.4], 0.7, body, ribs=False)
        elif made.collar == "roll":
            self._roll(neckline)
        elif made.collar == "stand":
            edge = neckline + [0, 0.0]
            strip = canvas.shape(np.concatenate([edge + [0, 1.1], (edge - [0, 0.5])[::-1]]), 0.04)
            self._cloth(strip, main * np.float32(0.97), made.cloth)
            canvas.shade(self._shadow, canvas.stroke(edge - [0, 0.55], 0.1, 0.08), 0.6)
        elif made.collar == "shirt":
            self._shirt_collar(main)
        elif made.collar == "hood":
            self._hood(neckline)
        elif made.collar == "wrap":
            self._wrap()
        elif made.collar is None:  # a hem
            for drop, width, strength in ((0.42, 0.05, 0.55), (0.1, 0.2, 0.25)):
                hem = canvas.stroke(neckline - [0, drop], width, 0.05).times(body)
                canvas.shade(self._shadow, hem, strength)

    def _band(self, path: Points, width: float, body: Patch, *, ribs: bool) -> None:
        canvas = self._canvas
        band = canvas.stroke(path, width, 0.04).times(body)
        self._cloth(band, np.clip(self._main * np.float32(1.04), 0, 1), "plain")
        if ribs:
            x, _ = canvas.grid(band)
            canvas.shade(
                colour("9a9a9a"),
                band.times(np.asarray(0.5 + 0.5 * np.sin(x * 22) + 0 * band.values, np.float32)),
                0.5,
            )
        canvas.shade(self._shadow, canvas.stroke(path - [0, width / 2 + 0.05], 0.09, 0.06).times(body), 0.6)
        canvas.glow(colour("ffffff"), canvas.stroke(path + [0, width * 0.2], width * 0.3, 0.12), 0.07)

    def _roll(self, neckline: Points) -> None:
        canvas = self._canvas
        low = neckline * [1.08, 1] - [0, 3.3]
        roll = canvas.shape(np.concatenate([neckline, low[::-1]]), 0.06)
        x, _ = canvas.grid(roll)
        across = np.clip(x / 4.6, -1, 1) + 0 * roll.values
        normals = np.stack(
            [across, 0.1 + 0 * across, np.sqrt(np.clip(1 - across**2, 0.06, 1))], axis=-1
        ).astype(np.float32)
        paint = self._main * self._light.on(normals) * (1 + self._texture(roll, "knit"))[..., None]
        canvas.lay(np.asarray(paint, np.float32), roll)
        ribs = np.asarray(0.5 + 0.5 * np.sin(x * 14) + 0 * roll.values, np.float32)
        canvas.shade(colour("8f8f8f"), roll.times(ribs), 0.35)
        for drop, width in ((1.75, 0.14), (3.3, 0.22)):
            canvas.shade(self._shadow, canvas.stroke(neckline * [1.05, 1] - [0, drop], width, 0.12), 0.7)
        canvas.shade(self._shadow, canvas.stroke(neckline + [0, 0.25], 0.7, 0.25), 0.4)

    def _shirt_collar(self, paint: Floats) -> None:
        canvas = self._canvas
        for side in (-1.0, 1.0):
            wing = np.array(
                [
                    (4.95, -10.3),
                    (4.3, -11.5),
                    (2.4, -13.4),
                    (0.35, -15.0),
                    (1.9, -17.4),
                    (3.0, -18.3),
                    (4.8, -15.6),
                    (5.9, -12.2),
                ]
            )
            outline = np.concatenate([curve(wing[:4], 30), curve(wing[3:6], 20), curve(wing[5:], 30)]) * [
                side,
                1,
            ]
            canvas.shade(self._shadow, canvas.shape(outline + [0.12, -0.35], 0.22), 0.55)
            patch = canvas.rounded(canvas.shape(outline, 0.03), 0.1)
            tilt = np.array([-side * 0.25, 0.35, 0.9], np.float32)
            shade = self._light.on(tilt / np.linalg.norm(tilt))
            canvas.lay(np.asarray(np.clip(paint * shade * 1.02, 0, 1), np.float32), patch)
            fold = curve(wing[:4], 30) * [side, 1]
            canvas.shade(self._shadow, canvas.stroke(fold, [0.5, 0.45, 0.2], 0.2).times(patch), 0.45)
            edge = curve(wing[3:6], 20) * [side, 1]
            canvas.shade(self._shadow, canvas.stroke(edge + [side * 0.2, 0.22], 0.04, 0.03).times(patch), 0.5)

    def _hood(self, neckline: Points) -> None:
        canvas = self._canvas
        for side in (-1.0, 1.0):
            fold = np.array(
                [
                    (4.2, -10.6),
                    (6.6, -10.3),
                    (8.6, -12.4),
                    (8.3, -14.6),
                    (5.2, -16.6),
                    (1.2, -18.2),
                    (0.0, -16.4),
                    (2.4, -15.3),
                    (4.0, -13.6),
                    (4.6, -12.0),
                ]
            )
            outline = curve(np.concatenate([fold, fold[:1]]), 90) * [side, 1]
            canvas.shade(self._shadow, canvas.shape(outline + [0.1, -0.5], 0.35), 0.6)
            patch = canvas.shape(outline, 0.06)
            self._cloth(patch, np.clip(self._main * np.float32(1.03), 0, 1), "fleece")
            inner = curve([(4.6, -11.2), (5.2, -13.2), (3.2, -15.6), (0.4, -17.2)], 50) * [side, 1]
            canvas.shade(self._shadow, canvas.stroke(inner, [0.4, 0.9, 0.7, 0.3], 0.3).times(patch), 0.7)
            ridge = curve([(6.2, -11.0), (7.4, -13.4), (4.9, -15.9), (1.4, -17.5)], 50) * [side, 1]
            canvas.glow(colour("ffffff"), canvas.stroke(ridge, [0.2, 0.7, 0.3], 0.35).times(patch), 0.10)
            cord = curve([(1.3, -17.3), (1.9, -19.5), (1.6, -22.0), (1.9, -24.2)], 40) * [side, 1]
            canvas.shade(self._shadow, canvas.stroke(cord + [0.15, -0.1], 0.3, 0.1), 0.5)
            canvas.lay(mixed(self._main, colour("f2efe8"), 0.75), canvas.stroke(cord, 0.26, 0.04), 0.95)

    def _wrap(self) -> None:
        canvas = self._canvas
        wide = [0.3, 1.3, 1.6, 1.6, 1.6, 1.6]  # it begins behind the neck
        for side in (1.0, -1.0):
            band = curve([(5.3, -10.9), (4.2, -13.6), (1.2, -18.4), (-3.2, -25.5), (-6.0, -31)], 60) * [
                side,
                1,
            ]
            canvas.shade(self._shadow, canvas.stroke(band + [0.1, -0.5], 2.0, 0.3), 0.5)
            canvas.lay(colour("f1ece2"), canvas.stroke(band + [-side * 0.55, 0.5], wide, 0.04))
            canvas.lay(self._main * np.float32(0.62 if side > 0 else 0.55), canvas.stroke(band, wide, 0.04))

    def _button_row(self, neckline: Points) -> None:
        canvas = self._canvas
        top = float(neckline[:, 1].min())
        low = max(canvas.bottom_cm, -60.0)
        for x in (-1.25, 1.25):
            canvas.shade(self._shadow, canvas.stroke([(x, top - 0.8), (x, low)], 0.06, 0.03), 0.4)
        y = top - 2.0
        while y > low:
            canvas.shade(self._shadow, canvas.disc(0.06, y - 0.06, 0.36, 0.36, 0.08), 0.5)
            canvas.lay(np.clip(self._main * 0.9 + 0.06, 0, 1), canvas.disc(0, y, 0.32, 0.32))
            canvas.shade(self._shadow, canvas.disc(0, y, 0.12, 0.12, 0.04), 0.5)
            y -= 7.0

    def _tie(self, is_bow: bool) -> None:
        canvas = self._canvas
        paints = ("7a1f2b", "24406e", "2b2f38", "5b3a6e", "1f5a52")
        paint = colour(paints[self._character.seed % len(paints)])
        if is_bow:
            for side in (-1.0, 1.0):
                wing = curve(
                    [
                        (0.3, -14.4),
                        (1.8, -13.5),
                        (3.1, -13.3),
                        (3.2, -14.8),
                        (3.1, -16.2),
                        (1.8, -16.0),
                        (0.3, -15.1),
                    ],
                    50,
                ) * [side, 1]
                patch = canvas.shape(wing, 0.04)
                canvas.shade(self._shadow, canvas.shape(wing - [0, 0.3], 0.15), 0.5)
                self._cloth(patch, paint, "satin")
                canvas.shade(
                    self._shadow,
                    canvas.stroke([(side * 0.4, -14.75), (side * 2.2, -14.6)], [0.5, 0.1], 0.12).times(patch),
                    0.7,
                )
            self._cloth(canvas.disc(0, -14.75, 0.62, 0.78, 0.05), paint * np.float32(1.1), "satin")
            return
        low = max(canvas.bottom_cm - 2, -62.0)
        blade = np.array([(-0.85, -17.2), (0.85, -17.2), (2.7, low), (-2.7, low)])
        canvas.shade(self._shadow, canvas.shape(blade + [0.25, -0.2], 0.25), 0.5)
        patch = canvas.shape(blade, 0.04)
        self._cloth(patch, paint, "satin")
        if self._character.seed % 3:
            x, y = canvas.grid(patch)
            stripes = (np.sin((x + y) * 1.8) > 0.72).astype(np.float32)
            canvas.lay(mixed(paint, colour("e9e2d4"), 0.6), patch.times(blurred(stripes, 1)), 0.7)
        knot = np.array(
            [(-1.45, -14.3), (0, -14.0), (1.45, -14.3), (0.85, -17.0), (0, -17.3), (-0.85, -17.0)]
        )
        canvas.shade(self._shadow, canvas.shape(knot - [0, 0.4], 0.18), 0.6)
        tied = canvas.rounded(canvas.shape(knot, 0.04), 0.14)
        self._cloth(tied, np.clip(paint * np.float32(1.12), 0, 1), "satin")
        crease = curve([(0.7, -14.6), (0.25, -15.8), (-0.3, -17.0)], 30)
        canvas.shade(self._shadow, canvas.stroke(crease, [0.05, 0.3, 0.1], 0.14).times(tied), 0.5)
