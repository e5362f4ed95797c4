"""Lips as the speech part would move them, against lips measured in real clips.

The clips are pooled and cut by speaker: each fold is fitted on the other speakers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from training.calibrate import Clip, Curve, at_frames, first_slopes, fit

from visavis.engine.speech.calibration import LEAD_S, fit_inputs, lips
from visavis.engine.speech.motion import ROW_RATE_HZ, SpeechMotion

Row = tuple[str, str, str]

_FPS = 25
# What one natural unit is in lipscore's units, the distance between the outer eye corners; medians of clips.
_OPEN_EYES, _REST_EYES, _WIDE_EYES = 0.12, 0.56, 0.075


def held_out(
    clips: Sequence[Clip], inputs: Sequence[Curve], wanted: Sequence[Curve], first: Curve
) -> list[float]:
    """Correlation per speaker of a fit on all other speakers."""
    found = []
    for speaker in dict.fromkeys(clip.speaker for clip in clips):
        others = [at for at, clip in enumerate(clips) if clip.speaker != speaker]
        slopes, _ = fit([inputs[at] for at in others], [wanted[at] for at in others], first)
        own = [at for at, clip in enumerate(clips) if clip.speaker == speaker]
        found.append(float(np.mean([np.corrcoef(inputs[at] @ slopes, wanted[at])[0, 1] for at in own])))
    return found


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
    inputs = [at_frames(fit_inputs(motion), clip.moments_s) for clip, motion in pairs]
    loud = [at_frames(envelope(clip.sound, len(motion)), clip.moments_s) for clip, motion in pairs]
    shipped = [at_frames(np.stack(lips(motion), axis=1), clip.moments_s) for clip, motion in pairs]
    out: list[Row] = []
    aims = {"aperture": "≥ .58", "width": "≥ .52"}
    for column, (name, aim) in enumerate(aims.items()):
        wanted = [getattr(clip, name) for clip in clips]
        each = held_out(clips, inputs, wanted, first_slopes(column))
        out.append((f"{name} r on real clips, speaker left out", _spread(each), aim))
        whole = [np.corrcoef(own[:, column], real)[0, 1] for own, real in zip(shipped, wanted, strict=True)]
        out.append((f"{name} r of the shipped function, fitted on all", f"{np.mean(whole):.3f}", ""))
        if name == "aperture":
            base = held_out(clips, loud, wanted, np.zeros(2))
            out.append(("envelope baseline, fitted, aperture r", _spread(base), ""))
            out.append(("ahead of the envelope by", f"{np.mean(each) - np.mean(base):.3f}", "≥ .20"))
    return out


def _spread(each: Sequence[float]) -> str:
    return f"{np.mean(each):.3f} ({' '.join(f'{one:.2f}' for one in each)})"


def curves(motion: SpeechMotion, lead_s: float = LEAD_S) -> dict[str, Curve]:
    """Lips as lipscore's curves: `A` and `W` in units of the outer-eye distance, 25 a second."""
    frames = np.arange(int(len(motion) / ROW_RATE_HZ * _FPS)) / _FPS
    aperture, width = lips(motion)
    shown = (np.arange(len(motion)) + 0.5) / ROW_RATE_HZ - lead_s
    return {
        "A": np.interp(frames, shown, aperture) * _OPEN_EYES,
        "W": _REST_EYES + np.interp(frames, shown, width) * _WIDE_EYES,
    }
