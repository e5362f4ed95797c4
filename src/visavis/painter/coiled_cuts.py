"""Cuts of coiled, plaited and matted hair."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from visavis.painter.canvas import Points
from visavis.painter.combing import constant, everywhere, graded, outwards, swept
from visavis.painter.long_cuts import hanging
from visavis.painter.strands import Growth


def _ball(length_cm: float, low_cm: float | None = None) -> Growth:
    return Growth(
        everywhere,
        outwards,
        graded(length_cm, low_cm or length_cm, 2, 9),
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
            hanging(1.0 * side, 9.0, volume=3.0, weight=0.16),
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
    ropes = hanging(0.6 * side, length_cm, volume=1.2, weight=0.34)
    return [
        replace(ropes, locks=locks, gather=0.97, plait=1.3, curl=0.0, density=1.1, thick=thick, stray=0.02)
    ]


def _braids(side: float) -> list[Growth]:
    return _ropes(side, 20.0, 90, 1.0)


def _dreadlocks(side: float) -> list[Growth]:
    return _ropes(side, 15.0, 64, 1.5)


def _dread_short(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            outwards,
            graded(5.0, 2.5),
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


def _cornrows(side: float) -> list[Growth]:
    def rows(roots: Points) -> np.ndarray:
        angle = np.arctan2(roots[:, 0], np.maximum(roots[:, 1] - 1.0, 0.3))
        return np.abs(((angle / 0.22) % 1.0) - 0.5) < 0.36

    return [
        Growth(
            rows,
            swept(0.0, 0.3, -1.0, 0.2),
            constant(0.95),
            lift=0.05,
            weight=0,
            volume=0.3,
            plait=0.5,
            locks=400,
            gather=0.1,
            density=3.2,
            thick=1.3,
        )
    ]


COILED_CUTS: Final[dict[str, Callable[[float], list[Growth]]]] = {
    "afro": _afro,
    "short_afro": _short_afro,
    "curls": _curls,
    "braids": _braids,
    "cornrows": _cornrows,
    "dreadlocks": _dreadlocks,
    "dread_short": _dread_short,
}
