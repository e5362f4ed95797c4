"""The rules of the mouth, laid over what was read of the lips.

What `SpeechMotion.lips` says is an average of real mouths. Rules that no average may blur are laid over it:
p b m press the lips together, f v bring the lower lip to the teeth, and a mouth in silence is shut.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.speech.motion import CHANNELS, VISEMES, SpeechMotion

LEAD_S: Final = 0.030
"""Real lips are in place 30-40 ms before their sound: a row's lips are shown this long before its moment.

At 25 frames a second this puts every frame on a row. With any more it would lie behind its row and need the
next one too, which a live session would have to wait 20 ms for."""

PRESSED: Final = 0.45
"""The evidence of `pressed` above which lips count as pressed together; the most events come out right in
held-out speech other than English at .45-.6."""

_CLOSED_BY: Final = (0.26, 0.42)
"""Where that evidence begins to close the lips, and where they are closed: then no closure is missed in six
languages. Weaker evidence is wrong too often: it would close lips that are rightly read as open."""
_LIP_TO_TEETH: Final = (0.25, 0.60)
_LIP_TO_TEETH_APERTURE: Final = 0.18

_PP: Final = VISEMES.index("PP")
_FF: Final = VISEMES.index("FF")
_CLOSURE: Final = CHANNELS.index("closure")
_LABIODENTAL: Final = CHANNELS.index("labiodental")


def pressed(motion: SpeechMotion) -> NDArray[np.float32]:
    """Evidence that p b or m presses the lips together, 0..1, shape `(rows,)`.

    The mean of two answers of the network, which err in different rows.
    """
    evidence: NDArray[np.float32] = np.float32(0.5) * (motion.visemes[:, _PP] + motion.channels[:, _CLOSURE])
    return evidence


def closure(motion: SpeechMotion) -> NDArray[np.float32]:
    """How far p b or m closes the lips, 0..1, shape `(rows,)`."""
    return _ramp(pressed(motion), _CLOSED_BY)


def lips(motion: SpeechMotion) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How the lips stand in each row.

    Pure and row by row: nothing is smoothed, and blocks give the same bits as the whole.

    Args:
        motion: Any rows.

    Returns:
        Aperture, shape `(rows,)`: the gap of the inner lips, 0 closed, 1 the 95th percentile of real speech,
        at most 1.5. Width, shape `(rows,)`: 0 at rest, 1 the 95th percentile, -1 the 5th, within -1.5..1.5.
    """
    aperture = np.clip(motion.lips[:, 0], 0.0, 1.5)
    toothed = _ramp(np.maximum(motion.visemes[:, _FF], motion.channels[:, _LABIODENTAL]), _LIP_TO_TEETH)
    aperture = np.minimum(aperture, 1.5 + toothed * (_LIP_TO_TEETH_APERTURE - 1.5))
    aperture = aperture * (1 - closure(motion)) * motion.voice
    width = np.clip(motion.lips[:, 1], -1.5, 1.5) * motion.voice
    return aperture.astype(np.float32), width.astype(np.float32)


def _ramp(values: NDArray[np.float32], edges: tuple[float, float]) -> NDArray[np.float32]:
    """0 below the first edge, 1 above the second, smooth between (3 x² - 2 x³)."""
    x = np.clip((values - edges[0]) / (edges[1] - edges[0]), 0.0, 1.0)
    smooth: NDArray[np.float32] = x * x * (3 - 2 * x)
    return smooth
