"""The table of `visavis.engine.speech.calibration`: what measured lips do while the network gives an answer.

    python -m training.calibrate --data DIR --lips DIR

prints it anew. `--data` holds real clips and their `manifest.json`, `--lips` the lips measured in them
(`lipscore.py curves CLIP -o CLIP.json`). The clips are short, so the fit is held near a first table that came
from sixteen other clips: ridge regression towards that table instead of towards zero.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visavis.engine.sound import open_sound
from visavis.engine.speech import RATE_HZ, SpeechModel, SpeechMotion, load_speech_model
from visavis.engine.speech.calibration import LEAD_S, SMOOTHED_S, WIDTH_LEAD_S, WIDTH_SMOOTHED_S, fit_inputs
from visavis.engine.speech.motion import CHANNELS, ROW_RATE_HZ, VISEMES

Curve = NDArray[np.float64]

HOLD = 20.0
"""How strongly the fit is held near the first table, in frames of speech."""

# viseme: (aperture, width), in standard deviations of the clips' own curves.
FIRST_TABLE = {
    "sil": (-0.10, 0.15),
    "PP": (-0.90, -0.45),
    "FF": (-0.50, -0.15),
    "TH": (-0.10, 0.00),
    "DD": (-0.05, 0.00),
    "kk": (0.10, -0.30),
    "CH": (0.30, -0.45),
    "SS": (0.00, 0.25),
    "nn": (-0.15, 0.05),
    "RR": (-0.20, -0.40),
    "aa": (0.94, 0.05),
    "E": (0.30, 0.40),
    "ih": (0.00, 0.43),
    "oh": (-0.40, -0.95),
    "ou": (-0.80, -0.95),
}


@dataclass(frozen=True, slots=True)
class Clip:
    """One real clip.

    Attributes:
        speaker: Clips of one speaker, or of one set, are held out together.
        sound: Mono at 16 kHz.
        moments_s: Of the measured frames, on the sound's clock, shape `(frames,)`.
        aperture: Gap of the inner lips, 0 closed, 1 the clip's 95th percentile.
        width: Mouth width, 0 the clip's median, ±1 the half distance of its 5th and 95th percentiles.
    """

    speaker: str
    sound: NDArray[np.float32]
    moments_s: Curve
    aperture: Curve
    width: Curve


def read_sound(path: Path) -> NDArray[np.float32]:
    """Any file as mono at 16 kHz."""
    with open_sound(path, rate_hz=RATE_HZ) as sound:
        return np.concatenate([block.samples.mean(axis=0) for block in sound]).astype(np.float32)


def read_clips(data: Path, lips: Path) -> list[Clip]:
    """The real clips of a manifest whose lips have been measured."""
    clips = []
    for entry in json.loads((data / "manifest.json").read_text())["files"]:
        path = data / entry["file"]
        measured = lips / f"{path.stem}.json"
        if not entry.get("ground_truth") or not measured.exists():
            continue
        curves = json.loads(measured.read_text())
        gap, width = np.array(curves["A"]), np.array(curves["W"])
        low, middle, high = np.percentile(width, [5, 50, 95])
        clips.append(
            Clip(
                speaker=path.stem.split("_")[0],
                sound=read_sound(path),
                moments_s=np.array(curves["t"]) - entry.get("av_offset_ms", 0) / 1000,
                aperture=gap / np.percentile(gap, 95),
                width=2 * (width - middle) / (high - low),
            )
        )
    return clips


def hear(model: SpeechModel, sound: NDArray[np.float32]) -> SpeechMotion:
    """The rows of a whole recording."""
    motion, state = model.listen(sound, model.begin())
    return SpeechMotion.concatenate([motion, model.finish(state)])


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the two curves: how rows become it.

    Attributes:
        column: Of the tables: 0 aperture, 1 width.
        lead_s: How long before a row's moment its lips are shown.
        smoothed_s: Time that rows are averaged over.
    """

    column: int
    lead_s: float
    smoothed_s: float

    def of(self, clip: Clip) -> Curve:
        """The curve as it was measured."""
        return clip.width if self.column else clip.aperture


MEASURES = {
    "aperture": Measure(0, LEAD_S, SMOOTHED_S),
    "width": Measure(1, WIDTH_LEAD_S, WIDTH_SMOOTHED_S),
}


def at_frames(rows: NDArray[np.floating], moments_s: Curve, measure: Measure, late_s: float = 0.0) -> Curve:
    """Rows of anything, smoothed and brought to the moments of frames, which may be late besides."""
    count = round(measure.smoothed_s * ROW_RATE_HZ)
    kernel = np.ones(count) / count
    shown = (np.arange(len(rows)) + 0.5) / ROW_RATE_HZ - measure.lead_s + late_s
    columns = rows.reshape(len(rows), -1).T
    brought = [np.interp(moments_s, shown, np.convolve(column, kernel, "same")) for column in columns]
    return np.stack(brought, axis=1)


def fit(inputs: Sequence[Curve], wanted: Sequence[Curve], first: Curve) -> tuple[Curve, float]:
    """Slopes and offset from inputs to a measured curve, held near a first table.

    Args:
        inputs: One array of shape `(frames, 21)` per clip.
        wanted: One of shape `(frames,)` per clip.
        first: Slopes to stay near, shape `(21,)`, in standard deviations of what is wanted.
    """
    known, answer = np.concatenate(inputs), np.concatenate(wanted)
    centred, middle = known - known.mean(axis=0), float(answer.mean())
    near = first * answer.std()
    square = centred.T @ centred + HOLD * np.eye(known.shape[1])
    slopes = near + np.linalg.solve(square, centred.T @ (answer - middle - centred @ near))
    return slopes, middle - float(known.mean(axis=0) @ slopes)


def first_slopes(column: int) -> Curve:
    """The first table as slopes of all inputs; channels start at nothing."""
    return np.array([*(FIRST_TABLE[name][column] for name in VISEMES), *(0.0 for _ in CHANNELS)])


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


def scan(clips: Sequence[Clip], motions: Sequence[SpeechMotion]) -> None:
    """Print how the held-out correlation depends on lead and smoothing: where the constants come from."""
    for name, measure in MEASURES.items():
        wanted = [measure.of(clip) for clip in clips]
        for smoothed_s in (0.06, 0.10, 0.14, 0.18, 0.22):
            found = []
            for lead_s in (-0.04, -0.02, 0.0, 0.02, 0.04):
                tried = replace(measure, lead_s=lead_s, smoothed_s=smoothed_s)
                pairs = zip(clips, motions, strict=True)
                inputs = [at_frames(fit_inputs(motion), clip.moments_s, tried) for clip, motion in pairs]
                each = held_out(clips, inputs, wanted, first_slopes(measure.column))
                found.append(f"{1000 * lead_s:+.0f} ms {np.mean(each):.3f}")
            print(f"{name}, averaged over {1000 * smoothed_s:.0f} ms, lead: {', '.join(found)}")


def _full_range(fitted: Curve, measure: Measure) -> float:
    """The factor that gives a fit, which is timid by nature, the range of real speech.

    Half of what is missing for width, where the fit explains too little to be shown at full size.
    """
    low, high = np.percentile(fitted, [5, 95])
    return float(np.sqrt(2 / (high - low))) if measure.column else 1 / float(high)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lips", type=Path, required=True)
    parser.add_argument("--scan", action="store_true", help="show other leads and smoothings instead")
    options = parser.parse_args()
    model = load_speech_model()
    clips = read_clips(options.data, options.lips)
    motions = [hear(model, clip.sound) for clip in clips]
    if options.scan:
        scan(clips, motions)
        return
    fits = []
    for measure in MEASURES.values():
        pairs = zip(clips, motions, strict=True)
        inputs = [at_frames(fit_inputs(motion), clip.moments_s, measure) for clip, motion in pairs]
        slopes, offset = fit(inputs, [measure.of(clip) for clip in clips], first_slopes(measure.column))
        scale = _full_range(np.concatenate(inputs) @ slopes + offset, measure)
        fits.append((scale * slopes, scale * offset))
    # The rows of visemes sum to 1, so the offset can be told as part of every viseme.
    for at, name in enumerate((*VISEMES, *CHANNELS)):
        pair = [slopes[at] + (offset if at < len(VISEMES) else 0) for slopes, offset in fits]
        print(f'    "{name}": ({pair[0]:.2f}, {pair[1]:.2f}),')


if __name__ == "__main__":
    main()
