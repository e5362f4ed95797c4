"""Lips as the speech part would move them, against lips measured in real clips.

The clips are pooled and cut by speaker: each fold is fitted on the other speakers.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.calibrate import (
    HOLD,
    MEASURES,
    Clip,
    Curve,
    Example,
    example,
    examples,
    grid_example,
    held_out,
    holds,
)

from visavis.engine.speech.calibration import LEAD_S, lips
from visavis.engine.speech.motion import ROW_RATE_HZ, SpeechMotion
from visavis.engine.speech.network import Network
from visavis.engine.speech.stream import SHIPPED

Row = tuple[str, str, str]

_FPS = 25
_BASELINE_HOLD = 20.0
# What one natural unit is in lipscore's units, the distance between the outer eye corners; medians of clips.
_OPEN_EYES, _REST_EYES, _WIDE_EYES = 0.12, 0.56, 0.075


def envelope(sound: NDArray[np.float32], rows: int) -> Curve:
    """What a mouth that only follows loudness goes by: level in dB and amplitude, shape `(rows, 2)`."""
    padded = np.concatenate([np.zeros(160), sound, np.zeros(1280)])
    power = np.array([np.mean(padded[320 * at : 320 * at + 640] ** 2) for at in range(rows)])
    level = 10 * np.log10(power + 1e-9)
    return np.stack(
        [np.maximum(level - np.percentile(level, 99), -30) / 10, np.sqrt(power / power.max())], axis=1
    )


def rows(clips: Sequence[Clip], motions: Sequence[SpeechMotion], grid: Path | None) -> list[Row]:
    """The rows of the table; all correlations are taken in speech.

    Args:
        clips: Real clips.
        motions: What the model answered to each.
        grid: The many sentences of one speaker that each fold is also fitted to.
    """
    heard = examples(Network(SHIPPED), clips)
    if grid:
        heard.append(grid_example(Network(SHIPPED), grid))
    shipped, loudness = [], []
    for clip, motion in zip(clips, motions, strict=True):
        speech = motion.voice > 0.5
        shipped.append(example(clip, np.stack(lips(motion), axis=1), speech))
        loudness.append(example(clip, envelope(clip.sound, len(motion)), speech))
    out: list[Row] = []
    for name, aim in zip(MEASURES, ("≥ .64", "≥ .55"), strict=True):
        each = held_out(heard, name, holds(HOLD))
        out += [
            (f"{name} r on real clips, speaker left out", _spread(each), aim),
            (f"{name} r of the shipped function, fitted on all", f"{_fitted(shipped, name):.3f}", ""),
        ]
        if name == "aperture":
            base = held_out(loudness, name, np.full(2, _BASELINE_HOLD))
            out += [
                ("envelope baseline, fitted, aperture r", _spread(base), ""),
                ("ahead of the envelope by", f"{np.mean(each) - np.mean(base):.3f}", "≥ .20"),
            ]
    return out


def _fitted(shown: Sequence[Example], name: str) -> float:
    """Of the function of the package with its rules over it."""
    column = MEASURES.index(name)
    return float(np.mean([np.corrcoef(one.known[:, column], one.wanted[name])[0, 1] for one in shown]))


def _spread(each: Sequence[float]) -> str:
    return f"{np.mean(each):.3f} ({' '.join(f'{one:.2f}' for one in each)})"


def curves(motion: SpeechMotion) -> dict[str, Curve]:
    """Lips as lipscore's curves: `A` and `W` in units of the outer-eye distance, 25 a second."""
    frames = np.arange(int(len(motion) / ROW_RATE_HZ * _FPS)) / _FPS
    moments = (np.arange(len(motion)) + 0.5) / ROW_RATE_HZ
    aperture, width = lips(motion)
    return {
        "A": np.interp(frames, moments - LEAD_S, aperture) * _OPEN_EYES,
        "W": _REST_EYES + np.interp(frames, moments - LEAD_S, width) * _WIDE_EYES,
    }
