"""Beards and moustaches: hairs on the skin of the lower face."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.painter.canvas import Canvas, Patch, Points, Strokes, colour, mirrored, mixed
from visavis.painter.character import Character
from visavis.painter.form import Form

_OVER_LIP_CM: Final = 0.12
_LENGTHS_CM: Final = {"stubble": 0.12, "short": 0.5, "full": 1.5, "goatee": 0.6, "moustache": 0.5}


def paint_beard(
    canvas: Canvas,
    character: Character,
    form: Form,
    tones: tuple[Floats, Floats],
    generator: np.random.Generator,
) -> None:
    """Paint it over the skin and around the lips, which stay free.

    Args:
        canvas: The canvas.
        character: The character.
        form: Its head.
        tones: Dark and light colour of the hairs.
        generator: Of the details.
    """
    style = character.beard
    if style is None:
        _shaved(canvas, character, form)
        return
    length = _LENGTHS_CM.get(style, 0.5)
    for outline in _regions(style, form):
        patch = canvas.shape(outline, 0.55 if style == "stubble" else 0.34)
        lips = _lips(canvas, form)
        patch = _without(patch, lips)
        if style == "stubble":  # a shade on the skin, whose hue stays
            canvas.shade(mixed(tones[0], colour("a08c84"), 0.6), patch, 0.55)
        else:
            canvas.lay(tones[0], patch, 0.78)
        _hairs(canvas, form, outline, length, tones, generator, is_stubble=style == "stubble")


def _shaved(canvas: Canvas, character: Character, form: Form) -> None:
    """The shade that stays where a man shaves."""
    strength = np.clip((0.4 - character.femininity) / 0.3, 0, 1) * np.clip(
        (character.age_years - 17) / 6, 0, 1
    )
    if strength <= 0:
        return
    lips = _lips(canvas, form)
    for outline in _regions("stubble", form):
        # Multiplied, and a little bluish: the hue stays that of the skin.
        canvas.shade(colour("a39a9c"), _without(canvas.shape(outline, 0.6), lips), float(0.5 * strength))


def _without(patch: Patch, other: Patch) -> Patch:
    inverse = Patch(patch.rows, patch.columns, np.ones_like(patch.values)).times(other)
    return patch.times(1 - inverse.values)


def _lips(canvas: Canvas, form: Form) -> Patch:
    upper = form.at(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
    lower = form.at(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
    return canvas.shape(np.concatenate([curve(upper, 40), curve(lower, 40)[::-1]]), 0.05)


def _regions(style: str, form: Form) -> list[Points]:
    """Outlines of where hair grows."""
    corner, chin = form.at(291)[0], form.at(152)[0]
    nose = float(form.at(2)[0, 1])
    lip = float(form.at(0)[0, 1])
    regions = []
    if style != "goatee":
        low = lip - 0.12
        right = [(0, nose - 0.42), (1.3, nose - 0.5), (corner[0] + 0.15, corner[1] + 0.75)]
        right += [
            (corner[0] + 0.45, corner[1] - 0.35),
            (corner[0] - 0.15, corner[1] + 0.1),
            (1.2, low),
            (0, low + 0.05),
        ]
        regions.append(np.concatenate([curve(right, 50), mirrored(curve(right, 50))]))
    if style in ("stubble", "short", "full"):
        grown = {"stubble": 0.0, "short": 0.15, "full": 0.75}[style]
        jaw = form.outline[(form.outline[:, 1] < 1.6) & (form.outline[:, 0] > 0)]
        jaw = jaw[np.argsort(jaw[:, 1])[::-1]]
        low = jaw + np.clip((-3.0 - jaw[:, 1:]) / 5, 0, 1) * np.array([[0.05, -1.0]]) * grown
        inner = [(corner[0] + 0.25, corner[1] + 0.4), (4.3, -3.1), (5.4, -1.7), (6.35, 0.6), (6.6, 1.9)]
        below = [(0.0, corner[1] - 1.55), (1.3, corner[1] - 1.45), (corner[0] - 0.05, corner[1] - 0.65)]
        whole = np.concatenate([curve([*below, *inner], 60), low, [(0.0, chin[1] - grown)]])
        regions.append(np.concatenate([whole, mirrored(whole)]))
    elif style == "goatee":
        right = [
            (0, corner[1] - 1.5),
            (0.8, corner[1] - 1.75),
            (1.8, corner[1] - 1.3),
            (corner[0] + 0.1, corner[1] - 0.3),
        ]
        right += [
            (corner[0] + 0.45, corner[1] - 1.0),
            (2.3, chin[1] + 1.3),
            (1.2, chin[1] + 0.1),
            (0, chin[1] - 0.35),
        ]
        regions.append(np.concatenate([curve(right, 60), mirrored(curve(right, 60))]))
        upper = [
            (0, nose - 0.45),
            (1.3, nose - 0.55),
            (corner[0] + 0.1, corner[1] + 0.7),
            (corner[0] + 0.4, corner[1] - 0.5),
        ]
        upper += [(corner[0] - 0.1, corner[1] + 0.1), (1.2, lip - 0.1), (0, lip - 0.05)]
        regions.append(np.concatenate([curve(upper, 50), mirrored(curve(upper, 50))]))
    return regions


def _hairs(
    canvas: Canvas,
    form: Form,
    outline: Points,
    length: float,
    tones: tuple[Floats, Floats],
    generator: np.random.Generator,
    *,
    is_stubble: bool,
) -> None:
    low, high = outline.min(axis=0), outline.max(axis=0)
    count = int(np.prod(high - low) * (26 if is_stubble else 30))
    at = generator.uniform(low, high, (count, 2))
    polygon = (outline * 100).astype(np.float32)[:, None]
    inside = np.array([cv2.pointPolygonTest(polygon, (float(x), float(y)), True) for x, y in at * 100])
    # Fewer hairs towards the edge.
    at = at[inside > generator.uniform(-4, 22, count)]
    upper = form.at(61, 40, 37, 0, 267, 270, 291)
    lower = form.at(61, 91, 84, 17, 314, 321, 291)
    over = np.interp(at[:, 0], upper[:, 0], upper[:, 1], -99, -99)
    under = np.interp(at[:, 0], lower[:, 0], lower[:, 1], 99, 99)
    beside = (at[:, 1] > over - 0.02) | (at[:, 1] < under + 0.05)
    at, over = at[beside], over[beside]
    side = np.sign(at[:, 0])
    is_moustache = at[:, 1] > float(form.at(61)[0, 1]) - 0.1
    near = np.abs(at[:, 0]) < 2.9
    spread = np.where(
        is_moustache & near, 0.95 * side * np.clip(np.abs(at[:, 0]) / 0.8, 0, 1), 0.22 * at[:, 0] / 3
    )
    way = np.stack([spread, -np.ones(len(at))], axis=-1) + generator.normal(0, 0.22, (len(at), 2))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    lengths = (length * generator.uniform(0.6, 1.15, len(at)))[:, None]
    lengths[is_moustache & near] *= 0.75
    # No hair hangs over the lips: they could not be seen to speak.
    room = np.where((over > -99) & (at[:, 1] > over - 0.02), at[:, 1] - over + _OVER_LIP_CM, np.inf)
    lengths = np.minimum(lengths, (room / np.maximum(-way[:, 1], 0.3))[:, None])
    bend = generator.normal(0, 0.14, (len(at), 2)) * lengths
    paths = np.stack([at, at + way * lengths * 0.5 + bend, at + way * lengths], axis=1)
    order = np.argsort(at[:, 1])
    shares = np.clip(generator.normal(0.38, 0.2, (len(at), 1, 1)), 0, 1) * np.clip(
        1.1 - 0.04 * at[:, :1, None], 0.6, 1.2
    )
    shades = np.broadcast_to(tones[0] * 0.9 + (tones[1] - tones[0] * 0.9) * shares, (len(at), 2, 3))
    strokes = Strokes(canvas)
    strokes.draw(paths[order], np.asarray(shades[order], np.float32), strokes.px(0.035))
    strokes.finish(0.32 if is_stubble else 0.85, soft_cm=0.022)
