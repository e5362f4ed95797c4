"""The controls of a rig: the names that a row of weights speaks of, in a fixed order.

Weights run 0..1, the signed controls −1..1; 0 everywhere is the photo as it was taken.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats

FIELD_CONTROLS: Final = (
    "jaw",  # opens by 16° about the hinge
    "round",  # lips drawn in and forward: oo
    "wide",  # corners apart: ee
    "smile",  # corners up and out, cheeks up
    "frown",  # corners down
    "upper_raise",  # upper lip bares the teeth
    "lower_drop",  # lower lip bares the teeth
    "press",  # lips rolled in: m, b, p
    "lip_teeth",  # lower lip to the upper teeth: f, v
    "close",  # shuts a mouth that the photo shows open
    "relax",  # takes out a smile that the photo shows
    "brow_raise",
    "brow_inner",  # inner ends up: worry, grief
    "brow_furrow",  # brows down and together
    "yaw",  # ±10°, + turns the nose to the right of the picture
    "pitch",  # ±10°, + looks down
    "roll",  # ±10°, + tips the head to the right of the picture
    "shift_x",  # ±1 cm
    "shift_y",  # ±1 cm, + is down
    "breath",  # chest and shoulders rise
)
"""Controls that move pixels through a displacement field each."""

SPRITE_CONTROLS: Final = (
    "blink_left",  # the eye at the left of the picture
    "blink_right",
    "gaze_x",  # −1..1, + looks to the right of the picture
    "gaze_y",  # −1..1, + looks down
    "tongue",  # 0 lies on the floor of the mouth, 1 its tip stands between the teeth
)
"""Controls drawn by sprites: eyes and tongue."""

CONTROLS: Final = FIELD_CONTROLS + SPRITE_CONTROLS
INDEX: Final[Mapping[str, int]] = {name: k for k, name in enumerate(CONTROLS)}
SIGNED: Final = frozenset({"yaw", "pitch", "roll", "shift_x", "shift_y", "gaze_x", "gaze_y"})

MAX_LIP_EFFORT: Final = 1.8
_LIPS: Final = [
    INDEX[name]
    for name in ("round", "wide", "smile", "frown", "upper_raise", "lower_drop", "press", "lip_teeth")
]

LOWEST: Final = np.array([-1.0 if name in SIGNED else 0.0 for name in CONTROLS], np.float32)


def weights_row(values: Mapping[str, float] | None = None) -> Floats:
    """A row of weights, shape `(len(CONTROLS),)`, from the named values; the others are 0."""
    row = np.zeros(len(CONTROLS), np.float32)
    for name, value in (values or {}).items():
        row[INDEX[name]] = value
    return row


def clamp(weights: Floats) -> Floats:
    """The nearest weights that a face can do.

    Each control is kept within its range, and the lips within what lips can do at once: pulled wide, rounded
    and pressed together they would have to fold.

    Args:
        weights: Shape `(controls,)`.
    """
    kept = np.clip(weights, LOWEST, 1.0)
    effort = float(kept[_LIPS].sum())
    if effort > MAX_LIP_EFFORT:
        kept[_LIPS] *= MAX_LIP_EFFORT / effort
    return kept
