"""Cuts of short hair."""

from collections.abc import Callable
from typing import Final

import numpy as np

from visavis.painter.canvas import Points
from visavis.painter.combing import constant, everywhere, graded, parted, swept, towards, upper
from visavis.painter.strands import Growth


def _short(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            swept(0.4 * side, 0.0, 0.9),
            graded(3.6, 1.1),
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
            graded(6.0, 1.6),
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
            swept(0.25 * side, 1.0, -0.15),
            graded(4.8, 0.9),
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
            swept(0.12 * side, 0.35, -1.0),
            graded(7.5, 2.2),
            lift=0.22,
            weight=0.03,
            volume=0.8,
            locks=120,
            gather=0.6,
        )
    ]


def _undercut(side: float) -> list[Growth]:
    top = Growth(
        upper(9.0),
        swept(0.8 * side, 0.3, -0.1),
        graded(5.8, 3.0, 9, 11),
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
        swept(0.1, -0.2, 0.5),
        constant(length_cm),
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
        towards(0, 1, 0.2),
        constant(3.6),
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
            swept(0.35 * side, -0.1, 1.0),
            graded(3.8, 1.0),
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
            parted(0.3 * side, 0.5, -0.2),
            graded(9.0, 3.0, 6, 9.5),
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
        swept(0.9 * side, 0.0, 0.6),
        graded(5.2, 2.6),
        lift=0.42,
        weight=0.20,
        volume=1.0,
        locks=110,
        gather=0.65,
    )
    return [back]


SHORT_CUTS: Final[dict[str, Callable[[float], list[Growth]]]] = {
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
}
