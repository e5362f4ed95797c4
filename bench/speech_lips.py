"""Lips as the speech part would move them, against lips measured in real clips.

The clips are pooled and cut by speaker: each fold is fitted on the other speakers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from training.calibrate import MEASURES, Clip, Curve, Measure, at_frames, first_slopes, held_out

from visavis.engine.speech.calibration import LEAD_S, WIDTH_LEAD_S, fit_inputs, lips
from visavis.engine.speech.motion import ROW_RATE_HZ, SpeechMotion

Row = tuple[str, str, str]

_FPS = 25
_AROUND_S = (-0.08, 0.08)
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


def rows(clips: Sequence[Clip], motions: Sequence[SpeechMotion]) -> list[Row]:
    """The rows of the table."""
    pairs = list(zip(clips, motions, strict=True))
    out: list[Row] = []
    for name, aim in (("aperture", "≥ .58"), ("width", "≥ .52")):
        measure = MEASURES[name]
        wanted = [measure.of(clip) for clip in clips]
        first = first_slopes(measure.column)
        inputs = [at_frames(fit_inputs(motion), clip.moments_s, measure) for clip, motion in pairs]
        each = held_out(clips, inputs, wanted, first)
        around = [
            np.concatenate(
                [own, *(at_frames(fit_inputs(motion), clip.moments_s, measure, late) for late in _AROUND_S)],
                1,
            )
            for own, (clip, motion) in zip(inputs, pairs, strict=True)
        ]
        nothing = np.zeros(len(_AROUND_S) * len(first))
        context = held_out(clips, around, wanted, np.concatenate([first, nothing]))
        level = [
            at_frames(envelope(clip.sound, len(motion)), clip.moments_s, measure) for clip, motion in pairs
        ]
        louder = [
            np.concatenate([own, loud, own * loud[:, :1]], 1) for own, loud in zip(inputs, level, strict=True)
        ]
        nothing = np.zeros(2 + len(first))
        loudness = held_out(clips, louder, wanted, np.concatenate([first, nothing]))
        moved = [_at_best_lag(clip, motion, measure) for clip, motion in pairs]
        lagged = held_out(clips, moved, wanted, first)
        shown = [at_frames(np.stack(lips(motion), axis=1), clip.moments_s, measure) for clip, motion in pairs]
        whole = [
            np.corrcoef(own[:, measure.column], real)[0, 1] for own, real in zip(shown, wanted, strict=True)
        ]
        out += [
            (f"{name} r on real clips, speaker left out", _spread(each), aim),
            (f"{name} r, each clip at its best lag", _spread(lagged), ""),
            (f"{name} r, tried: rows 80 ms before and after too", _spread(context), ""),
            (f"{name} r, tried: loudness too", _spread(loudness), ""),
            (f"{name} r of the shipped function, fitted on all", f"{np.mean(whole):.3f}", ""),
        ]
        if name == "aperture":
            base = held_out(clips, level, wanted, np.zeros(2))
            out += [
                ("envelope baseline, fitted, aperture r", _spread(base), ""),
                ("ahead of the envelope by", f"{np.mean(each) - np.mean(base):.3f}", "≥ .20"),
            ]
    return out


def _at_best_lag(clip: Clip, motion: SpeechMotion, measure: Measure) -> Curve:
    """Inputs at the shift within 160 ms at which the first table fits best: takes out a clip's own delay."""
    slopes, wanted = first_slopes(measure.column), measure.of(clip)
    lags = np.arange(-0.16, 0.17, 0.02)
    moved = [at_frames(fit_inputs(motion), clip.moments_s, measure, lag) for lag in lags]
    return max(moved, key=lambda inputs: float(np.corrcoef(inputs @ slopes, wanted)[0, 1]))


def _spread(each: Sequence[float]) -> str:
    return f"{np.mean(each):.3f} ({' '.join(f'{one:.2f}' for one in each)})"


def curves(motion: SpeechMotion) -> dict[str, Curve]:
    """Lips as lipscore's curves: `A` and `W` in units of the outer-eye distance, 25 a second."""
    frames = np.arange(int(len(motion) / ROW_RATE_HZ * _FPS)) / _FPS
    moments = (np.arange(len(motion)) + 0.5) / ROW_RATE_HZ
    aperture, width = lips(motion)
    return {
        "A": np.interp(frames, moments - LEAD_S, aperture) * _OPEN_EYES,
        "W": _REST_EYES + np.interp(frames, moments - WIDTH_LEAD_S, width) * _WIDE_EYES,
    }
