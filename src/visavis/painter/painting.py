"""Paints a character: what lies behind first."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.spline import curve
from visavis.painter.background import paint_background
from visavis.painter.beard import paint_beard
from visavis.painter.canvas import Canvas, Patch, Strokes, blurred, colour, mirrored, mixed
from visavis.painter.catalogue import CUTS, Length
from visavis.painter.character import Character
from visavis.painter.cuts import CROPPED_CUTS, growths
from visavis.painter.eyes import paint_brows, paint_eyes
from visavis.painter.finish import graded, pose, styled
from visavis.painter.form import Form, childlike, head_form
from visavis.painter.hair_colours import HairColours
from visavis.painter.hats import HATS
from visavis.painter.headwear import HIDING_HAIR, Headwear
from visavis.painter.light import LIGHTS
from visavis.painter.mouth import paint_mouth, paint_nose
from visavis.painter.outfit import Outfit
from visavis.painter.plaits import bun, cornrows, plaits, tails
from visavis.painter.scalp import scalp_roots
from visavis.painter.skin import SkinColours, noise, paint_ears, paint_face, paint_lines, paint_neck
from visavis.painter.strands import Strands, cut_behind_head, draw, grow

_FINE_PX_PER_CM: Final = 22.0  # below it, more is painted and the picture is reduced
_FRAME_CM: Final = 38.0  # height of a square picture of a bust
TRANSPARENT: Final = "transparent"


def paint(character: Character, width_px: int, height_px: int, background: str | None = None) -> Pixels:
    """Paint a character.

    Args:
        character: Who.
        width_px: Width of the picture, 64 to 8192.
        height_px: Height.
        background: `transparent`, a web colour such as `#8fa3a8`, or `None` for the character's own.

    Returns:
        Shape `(height, width, 4)`: RGBA, not premultiplied.
    """
    return paint_outlined(character, width_px, height_px, background)[0]


def paint_outlined(
    character: Character, width_px: int, height_px: int, background: str | None = None
) -> tuple[Pixels, Pixels]:
    """Paint a character, and say where the person is.

    Args:
        character: Who.
        width_px: As of `paint`.
        height_px: As of `paint`.
        background: As of `paint`.

    Returns:
        The picture, as of `paint`; and the mask of the person, shape `(height, width)`, 255 where it is.
    """
    scale, origin = _composition(character, width_px, height_px)
    times = max(1, round(_FINE_PX_PER_CM / scale))
    canvas = Canvas(
        width_px * times, height_px * times, scale * times, (origin[0] * times, origin[1] * times)
    )
    _Sitting(canvas, character).paint()
    size = width_px, height_px
    rgb, alpha = (
        np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_AREA) if times > 1 else each, np.float32)
        for each in (canvas.rgb, canvas.alpha)
    )
    person = np.asarray(np.rint(np.clip(alpha, 0, 1) * 255), np.uint8)
    return _composed(character, rgb, alpha, background, scale), person


def _composition(character: Character, width_px: int, height_px: int) -> tuple[float, tuple[float, float]]:
    """Pixels per centimetre, and where the origin of the face lies."""
    closeness = character.scene.closeness
    frame = _FRAME_CM * (1.0 - 0.22 * closeness if closeness > 0 else 1.0 - 0.4 * closeness)
    # A narrow picture shows less beside the head, and a wide one comes closer.
    tall = frame * (0.80 if width_px > 1.6 * height_px and closeness >= 0 else 1.0)
    scale = min(height_px / tall, width_px / (frame * 0.80))
    spare = height_px - tall * scale
    top = tall * (0.455 + 0.02 * closeness)
    return scale, (width_px / 2, top * scale + 0.30 * max(0.0, spare))


def _composed(
    character: Character, rgb: Floats, alpha: Floats, background: str | None, px_per_cm: float
) -> Pixels:
    height, width = alpha.shape
    if background == TRANSPARENT:
        shown = np.asarray(rgb / np.maximum(alpha, 1e-4)[..., None], np.float32)
        cover = alpha
    else:
        behind = (
            paint_background(character, width, height)
            if background is None
            else np.broadcast_to(colour(background.lstrip("#")), rgb.shape)
        )
        shown = np.asarray(rgb + behind * (1 - alpha)[..., None], np.float32)
        cover = np.ones_like(alpha)
    flat = np.asarray(np.clip(shown, 0, 1), np.float32)
    shown = styled(flat, character.scene.style, px_per_cm, character.seed)
    shown = graded(shown, character.scene.grade)
    result = np.empty((height, width, 4), np.uint8)
    result[..., :3] = np.rint(np.clip(shown, 0, 1) * 255)
    result[..., 3] = np.rint(np.clip(cover, 0, 1) * 255)
    return result


_BALLS: Final = frozenset(("afro", "short_afro"))  # light falls through their edges


def _narrow(strands: Strands) -> None:
    """Keep hair behind the head within the silhouette of what hangs before it, in place."""
    x, y = strands.paths[..., 0], strands.paths[..., 1]
    limit = np.interp(y, [-14, -4, 2, 6], [6.9, 6.7, 6.6, 7.2])
    over = np.clip(np.abs(x) - limit, 0, None)
    strands.paths[..., 0] = np.sign(x) * (np.abs(x) - 0.72 * over)


class _Sitting:
    """One picture: the parts of the person in their order."""

    def __init__(self, canvas: Canvas, character: Character) -> None:
        self._canvas, self._character = canvas, character
        self._random = np.random.default_rng([character.seed & 0xFFFFFFFF, 11])
        self._light = LIGHTS.get(character.scene.lighting, LIGHTS["soft"])
        self._form: Form = head_form(character)
        self._skin = SkinColours(character)
        self._hair = HairColours(colour(character.hair.colour), character.hair.grey)
        self._sideburn_cm = 2.0 + 1.4 * character.femininity + childlike(character.age_years)

    def paint(self) -> None:
        canvas, character, form, skin, light = (
            self._canvas,
            self._character,
            self._form,
            self._skin,
            self._light,
        )
        worn = Headwear(canvas, character, form, light)
        # A short face, such as a child's, has no longer neck.
        chin = float(form.at(152)[0, 1])
        body = canvas.raised(max(0.0, chin + 9.4) + 0.4 * childlike(character.age_years))
        behind, before = self._grown()
        worn.behind()
        self._draw(behind)
        paint_neck(canvas, character, form, skin, light)
        Outfit(body, character, light, self._random).paint()
        paint_ears(canvas, character, form, skin, light)
        face = paint_face(canvas, character, form, skin, light, self._random)
        paint_lines(canvas, character, form, skin, face)
        paint_nose(canvas, character, form, skin)
        paint_mouth(canvas, character, form, skin, self._random)
        paint_eyes(canvas, character, form, skin, self._random)
        paint_brows(canvas, character, form, self._hair.tones(), self._random)
        paint_beard(canvas, character, form, self._hair.tones(), self._random)
        self._scalp(face)
        worn.earrings()
        Headwear(body, character, form, light).neck()
        worn.arms()
        self._draw(before, shadow_on=face)
        worn.before()
        worn.glasses()
        worn.extras()
        pose(canvas, character, form)

    def _scalp(self, face: Patch) -> None:
        """The scalp under the hair: dark, so that no gap shows skin, and speckled where hair is cropped."""
        cut, thinning = self._character.hair.cut, self._character.hair.thinning
        if cut in ("bald", "balding") or thinning > 0.75 or self._character.headwear in HIDING_HAIR:
            return
        opacity = {"buzz": 0.72, "undercut": 0.66, "mohawk": 0.6, "cornrows": 0.42}.get(cut, 0.85)
        is_cropped = cut in CROPPED_CUTS
        raised = thinning * np.array([0, 0, 0, 0.4, 1.9, 1.4, 0.9])
        is_short = CUTS.get(cut, CUTS["short"]).length is Length.SHORT
        low = self._sideburn_cm if is_short else 3.6
        line = np.array(
            [(7.2, low), (6.75, low + 0.2), (6.45, 5.4), (5.75, 7.5), (4.0, 8.65), (2.0, 9.1), (0.0, 9.15)]
        )
        line[:, 1] += raised + 0.45 * self._character.face.forehead * np.array([0, 0, 0.2, 0.7, 1, 1, 1])
        edge = np.concatenate([line, mirrored(line[:-1])]) * [self._form.widening, 1]
        over = np.concatenate([curve(edge, 80), [(-9, low), (-9, 14), (9, 14), (9, low)]])
        patch = self._canvas.shape(over, 0.42 if is_cropped else 0.4).times(face)
        if is_cropped:
            patch = patch.times(1 + noise(self._random, patch, 0.055 * self._canvas.px_per_cm, 0.2))
        self._canvas.lay(self._hair.tones()[0] * np.float32(0.85), patch, opacity)

    def _grown(self) -> tuple[list[Strands], list[Strands]]:
        """The hair behind the head and the hair before it."""
        behind: list[Strands] = []
        before: list[Strands] = []
        if self._character.headwear in HIDING_HAIR:
            return behind, before
        for growth in growths(self._character):
            count = int(2600 * growth.density)
            roots, normals, over_cm = scalp_roots(
                self._random,
                count,
                self._form.widening,
                self._character.hair.thinning,
                0.45 * self._character.face.forehead,
                self._sideburn_cm,
            )
            strands = grow(growth, roots, normals, over_cm, self._form.widening, self._random)
            if self._character.headwear in HATS:  # no hair stands above a hat
                strands = strands.part(strands.paths[..., 1].max(axis=1) < 10.2)
            if not len(strands.paths):
                continue
            middle = strands.paths[:, len(strands.paths[0]) // 2, 2]
            half = len(strands.paths[0]) // 2
            falls = (strands.paths[:, 0, 2] < -2) | (strands.paths[:, half, 1] < 4)
            back = ((middle < -3.2) & falls) | (strands.paths[:, 0, 2] < -4.4)
            behind.append(strands.part(back))
            if growth.face_free and not growth.curl:
                _narrow(behind[-1])
            before.append(strands.part(~back))
            cut_behind_head(before[-1])
        if self._character.hair.cut == "plaits":
            before += plaits(17.0, self._random)
        elif self._character.hair.cut == "cornrows" and self._character.headwear not in HATS:
            before += cornrows(self._form.widening, self._random)
        elif self._character.hair.cut == "pigtails":
            before += tails(15.0, self._random)
        elif self._character.hair.cut == "bun" and self._character.headwear not in HATS:
            behind.append(bun(self._random))
        return behind, before

    def _draw(self, parts: list[Strands], shadow_on: Patch | None = None) -> None:
        if not parts:
            return
        for part in parts:
            if part.is_cropped:
                stubble = Strokes(self._canvas)
                draw(stubble, part, self._hair, self._light, self._form.widening, self._random)
                stubble.finish(0.4, soft_cm=0.02)
        strokes = Strokes(self._canvas)
        for part in parts:
            if not part.is_cropped:
                draw(strokes, part, self._hair, self._light, self._form.widening, self._random)
        cut = self._character.hair.cut
        if cut != "cornrows" and cut not in _BALLS:
            strokes.solidify(1.4 if shadow_on is None else 0.7)
        if shadow_on is not None:
            cover = blurred(strokes.coverage(), 0.45 * self._canvas.px_per_cm)
            shift = round(0.5 * self._canvas.px_per_cm)
            cover = np.roll(cover, (shift, shift // 2), axis=(0, 1))
            shadow = Patch(shadow_on.rows, shadow_on.columns, cover[shadow_on.where] * shadow_on.values)
            self._canvas.shade(mixed(self._skin.deep, colour("6a4a44"), 0.3), shadow, 0.55)
        strokes.finish(soft_cm=0.02)
