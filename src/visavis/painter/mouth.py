"""Nose and mouth: what the light on the form does not show by itself."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.spline import curve
from visavis.painter.canvas import Canvas, Patch, colour, mixed
from visavis.painter.character import Character
from visavis.painter.form import Form, aged, childlike
from visavis.painter.skin import SkinColours

_UPPER_OUTER: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
_LOWER_OUTER: Final = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
_BETWEEN_UPPER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_BETWEEN_LOWER: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_NOSE_BASE: Final = 2
_NOSE_WING: Final = 358


def paint_nose(canvas: Canvas, character: Character, form: Form, skin: SkinColours) -> None:
    """Nostrils, wings and the light on bridge and tip."""
    base = float(form.at(_NOSE_BASE)[0, 1])
    # The wings of the mean face are 1.55 from the middle.
    wide = float(np.clip(form.at(_NOSE_WING)[0, 0] / 1.62, 0.7, 1.5))
    deep, soft = skin.deep, mixed(skin.deep, colour("ffffff"), 0.3)
    for side in (-1, 1):
        places = [(0.38, 0.10), (0.54, 0.27), (0.82, 0.28), (0.95, 0.13), (0.68, 0.05)]
        nostril = curve([(side * x * wide, base + y) for x, y in places], 30)
        canvas.shade(deep, canvas.blob(side * 0.66 * wide, base + 0.10, 0.32 * wide, 0.15), 0.55)
        canvas.lay(mixed(colour("55281f"), colour("1f100c"), skin.tone), canvas.shape(nostril, 0.075), 0.78)
        wing = curve(
            [(side * x * wide, base + y) for x, y in [(1.08, 1.10), (1.40, 0.77), (1.44, 0.37), (1.16, 0.10)]]
        )
        canvas.shade(deep, canvas.stroke(wing, [0.03, 0.17, 0.05], 0.13), 0.36)
        canvas.glow(colour("fff0e2"), canvas.blob(side * 1.08 * wide, base + 0.62, 0.2, 0.24), 0.07)
        canvas.shade(soft, canvas.blob(side * 1.3 * wide, base - 0.15, 0.4, 0.2), 0.35)
    canvas.shade(deep, canvas.blob(0, base - 0.13, 0.85 * wide, 0.16), 0.42)
    lift, grown = form.lift_cm, 1 - 0.7 * childlike(character.age_years)
    bridge = 0.62 + 0.18 * character.face.nose_width
    canvas.shade(soft, canvas.blob(bridge + 0.3, 1.2 + lift, 0.32, 1.5), 0.30 * grown)
    canvas.shade(soft, canvas.blob(-bridge - 0.35, 1.6 + lift, 0.28, 1.2), 0.14 * grown)
    shine = 0.8 + 0.5 * skin.tone
    canvas.glow(colour("fff3e6"), canvas.blob(-0.12, base + 1.15, 0.24 * wide, 0.19), 0.34 * shine)
    canvas.glow(colour("fff0e0"), canvas.blob(-0.10, 1.1 + lift, 0.2, 1.15), 0.13 * shine * grown)


def paint_mouth(
    canvas: Canvas, character: Character, form: Form, skin: SkinColours, generator: np.random.Generator
) -> None:
    """Closed lips."""
    top, bottom = (form.at(*indices) for indices in (_UPPER_OUTER, _LOWER_OUTER))
    inner = (form.at(*_BETWEEN_UPPER) + form.at(*_BETWEEN_LOWER)) / 2
    between = np.concatenate([top[:1], inner, top[-1:]])
    upper_edge, lower_edge, seam = curve(top, 90), curve(bottom, 90), curve(between, 90)
    soft = mixed(skin.deep, colour("ffffff"), 0.35)
    canvas.shade(soft, canvas.blob(0, float(bottom[5, 1]) - 0.42, 1.1, 0.26), 0.55)
    canvas.shade(soft, canvas.blob(0.05, float(top[5, 1]) + 0.72, 0.2, 0.45), 0.32)
    canvas.glow(
        colour("ffe6d4"), canvas.stroke(upper_edge[30:60] + [0, 0.09], [0.02, 0.10, 0.02], 0.07), 0.22
    )

    colours = _lip_colour(character, skin)
    opacity = (
        0.55 + 0.22 * character.femininity + 0.3 * character.skin.makeup - 0.12 * aged(character.age_years)
    )
    opacity = float(np.clip(opacity, 0.45, 0.96))
    edge = 0.075 - 0.03 * character.skin.makeup
    upper = canvas.shape(np.concatenate([upper_edge, seam[::-1]]), edge)
    lower = canvas.shape(np.concatenate([seam, lower_edge[::-1]]), edge)
    folds = _folds(canvas, generator)
    for lip, is_lower in ((upper, False), (lower, True)):
        x, y = canvas.grid(lip)
        below = np.interp(x[0], seam[:, 0], seam[:, 1]).astype(np.float32)[None] - y
        paint = np.broadcast_to(
            colours if is_lower else colours * np.float32(0.86), (*lip.values.shape, 3)
        ).copy()
        if is_lower:
            paint *= 1 - 0.22 * np.clip((below - 0.42) / 0.5, 0, 1)[..., None]
            paint *= 1 - 0.28 * np.clip(1 - below / 0.16, 0, 1)[..., None]
        else:
            paint *= 1 - 0.16 * np.clip(1 + below / 0.55, 0, 1)[..., None]
        paint *= (1 + folds(lip))[..., None]
        canvas.lay(paint, lip, opacity)

    middle, shine = float(seam[45, 1]), 0.24 + 0.22 * character.skin.makeup + 0.1 * skin.tone
    canvas.glow(colour("ffe6dc"), canvas.blob(-0.40, middle - 0.36, 0.45, 0.09).times(lower), shine)
    canvas.glow(colour("ffe6dc"), canvas.blob(0.50, middle - 0.36, 0.30, 0.07).times(lower), 0.6 * shine)
    canvas.glow(colour("ffe0d4"), canvas.blob(-0.5, middle + 0.30, 0.25, 0.07).times(upper), 0.5 * shine)
    dark = mixed(colour("5c221f"), colour("2c1412"), skin.tone)
    # Lips part up to the inner corners: what is dark beyond them would not part.
    parting = curve(inner, 90)
    canvas.lay(dark, canvas.stroke(parting, [0.02, 0.07, 0.085, 0.07, 0.02], 0.035), 0.88)
    for side, end, corner in ((-1, parting[0], seam[0]), (1, parting[-1], seam[-1])):
        canvas.lay(mixed(dark, skin.deep, 0.4), canvas.blob(end[0], end[1] + 0.02, 0.12, 0.07), 0.5)
        canvas.shade(soft, canvas.blob(corner[0] + side * 0.30, corner[1] + 0.02, 0.18, 0.28), 0.5)


def _lip_colour(character: Character, skin: SkinColours) -> np.ndarray:
    deep = ("8a2432", "93323f", "7a2436")
    paints = deep if skin.tone > 0.6 else ("a8262f", "b5485a", "93323f", "c05a52", "7a2436")
    natural = mixed(skin.lips, mixed(skin.base * np.float32(0.86), skin.lips, 0.55), 1 - character.femininity)
    stick = colour(paints[character.seed % len(paints)])
    return mixed(natural, stick, float(np.clip(character.skin.makeup - 0.15, 0, 0.8)))


def _folds(canvas: Canvas, generator: np.random.Generator):  # type: ignore[no-untyped-def]
    rough = generator.standard_normal((3, 46)).astype(np.float32) * np.float32(0.022)

    def of(lip: Patch) -> np.ndarray:
        x, _ = canvas.grid(lip)
        columns = np.interp(x[0], np.linspace(-3, 3, 46), np.arange(46)).astype(np.float32)
        rows = np.zeros((1, len(columns)), np.float32) + 1
        line = cv2.remap(rough, columns[None], rows, cv2.INTER_CUBIC)
        return np.broadcast_to(line, lip.values.shape)

    return of
