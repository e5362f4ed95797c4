"""Skin: face, ears and neck, with freckles, lines and folds of age."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.painter.canvas import Canvas, Patch, Points, colour, mirrored, mixed
from visavis.painter.character import Character
from visavis.painter.form import Form, aged, childlike
from visavis.painter.light import Light

_TONES: Final = ("f5d8ca", "eec8b2", "e2b598", "cf9f80", "b58568", "976a51", "79513e", "5f3e30", "4a3027")
_ROSY: Final = np.array([1.03, 0.965, 0.985], np.float32)
_GOLDEN: Final = np.array([1.01, 1.0, 0.93], np.float32)


class SkinColours:
    """Colours of a character's skin."""

    def __init__(self, character: Character) -> None:
        tone = float(np.clip(character.skin.tone, 0, 1))
        at = tone * (len(_TONES) - 1)
        k = min(int(at), len(_TONES) - 2)
        warmth = float(np.clip(character.skin.warmth, -1, 1))
        base = mixed(colour(_TONES[k]), colour(_TONES[k + 1]), at - k)
        tint = _GOLDEN if warmth > 0 else _ROSY
        self.tone = tone
        self.base = np.asarray(base * (1 + (tint - 1) * np.float32(abs(warmth))), np.float32)
        # Blood shows through light skin; dark skin is deeper and redder where it is thin.
        self.blush = mixed(colour("f09c8a"), colour("c4705a"), tone)
        self.deep = mixed(colour("a86a58"), colour("6a443c"), tone)
        self.lips = mixed(
            mixed(colour("c9736a"), colour("a35a50"), min(1, tone * 1.6)),
            colour("6b3a36"),
            max(0, tone - 0.55) * 1.6,
        )
        self.strength = 1 - 0.35 * tone


def skin_tone_of(rgb: Floats) -> float:
    """The tone, 0 to 1, of which lit skin has a colour; light takes about a fifth of it."""
    tones = np.array([colour(code).mean() for code in _TONES])
    return float(np.interp(-1.25 * float(rgb.mean()), -tones, np.linspace(0, 1, len(_TONES))))


def lit(surface: Floats, light: Floats, tone: float) -> Floats:
    """Skin under a light: shadows are warmer than lights, and dark skin keeps its shadows open."""
    floor = np.float32(0.10 + 0.22 * tone)
    bright = floor + (1 - floor) * np.clip(light, 0, 2)
    return np.asarray(surface * bright ** np.array([0.80, 0.95, 1.0], np.float32), np.float32)


def paint_neck(canvas: Canvas, character: Character, form: Form, skin: SkinColours, light: Light) -> None:
    """Neck and chest, in the shadow of the chin."""
    wide = (
        1.12
        + 0.22 * (0.42 - character.femininity)
        + 0.08 * character.build
        + 0.06 * max(0, character.shoulders)
    )
    wide *= 1 - 0.24 * childlike(character.age_years)
    chin = float(form.at(152)[0, 1])
    side = curve(
        np.array([(4.7, -3.0), (4.25, -7.0), (4.1, -9.8), (4.6, -11.9), (6.6, -13.6), (8.2, -15.2)])
        * [wide, 1],
        80,
    )
    outline = np.concatenate([side, [(7.5, -26), (-7.5, -26)], mirrored(side)])
    patch = canvas.shape(outline, 0.05)
    x, y = canvas.grid(patch)
    across = np.clip(x / (4.4 * wide), -1, 1) * np.clip((y + 19) / 7, 0.25, 1)
    normals = np.stack(
        np.broadcast_arrays(across, 0.12 + 0 * y + 0 * x, np.sqrt(np.clip(1 - across**2, 0.05, 1))), axis=-1
    )
    paint = lit(
        np.broadcast_to(skin.base * np.float32(0.95), normals.shape),
        light.on(normals.astype(np.float32)),
        skin.tone,
    )
    canvas.lay(paint, patch)
    dark = mixed(colour("9c6656"), colour("8d6a62"), skin.tone)
    jaw = form.outline[(form.outline[:, 1] < -2.5)]
    order = np.argsort(jaw[:, 0])
    shadow = jaw[order] * [0.93, 1] + np.array([0.35, -1.55])
    under = canvas.shape(np.concatenate([shadow, [(5.5, 0), (-5.5, 0)]]), 0.5)
    canvas.shade(dark, under.times(patch), 0.78)
    for sign in (-1, 1):
        canvas.shade(
            mixed(skin.deep, colour("ffffff"), 0.25),
            canvas.stroke(side * [sign, 1], 1.5, 0.55).times(patch),
            0.4,
        )
        muscle = curve([(sign * 3.1 * wide, chin - 1.0), (sign * 2.0, chin - 3.6), (sign * 0.75, chin - 5.6)])
        canvas.shade(
            skin.deep * 0.6 + 0.4,
            canvas.stroke(muscle, [0.2, 0.7, 0.3], 0.32).times(patch),
            0.28 - 0.15 * character.femininity,
        )
        bone = curve([(sign * 1.0, chin - 5.9), (sign * 3.5, chin - 5.4), (sign * 7.0, chin - 4.9)])
        canvas.shade(
            skin.deep * 0.6 + 0.4, canvas.stroke(bone - [0, 0.35], [0.3, 0.5, 0.2], 0.3).times(patch), 0.35
        )
        canvas.glow(colour("fff0e2"), canvas.stroke(bone, [0.2, 0.4, 0.2], 0.25).times(patch), 0.10)
    canvas.shade(skin.deep, canvas.blob(0.05, chin - 5.9, 0.7, 0.45).times(patch), 0.22)
    if character.femininity < 0.4 and character.age_years > 16:
        canvas.glow(colour("ffe8d4"), canvas.blob(-0.25, chin - 3.1, 0.35, 0.5).times(patch), 0.06)
        canvas.shade(skin.deep, canvas.blob(0.1, chin - 3.9, 0.7, 0.25).times(patch), 0.2)
    old = aged(character.age_years)
    for k, drop in enumerate((2.7, 3.6, 4.6)):
        fold = curve([(-2.9, chin - drop + 0.35), (0.1 * k, chin - drop), (2.9, chin - drop + 0.3)])
        canvas.shade(
            skin.deep, canvas.stroke(fold, [0.03, 0.16, 0.03], 0.09).times(patch), 0.5 * max(0, old - 0.15)
        )


def paint_ears(canvas: Canvas, character: Character, form: Form, skin: SkinColours, light: Light) -> None:
    """Both ears, behind the edge of the face."""
    long = 1 + 0.16 * aged(character.age_years) - 0.08 * character.femininity + 0.1 * character.face.ears
    out = 0.66 + 0.14 * character.face.ears - 0.12 * character.femininity
    for sign in (-1.0, 1.0):
        x0 = 6.75 * form.widening

        def at(points: list[tuple[float, float]], sign: float = sign, x0: float = x0) -> Points:
            return np.array(
                [(sign * (x0 + dx * (out if dx > 0 else 1.0)), 0.9 + (y - 0.9) * long) for dx, y in points]
            )

        outline = curve(
            at(
                [
                    (-0.5, 3.0),
                    (0.3, 3.75),
                    (1.05, 3.7),
                    (1.42, 2.9),
                    (1.30, 1.6),
                    (1.0, 0.5),
                    (0.78, -0.7),
                    (0.42, -1.45),
                    (-0.05, -1.5),
                    (-0.5, -0.8),
                ]
            ),
            80,
        )
        patch = canvas.shape(outline, 0.05)
        turn = np.array([sign * 0.35, 0.1, 0.9], np.float32)
        paint = lit(
            skin.base * np.array([1.0, 0.93, 0.9], np.float32),
            light.on(turn / np.linalg.norm(turn)),
            skin.tone,
        )
        canvas.lay(paint, patch)
        canvas.shade(
            skin.blush, patch.times(canvas.blob(sign * (x0 + 0.9), 2.4, 0.7, 1.6)), 0.3 * skin.strength
        )
        shell = curve(at([(0.05, 2.6), (0.6, 3.05), (0.95, 2.4), (0.85, 1.3), (0.55, 0.4), (0.2, 0.1)]), 50)
        canvas.shade(skin.deep, canvas.stroke(shell, [0.1, 0.26, 0.34, 0.26, 0.1], 0.10).times(patch), 0.6)
        rim = curve(at([(0.1, 3.35), (0.85, 3.35), (1.15, 2.7), (1.08, 1.7), (0.82, 0.6)]), 50)
        canvas.glow(colour("ffe9da"), canvas.stroke(rim, [0.05, 0.16, 0.16, 0.05], 0.07).times(patch), 0.22)
        canvas.shade(skin.deep, canvas.blob(sign * (x0 + 0.1), 0.75, 0.3, 0.5).times(patch), 0.8)
        canvas.shade(skin.deep, canvas.blob(sign * (x0 - 0.1), 1.0, 0.28, 2.0).times(patch), 0.6)


def paint_face(
    canvas: Canvas,
    character: Character,
    form: Form,
    skin: SkinColours,
    light: Light,
    generator: np.random.Generator,
) -> Patch:
    """The skin of head and face, without eyes, brows and lips; gives its mask."""
    mask = canvas.shape(form.outline, 0.05)
    tint = light.on(form.normals)
    tint -= 0.26 * form.hollows[..., None]
    surface = np.broadcast_to(skin.base, (*mask.values.shape, 3))
    paint = lit(surface, form.spread(canvas, tint, mask), skin.tone)
    grain = noise(generator, mask, canvas.px_per_cm * 0.07, 0.010) + noise(
        generator, mask, canvas.px_per_cm * 1.4, 0.012
    )
    canvas.lay(paint * (1 + grain)[..., None], mask)
    features = canvas.raised(form.lift_cm)
    _blush(features, character, skin, mask)
    gloss = 0.5 + 0.5 * skin.tone
    shine = light.shine(form.normals, 34) * 0.15 * gloss + light.shine(form.normals, 9) * 0.05 * gloss
    lifted = Patch(mask.rows, mask.columns, form.spread(canvas, shine, mask) * mask.values)
    canvas.glow(mixed(light.key_colour / light.key_colour.max(), colour("ffffff"), 0.3), lifted)
    _freckles(features, character, skin, mask, generator)
    return mask


def noise(generator: np.random.Generator, patch: Patch, grain_px: float, strength: float) -> Floats:
    """Soft grain of a size, around 0, shape of a window."""
    height, width = patch.values.shape
    cells = max(4, round(height / grain_px)), max(4, round(width / grain_px))
    rough = generator.standard_normal(cells).astype(np.float32) * np.float32(strength)
    return np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _blush(canvas: Canvas, character: Character, skin: SkinColours, mask: Patch) -> None:
    rosy = skin.strength * (0.75 + 0.35 * character.femininity + 0.4 * childlike(character.age_years))
    rosy += 0.3 * character.skin.makeup
    for side in (-1, 1):
        canvas.shade(skin.blush, canvas.blob(side * 4.2, -0.8, 1.5, 1.1, side * 20).times(mask), 0.30 * rosy)
        canvas.shade(
            mixed(skin.deep, colour("ffffff"), 0.35),
            canvas.blob(side * 3.1, 3.2, 1.5, 0.8).times(mask),
            0.36 - 0.22 * character.femininity,
        )
        # The planes beside cheekbone and temple.
        canvas.shade(
            mixed(skin.deep, colour("ffffff"), 0.3),
            canvas.blob(side * 6.0, -2.6, 0.9, 2.4, -side * 14).times(mask),
            0.20 - 0.2 * character.face.fullness * 0.5,
        )
    canvas.shade(skin.blush, canvas.blob(0, -0.8, 1.0, 0.7).times(mask), 0.30 * rosy)
    canvas.shade(skin.blush, canvas.blob(0, -7.4, 1.2, 0.7).times(mask), 0.20 * rosy)


def _freckles(
    canvas: Canvas, character: Character, skin: SkinColours, mask: Patch, generator: np.random.Generator
) -> None:
    old = aged(character.age_years)
    spots = int(220 * character.skin.freckles) + int(16 * old)
    dark = mixed(colour("b0714a"), colour("5a3a2c"), skin.tone)
    for k in range(spots):
        if k < spots - int(16 * old):
            x, y = generator.normal(0, 3.0), generator.normal(0.2, 1.1)
            size, strength = generator.uniform(0.03, 0.09), generator.uniform(0.2, 0.6)
        else:  # spots of age, at the temples and the forehead
            x, y = generator.uniform(-6, 6), generator.uniform(4.5, 9)
            size, strength = generator.uniform(0.08, 0.2), generator.uniform(0.1, 0.3) * old
        canvas.shade(dark, canvas.blob(x, y, size, size * 0.8).times(mask), strength)


def paint_lines(canvas: Canvas, character: Character, form: Form, skin: SkinColours, mask: Patch) -> None:
    """Lines and folds: those of age, and those of a smile."""
    old, smile = aged(character.age_years) ** 1.15, max(0.0, form.mood.smile)
    grown = 1 - childlike(character.age_years)
    crease = mixed(skin.deep, colour("5a342c"), 0.3)
    corner = form.at(291)[0]
    wing = form.at(358)[0]

    def fold(path: Points, widths: list[float], soft: float, strength: float) -> None:
        if strength <= 0.02:
            return
        for sign in (-1.0, 1.0):
            own = path * [sign, 1]
            canvas.shade(crease, canvas.stroke(own, widths, soft).times(mask), min(0.85, strength))
            canvas.glow(
                colour("ffeede"),
                canvas.stroke(own + [sign * 0.22, -0.06], widths, soft * 1.6).times(mask),
                0.10 * min(1, strength),
            )

    laugh = curve(
        [
            (wing[0] + 0.25, wing[1] + 0.3),
            (corner[0] + 0.35, corner[1] + 1.7),
            (corner[0] + 0.95, corner[1] + 0.2),
            (corner[0] + 0.75, corner[1] - 0.9),
        ]
    )
    fold(
        laugh,
        [0.05, 0.26, 0.2, 0.03],
        0.14,
        0.22 * smile * grown + 0.62 * old + 0.05 * (1 - character.femininity) * grown,
    )
    fold(laugh[:42], [0.02, 0.09, 0.02], 0.09, 0.5 * max(0, old - 0.2))
    fold(
        curve(
            [
                (corner[0] + 0.15, corner[1] - 0.25),
                (corner[0] + 0.45, corner[1] - 1.2),
                (corner[0] + 0.35, corner[1] - 2.2),
            ]
        ),
        [0.04, 0.16, 0.02],
        0.10,
        0.6 * max(0, old - 0.25),
    )
    bag = curve([(1.75, 1.75), (2.7, 1.12), (3.8, 1.2), (4.6, 1.75)])
    fold(bag, [0.02, 0.16, 0.14, 0.02], 0.10, 0.07 + 0.55 * old)
    for k, (spread, rise) in enumerate(((0.0, 0.55), (0.12, 0.1), (0.05, -0.35))):
        crow = curve(
            [(5.0, 2.5 + rise * 0.5), (5.6 + spread, 2.45 + rise), (6.25 + spread, 2.3 + rise * 1.6)], 20
        )
        fold(crow, [0.02, 0.09, 0.01], 0.10, 0.55 * max(0, old - 0.12 * k) + 0.10 * smile * grown)
    for k in range(4):
        y = 6.3 + 0.85 * k
        wave = curve(
            [
                (-4.2 + 0.3 * k, y - 0.25),
                (-2.0, y + 0.12),
                (0, y - 0.05),
                (2.1, y + 0.14),
                (4.1 - 0.3 * k, y - 0.2),
            ]
        )
        canvas.shade(
            crease,
            canvas.stroke(wave, [0.01, 0.11, 0.08, 0.11, 0.01], 0.13).times(mask),
            0.5 * max(0, old - 0.1 - 0.05 * k),
        )
        canvas.glow(
            colour("ffeede"),
            canvas.stroke(wave - [0, 0.18], [0.01, 0.12, 0.12, 0.01], 0.14).times(mask),
            0.10 * old,
        )
    frown = 0.4 * old + 0.5 * max(0, -form.mood.inner_brow)
    for sign in (-1, 1):
        canvas.shade(
            crease,
            canvas.stroke(
                curve([(sign * 0.55, 4.1), (sign * 0.5, 4.8), (sign * 0.65, 5.5)], 20),
                [0.02, 0.1, 0.02],
                0.08,
            ).times(mask),
            0.7 * frown,
        )
        hollow = canvas.blob(sign * 5.1, -2.4, 0.8, 1.5, sign * -18).times(mask)
        canvas.shade(skin.deep, hollow, 0.25 * max(0, old - 0.3) * (1 - max(0, character.face.fullness)))
        jowl = curve([(sign * 4.0, -5.2), (sign * 4.1, -6.4), (sign * 3.3, -7.2)])
        canvas.shade(
            skin.deep, canvas.stroke(jowl, [0.05, 0.4, 0.1], 0.22).times(mask), 0.5 * max(0, old - 0.35)
        )
