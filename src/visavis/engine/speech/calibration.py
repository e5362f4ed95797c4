"""From rows of motion to lips: how far open and how wide, in units of real mouths.

The network's answers are categories and schematic channels. The table here says what lips measured in real
clips did on average while the network gave those answers (`bench/speech_lips.py` holds the method). Rules
that no average may blur are laid over it: p b m press the lips together, f v bring the lower lip to the
teeth, and a mouth in silence is shut.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.speech.motion import CHANNELS, VISEMES, SpeechMotion

LEAD_S: Final = 0.020
"""The opening comes before the sound: show a row's aperture this long before the row's moment."""

WIDTH_LEAD_S: Final = -0.020
"""The corners of the mouth move slower and come later: the same for its width, behind the sound."""

SMOOTHED_S: Final = 0.100
WIDTH_SMOOTHED_S: Final = 0.180
"""Averaged over these times they follow real lips best; the inertia of a rig does part of it."""

# viseme or channel: what it adds to (aperture, width). Aperture 0 closed, 1 the 95th percentile of speech;
# width 0 at rest, 1 the 95th percentile of speech, -1 the 5th: a rounded mouth. Fitted to 79 s of ten real
# clips by `python -m training.calibrate`. One entry is a rule instead: PP has no gap (the fit gave -0.05). In
# the short silences within speech real mouths stand open; that nobody speaks, the voice gate says.
TABLE: Final = {
    "sil": (0.40, 0.00),
    "PP": (0.00, -0.65),
    "FF": (0.21, -0.54),
    "TH": (0.33, -0.15),
    "DD": (0.38, 0.06),
    "kk": (0.49, -0.52),
    "CH": (0.79, -1.23),
    "SS": (0.41, 0.29),
    "nn": (0.19, -0.27),
    "RR": (0.22, -0.73),
    "aa": (0.98, 0.23),
    "E": (0.76, 0.10),
    "ih": (0.65, 0.44),
    "oh": (0.22, -1.65),
    "ou": (0.04, -1.42),
    "jaw": (0.20, 0.23),
    "aperture": (0.28, 0.34),
    "round": (-0.11, -0.60),
    "spread": (0.19, 0.74),
    "labiodental": (-0.13, -0.18),
    "closure": (-0.14, 0.06),
}

PRESSED: Final = 0.45
"""The evidence of `pressed` above which lips count as pressed together; the most events come out right in
held-out speech other than English at .45-.6."""

_SHUT: Final = (0.34, 0.50)
"""Where that evidence begins to close the lips, and where they are closed."""
_LIP_TO_TEETH: Final = (0.25, 0.60)
_LIP_TO_TEETH_APERTURE: Final = 0.18

_WEIGHTS: Final = np.array([TABLE[name] for name in (*VISEMES, *CHANNELS)], np.float32)
_PP: Final = VISEMES.index("PP")
_FF: Final = VISEMES.index("FF")
_CLOSURE: Final = CHANNELS.index("closure")
_LABIODENTAL: Final = CHANNELS.index("labiodental")


def fit_inputs(motion: SpeechMotion) -> NDArray[np.float32]:
    """What the tables are fitted on: visemes and channels side by side, shape `(rows, 21)`."""
    return np.concatenate([motion.visemes, motion.channels], axis=1)


def pressed(motion: SpeechMotion) -> NDArray[np.float32]:
    """Evidence that p b or m presses the lips together, 0..1, shape `(rows,)`.

    The mean of two answers of the network, which err in different rows.
    """
    evidence: NDArray[np.float32] = np.float32(0.5) * (motion.visemes[:, _PP] + motion.channels[:, _CLOSURE])
    return evidence


def lips(motion: SpeechMotion) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How the lips stand in each row.

    Pure and row by row: nothing is smoothed, and blocks give the same bits as the whole.

    Args:
        motion: Any rows.

    Returns:
        Aperture, shape `(rows,)`: the gap of the inner lips, 0 closed, 1 the 95th percentile of real speech,
        at most 1.5. Width, shape `(rows,)`: 0 at rest, 1 the 95th percentile, -1 the 5th, within -1.5..1.5.
    """
    # Summed column by column: a matrix product would round differently for each number of rows.
    both = np.zeros((2, len(motion)), np.float32)
    for column, weights in zip(fit_inputs(motion).T, _WEIGHTS, strict=True):
        both += weights[:, None] * column
    aperture = np.clip(both[0], 0.0, 1.5)
    toothed = _ramp(np.maximum(motion.visemes[:, _FF], motion.channels[:, _LABIODENTAL]), _LIP_TO_TEETH)
    aperture = np.minimum(aperture, 1.5 + toothed * (_LIP_TO_TEETH_APERTURE - 1.5))
    shut = _ramp(pressed(motion), _SHUT)
    aperture = aperture * (1 - shut) * motion.voice
    width = np.clip(both[1], -1.5, 1.5) * motion.voice
    return aperture.astype(np.float32), width.astype(np.float32)


def _ramp(values: NDArray[np.float32], edges: tuple[float, float]) -> NDArray[np.float32]:
    """0 below the first edge, 1 above the second, smooth between (3 x² - 2 x³)."""
    x = np.clip((values - edges[0]) / (edges[1] - edges[0]), 0.0, 1.0)
    smooth: NDArray[np.float32] = x * x * (3 - 2 * x)
    return smooth
