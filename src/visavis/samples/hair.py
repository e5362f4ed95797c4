"""Hair: broad locks, each a ribbon between two curves filled with strands and lit in bands."""

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.spline import curve
from visavis.samples.canvas import SIDE, Points, Strokes, colour, covered, lay, line, pixels, shade, shape

_DARK = colour("241510")
_MIDDLE = colour("643d27")
_BRIGHT = colour("c58d5c")
_MAP_STEP = 8  # the place within a ribbon is computed at every eighth pixel
_ALONG = 48

# Ribbons from the root to the tip: the edge by the face, the outer edge, and how much light they catch.
_BACK = (
    (
        [(-2.0, -6.0), (-3.2, -8.5), (-3.6, -11.0), (-3.9, -13.6)],
        [(-8.0, -2.0), (-8.8, -6.0), (-9.0, -9.5), (-8.0, -14.2)],
        0.35,
    ),
    (
        [(2.0, -6.0), (3.2, -8.5), (3.6, -11.0), (3.9, -13.4)],
        [(8.0, -2.0), (8.9, -6.0), (9.2, -9.5), (8.2, -14.0)],
        0.22,
    ),
)
_SCALP = [(1.4, 11.3), (-3.5, 10.6), (-6.6, 7.6), (-5.2, 6.4), (-2.2, 7.7), (1.2, 8.0)]
_SCALP += [(3.9, 7.2), (5.8, 5.6), (7.2, 6.8), (4.9, 10.2), (1.4, 11.3)]
_FRONT = (
    (
        [
            (1.2, 8.4),
            (4.0, 7.6),
            (5.8, 5.2),
            (6.4, 2.4),
            (6.15, -0.6),
            (6.0, -3.6),
            (6.9, -6.6),
            (7.3, -9.6),
            (6.0, -12.6),
        ],
        [
            (0.2, 11.65),
            (5.2, 10.9),
            (8.5, 7.6),
            (9.2, 3.2),
            (9.3, -1.0),
            (10.2, -5.0),
            (10.6, -8.8),
            (10.0, -12.2),
            (7.4, -15.4),
        ],
        0.75,
    ),
    (
        [
            (2.5, 8.3),
            (-0.6, 8.0),
            (-3.8, 6.7),
            (-5.7, 4.3),
            (-6.3, 1.2),
            (-6.1, -2.0),
            (-6.0, -4.6),
            (-7.0, -7.6),
            (-7.2, -10.4),
            (-5.8, -13.2),
        ],
        [
            (2.2, 11.6),
            (-2.6, 11.65),
            (-6.8, 9.7),
            (-8.9, 5.8),
            (-9.3, 1.6),
            (-9.6, -2.4),
            (-10.5, -6.2),
            (-10.6, -9.6),
            (-9.7, -12.6),
            (-6.8, -15.8),
        ],
        1.0,
    ),
)


def paint_back_hair(picture: Floats, generator: np.random.Generator) -> None:
    """What lies behind the neck."""
    for near, far, light in _BACK:
        _paint_ribbon(picture, curve(near), curve(far), light, generator)
    hollow = curve(
        [
            (-7.0, 4),
            (-6.9, -2),
            (-5.0, -9),
            (-3.6, -12.6),
            (0, -12),
            (3.6, -12.6),
            (5.0, -9),
            (6.9, -2),
            (7.0, 4),
        ]
    )
    lay(picture, _DARK * 0.75, shape(hollow, soft_px=10))


def paint_front_hair(picture: Floats, face: Floats, generator: np.random.Generator) -> None:
    """From the parting down both sides of the face, and its shadow on the face's mask."""
    lay(picture, _DARK, shape(curve(_SCALP, 80), soft_px=5))
    for near, far, light in _FRONT:
        edges = curve(near), curve(far)
        shade(picture, colour("8a5a48"), 0.50 * line(edges[0], 1.2, soft_px=10) * face)
        _paint_ribbon(picture, *edges, light, generator)
    parting = curve([_FRONT[1][0][0], (2.35, 9.6), _FRONT[1][1][0]], 30)
    lay(picture, _DARK, 0.55 * line(parting, [0.5, 0.4, 0.2], soft_px=5))
    lay(picture, colour("a87a62"), 0.45 * line(parting, [0.10, 0.07, 0.02], soft_px=1.5))
    strokes = Strokes(picture)
    for near, far, light in _FRONT:
        _loose_strands(strokes, curve(near), curve(far), light, generator)
    strokes.finish(0.55)


def _paint_ribbon(
    picture: Floats, near: Points, far: Points, light: float, generator: np.random.Generator
) -> None:
    mask = shape(np.concatenate([near, far[::-1]]), soft_px=1.6)
    where = covered(mask)
    across, along = (place[where] for place in _places(near, far, mask))
    # Locks weave: strands wander sideways together as they fall.
    sway = _sampled(_grain(generator, 5, 9), across, along)
    swayed = across + np.float32(0.045) * sway * np.clip(along * 3, 0, 1)
    fine = _sampled(_grain(generator, 150, 7), swayed, along)
    strand = _sampled(_grain(generator, 64, 5), swayed, along)
    lock = _sampled(_grain(generator, 15, 3), swayed, along)
    clump = _sampled(_grain(generator, 22, 2), across, along)

    level = np.float32(0.40) + np.float32(0.17) * lock + np.float32(0.10) * strand + np.float32(0.07) * fine
    level -= _falling(along, 0.30, 0.02) + _falling(across, 0.30, 0.10) + _falling(1 - across, 0.22, 0.08)
    shine = _band(along - np.float32(0.035) * lock, 0.22, 0.075)
    shine += np.float32(0.55) * _band(along - np.float32(0.05) * lock, 0.62, 0.085)
    shine *= np.clip(
        np.float32(0.55) + np.float32(0.35) * lock + np.float32(0.30) * strand + np.float32(0.25) * fine,
        0,
        1.3,
    )
    shine *= np.clip(np.minimum(across, 1 - across) * 5, 0, 1)
    level = np.clip(level * np.float32(0.55 + 0.45 * light), 0, 1)
    shine = np.clip(shine * np.float32(0.75 * light), 0, 1)
    paint = _DARK + (_MIDDLE - _DARK) * level[..., None]
    paint += (_BRIGHT - paint) * shine[..., None]
    # Tips end strand by strand.
    tips = np.float32(0.94) + np.float32(0.022) * clump + np.float32(0.018) * strand + np.float32(0.01) * fine
    lay(picture[where], paint, mask[where] * np.clip((tips - along) / np.float32(0.06), 0, 1))


def _falling(distance: Floats, height: float, reach: float) -> Floats:
    return np.asarray(height * np.exp(-np.clip(distance, 0, 1) / np.float32(reach)), np.float32)


def _band(along: Floats, middle: float, width: float) -> Floats:
    return np.asarray(np.exp(-0.5 * ((along - np.float32(middle)) / np.float32(width)) ** 2), np.float32)


def _places(near: Points, far: Points, mask: Floats) -> tuple[Floats, Floats]:
    """For each pixel of a ribbon its place in it, across and along, 0..1.

    The rungs between the two edges cut the ribbon into cells. A pixel lies in the cell whose two rungs
    have it on different sides, and between them by its distances to both.
    """
    feet, reaches = pixels(near), pixels(far) - pixels(near)
    steps = np.arange(0, SIDE, _MAP_STEP) + _MAP_STEP / 2 - 0.5
    grid = np.stack(np.meshgrid(steps, steps), axis=-1)
    wanted = cv2.dilate(mask[4::_MAP_STEP, 4::_MAP_STEP], np.ones((5, 5))) > 0
    at = grid[wanted][:, None] - feet
    sides = (reaches[:, 0] * at[..., 1] - reaches[:, 1] * at[..., 0]) / np.linalg.norm(reaches, axis=1)
    outside = sides[:, :-1] * sides[:, 1:] > 0
    share = np.clip(sides[:, :-1] / np.where(outside, 1, sides[:, :-1] - sides[:, 1:] + 1e-9), 0, 1)
    foot = at[:, :-1] + share[..., None] * (at[:, 1:] - at[:, :-1])
    reach = reaches[:-1] + share[..., None] * (reaches[1:] - reaches[:-1])
    across = (foot * reach).sum(axis=-1) / (reach**2).sum(axis=-1)
    # Rungs that lean meet again far off: there a pixel is in no cell, and of two the middle one counts.
    outside |= np.abs(across - 0.5) > 0.8
    cell = np.argmin(np.abs(across - 0.5) + 1e3 * outside, axis=1)
    row = np.arange(len(cell))
    along = (cell + share[row, cell]) / (len(near) - 1)
    root, tip = (np.linalg.norm(at[:, end] - reaches[end] / 2, axis=1) for end in (0, -1))
    along = np.where(outside[row, cell], np.where(tip < root, 1.0, 0.0), along)
    places = np.zeros((*grid.shape[:2], 2), np.float32)
    places[..., 1] = 1
    places[wanted] = np.stack([np.clip(across[row, cell], -0.08, 1.08), along], axis=-1)
    whole = np.asarray(cv2.resize(places, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.float32)
    return whole[..., 0], whole[..., 1]


def _grain(generator: np.random.Generator, across: int, along: int) -> Floats:
    """Random values of spread 1: many different across, few along."""
    rough = generator.standard_normal((along, across)).astype(np.float32)
    return np.asarray(cv2.resize(rough, (across, _ALONG), interpolation=cv2.INTER_CUBIC), np.float32)


def _sampled(grain: Floats, across: Floats, along: Floats) -> Floats:
    rows, columns = grain.shape
    values = cv2.remap(
        grain,
        np.asarray(across * (columns - 1), np.float32),
        np.asarray(along * (rows - 1), np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(values, np.float32)


def _loose_strands(
    strokes: Strokes, near: Points, far: Points, light: float, generator: np.random.Generator
) -> None:
    """Single hairs over the locks and a few beyond their edges."""
    t = np.linspace(0, 1, len(near))
    for _ in range(130):
        place = generator.uniform(-0.02, 1.03)
        start, end = sorted(generator.integers(4, len(near), 2))
        if end - start < 10:
            continue
        bow = 0.03 * np.sin(np.pi * (t - t[start]) / (t[end] - t[start])) * generator.normal()
        at = (place + bow)[:, None]
        path = (near * (1 - at) + far * at)[start:end:3]
        tone = _MIDDLE + (_BRIGHT - _MIDDLE) * generator.uniform(-0.3, 0.6) * light
        strokes.draw(path, np.repeat(tone[None], len(path) - 1, axis=0))
