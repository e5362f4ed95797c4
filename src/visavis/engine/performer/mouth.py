"""Turns mouth motion into the rig's weights for lips, jaw and tongue."""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.performer.inertia import share
from visavis.engine.rig.controls import CONTROLS, INDEX
from visavis.engine.speech.calibration import closure, lips
from visavis.engine.speech.motion import CHANNELS, ROW_RATE_HZ, VISEMES, SpeechMotion

_SHAPES: Final[dict[str, dict[str, float]]] = {
    "sil": {},
    "PP": {},  # what presses the lips is the closure that is decided on, not a share of this viseme
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
"""Weights of each shape, for a clear and calm voice; set by eye on photos of many faces."""

_TABLE: Final = np.zeros((len(VISEMES), len(CONTROLS)), np.float32)
for _name, _shape in _SHAPES.items():
    for _control, _weight in _shape.items():
        _TABLE[VISEMES.index(_name), INDEX[_control]] = _weight

_LABIODENTAL: Final = CHANNELS.index("labiodental")

# From the first value on, evidence for the lip at the teeth counts; from the second, fully.
_TO_TEETH_BY: Final = (0.25, 0.50)
_TEETH_SHUT: Final = 0.9  # share of the gap that the teeth fill

# Distance of the inner lips, in distances of the outer eye corners, for a weight of 1 of each control that
# opens the mouth, and the weight below which the lips still touch. Measured on drawn frames:
# `bench/lip_response.py`.
_OPENING: Final = [INDEX[name] for name in ("jaw", "upper_raise", "lower_drop")]
_GAP_PER_WEIGHT: Final = np.array([0.175, 0.055, 0.062], np.float32)
_TOUCHING_GAP: Final = 0.012
_SPEECH_GAP: Final = 0.14  # for a reading of 1: the mean of five clips ranges as far as real speech
_MIN_SHAPED_GAP: Final = 0.03

# The model averages what it cannot hear, so it reads closures as narrow openings. Lips that it reads below
# the first aperture are shut. From the second on the gap grows with the reading, from none at _NO_GAP_AT. For
# speakers that it was not fitted to, this finds more closures than one threshold does, at the same
# correlation.
_PARTED_BY: Final = (0.34, 0.46)
_NO_GAP_AT: Final = 0.24

# The same for the mouth's width.
_ROUND_PER_WIDTH: Final = 0.55
_WIDE_PER_WIDTH: Final = 0.95

# The lip positions are smooth already. Closures need a shorter time constant to be visible.
_INERTIA_S: Final = 0.015
_QUICK: Final = [INDEX[name] for name in ("press", "lip_teeth", "tongue")]
_QUICK_S: Final = 0.012
_PRESSED: Final = 0.65
_SHARES: Final = np.full(len(CONTROLS), share(_INERTIA_S), np.float32)
_SHARES[_QUICK] = share(_QUICK_S)

# How long a pause leaves the mouth unchanged, and how long it takes to close afterwards.
_HELD_S: Final = 0.16
_CLOSING_S: Final = 0.24

# A breath that can be heard comes through an open mouth. In a pause of speech, a sound counts as one if it is
# this much louder than the background, which is the quietest of late: it falls at once and rises slowly.
_BREATH_DB: Final = 10.0
_BACKGROUND_DB: Final = -75.0  # at least
_BACKGROUND_RISES_DB_PER_S: Final = 3.0
_BREATH_WITHIN_S: Final = 2.0  # after speech
_BREATH_OPENS_S: Final = 0.08

# How widely readings of the lips spread in a usual speaker's speech; a prior that counts as much as so many
# rows of his; and the past that counts, in rows.
_USUAL_SPREAD: Final = 0.305
_USUAL_MIDDLE: Final = 0.52
_PRIOR_ROWS: Final = 75
_REMEMBERED_ROWS: Final = 1_500
_SPREAD_POWER: Final = 2.0
_RANGES: Final = (0.65, 1.4)


def mouth_weights(motion: SpeechMotion, busy: Floats, ranges: Floats) -> Floats:
    """Weights of the mouth for each row of motion.

    The visemes say which controls open the mouth, and the measured lips say how far.

    Args:
        motion: Rows of motion.
        busy: Shape `(rows,)`, 0..1, results of the `MouthGate`.
        ranges: Shape `(rows,)`, results of the `MouthRange`.

    Returns:
        Shape `(rows, controls)`; all other controls are 0.
    """
    motion = replace(motion, voice=busy)
    weights = np.zeros((len(motion), len(CONTROLS)), np.float32)
    evidence = (*lips(motion), closure(motion), motion.channels[:, _LABIODENTAL], busy, ranges)
    for row, of_row in enumerate(zip(*(each.tolist() for each in evidence), strict=True)):
        # Row by row: products over a block would be rounded differently for each length.
        weights[row] = _row_weights(motion.visemes[row] @ _TABLE, *of_row)
    return weights


class MouthGate:
    """The voice gate, held over the short pauses within speech.

    Real mouths do not close between two words; they close when somebody has finished. Between two phrases
    they open for a breath.
    """

    def __init__(self) -> None:
        self._silent_s = _HELD_S + _CLOSING_S  # 0 keeps the mouth open; breath brings it back there
        self._since_speech_s = _BREATH_WITHIN_S
        self._background_db = math.inf

    def hear(self, voice: float, loudness_db: float) -> float:
        """Update with one more row. Returns whether the mouth is busy, 0..1."""
        row_s = 1 / ROW_RATE_HZ
        risen_db = self._background_db + _BACKGROUND_RISES_DB_PER_S * row_s
        self._background_db = max(_BACKGROUND_DB, min(loudness_db, risen_db))
        self._since_speech_s = 0.0 if voice > 0.5 else self._since_speech_s + row_s
        if voice > 0.5:
            self._silent_s = 0.0
        elif self._breathes(loudness_db):
            closed_s = _HELD_S + _CLOSING_S
            self._silent_s = max(0.0, min(self._silent_s, closed_s) - row_s * closed_s / _BREATH_OPENS_S)
        else:
            self._silent_s += row_s
        return max(voice, min(1.0, max(0.0, 1.0 - (self._silent_s - _HELD_S) / _CLOSING_S)))

    def _breathes(self, loudness_db: float) -> bool:
        heard = loudness_db > self._background_db + _BREATH_DB
        return heard and self._since_speech_s < _BREATH_WITHIN_S


class MouthRange:
    """How far this speaker opens the mouth, learnt from his sound while he speaks.

    The lip reader was fitted to many speakers. It shows what they have in common, so it makes all of them too
    alike: a speaker whose readings spread widely opens the mouth still wider than they say, and one whose
    readings spread little opens it less. The spread begins as that of a usual speaker.
    """

    def __init__(self) -> None:
        self._rows = float(_PRIOR_ROWS)
        self._sum = _PRIOR_ROWS * _USUAL_MIDDLE
        self._squares = _PRIOR_ROWS * (_USUAL_MIDDLE**2 + _USUAL_SPREAD**2)

    def hear(self, voice: float, reading: float) -> float:
        """Update with one more row.

        Args:
            voice: Is somebody speaking, 0..1.
            reading: Gap between the lips, as in `SpeechMotion.lips`.

        Returns:
            What the opening is to be multiplied by, within `_RANGES`.
        """
        if voice > 0.5:
            kept, opening = 1 - 1 / _REMEMBERED_ROWS, min(1.5, max(0.0, reading))
            self._rows = kept * self._rows + 1
            self._sum = kept * self._sum + opening
            self._squares = kept * self._squares + opening**2
        middle = self._sum / self._rows
        spread = math.sqrt(max(0.0, self._squares / self._rows - middle**2))
        return min(_RANGES[1], max(_RANGES[0], math.pow(spread / _USUAL_SPREAD, _SPREAD_POWER)))


def _row_weights(
    weights: Floats,
    aperture: float,
    width: float,
    closed: float,
    labiodental: float,
    busy: float,
    reach: float,
) -> Floats:
    """Compute the weights of the mouth from those of the visemes, in place."""
    lip_teeth = _decided(labiodental, _TO_TEETH_BY) * (1 - closed)
    opening = _decided(aperture, _PARTED_BY) * max(0.0, aperture - _NO_GAP_AT) / (1 - _NO_GAP_AT)
    gap = opening * reach * _SPEECH_GAP * (1 - _TEETH_SHUT * lip_teeth)
    weights[_OPENING] = _opened(weights[_OPENING], gap)
    weights[INDEX["round"]] = max(0.75 * weights[INDEX["round"]], -_ROUND_PER_WIDTH * width)
    weights[INDEX["wide"]] = 0.5 * weights[INDEX["wide"]] + 0.5 * _WIDE_PER_WIDTH * max(0.0, width)
    weights[INDEX["press"]] = 0.85 * closed
    weights[INDEX["lip_teeth"]] = max(weights[INDEX["lip_teeth"]], 0.9 * lip_teeth)
    weights *= np.float32(busy)
    return weights


def _opened(opening: Floats, gap: float) -> Floats:
    """Scale jaw, upper and lower lip until the lips are `gap` apart; the jaw adds what is missing."""
    if gap <= 0:
        return np.zeros_like(opening)
    wanted = gap + _TOUCHING_GAP
    shaped = float(opening @ _GAP_PER_WEIGHT)
    scaled = opening * (wanted / max(shaped, _MIN_SHAPED_GAP))
    scaled[0] += max(0.0, wanted - float(scaled @ _GAP_PER_WEIGHT)) / _GAP_PER_WEIGHT[0]
    return scaled


def _decided(evidence: float, edges: tuple[float, float]) -> float:
    """Turn evidence into a decision: 0 below the first edge, 1 from the second on."""
    return min(1.0, max(0.0, (evidence - edges[0]) / (edges[1] - edges[0])))


def smooth_mouth(weights: Floats, state: Floats) -> tuple[Floats, Floats]:
    """Smooth the motion of the lips with a one-pole filter.

    Calling it on blocks, each with the state of the previous one, equals one call on the whole.

    Args:
        weights: Shape `(rows, controls)`, at the rate of motion.
        state: Shape `(controls,)`, from the previous block; zeros for the first.

    Returns:
        Smoothed weights, same shape, and the state for the next block.
    """
    out = np.empty_like(weights)
    for row, target in enumerate(weights):
        state = state + _SHARES * (target - state)
        out[row] = state
        # The lips close faster than the jaw, which would keep them apart.
        out[row, _OPENING] *= 1 - min(1.0, float(state[INDEX["press"]]) / _PRESSED)
    return out, state
