"""The function of `visavis.engine.speech.lips`: what measured lips do while the network hears the like.

    python -m training.calibrate --data DIR --lips DIR [--grid DIR]

fits it anew and writes `lips.safetensors` into the package. `--data` holds real clips and `manifest.json`,
`--lips` the lips measured in them (`lipscore.py curves CLIP -o CLIP.json`), `--grid` the many sentences of
one speaker (`grid.py`), which all together count six tenths as much as all clips together.

The clips are few and short and the function has hundreds of slopes: ridge regression, held strongly near
nothing. How strongly, and how far back it looks, was chosen by leaving speakers out (`--scan`); `--nested`
tells what such a choice is worth for a speaker who had no part in it.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from training import grid
from visavis.engine.sound import open_sound
from visavis.engine.speech import RATE_HZ, SpeechModel, SpeechMotion
from visavis.engine.speech.calibration import LEAD_S
from visavis.engine.speech.features import CONTEXT_SAMPLES, row_features
from visavis.engine.speech.lips import FITTED, LipReader, groups, inputs
from visavis.engine.speech.motion import ROW_RATE_HZ, ROW_SAMPLES
from visavis.engine.speech.network import Network
from visavis.engine.speech.stream import SHIPPED

Curve = NDArray[np.float64]

MEASURES = ("aperture", "width")


@dataclass(frozen=True, slots=True)
class Hold:
    """How strongly the slopes are held near nothing, in frames; inputs are counted in standard deviations.

    Attributes:
        answers: For the network's answers.
        inner: For its inner layers, whose many channels say less each.
    """

    answers: float
    inner: float


SHORT_PAUSE_S = 0.2

LEVELS_DB = (0.0, -15.0, -30.0)
"""Each clip is heard at these levels: a quiet voice opens the mouth as far as a loud one."""

HOLD = Hold(answers=9_000.0, inner=24_000.0)

GRID_SHARE = 0.6
"""How much the many sentences of one speaker count, against all clips."""


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


def lip_inputs(network: Network, sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the lip reader is linear in, for every row of a recording, shape `(rows, inputs)`."""
    rows = -(-len(sound) // ROW_SAMPLES)
    padded = np.zeros(CONTEXT_SAMPLES + (rows + network.delay_rows) * ROW_SAMPLES, np.float32)
    padded[CONTEXT_SAMPLES : CONTEXT_SAMPLES + len(sound)] = sound
    memory, read, out = network.fresh(), LipReader.fresh(), []
    for row in range(rows + network.delay_rows):
        at = row * ROW_SAMPLES
        answer, memory = network.step(row_features(padded[at : at + CONTEXT_SAMPLES + ROW_SAMPLES]), memory)
        if row >= network.delay_rows:
            read = LipReader.remember(answer, read)
            out.append(inputs(read))
    return np.array(out)


def in_speech(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether somebody speaks, or pauses shortly, in each row of the lip reader's inputs.

    Only there the lips are read; that they are shut elsewhere is the voice gate's part.
    """
    voice = rows[:, groups()[0]][:, -1] > 0.5  # the newest answer's last number
    around = np.ones(2 * round(SHORT_PAUSE_S * ROW_RATE_HZ) + 1)
    return np.convolve(voice, around, "same") > 0


@dataclass(frozen=True, slots=True)
class Example:
    """The frames of a clip in which somebody speaks.

    Attributes:
        speaker: As the clip's.
        level_db: Of the sound, against the clip's.
        known: What a fit may go by, shape `(frames, inputs)`.
        wanted: The clip's curves by the names of `MEASURES`, each of shape `(frames,)`.
        only_fitted: Nobody is measured on it: one of the many sentences of GRID's speaker.
    """

    speaker: str
    level_db: float
    known: Curve
    wanted: dict[str, Curve]
    only_fitted: bool = False


def example(
    clip: Clip,
    rows: NDArray[np.floating],
    speech: NDArray[np.bool_],
    lead_s: float = LEAD_S,
    level_db: float = 0.0,
) -> Example:
    """Rows of anything, shown `lead_s` before their moment, at the frames of a clip that are in speech."""
    shown = (np.arange(len(rows)) + 0.5) / ROW_RATE_HZ
    inside = np.interp(clip.moments_s, shown, speech) > 0.5
    moments_s = clip.moments_s[inside]
    known = np.stack([np.interp(moments_s, shown - lead_s, column) for column in rows.T], axis=1)
    wanted = {"aperture": clip.aperture[inside], "width": clip.width[inside]}
    return Example(clip.speaker, level_db, known, wanted)


def examples(network: Network, clips: Sequence[Clip], lead_s: float = LEAD_S) -> list[Example]:
    """Every clip at each of `LEVELS_DB`, as the lip reader hears it."""
    out = []
    for clip in clips:
        for level_db in LEVELS_DB:
            rows = lip_inputs(network, np.float32(10 ** (level_db / 20)) * clip.sound)
            out.append(example(clip, rows, in_speech(rows), lead_s, level_db))
    return out


def grid_example(network: Network, folder: Path, lead_s: float = LEAD_S) -> Example:
    """All sentences of GRID's speaker as one example."""
    known, gap, width = [], [], []
    for sentence in grid.sentences(folder):
        rows = lip_inputs(network, read_sound(sentence.sound))
        shown = (np.arange(len(rows)) + 0.5) / ROW_RATE_HZ - lead_s
        moments_s = np.flatnonzero(sentence.speech) / grid.FRAMES_PER_SECOND
        known.append(np.stack([np.interp(moments_s, shown, column) for column in rows.T], axis=1))
        gap.append(sentence.gap[sentence.speech])
        width.append(sentence.width[sentence.speech])
    wanted = {"aperture": np.concatenate(gap), "width": np.concatenate(width)}
    return Example("s1", 0.0, np.concatenate(known), wanted, only_fitted=True)


@dataclass(frozen=True, slots=True)
class Sums:
    """What ridge regression needs of an example: sums over its frames, which many fits share.

    A curve is counted from its own mean, in its own standard deviations: clips count by their frames,
    whatever their speaker's range.

    Attributes:
        speaker: As the example's, and so is
        only_fitted.
        frames: How many.
        mean: Of each input, shape `(inputs,)`.
        square: Products of the inputs, counted from their means, with each other, shape `(inputs, inputs)`.
        product: The same with the curve, shape `(inputs,)`.
    """

    speaker: str
    only_fitted: bool
    frames: int
    mean: Curve
    square: Curve
    product: Curve


def sums(one: Example, name: str) -> Sums:
    """Those of an example for one of `MEASURES`."""
    curve = one.wanted[name]
    mean = one.known.mean(axis=0)
    centred = one.known - mean
    product = centred.T @ ((curve - curve.mean()) / curve.std())
    return Sums(one.speaker, one.only_fitted, len(curve), mean, centred.T @ centred, product)


def fit(parts: Sequence[Sums], hold: Curve, grid_share: float = GRID_SHARE) -> Curve:
    """Slopes from inputs to a measured curve, by ridge regression.

    Args:
        parts: What to fit to.
        hold: How strongly each slope is held near nothing, shape `(inputs,)`.
        grid_share: How much what is `only_fitted` counts, all of it together, against all clips together.
    """
    clips = [one for one in parts if not one.only_fitted]
    frames = sum(one.frames for one in clips)
    mean = np.sum([one.frames * one.mean for one in clips], axis=0) / frames
    square, product = np.zeros((len(hold), len(hold))), np.zeros(len(hold))
    for one in clips:
        away = one.mean - mean
        square += one.square + one.frames * np.outer(away, away)
        product += one.product
    scale = (np.sqrt(np.diag(square) / frames) + 1e-2) * np.sqrt(hold)
    for one in parts:
        if one.only_fitted:
            weight = grid_share * frames / one.frames
            square += weight * one.square
            product += weight * one.product
    held = square / scale[:, None] / scale + np.eye(len(hold))
    slopes: Curve = np.linalg.solve(held, product / scale) / scale
    return slopes


def held_out(heard: Sequence[Example], name: str, hold: Curve, grid_share: float = GRID_SHARE) -> list[float]:
    """Correlation per speaker, at the clips' own level, of a fit on all other speakers."""
    parts = [sums(one, name) for one in heard]
    return [
        _agreement(heard, name, speaker, fit(_without(parts, speaker), hold, grid_share))
        for speaker in _speakers(heard)
    ]


def nested(heard: Sequence[Example], name: str) -> list[float]:
    """The same, with hold and share chosen anew for each speaker by leaving out the others in turn.

    What a choice is worth for a stranger: the speaker who is measured took no part in it.
    """
    parts = [sums(one, name) for one in heard]
    found = []
    for speaker in _speakers(heard):
        rest = _without(parts, speaker)
        others = [one for one in _speakers(heard) if one != speaker]

        def worth(choice: tuple[float, float], rest: list[Sums] = rest, others: list[str] = others) -> float:
            hold = choice[0] * holds(HOLD)
            slopes = [fit(_without(rest, other), hold, choice[1]) for other in others]
            pairs = zip(others, slopes, strict=True)
            return float(np.mean([_agreement(heard, name, other, found) for other, found in pairs]))

        factor, share = max(((f, s) for f in (0.5, 1.0, 2.0) for s in (0.3, 0.6, 1.2)), key=worth)
        found.append(_agreement(heard, name, speaker, fit(rest, factor * holds(HOLD), share)))
        print(f"{name}, {speaker}: hold x {factor}, share {share}, r {found[-1]:.3f}", flush=True)
    return found


def _speakers(heard: Sequence[Example]) -> list[str]:
    return list(dict.fromkeys(one.speaker for one in heard if not one.only_fitted))


def _without(parts: Sequence[Sums], speaker: str) -> list[Sums]:
    return [one for one in parts if one.speaker != speaker]


def _agreement(heard: Sequence[Example], name: str, speaker: str, slopes: Curve) -> float:
    own = [one for one in heard if one.speaker == speaker and one.level_db == 0]
    return float(np.mean([np.corrcoef(one.known @ slopes, one.wanted[name])[0, 1] for one in own]))


def holds(hold: Hold) -> Curve:
    """`Hold` for every input of the lip reader, in its order."""
    answers, inner = groups()
    out = np.zeros(len(inputs(LipReader.fresh())))
    out[answers], out[inner] = hold.answers, hold.inner
    return out


def full_range(fitted: Curve, wanted: Curve) -> tuple[float, float]:
    """The factor and offset that give a fit, which is timid by nature, the range of real lips."""
    low, high = np.percentile(fitted, [5, 95])
    real_low, real_high = np.percentile(wanted, [5, 95])
    factor = float((real_high - real_low) / (high - low))
    return factor, float(real_low - factor * low)


def scan(network: Network, clips: Sequence[Clip]) -> None:
    """Print how the held-out correlation depends on lead and hold: where the constants come from."""
    for lead_s in (0.02, 0.04, 0.06):
        heard = examples(network, clips, lead_s)
        for name in MEASURES:
            for factor in (0.3, 0.6, 1.0, 3.0):
                hold = Hold(factor * HOLD.answers, factor * HOLD.inner)
                mean = np.mean(held_out(heard, name, holds(hold)))
                print(f"lead {1000 * lead_s:.0f} ms, {name}, {hold}: {mean:.3f}", flush=True)


def all_sums(heard: Sequence[Example]) -> dict[str, list[Sums]]:
    """Those of every example, by the names of `MEASURES`."""
    return {name: [sums(one, name) for one in heard] for name in MEASURES}


def fitted(
    heard: Sequence[Example], parts: dict[str, list[Sums]], without: str | None = None
) -> dict[str, NDArray[np.float32]]:
    """What `LipReader` loads; the range is that of the clips.

    Args:
        heard: The clips, and maybe the sentences of GRID's speaker.
        parts: Their sums.
        without: A speaker to leave out.
    """
    clips = [one for one in heard if not one.only_fitted and one.speaker != without]
    known = np.concatenate([one.known for one in clips])
    weights, offsets = [], []
    for name in MEASURES:
        slopes = fit([one for one in parts[name] if one.speaker != without], holds(HOLD))
        factor, offset = full_range(known @ slopes, np.concatenate([one.wanted[name] for one in clips]))
        weights.append(factor * slopes)
        offsets.append(offset)
    return {"weights": np.array(weights, np.float32), "offsets": np.array(offsets, np.float32)}


def main() -> None:
    """Fit and write, or scan."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lips", type=Path, required=True)
    parser.add_argument("--grid", type=Path, help="many sentences of one speaker, whose lips were measured")
    parser.add_argument("--out", type=Path, default=FITTED)
    parser.add_argument("--scan", action="store_true", help="show other leads and holds instead")
    parser.add_argument("--nested", action="store_true", help="show what choosing holds is worth")
    parser.add_argument(
        "--leave-out",
        type=Path,
        help="write one file a speaker into this folder instead, fitted without them",
    )
    options = parser.parse_args()
    network, clips = Network(SHIPPED), read_clips(options.data, options.lips)
    if options.scan:
        scan(network, clips)
        return
    heard = examples(network, clips)
    if options.grid:
        heard.append(grid_example(network, options.grid))
    if options.nested:
        for name in MEASURES:
            print(f"{name}: {np.mean(nested(heard, name)):.3f}", flush=True)
        return
    parts = all_sums(heard)
    if options.leave_out:
        options.leave_out.mkdir(parents=True, exist_ok=True)
        for speaker in _speakers(heard):
            save_file(fitted(heard, parts, speaker), options.leave_out / f"{speaker}.safetensors")
        return
    save_file(fitted(heard, parts), options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e3:.1f} kB, fitted to {len(clips)} clips")


if __name__ == "__main__":
    main()
