"""Cuts of hair: how hair grows in each of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from visavis.painter.canvas import Points
from visavis.painter.character import Character
from visavis.painter.strands import Growth

_TEXTURES: Final[dict[str, dict[str, Any]]] = {
    "straight": {},
    "wavy": {"curl": 0.42, "pitch": 6.5, "gather": 0.7, "locks": 90, "stray": 0.04},
    "curly": {"curl": 0.62, "pitch": 4.2, "gather": 0.72, "locks": 150, "stray": 0.1},
    "coily": {"curl": 0.34, "pitch": 1.25, "gather": 0.45, "locks": 420, "stray": 0.16},
}


def everywhere(roots: Points) -> np.ndarray:
    """All roots."""
    return np.ones(len(roots), bool)


def _constant(length_cm: float) -> Callable[[Points], np.ndarray]:
    return lambda roots: np.full(len(roots), length_cm)


def _graded(
    top_cm: float, side_cm: float, low: float = 6.5, high: float = 10.0
) -> Callable[[Points], np.ndarray]:
    """Longer on top than at the sides."""
    return lambda roots: side_cm + (top_cm - side_cm) * np.clip((roots[:, 1] - low) / (high - low), 0, 1)


def _parted(part_x: float, forward: float = 0.1, down: float = 0.15) -> Callable[[Points, Points], Points]:
    """Away from a parting."""

    def comb(roots: Points, normals: Points) -> Points:
        side = np.tanh((roots[:, 0] - part_x) * 2.5)
        back = np.clip((-roots[:, 2] - 2) / 6, 0, 1)
        return np.stack(
            [side * (1 - 0.93 * back), np.full(len(roots), -down) - 0.8 * back, forward - 0.8 * back], axis=-1
        )

    return comb


def _towards(x: float, y: float, z: float) -> Callable[[Points, Points], Points]:
    """All in one direction."""
    return lambda roots, normals: np.broadcast_to(np.array([x, y, z], float), roots.shape).copy()


def _swept(x: float, y: float, z: float, side_down: float = 1.0) -> Callable[[Points, Points], Points]:
    """One direction on top, down and back at the sides."""

    def comb(roots: Points, normals: Points) -> Points:
        top = np.clip((normals[:, 1] - 0.25) / 0.45, 0, 1)[:, None]
        side = np.stack(
            [0.1 * np.sign(roots[:, 0]), np.full(len(roots), -side_down), np.full(len(roots), -0.5)], axis=-1
        )
        return np.array([x, y, z]) * top + side * (1 - top)

    return comb


def _outwards(roots: Points, normals: Points) -> Points:
    return np.asarray(normals + np.array([0.0, 0.25, 0.0]), np.float64)


def _to_knot(x: float, y: float, z: float) -> Callable[[Points, Points], Points]:
    """Combed back to where it is tied."""
    return lambda roots, normals: np.array([x, y, z]) - roots


def _front(roots: Points) -> np.ndarray:
    return np.asarray((roots[:, 2] > 1.2) & (np.abs(roots[:, 0]) < 5.4))


def _upper(low: float) -> Callable[[Points], np.ndarray]:
    return lambda roots: np.asarray(roots[:, 1] > low)


def growths(character: Character) -> list[Growth]:
    """How the hair of a character grows; a bald head has none."""
    hair = character.hair
    texture = _TEXTURES.get(hair.texture, {})
    seed = np.random.default_rng(character.seed)
    side = -1.0 if seed.random() < 0.5 else 1.0
    make = _CUTS.get(hair.cut, _short)
    grown = make(side)
    return [
        replace(each, **texture) if not each.curl and hair.cut not in _OWN_TEXTURE else each for each in grown
    ]


def _short(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            _swept(0.4 * side, 0.0, 0.9),
            _graded(3.6, 1.1),
            lift=0.4,
            weight=0.12,
            cling=0.9,
            volume=1.0,
            locks=160,
            gather=0.5,
        )
    ]


def _side_part(side: float) -> list[Growth]:
    def comb(roots: Points, normals: Points) -> Points:
        part = -2.8 * side
        way = np.where((roots[:, 0] - part) * side > 0, side, -side)
        top = np.clip((normals[:, 1] - 0.2) / 0.4, 0, 1)[:, None]
        over = np.stack([way, 0.15 + 0 * way, 0.10 + 0 * way], axis=-1)
        down = np.stack([0.1 * np.sign(roots[:, 0]), -1 + 0 * way, -0.45 + 0 * way], axis=-1)
        return over * top + down * (1 - top)

    return [
        Growth(
            everywhere,
            comb,
            _graded(6.0, 1.6),
            lift=0.35,
            weight=0.10,
            cling=0.9,
            volume=1.0,
            locks=110,
            gather=0.6,
        )
    ]


def _quiff(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            _swept(0.25 * side, 1.0, -0.15),
            _graded(4.8, 0.9),
            lift=0.9,
            weight=0.02,
            volume=1.4,
            locks=70,
            gather=0.75,
        )
    ]


def _slicked(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            _swept(0.12 * side, 0.35, -1.0),
            _graded(7.5, 2.2),
            lift=0.22,
            weight=0.03,
            volume=0.8,
            locks=120,
            gather=0.6,
        )
    ]


def _undercut(side: float) -> list[Growth]:
    top = Growth(
        _upper(9.0),
        _swept(0.8 * side, 0.3, -0.1),
        _graded(5.8, 3.0, 9, 11),
        lift=0.7,
        weight=0.05,
        volume=1.4,
        locks=80,
        gather=0.7,
    )
    return [_stubble(0.32), top]


def _stubble(length_cm: float) -> Growth:
    return Growth(
        everywhere,
        _swept(0.1, -0.2, 0.5),
        _constant(length_cm),
        lift=0.5,
        weight=0,
        volume=0.12,
        locks=600,
        gather=0,
        stray=0.3,
        density=1.7,
    )


def _mohawk(side: float) -> list[Growth]:
    middle = Growth(
        lambda roots: np.abs(roots[:, 0]) < 1.7,
        _towards(0, 1, 0.2),
        _constant(3.6),
        lift=1.0,
        weight=0,
        volume=1.0,
        locks=40,
        gather=0.7,
        density=2.0,
    )
    return [_stubble(0.35), middle]


def _crop(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            _swept(0.35 * side, -0.1, 1.0),
            _graded(3.8, 1.0),
            lift=0.55,
            weight=0.16,
            volume=0.9,
            locks=90,
            gather=0.8,
            stray=0.16,
        )
    ]


def _curtains(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            _parted(0.3 * side, 0.5, -0.2),
            _graded(9.0, 3.0, 6, 9.5),
            lift=0.5,
            weight=0.2,
            volume=1.2,
            locks=70,
            gather=0.65,
        )
    ]


def _pixie(side: float) -> list[Growth]:
    back = Growth(
        everywhere,
        _swept(0.9 * side, 0.0, 0.6),
        _graded(5.2, 2.6),
        lift=0.42,
        weight=0.20,
        volume=1.0,
        locks=110,
        gather=0.65,
    )
    return [back]


def _hanging(
    part_x: float, length_cm: float, volume: float = 1.2, weight: float = 0.30, gather: float = 0.6
) -> Growth:
    def length(roots: Points) -> np.ndarray:
        # Tips end at one height: roots that lie higher grow more.
        return length_cm + 0.75 * np.clip(roots[:, 1], -2, 12) + 0.35 * np.abs(roots[:, 0] - part_x)

    return Growth(
        everywhere,
        _parted(part_x),
        length,
        lift=0.22,
        weight=weight,
        volume=volume,
        locks=110,
        gather=gather,
        density=1.25,
        face_free=True,
        cling=0.7,
        ragged=0.03,
    )


def _fringe(length_cm: float, side: float = 0.0) -> Growth:
    return Growth(
        _front,
        _towards(0.25 * side, -0.6, 1.0),
        _constant(length_cm),
        lift=0.35,
        weight=0.5,
        volume=1.3,
        locks=34,
        gather=0.55,
        density=1.3,
        hold=0.3,
        face_free=False,
    )


def _bob(side: float) -> list[Growth]:
    return [_hanging(1.8 * side, 7.0, volume=1.5)]


def _fringe_bob(side: float) -> list[Growth]:
    return [_hanging(0, 7.0, volume=1.5), _fringe(5.6)]


def _lob(side: float) -> list[Growth]:
    return [_hanging(1.6 * side, 12.5, volume=1.3)]


def _long(side: float) -> list[Growth]:
    return [_hanging(0.8 * side, 22.0, volume=1.2)]


def _long_fringe(side: float) -> list[Growth]:
    return [_hanging(0, 21.0, volume=1.3), _fringe(5.8)]


def _layered(side: float) -> list[Growth]:
    inner, outer = _hanging(1.2 * side, 14.0), _hanging(1.2 * side, 7.5, volume=1.8, weight=0.2)
    return [inner, replace(outer, density=0.7, curl=0.4, pitch=9.0, lift=0.45)]


def _side_swept(side: float) -> list[Growth]:
    return [_hanging(-3.2 * side, 20.0, volume=1.6)]


def _tied(side: float, x: float = 0.0, y: float = 6.0, z: float = -14.0) -> Growth:
    def length(roots: Points) -> np.ndarray:
        return np.asarray(np.linalg.norm(roots - np.array([x, y, z]), axis=1) * 0.85)

    return Growth(
        everywhere, _to_knot(x, y, z), length, lift=0.1, weight=0.0, volume=0.5, locks=90, gather=0.35
    )


def _ponytail(side: float) -> list[Growth]:
    tail = Growth(
        lambda roots: (roots[:, 2] < -8.5) & (np.abs(roots[:, 0]) < 5),
        lambda roots, normals: np.array([side * 7.5, 7.0, -14.0]) - roots,
        _constant(24.0),
        lift=0.7,
        weight=0.22,
        volume=1.6,
        locks=24,
        gather=0.6,
        hold=4.0,
        density=1.6,
    )
    return [tail, _tied(side, y=8.0)]


def _bun(side: float) -> list[Growth]:
    return [_tied(side, y=10.5, z=-10.0)]


def _pigtails(side: float) -> list[Growth]:
    def to_sides(roots: Points, normals: Points) -> Points:
        return (
            np.stack(
                [np.sign(roots[:, 0]) * 8.6, np.full(len(roots), 2.5), np.full(len(roots), -3.0)], axis=-1
            )
            - roots
        )

    def length(roots: Points) -> np.ndarray:
        return np.full(len(roots), 17.0) + 0.5 * roots[:, 1]

    return [
        Growth(
            everywhere,
            to_sides,
            length,
            lift=0.12,
            weight=0.20,
            volume=0.7,
            locks=20,
            gather=0.7,
            hold=8.0,
            face_free=True,
            density=1.2,
        )
    ]


def _ball(length_cm: float, low_cm: float | None = None) -> Growth:
    return Growth(
        everywhere,
        _outwards,
        _graded(length_cm, low_cm or length_cm, 2, 9),
        lift=1.0,
        weight=0.01,
        volume=length_cm,
        curl=0.5,
        pitch=1.5,
        locks=520,
        gather=0.4,
        stray=0.12,
        density=1.5,
    )


def _afro(side: float) -> list[Growth]:
    return [_ball(5.0, 4.4)]


def _short_afro(side: float) -> list[Growth]:
    return [_ball(1.7, 0.8)]


def _curls(side: float) -> list[Growth]:
    return [
        replace(
            _hanging(1.0 * side, 9.0, volume=3.0, weight=0.16),
            lift=0.8,
            curl=0.85,
            pitch=4.4,
            locks=170,
            gather=0.75,
            stray=0.14,
            density=1.5,
        )
    ]


def _ropes(side: float, length_cm: float, locks: int, thick: float) -> list[Growth]:
    hanging = _hanging(0.6 * side, length_cm, volume=1.2, weight=0.34)
    return [
        replace(hanging, locks=locks, gather=0.97, plait=1.3, curl=0.0, density=1.5, thick=thick, stray=0.02)
    ]


def _braids(side: float) -> list[Growth]:
    return _ropes(side, 20.0, 90, 1.0)


def _dreadlocks(side: float) -> list[Growth]:
    return _ropes(side, 15.0, 64, 1.5)


def _dread_short(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            _outwards,
            _graded(5.0, 2.5),
            lift=0.9,
            weight=0.16,
            volume=1.8,
            plait=0.9,
            locks=110,
            gather=0.95,
            density=1.4,
            thick=1.3,
        )
    ]


def _plaits(side: float) -> list[Growth]:
    return _pigtails(side)


def _cornrows(side: float) -> list[Growth]:
    def rows(roots: Points) -> np.ndarray:
        angle = np.arctan2(roots[:, 0], np.maximum(roots[:, 1] - 1.0, 0.3))
        return np.abs(((angle / 0.22) % 1.0) - 0.5) < 0.36

    return [
        Growth(
            rows,
            _swept(0.0, 0.3, -1.0, 0.2),
            _constant(3.0),
            lift=0.05,
            weight=0,
            volume=0.35,
            plait=0.7,
            locks=240,
            gather=0.3,
            density=2.0,
        )
    ]


def _balding(side: float) -> list[Growth]:
    def ring(roots: Points) -> np.ndarray:
        return np.asarray((roots[:, 1] < 8.6) & (roots[:, 2] < 1.0))

    return [
        Growth(
            ring,
            _swept(0, -0.6, -0.6),
            _constant(1.8),
            lift=0.4,
            weight=0.1,
            volume=0.6,
            locks=120,
            gather=0.4,
        )
    ]


_OWN_TEXTURE: Final = frozenset(
    (
        "ponytail",
        "bun",
        "slicked",
        "buzz",
        "braids",
        "dreadlocks",
        "dread_short",
        "cornrows",
        "afro",
        "short_afro",
        "curls",
    )
)
_CUTS: Final[dict[str, Callable[[float], list[Growth]]]] = {
    "bald": lambda side: [],
    "balding": _balding,
    "buzz": lambda side: [_stubble(0.45)],
    "short": _short,
    "side_part": _side_part,
    "quiff": _quiff,
    "slicked": _slicked,
    "undercut": _undercut,
    "mohawk": _mohawk,
    "textured_crop": _crop,
    "curtains": _curtains,
    "pixie": _pixie,
    "bob": _bob,
    "fringe_bob": _fringe_bob,
    "lob": _lob,
    "long": _long,
    "long_fringe": _long_fringe,
    "layered": _layered,
    "side_swept": _side_swept,
    "ponytail": _ponytail,
    "bun": _bun,
    "pigtails": _pigtails,
    "afro": _afro,
    "short_afro": _short_afro,
    "curls": _curls,
    "braids": _braids,
    "cornrows": _cornrows,
    "plaits": _plaits,
    "dreadlocks": _dreadlocks,
    "dread_short": _dread_short,
}
