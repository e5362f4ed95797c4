"""Cuts of coiled, plaited and matted hair."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from visavis.painter.combing import everywhere, graded, outwards
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


def _ropes(side: float, length_cm: float, locks: int, thick: float, gather: float) -> list[Growth]:
    ropes = hanging(0.6 * side, length_cm, volume=1.2, weight=0.34)
    return [
        replace(ropes, locks=locks, gather=gather, plait=1.3, curl=0.0, density=1.0, thick=thick, stray=0.02)
    ]


def _braids(side: float) -> list[Growth]:
    return _ropes(side, 20.0, 84, 1.5, 0.9)


def _dreadlocks(side: float) -> list[Growth]:
    return _ropes(side, 15.0, 56, 2.4, 0.82)


def _dread_short(side: float) -> list[Growth]:
    return [
        Growth(
            everywhere,
            outwards,
            graded(5.0, 2.5),
            lift=0.8,
            weight=0.42,
            volume=1.8,
            plait=0.9,
            locks=120,
            gather=0.88,
            density=1.2,
            thick=1.4,
        )
    ]


COILED_CUTS: Final[dict[str, Callable[[float], list[Growth]]]] = {
    "afro": _afro,
    "short_afro": _short_afro,
    "curls": _curls,
    "braids": _braids,
    "dreadlocks": _dreadlocks,
    "dread_short": _dread_short,
}
