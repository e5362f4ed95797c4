"""Loudness and pitch of the sound around a moment."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.speech.motion import RATE_HZ

SILENT_DB: Final = -100.0
LOWEST_HZ: Final = 60.0
HIGHEST_HZ: Final = 500.0

WINDOW_SAMPLES: Final = 800
"""Samples around the moment that both measures look at: 50 ms, three periods of the lowest pitch."""

_LOUDNESS_WINDOW: Final = np.hanning(WINDOW_SAMPLES).astype(np.float32)
_LOUDNESS_SCALE: Final = float(1.0 / np.hanning(WINDOW_SAMPLES).sum())

_STEP: Final = 2
"""The pitch search runs at half the rate: voices have nothing above 4 kHz that it needs."""
_LAGS: Final = np.arange(int(RATE_HZ / _STEP / HIGHEST_HZ), int(RATE_HZ / _STEP / LOWEST_HZ) + 1)
_VOICED: Final = 0.55
_QUIETEST_DB: Final = -65.0
_OCTAVE_COST: Final = 0.04
_LAG_COST: Final = _OCTAVE_COST * np.log2(_LAGS / _LAGS[0])


def loudness_db(samples: NDArray[np.float32]) -> float:
    """Level of the sound around a moment, dB relative to full scale; a full square wave has 0.

    Args:
        samples: Shape `(800,)`, centred on the moment, under a Hann window (25 ms wide at half height).
    """
    power = float(np.dot(samples * samples, _LOUDNESS_WINDOW)) * _LOUDNESS_SCALE
    return max(SILENT_DB, 10.0 * float(np.log10(power + 1e-10)))


def pitch_hz(samples: NDArray[np.float32], loudness: float) -> float:
    """How fast the vocal folds swing, 0 where nothing swings.

    The normalised square difference of McLeod and Wyvill, "A smarter way to find pitch" (2005), with a small
    cost for each octave down, so that a period is not taken twice.

    Args:
        samples: Shape `(800,)`, centred on the moment.
        loudness: Its `loudness_db`; faint sound is not searched.
    """
    if loudness < _QUIETEST_DB:
        return 0.0
    halved = samples.reshape(-1, _STEP).mean(axis=1, dtype=np.float64)
    halved -= halved.mean()
    likeness = _likeness(halved)
    here = likeness[_LAGS]
    # Only tops count: the flank of the likeness with itself, at lag 0, is no period.
    top = (here >= likeness[_LAGS - 1]) & (here >= likeness[_LAGS + 1]) & (here > _VOICED)
    if not top.any():
        return 0.0
    best = int(np.argmax(np.where(top, here - _LAG_COST, -1.0)))
    return RATE_HZ / _STEP / _peak(likeness, int(_LAGS[best]))


def _likeness(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """How alike the sound and its shifted self are, -1..1, shape `(lags,)` from lag 0."""
    lags = int(_LAGS[-1]) + 2
    matched = np.correlate(np.concatenate([samples, np.zeros(lags - 1)]), samples, "valid")
    energy = np.concatenate([[0.0], np.cumsum(samples**2)])
    shift = np.arange(lags)
    both = energy[len(samples) - shift] + energy[-1] - energy[shift]
    likeness: NDArray[np.float64] = 2.0 * matched / (both + 1e-12)
    return likeness


def _peak(values: NDArray[np.float64], at: int) -> float:
    """Where a parabola through three neighbours has its top."""
    before, here, after = values[at - 1 : at + 2]
    bend = before - 2 * here + after
    return at + float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < -1e-9 else float(at)
