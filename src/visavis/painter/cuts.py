"""Cuts of hair: how hair grows in each of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from visavis.painter.canvas import Points
from visavis.painter.character import Character
from visavis.painter.coiled_cuts import COILED_CUTS
from visavis.painter.combing import constant, swept
from visavis.painter.long_cuts import LONG_CUTS
from visavis.painter.plaits import combed_to_sides
from visavis.painter.short_cuts import SHORT_CUTS
from visavis.painter.strands import Growth

_TEXTURES: Final[dict[str, dict[str, Any]]] = {
    "straight": {},
    "wavy": {"curl": 0.42, "pitch": 6.5, "gather": 0.7, "locks": 90, "stray": 0.04},
    "curly": {"curl": 0.62, "pitch": 4.2, "gather": 0.72, "locks": 150, "stray": 0.1},
    "coily": {"curl": 0.34, "pitch": 1.25, "gather": 0.45, "locks": 420, "stray": 0.16},
}


def growths(character: Character) -> list[Growth]:
    """How the hair of a character grows; a bald head has none."""
    hair = character.hair
    texture = _TEXTURES.get(hair.texture, {})
    seed = np.random.default_rng(character.seed)
    side = -1.0 if seed.random() < 0.5 else 1.0
    make = _CUTS.get(hair.cut, _CUTS["short"])
    grown = make(side)
    return [
        replace(each, **texture) if not each.curl and hair.cut not in _OWN_TEXTURE else each for each in grown
    ]


def _balding(side: float) -> list[Growth]:
    def ring(roots: Points) -> np.ndarray:
        return np.asarray((roots[:, 1] < 8.6) & (roots[:, 2] < 1.0))

    return [
        Growth(
            ring,
            swept(0, -0.6, -0.6),
            constant(1.4),
            lift=0.25,
            weight=0.1,
            volume=0.6,
            locks=120,
            gather=0.4,
        )
    ]


CROPPED_CUTS: Final = frozenset(("buzz", "undercut", "mohawk", "cornrows", "balding"))
"""Cuts through which the scalp shows."""
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
    **SHORT_CUTS,
    **LONG_CUTS,
    **COILED_CUTS,
    "cornrows": lambda side: [],
    "plaits": combed_to_sides,
    "pigtails": combed_to_sides,
}
