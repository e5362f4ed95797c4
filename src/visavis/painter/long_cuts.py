"""Cuts of hair that hangs or is tied."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from visavis.painter.canvas import Points
from visavis.painter.combing import constant, everywhere, front, parted, to_knot, towards
from visavis.painter.strands import Growth

_FRINGE_END_CM: Final = 4.3  # above the lids, which must close under it


def hanging(
    part_x: float, length_cm: float, volume: float = 1.2, weight: float = 0.30, gather: float = 0.6
) -> Growth:
    """Hair that hangs down from a parting."""

    def length(roots: Points) -> np.ndarray:
        # Tips end at one height: roots that lie higher grow more.
        return length_cm + 0.75 * np.clip(roots[:, 1], -2, 12) + 0.35 * np.abs(roots[:, 0] - part_x)

    return Growth(
        everywhere,
        parted(part_x),
        length,
        lift=0.15,
        weight=weight,
        volume=volume,
        locks=110,
        gather=gather,
        density=1.25,
        face_free=True,
        cling=0.7,
        ragged=0.1,
        flare=0.07 * length_cm,
        taper=0.55,
    )


def _fringe(length_cm: float, side: float = 0.0) -> Growth:
    def length(roots: Points) -> np.ndarray:
        return np.clip(1.04 * (roots[:, 1] - _FRINGE_END_CM), 2.0, length_cm)

    return Growth(
        front,
        towards(0.25 * side, -0.6, 1.0),
        length,
        lift=0.22,
        weight=0.5,
        volume=1.2,
        locks=64,
        gather=0.4,
        density=2.0,
        hold=0.3,
        face_free=False,
        ragged=0.05,
        taper=0.3,
    )


def _bob(side: float) -> list[Growth]:
    return [hanging(1.8 * side, 7.0, volume=1.5)]


def _fringe_bob(side: float) -> list[Growth]:
    return [hanging(0, 7.0, volume=1.5), _fringe(5.6)]


def _lob(side: float) -> list[Growth]:
    return [hanging(1.6 * side, 12.5, volume=1.3)]


def _long(side: float) -> list[Growth]:
    return [hanging(0.8 * side, 22.0, volume=1.2)]


def _long_fringe(side: float) -> list[Growth]:
    return [hanging(0, 21.0, volume=1.3), _fringe(5.8)]


def _layered(side: float) -> list[Growth]:
    inner, outer = hanging(1.2 * side, 14.0), hanging(1.2 * side, 7.5, volume=1.8, weight=0.2)
    return [inner, replace(outer, density=0.7, curl=0.4, pitch=9.0, lift=0.45)]


def _side_swept(side: float) -> list[Growth]:
    return [hanging(-3.2 * side, 20.0, volume=1.6)]


def _tied(side: float, x: float = 0.0, y: float = 6.0, z: float = -14.0) -> Growth:
    def length(roots: Points) -> np.ndarray:
        return np.asarray(np.linalg.norm(roots - np.array([x, y, z]), axis=1) * 0.85)

    return Growth(
        everywhere,
        to_knot(x, y, z),
        length,
        lift=0.1,
        weight=0.0,
        volume=0.5,
        locks=90,
        gather=0.35,
        density=1.2,
        tight=True,
    )


def _ponytail(side: float) -> list[Growth]:
    tail = Growth(
        lambda roots: (roots[:, 2] < -8.5) & (np.abs(roots[:, 0]) < 5),
        lambda roots, normals: np.array([side * 7.5, 7.0, -14.0]) - roots,
        constant(24.0),
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


LONG_CUTS: Final[dict[str, Callable[[float], list[Growth]]]] = {
    "bob": _bob,
    "fringe_bob": _fringe_bob,
    "lob": _lob,
    "long": _long,
    "long_fringe": _long_fringe,
    "layered": _layered,
    "side_swept": _side_swept,
    "ponytail": _ponytail,
    "bun": _bun,
}
