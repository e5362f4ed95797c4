"""From mouth motion to the rig's weights for the lips, jaw and tongue."""

from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.rig.controls import CONTROLS, INDEX
from visavis.engine.speech.motion import CHANNELS, ROW_RATE_HZ, VISEMES, SpeechMotion

_SHAPES: Final[dict[str, dict[str, float]]] = {
    "sil": {},
    "PP": {"press": 0.9},
    "FF": {"lip_teeth": 0.9, "jaw": 0.05},
    "TH": {"jaw": 0.20, "tongue": 0.95, "upper_raise": 0.15, "lower_drop": 0.15},
    "DD": {"jaw": 0.15, "wide": 0.15, "upper_raise": 0.15, "lower_drop": 0.20},
    "kk": {"jaw": 0.28, "wide": 0.05, "upper_raise": 0.08, "lower_drop": 0.10},
    "CH": {"jaw": 0.14, "round": 0.50, "upper_raise": 0.25, "lower_drop": 0.25},
    "SS": {"jaw": 0.09, "wide": 0.35, "upper_raise": 0.20, "lower_drop": 0.30},
    "nn": {"jaw": 0.16, "wide": 0.10, "upper_raise": 0.10, "lower_drop": 0.18},
    "RR": {"jaw": 0.18, "round": 0.42, "upper_raise": 0.10, "lower_drop": 0.12},
    "aa": {"jaw": 0.80, "upper_raise": 0.14, "lower_drop": 0.10},
    "E": {"jaw": 0.45, "wide": 0.30, "upper_raise": 0.14, "lower_drop": 0.15},
    "ih": {"jaw": 0.22, "wide": 0.55, "upper_raise": 0.22, "lower_drop": 0.28},
    "oh": {"jaw": 0.52, "round": 0.62},
    "ou": {"jaw": 0.20, "round": 0.95},
}
"""What each shape is made of, for a clear and calm voice; set by eye on photos of many faces."""

_TABLE: Final = np.zeros((len(VISEMES), len(CONTROLS)), np.float32)
for _name, _shape in _SHAPES.items():
    for _control, _weight in _shape.items():
        _TABLE[VISEMES.index(_name), INDEX[_control]] = _weight

_OPENING: Final = [INDEX[name] for name in ("jaw", "upper_raise", "lower_drop")]
_CLOSURE: Final = CHANNELS.index("closure")
_LABIODENTAL: Final = CHANNELS.index("labiodental")

# Lips rise to a shape fast and leave it slowly; a closure is quick both ways, or it would never be seen.
_ATTACK_S: Final = 0.020
_RELEASE_S: Final = 0.045
_QUICK: Final = [INDEX[name] for name in ("press", "lip_teeth", "tongue")]
_QUICK_S: Final = 0.012


def mouth_weights(motion: SpeechMotion, emphasis: Floats) -> Floats:
    """The mouth's weights for each row of motion.

    Args:
        motion: Rows of motion.
        emphasis: Shape `(rows,)`, 0..1, how strongly each row is spoken; 0.5 is the speaker's usual.

    Returns:
        Shape `(rows, controls)`; all other controls are 0.
    """
    weights = np.zeros((len(motion), len(CONTROLS)), np.float32)
    for row, visemes in enumerate(motion.visemes):
        # One row at a time: a product of the whole block would round differently for each block's length.
        weights[row] = visemes @ _TABLE
    strength = np.clip(0.70 + 0.6 * emphasis, 0.6, 1.25)
    weights[:, _OPENING] *= strength[:, None]
    closure = _override(motion.channels[:, _CLOSURE])
    lip_teeth = _override(motion.channels[:, _LABIODENTAL]) * (1 - closure)
    # What must close, closes, whatever else the vowels around it want.
    weights[:, _OPENING] *= ((1 - 0.97 * closure) * (1 - 0.65 * lip_teeth))[:, None]
    weights[:, INDEX["press"]] = np.maximum(weights[:, INDEX["press"]], 0.85 * closure)
    weights[:, INDEX["lip_teeth"]] = np.maximum(weights[:, INDEX["lip_teeth"]], 0.9 * lip_teeth)
    return np.asarray(weights * motion.voice[:, None], np.float32)


def _override(channel: Floats) -> Floats:
    """A channel as a decision: nothing below .3, all of it from .6."""
    return np.asarray(np.clip((channel - 0.3) / 0.3, 0, 1), np.float32)


def smooth_mouth(weights: Floats, state: Floats) -> tuple[Floats, Floats]:
    """Give the lips their inertia.

    A one-pole filter whose time constant depends on the direction of travel. Calling it on blocks, handing
    each state on, equals one call on the whole.

    Args:
        weights: Shape `(rows, controls)`, at the rate of motion.
        state: Shape `(controls,)`, from the previous block; zeros are rest.

    Returns:
        Smoothed weights, same shape, and the state for the next block.
    """
    attack, release = _share(_ATTACK_S), _share(_RELEASE_S)
    shares_up = np.full(len(CONTROLS), attack, np.float32)
    shares_down = np.full(len(CONTROLS), release, np.float32)
    shares_up[_QUICK] = shares_down[_QUICK] = _share(_QUICK_S)
    out = np.empty_like(weights)
    for row, target in enumerate(weights):
        state = state + np.where(target > state, shares_up, shares_down) * (target - state)
        out[row] = state
    return out, state


def _share(time_constant_s: float) -> float:
    """Part of the way to its target that a filter covers in one row."""
    return 1.0 - float(np.exp(-1.0 / (ROW_RATE_HZ * time_constant_s)))
