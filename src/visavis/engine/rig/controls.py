"""The controls of a rig: the columns of a row of weights, in a fixed order.

Weights are 0..1, signed controls −1..1; all zeros is the photo.
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
    "upper_raise",  # upper lip shows the teeth
    "lower_drop",  # lower lip shows the teeth
    "press",  # lips rolled in: m, b, p
    "lip_teeth",  # lower lip to the upper teeth: f, v
    "close",  # closes a mouth that is open in the photo
    "relax",  # removes a smile from the photo
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
"""Controls with a displacement field, which moves pixels."""

SPRITE_CONTROLS: Final = (
    "blink_left",  # the eye at the left of the picture
    "blink_right",
    "gaze_x",  # −1..1, + looks to the right of the picture
    "gaze_y",  # −1..1, + looks down
    "tongue",  # 0 on the floor of the mouth, 1 with its tip between the teeth
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
    """Make a row of weights, shape `(len(CONTROLS),)`, from named values; the others are 0."""
    row = np.zeros(len(CONTROLS), np.float32)
    for name, value in (values or {}).items():
        row[INDEX[name]] = value
    return row


def clamp(weights: Floats) -> Floats:
    """Limit weights to what a face can do.

    Each control stays within its range. Lips cannot be wide, round and pressed at the same time: they would
    fold.

    Args:
        weights: Shape `(controls,)`.
    """
    kept = np.clip(weights, LOWEST, 1.0)
    effort = float(kept[_LIPS].sum())
    if effort > MAX_LIP_EFFORT:
        kept[_LIPS] *= MAX_LIP_EFFORT / effort
    return kept
