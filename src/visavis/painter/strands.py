"""Strands of hair: they grow from the scalp in space, fall, curl and lie together in locks.

A strand is a path `(steps, 3)` in centimetres: right, up, towards the viewer. All strands of a growth are
grown at once. What grows behind the head is painted before it, the rest after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from visavis.engine.arrays import Floats
from visavis.painter.canvas import Points, Strokes
from visavis.painter.form import SKULL_CENTRE, SKULL_RADII
from visavis.painter.hair_colours import HairColours
from visavis.painter.light import Light

STEPS: Final = 22
_BEHIND_CM: Final = -4.4  # z from which on hair before the head passes behind it
_FACE: Final = np.array([6.2, 6.9])  # half axes of the face that long hair leaves free
_FACE_CENTRE: Final = np.array([0.0, 1.9])

Field = Callable[[Points, Points], Points]
"""Something for each root: from roots and normals, each `(n, 3)`."""


@dataclass(frozen=True)
class Growth:
    """How some hair grows.

    Attributes:
        region: Which roots grow it; a mask.
        comb: Direction in which it is combed, `(n, 3)`.
        length: Centimetres, `(n,)`.
        lift: How far it stands off the scalp at the root, 0..1.
        weight: How fast it turns down.
        volume: Thickness of the hair over the scalp, centimetres.
        curl: Radius of the curls, centimetres.
        pitch: Centimetres of hair in one curl.
        locks: Number of locks.
        gather: How closely the tips of a lock come together, 0..1.
        stray: Random bending.
        density: Strands, relative to the usual number.
        thick: Width of a strand, relative to the usual one.
        hold: How long the comb holds against the weight, centimetres.
        face_free: Whether it stays beside the face.
        cling: How closely it follows the curve of the head.
        ragged: How much the lengths of strands differ.
        taper: How far locks come to a point at their ends, 0..1.
        plait: Length of one turn of a plait or a rope, centimetres; 0 for loose hair.
        tight: Whether it lies on the head all the way.
        flare: How far the outer layers spread sideways at their ends, centimetres.
    """

    region: Callable[[Points], np.ndarray]
    comb: Field
    length: Callable[[Points], np.ndarray]
    lift: float = 0.25
    weight: float = 0.18
    volume: float = 0.9
    curl: float = 0.0
    pitch: float = 4.0
    locks: int = 130
    gather: float = 0.55
    stray: float = 0.05
    density: float = 1.0
    thick: float = 1.0
    hold: float = 1.5
    face_free: bool = False
    cling: float = 0.25
    ragged: float = 0.1
    taper: float = 0.5
    plait: float = 0.0
    tight: bool = False
    flare: float = 0.0


@dataclass
class Strands:
    """Grown hair: paths, how deep each strand lies (0 inside, 1 outside), its lock and its width."""

    paths: Points
    layers: np.ndarray
    locks: np.ndarray
    thick: float
    coated: bool = True
    plait: float = 0.0

    @property
    def is_cropped(self) -> bool:
        """Whether they are so short that the scalp shows between them."""
        return not self.coated and not self.plait and self.paths.shape[1] == STEPS

    def part(self, mask: np.ndarray) -> "Strands":
        """Some of them."""
        return Strands(
            self.paths[mask], self.layers[mask], self.locks[mask], self.thick, self.coated, self.plait
        )


def cut_behind_head(strands: Strands) -> None:
    """End strands where they pass behind the head, in place."""
    hidden = strands.paths[..., 2] < _BEHIND_CM
    hidden[:, 0] = False
    first = np.where(hidden.any(axis=1), hidden.argmax(axis=1), STEPS)
    steps = np.minimum(np.arange(STEPS)[None], first[:, None] - 1)
    strands.paths[:] = np.take_along_axis(strands.paths, np.maximum(steps, 0)[..., None], axis=1)


def grow(
    growth: Growth,
    roots: Points,
    normals: Points,
    over_cm: np.ndarray,
    widening: float,
    generator: np.random.Generator,
) -> Strands:
    """Grow it from its roots, which lie at heights above the hairline."""
    mask = growth.region(roots)
    roots, normals, over_cm = roots[mask], normals[mask], over_cm[mask]
    count = len(roots)
    if not count:
        return Strands(np.zeros((0, STEPS, 3)), np.zeros(0), np.zeros(0, int), growth.thick)
    layers = generator.uniform(0, 1, count) ** 0.8
    lengths = growth.length(roots) * (1 + growth.ragged * generator.uniform(-1.3, 0.6, count))
    if not (growth.face_free or growth.tight):  # cut hair is shorter at the temples and the neck
        lengths *= np.where(roots[:, 2] < 0.6, np.clip(0.3 + over_cm / 2.2, 0.3, 1), 1)
    step = (lengths / (STEPS - 1))[:, None]
    combed = growth.comb(roots, normals)
    if growth.lift < 0.85:  # along the scalp, and down where the comb says nothing
        combed = combed - (combed * normals).sum(axis=1, keepdims=True) * normals
        combed = _unit(combed + np.array([0.0, -0.25, 0.0]) * np.clip(8 - roots[:, 1:2], 0, 6) / 6)
    # What grows at the sides lies closer to the head than what grows on top.
    lift = (
        growth.lift * (0.3 + 0.7 * np.clip(normals[:, 1:2] + 0.1, 0, 1))
        if growth.lift < 0.85
        else growth.lift
    )
    way = _unit(combed + normals * lift * (0.4 + layers[:, None]))
    start = np.concatenate([roots, 2.5 * way], axis=1)
    radii = SKULL_RADII * [widening, 1, 1]
    at = roots.copy()
    paths = np.empty((count, STEPS, 3))
    paths[:, 0] = at
    gone = np.zeros((count, 1))
    # Neighbours bend alike.
    turns = generator.normal(0, 0.55, (3, 3)), generator.uniform(0, 2 * np.pi, 3)
    thickness = np.clip(lengths / 3.2, 0.25, 1)  # short hair lies flat
    bend = growth.stray * (generator.normal(0, 0.5, (count, 3)) + np.sin(roots @ turns[0] + turns[1]))
    side = np.where(way[:, :1] >= 0, 1.0, -1.0)
    for k in range(1, STEPS):
        gone += step
        falls = growth.weight * step * np.clip((gone - growth.hold) / 2.0 + 0.35, 0, 1.6)
        way = _unit(way + bend * step * 0.4 + falls * np.array([0, -1.0, 0]))
        at = at + way * step
        # It rises to its layer little by little.
        over = growth.volume * (0.1 + 0.9 * layers) * np.clip(gone[:, 0] / 1.1, 0.15, 1) * thickness
        at, way = _off_scalp(at, way, radii, over, growth.cling * step)
        if growth.tight:
            at = _on_scalp(at, radii, over)
        if growth.face_free:
            at, way = _beside_face(at, way, side)
        at = _over_shoulders(at)
        paths[:, k] = at
    paths, locks = _gathered(paths, start, lengths, growth, generator)
    if growth.face_free:
        clear = ~_before_face(paths, 0.93)
        paths, layers, locks, lengths = paths[clear], layers[clear], locks[clear], lengths[clear]
    low = np.clip((3.0 - paths[..., 1]) / 16, 0, 1) ** 1.3
    paths[..., 0] += np.sign(paths[..., 0]) * growth.flare * (layers[:, None] - 0.15) * low
    if growth.curl:
        paths = _curled(paths, lengths, locks, growth, generator)
    if growth.face_free and growth.curl:
        clear = ~_before_face(paths, 0.84)
        paths, layers, locks, lengths = paths[clear], layers[clear], locks[clear], lengths[clear]
    return Strands(paths, layers, locks, growth.thick, bool(lengths.mean() > 1.0), growth.plait)


def _within_face(at: Points) -> Points:
    """Places relative to the region that long hair leaves free: round above, straight below."""
    scaled = (at[..., :2] - _FACE_CENTRE) / _FACE
    scaled[..., 1] = np.maximum(scaled[..., 1], 0)
    return np.asarray(scaled, np.float64)


def _before_face(paths: Points, share: float) -> np.ndarray:
    """Which strands cross the face, or a share of its radius."""
    far = np.linalg.norm(_within_face(paths), axis=-1)
    return np.asarray(((far < share) & (paths[..., 2] > -3.5) & (paths[..., 1] > -9)).any(axis=1))


def _unit(vectors: Points) -> Points:
    unit: Points = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit


def _off_scalp(
    at: Points, way: Points, radii: Points, over: np.ndarray, cling: Points
) -> tuple[Points, Points]:
    """Keep strands over the scalp, each in its layer."""
    outer = radii + over[:, None]
    scaled = (at - SKULL_CENTRE) / outer
    inside = np.linalg.norm(scaled, axis=1, keepdims=True)
    # Below the ears the head is no ellipsoid any more: there hair may hang.
    free = np.clip((0.5 - at[:, 1:2]) / 3.0, 0, 1)
    pushed = np.where(inside < 1, SKULL_CENTRE + scaled / np.maximum(inside, 1e-6) * outer, at)
    result = pushed + (at - pushed) * free
    normal = _unit((result - SKULL_CENTRE) / outer**2)
    into = np.minimum((way * normal).sum(axis=1, keepdims=True), 0)
    way = np.where(
        inside < 1,
        _unit(way - into * normal * (1 - free)),
        _unit(way - cling * np.clip((at[:, 1:2] - 2.5) / 2, 0, 1) * normal),
    )
    return result, way


def _on_scalp(at: Points, radii: Points, over: np.ndarray) -> Points:
    outer = radii + over[:, None]
    scaled = (at - SKULL_CENTRE) / outer
    far = np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), 1e-6)
    return np.asarray(SKULL_CENTRE + scaled / far * outer, np.float64)


def _beside_face(at: Points, way: Points, side: Points) -> tuple[Points, Points]:
    """Let hair that would hang before the face slide along its edge."""
    scaled = _within_face(at)
    far = np.linalg.norm(scaled, axis=1, keepdims=True)
    inside = (far < 1) & (at[:, 2:] > -3.0) & (at[:, 1:2] > -9.0)
    edge = at[:, :2] + (scaled / np.maximum(far, 1e-3) - scaled) * _FACE
    moved, turned = at.copy(), way.copy()
    moved[:, :2] = np.where(inside, edge, at[:, :2])
    outwards = _unit(scaled / _FACE)
    along = np.stack([-outwards[:, 1], outwards[:, 0]], axis=-1)
    upper = at[:, 1:2] > _FACE_CENTRE[1] + 4.5
    # Across the forehead hair goes the way it is combed, and down beside the cheeks.
    along *= np.where(upper, np.where(along[:, :1] * side > 0, 1, -1), np.where(along[:, 1:] < 0, 1, -1))
    slid = np.concatenate([along, np.full((len(at), 1), -0.25)], axis=1)
    turned = np.where(inside, _unit(0.35 * way + slid), way)
    return moved, turned


def _over_shoulders(at: Points) -> Points:
    """Hair lies on the shoulders and does not enter them."""
    x = np.abs(at[:, 0])
    top = -12.2 - 0.17 * np.clip(x - 4, 0, None) ** 1.15
    sunk = np.clip(top - at[:, 1], 0, None)
    moved = at.copy()
    forward = at[:, 2] > -3.5
    moved[:, 2] += np.where(forward, 0.35 * np.clip(sunk, 0, 1.2), -0.35 * np.clip(sunk, 0, 1.2))
    return moved


def _gathered(
    paths: Points, start: Points, lengths: np.ndarray, growth: Growth, generator: np.random.Generator
) -> tuple[Points, np.ndarray]:
    """Strands of a lock come together towards their tips; short ones stand apart."""
    locks = min(growth.locks, len(start))
    guides = generator.choice(len(start), locks, replace=False)
    _, nearest = cKDTree(start[guides]).query(start)
    along = np.linspace(0, 1, STEPS)[None, :, None]
    share = growth.gather * (np.clip(along * 5, 0, 1) if growth.plait else along**0.8)
    if not growth.plait:  # locks end in points
        share = share + (0.94 - share) * growth.taper * np.clip((along - 0.6) / 0.4, 0, 1) ** 1.6
        share = share * np.clip(lengths / 3 - 0.1, 0.15, 1)[:, None, None]
    return paths + (paths[guides[nearest]] - paths) * share, np.asarray(nearest)


def _curled(
    paths: Points, lengths: np.ndarray, locks: np.ndarray, growth: Growth, generator: np.random.Generator
) -> Points:
    """Wind strands into waves or curls; those of a lock wind alike."""
    count = int(locks.max()) + 1
    if growth.pitch > 5:  # waves run through all the hair of a side
        phase = 0.9 * generator.normal(size=count)[locks] + 0.5 * paths[:, 0, 2]
        hand = np.where(paths[:, STEPS // 2, 0] < 0, -1, 1)
    else:
        phase = generator.uniform(0, 2 * np.pi, count)[locks]
        hand = np.where(generator.random(count) < 0.5, -1, 1)[locks]
    phase = phase + generator.normal(0, 0.3, len(locks))
    pitch = growth.pitch * generator.uniform(0.85, 1.2, count)[locks]
    along = np.linspace(0, 1, STEPS)[None] * lengths[:, None]
    angle = hand[:, None] * 2 * np.pi * along / pitch[:, None] + phase[:, None]
    size = (
        growth.curl
        * np.clip(along / (0.9 * growth.pitch), 0, 1) ** 1.5
        * generator.uniform(0.75, 1.2, count)[locks][:, None]
    )
    tangent = _unit(np.gradient(paths, axis=1))
    side = _unit(np.cross(tangent, np.array([0.15, 0.1, 1.0])))
    front = np.cross(tangent, side)
    offset = side * (size * np.cos(angle))[..., None] + front * (size * np.sin(angle))[..., None]
    return np.asarray(paths + offset - offset[:, :1], np.float64)


def draw(
    strokes: Strokes,
    strands: Strands,
    colours: HairColours,
    light: Light,
    widening: float,
    generator: np.random.Generator,
    under: bool = True,
) -> None:
    """Draw strands on a layer, the inner ones first; a coarse coat under them closes the gaps."""
    count = len(strands.paths)
    if not count:
        return
    tones = _tones(strands, colours, light, widening, generator)
    middle = strands.paths[:, strands.paths.shape[1] // 2, 2]
    order = np.argsort(strands.layers + 0.12 * middle / 9 if strands.coated else middle)
    thin = strokes.px(0.045 * strands.thick)
    if under and strands.coated:
        coat = order[: max(1, count // (3 if strands.plait else 2))]
        width = strokes.px((0.30 if strands.plait else 0.2) * max(1.0, strands.thick))
        end = STEPS if strands.plait else STEPS * 3 // 4
        strokes.draw(strands.paths[coat][:, 2:end:2, :2], (tones[coat][:, 2:end:2] * 0.55)[:, :-1], width)
    strokes.draw(strands.paths[order][..., :2], tones[order], thin)


def _tones(
    strands: Strands, colours: HairColours, light: Light, widening: float, generator: np.random.Generator
) -> Floats:
    """Colour of each piece: hair shines across its direction."""
    paths = strands.paths
    count = len(paths)
    tangent = _unit(np.diff(paths, axis=1))
    middle = (paths[:, 1:] + paths[:, :-1]) / 2
    radii = SKULL_RADII * [widening, 1, 1]
    from_skull = (middle - SKULL_CENTRE) / radii**2
    hanging = np.clip((2.0 - middle[..., 1:2]) / 4, 0, 1)
    upright = np.stack(
        [middle[..., 0] * 0.012, 0.002 + 0 * middle[..., 0], 0.018 + 0.004 * middle[..., 2]], axis=-1
    )
    normal = _unit(from_skull + (upright - from_skull) * hanging)
    locks = int(strands.locks.max()) + 1
    lean = generator.normal(0, 0.16, (locks, 3))[strands.locks]
    normal = _unit(normal + lean[:, None])
    key = light.key.astype(np.float64)
    facing = np.clip((normal @ key + 0.45) / 1.45, 0, 1)
    across = np.sqrt(np.clip(1 - (tangent @ key) ** 2, 0, 1))
    half = key + np.array([0, 0, 1.0])
    half /= np.linalg.norm(half)
    shift = (
        generator.normal(0, 0.06, count)[:, None] + generator.normal(0, 0.06, locks)[strands.locks][:, None]
    )
    shine = (
        np.sqrt(np.clip(1 - np.clip(tangent @ half + shift, -1, 1) ** 2, 0, 1)) ** 46
        * np.clip(normal @ half, 0, 1) ** 2
    )
    deep = 0.46 + 0.54 * strands.layers[:, None]
    along = np.linspace(0, 1, paths.shape[1] - 1)[None]
    level = deep * (0.36 + 0.78 * facing * (0.45 + 0.55 * across)) * (0.86 + 0.2 * along)
    level *= (1 + generator.normal(0, 0.11, locks)[strands.locks] + generator.normal(0, 0.05, count))[:, None]
    if strands.plait:
        gone = np.cumsum(np.linalg.norm(np.diff(paths, axis=1), axis=-1), axis=1)
        turn = 2 * np.pi * gone / strands.plait + generator.uniform(0, 6.3, locks)[strands.locks][:, None]
        level *= 1.15 - 0.75 * (0.5 + 0.5 * np.cos(turn)) ** 2
    # Grey hairs lie among the others, more of them in some locks than in others.
    mottled = 0.22 * generator.normal(size=locks)[strands.locks] + 0.16 * generator.normal(size=count)
    share = np.clip(colours.grey + mottled * min(1.0, 2.5 * colours.grey * (1.4 - colours.grey)), 0, 1)
    base = colours.base + (colours.white * 0.9 - colours.base) * share[:, None]
    # The eye sees strands even in black hair.
    base = base + 0.035 * (1 - base.mean(axis=1, keepdims=True)) ** 4 * (2.2 if strands.plait else 1.0)
    rim = np.clip(1 - normal[..., 2], 0, 1) ** 2 * np.clip(0.3 + normal[..., 1], 0, 1)
    tint = light.key_colour / light.key_colour.max()
    tones = base[:, None] * level[..., None] * 1.25 * (0.5 + 0.5 * tint)
    grey = base.mean(axis=1, keepdims=True)
    bright = (0.7 * base + 0.3 * grey + 0.16)[:, None]
    tones = tones + bright * (shine * deep)[..., None] * 0.62 * light.key_colour
    tones = (
        tones
        + base[:, None] * rim[..., None] * light.rim_colour * 1.6
        + rim[..., None] * light.rim_colour * 0.10
    )
    return np.asarray(np.clip(tones, 0, 1), np.float32)
