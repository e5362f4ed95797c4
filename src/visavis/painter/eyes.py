"""Eyes and brows."""

from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.painter.canvas import Canvas, Patch, Points, Strokes, colour, mixed
from visavis.painter.character import Character
from visavis.painter.form import Form, aged, childlike
from visavis.painter.skin import SkinColours

_UPPER: Final = (33, 246, 161, 160, 159, 158, 157, 173, 133)  # outer to inner corner, left in the picture
_LOWER: Final = (33, 7, 163, 144, 145, 153, 154, 155, 133)
_PUPIL_CM: Final = 0.26


def paint_eyes(
    canvas: Canvas, character: Character, form: Form, skin: SkinColours, generator: np.random.Generator
) -> None:
    """Both eyes with their lids and lashes."""
    for side in (-1.0, 1.0):
        upper, lower = (form.at(*indices) for indices in (_UPPER, _LOWER))
        # The lid's top lies a little outside the middle.
        lift = np.linspace(0.08, -0.02, len(upper))[:, None] * [0, 1]
        mirror = np.array([-side, 1.0])
        _Eye(canvas, character, skin, curve(upper + lift) * mirror, curve(lower + lift) * mirror, side).paint(
            generator
        )


class _Eye:
    """One eye: its rims run from the outer to the inner corner."""

    def __init__(
        self,
        canvas: Canvas,
        character: Character,
        skin: SkinColours,
        upper: Points,
        lower: Points,
        side: float,
    ) -> None:
        self.canvas, self.character, self.skin = canvas, character, skin
        self.upper, self.lower, self.side = upper, lower, side
        self.outer, self.inner = upper[0], upper[-1]
        self.x = float((self.outer[0] + self.inner[0]) / 2 - side * 0.02)
        high, low = float(upper[:, 1].max()), float(lower[:, 1].min())
        self.opening = high - low
        # The upper lid covers the top of the iris, the lower one touches it.
        self.iris_cm = 0.625 + 0.11 * childlike(character.age_years) + 0.02 * character.femininity
        self.y = low + max(0.5 * self.opening, self.iris_cm * 0.93) + 0.0
        self.gaze_x = self.x + 0.34 * character.gaze[0]
        self.gaze_y = self.y + 0.16 * character.gaze[1]
        self.old = aged(character.age_years)
        # Lashes and lids are drawn darker on women and with make-up.
        self.lined = 0.35 + 0.45 * character.femininity + 0.3 * character.skin.makeup
        self.lash = mixed(
            colour("1c120f"), colour("5a4638"), 0.35 * (1 - skin.tone) * (1 - min(1, self.lined))
        )

    def paint(self, generator: np.random.Generator) -> None:
        self._shadows()
        opening = self.canvas.shape(np.concatenate([self.upper, self.lower[::-1]]), 0.025)
        ball = np.empty((*opening.values.shape, 3), np.float32)
        self._white(ball, opening)
        self._iris(ball, opening, generator)
        self._in(
            ball, opening, colour("5f5058"), self.canvas.stroke(self.upper, 0.32, 0.13), 0.72, multiply=True
        )
        self._catchlights(ball, opening)
        self.canvas.lay(ball, opening)
        self._lids()
        self._lashes(generator)

    def _in(
        self,
        ball: Floats,
        opening: Patch,
        paint: Floats,
        patch: Patch,
        opacity: float,
        *,
        multiply: bool = False,
    ) -> None:
        """Paint on the eyeball."""
        mask = (
            Patch(opening.rows, opening.columns, np.ones_like(opening.values)).times(patch).values
            * np.float32(opacity)
        )[..., None]
        if multiply:
            ball *= 1 + (paint - 1) * mask
        else:
            ball += (paint - ball) * mask

    def _shadows(self) -> None:
        canvas, x, y, side, deep = self.canvas, self.x, self.y, self.side, self.skin.deep
        soft = mixed(deep, colour("ffffff"), 0.45)
        canvas.shade(soft, canvas.blob(x - side * 0.2, y + 0.85, 1.25, 0.45), 0.55)
        canvas.shade(soft, canvas.blob(x - side * 1.6, y + 0.25, 0.36, 0.8), 0.45)
        canvas.shade(soft, canvas.blob(x, y - 0.85, 1.2, 0.25), 0.28 + 0.25 * self.old)
        canvas.glow(colour("ffeede"), canvas.blob(x + side * 0.3, y + 1.3, 0.9, 0.2), 0.16)
        makeup = self.character.skin.makeup
        if makeup > 0.5:
            shadow = colour(("6b4a5c", "4f4a66", "6a4a38", "3f5560")[self.character.seed % 4])
            canvas.shade(shadow, canvas.blob(x + side * 0.15, y + 0.72, 1.2, 0.34), 0.75 * makeup)

    def _white(self, ball: Floats, opening: Patch) -> None:
        grid_x, grid_y = self.canvas.grid(opening)
        across = np.clip(np.abs(grid_x - self.x) / 1.55, 0, 1) + 0 * grid_y
        ball[:] = mixed(colour("f1ebe7"), colour("e6dccd"), 0.5 * self.old + 0.3 * self.skin.tone)
        ball *= 1 + (colour("c3b3b4") - 1) * (across**2)[..., None]
        ball *= (
            1
            + (colour("cfc4c8") - 1) * (np.clip((grid_y - self.y) / 0.6 + 0.2, 0, 1) + 0 * grid_x)[..., None]
        )
        x, y = (float(at) for at in self.inner)
        self._in(
            ball,
            opening,
            mixed(colour("d58f80"), colour("9c5f55"), self.skin.tone),
            self.canvas.blob(x + 0.04 * self.side, y - 0.02, 0.16, 0.12),
            0.85,
        )

    def _iris(self, ball: Floats, opening: Patch, generator: np.random.Generator) -> None:
        grid_x, grid_y = self.canvas.grid(opening)
        across, up = grid_x - self.gaze_x + 0 * grid_y, grid_y - self.gaze_y + 0 * grid_x
        radius = np.hypot(across, up) / np.float32(self.iris_cm)
        angle = np.arctan2(up, across)
        waves = [
            generator.uniform(0.3, 1) * np.sin(count * angle + generator.uniform(0, 6.3))
            for count in (13, 23, 37, 51, 67)
        ]
        fibres = np.sum(waves, axis=0) / 2.5
        base = colour(self.character.eye_colour)
        bright = np.asarray(np.clip(base * 1.55 + 0.06, 0, 1), np.float32)
        iris = np.broadcast_to(base, ball.shape).copy()
        glow = np.clip(0.95 - radius, 0, 1) * np.clip(0.6 - up / self.iris_cm * 0.85, 0, 1.2)
        iris += (bright - iris) * np.clip(glow, 0, 1)[..., None]
        ring = np.exp(-(((radius - 0.5) / 0.14) ** 2))
        iris += (mixed(bright, colour("c89a5a"), 0.45) - iris) * (0.30 * ring)[..., None]
        iris *= (1 + 0.15 * fibres * np.clip(1.1 - radius, 0, 1))[..., None]
        iris *= 1 + (base * 0.45 - 1) * (np.clip((radius - 0.76) / 0.24, 0, 1) ** 1.4)[..., None] * 0.8
        iris *= 1 + (colour("4f4440") - 1) * (0.7 * np.clip(up / self.iris_cm + 0.15, 0, 1))[..., None]
        scale = self.canvas.px_per_cm
        pupil = np.clip((_PUPIL_CM - radius * self.iris_cm) * scale / 1.6 + 0.5, 0, 1)
        iris += (colour("0c0807") - iris) * pupil[..., None]
        disc = np.clip((1 - radius) * self.iris_cm * scale / max(1.6, 0.06 * scale) + 0.5, 0, 1)
        ball += (iris - ball) * np.asarray(disc, np.float32)[..., None]

    def _catchlights(self, ball: Floats, opening: Patch) -> None:
        canvas, x, y = self.canvas, self.gaze_x, self.gaze_y
        white = colour("ffffff")
        self._in(ball, opening, white, canvas.disc(x - 0.17, y + 0.17, 0.105, 0.125), 0.95)
        self._in(ball, opening, colour("e8eef4"), canvas.blob(x + 0.22, y - 0.26, 0.10, 0.06), 0.40)
        self._in(ball, opening, white, canvas.blob(x + self.side * 0.72, y - 0.16, 0.09, 0.05), 0.30)
        self._in(ball, opening, white, canvas.stroke(self.lower + [0, 0.05], 0.03, 0.02), 0.22)

    def _lids(self) -> None:
        canvas, side, deep, skin = self.canvas, self.side, self.skin.deep, self.skin
        wet = mixed(colour("e2aa9b"), colour("8f5a4e"), skin.tone)
        canvas.lay(wet, canvas.stroke(self.lower[5:-4] - [0, 0.03], [0.02, 0.07, 0.03], 0.025), 0.7)
        line = mixed(deep, self.lash, 0.5)
        canvas.shade(
            line,
            canvas.stroke(self.lower[:46] - [0, 0.08], [0.09, 0.06, 0.01], 0.05),
            0.3 + 0.35 * self.lined,
        )
        fold = float(self.character.face.eye_fold)
        hood = np.clip(0.30 * (1 - fold) - 0.12 * self.old, 0.04, 0.5)
        count = len(self.upper)
        arch = np.sin(np.linspace(0.2, 2.95, count))
        crease = self.upper[1:-5] + np.stack([np.zeros(count), 0.10 + hood * arch], axis=-1)[1:-5]
        strength = float(np.clip(0.75 - 0.45 * fold, 0.25, 0.9))
        # The lid itself catches the light between crease and lashes.
        canvas.glow(
            colour("ffe6d6"),
            canvas.stroke((crease + self.upper[1:-5]) / 2, [0.03, 0.18, 0.03], 0.06),
            0.14 * (1 - max(0, fold)),
        )
        canvas.shade(deep * 0.85, canvas.stroke(crease, [0.03, 0.10, 0.04], 0.05), strength)
        canvas.shade(
            mixed(deep, colour("ffffff"), 0.4), canvas.stroke(crease + [0, 0.16], [0.1, 0.36, 0.1], 0.2), 0.5
        )
        if fold > 0.4:  # the fold covers the inner corner
            corner = curve(
                [
                    self.inner + [side * 0.45, 0.34],
                    self.inner + [side * 0.02, 0.14],
                    self.inner + [side * -0.16, -0.12],
                ],
                20,
            )
            canvas.shade(deep * 0.9, canvas.stroke(corner, [0.02, 0.09, 0.02], 0.05), 0.5 * fold)
        if self.old > 0.3:
            droop = curve(
                [
                    self.outer + [-side * 0.5, 0.52],
                    self.outer + [side * 0.15, 0.28],
                    self.outer + [side * 0.55, -0.1],
                ],
                20,
            )
            canvas.shade(deep, canvas.stroke(droop, [0.03, 0.14, 0.03], 0.09), 0.7 * self.old)
        reach = 0.10 + 0.16 * self.lined
        wing = self.outer + np.array([side * reach, 0.35 * reach + 0.05])
        edge = curve(np.concatenate([wing[None], self.upper[::6], self.inner[None]]))
        thick = np.array([0.02, 0.10, 0.10, 0.07, 0.02]) * (0.55 + 0.55 * self.lined)
        canvas.lay(self.lash, canvas.stroke(edge + [0, 0.02], thick.tolist(), 0.028), 0.92)

    def _lashes(self, generator: np.random.Generator) -> None:
        length = 0.05 + 0.16 * min(1.2, self.lined)
        if length > 0.1:
            strokes = Strokes(self.canvas)
            count = 34
            t = (np.arange(count) / (count - 1))[:, None]
            root = self.upper[np.minimum((t[:, 0] * 50).astype(int), 59)]
            out = self.side * (0.32 * (1 - t) ** 1.3 - 0.05 * t) * length / 0.19
            rise = (length - length * 0.45 * t) * generator.uniform(0.7, 1.1, (count, 1))
            tip = root + np.concatenate([out * generator.uniform(0.8, 1.2, (count, 1)), rise], axis=1)
            bend = root + np.concatenate([out * 0.4, rise * 0.3], axis=1)
            paths = np.stack([root, (root + bend) / 2, bend, (bend * 0.5 + tip * 0.5), tip], axis=1)
            tones = np.broadcast_to(self.lash, (count, 4, 3))
            strokes.draw(paths, np.asarray(tones, np.float32), strokes.px(0.03))
            strokes.finish(0.5)


def paint_brows(
    canvas: Canvas,
    character: Character,
    form: Form,
    tones: tuple[Floats, Floats],
    generator: np.random.Generator,
) -> None:
    """Soft ground, then single hairs that lie down towards the tail.

    Args:
        canvas: The canvas.
        character: The character.
        form: Its head.
        tones: Dark and light colour of the hairs.
        generator: Of the details.
    """
    face, fem, mood = character.face, character.femininity, form.mood
    weight = (
        0.42
        * (1 + 0.5 * face.brow_weight)
        * (1.26 - 0.60 * fem)
        * (1 - 0.50 * childlike(character.age_years))
    )
    arch = 0.10 + 0.26 * fem + 0.22 * face.brow_arch
    base = -0.34 * (1 - fem) + 0.16 * fem - 0.04 + 0.20 * face.brow_height + form.lift_cm
    inner, outer = 0.5 * mood.inner_brow, 0.35 * mood.outer_brow
    knots = np.array(
        [
            (1.28, 4.42 + base + inner),
            (2.2, 4.66 + base + 0.7 * inner),
            (3.3, 4.82 + base + arch * 0.7 + 0.2 * inner + 0.6 * outer),
            (4.4, 4.66 + base + arch * 0.8 + outer),
            (5.3, 4.12 + base + arch * 0.35 + 0.7 * outer),
        ]
    )
    widths = np.array([0.92, 1.12, 1.0, 0.66, 0.14]) * weight
    dark, light = tones
    bushy = aged(character.age_years) * (1 - fem)
    for side in (-1.0, 1.0):
        spine = curve(knots * [form.widening, 1], 60) * [side, 1]
        canvas.lay(dark, canvas.stroke(spine, widths.tolist(), 0.14), 0.50)
        count = int(170 + 160 * np.clip(weight, 0.2, 0.8))
        t = generator.uniform(0, 0.97, count)
        k = (t * 58).astype(int)
        width = np.interp(t, np.linspace(0, 1, 5), widths)
        along = spine[k + 1] - spine[k]
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        offset = generator.uniform(-0.5, 0.5, count)
        normal = np.stack([-along[:, 1], along[:, 0]], axis=-1) * side
        root = spine[k] + normal * (offset * width)[:, None]
        rise = (
            np.interp(t, [0, 0.2, 0.5, 1], [0.95, 0.5, 0.08, 0.0])
            - 0.4 * offset
            + 0.25 * bushy * generator.normal(size=count)
        )
        direction = along + np.stack([np.zeros(count), rise], axis=-1)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        length = generator.uniform(0.2, 0.4, count) * (1 + 0.5 * bushy)
        tip = root + direction * length[:, None]
        shares = generator.uniform(0, 1, (count, 1))
        strokes = Strokes(canvas)
        strokes.draw(
            np.stack([root, tip], axis=1),
            np.asarray((dark + (light - dark) * shares)[:, None], np.float32),
            strokes.px(0.035),
        )
        strokes.finish(0.62)
