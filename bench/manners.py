"""Manner from video: an avatar with the manner of a person, against the video of that person.

    python -m bench.manners --data DIR [--clips NAME,…] [--sheets DIR] [--keep]
    python -m bench.manners --quick

`--data` holds `clips/NAME.mp4`. Each video is watched as for an agent. An avatar with the face and the manner
that were found speaks for a minute, with the sound of the clip in a loop, and its frames are measured as the
video was: blinks a minute, and the standard deviations of yaw, pitch and roll. `--sheets` writes a picture
for each clip: the person above, the avatar below, through time and at each blink.
`--quick` needs no data: the built-in face speaks for a few seconds.
"""

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.machine import keep, not_here
from visavis import bootstrap
from visavis.engine.arrays import Floats, Pixels
from visavis.engine.blinks import find_blinks
from visavis.engine.downmix import Downmix
from visavis.engine.face import FaceModels
from visavis.engine.face.accept import agreed_faces
from visavis.engine.performer import Manners
from visavis.engine.photo import Photo
from visavis.engine.resample import Resampler
from visavis.engine.rig.build import build_rig
from visavis.engine.sound import open_sound
from visavis.engine.speech import RATE_HZ
from visavis.engine.stream import Stream
from visavis.engine.threads import use_one_thread
from visavis.engine.view import FaceView
from visavis.engine.watching import FaceMeasures, frames_of, measure, sway_degrees, watch
from visavis.samples import write_sentence
from visavis.samples.portrait import read_portrait

CLIPS = ("ls1_woman_outdoors", "ls3_man_couch", "german_anchor")
MINUTE_S, QUICK_S = 60.0, 6.0
SIDE_PX = 512
CELL_PX = 120
STRIP = 16


@dataclass
class Seen:
    """Frames that were measured; small pictures of some are kept.

    Attributes:
        faces: What was measured.
        heads: Pictures of the head, with their times.
    """

    faces: list[FaceMeasures] = field(default_factory=list)
    heads: list[tuple[float, Pixels]] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """What is compared."""
        times_s = np.array([each.time_s for each in self.faces])
        blinks = find_blinks(times_s, np.array([each.eyes for each in self.faces]))
        sway = sway_degrees(self.faces)
        return {
            "seconds": round(float(times_s[-1] - times_s[0]), 1),
            "blinks_per_minute": round(60 * len(blinks) / float(times_s[-1] - times_s[0]), 1),
            "yaw_pitch_roll": [round(each, 2) for each in sway],
            "sway": round(float(np.hypot.reduce(sway)), 2),
        }

    def blinks(self) -> list[float]:
        """Times of blinks."""
        times_s = np.array([each.time_s for each in self.faces])
        return find_blinks(times_s, np.array([each.eyes for each in self.faces]))


def watched(models: FaceModels, frames: Iterator[tuple[float, Pixels]]) -> Seen:
    """Measure frames, and keep small pictures of them."""
    seen = Seen()

    def kept() -> Iterator[tuple[float, Pixels]]:
        window: tuple[slice, slice] | None = None
        for time_s, rgb in frames:
            window = window or _around_face(models, rgb)
            head = cv2.resize(rgb[window], (CELL_PX, CELL_PX), interpolation=cv2.INTER_AREA)
            seen.heads.append((time_s, np.asarray(head, np.uint8)))
            yield time_s, rgb

    seen.faces = list(measure(models, kept()))
    return seen


def sound_of(path: Path, seconds: float) -> Floats:
    """The sound of a file in a loop, as the speech model hears it."""
    with open_sound(path, rate_hz=RATE_HZ) as sound:
        mix, to_speech = Downmix(RATE_HZ), Resampler(RATE_HZ, RATE_HZ)
        heard = np.concatenate([to_speech(mix(block.samples)) for block in sound])
    wanted = round(seconds * RATE_HZ)
    return np.resize(heard, wanted)


def performed(
    photo: Photo, models: FaceModels, manners: Manners, sound: Floats
) -> Iterator[tuple[float, Pixels]]:
    """The frames of an avatar that says a sound."""
    view = FaceView(build_rig(models, photo).rig, side_px=SIDE_PX)
    stream = Stream(view, bootstrap.speech_model(), manners=manners)
    for block in itertools.chain(np.array_split(sound, max(1, len(sound) // RATE_HZ))):
        for frame in stream.push(block):
            yield frame.time_s, frame.rgb
    for frame in stream.finish():
        yield frame.time_s, frame.rgb


def compare(models: FaceModels, clip: Path, sheet: Path | None) -> dict[str, Any]:
    """A clip, and an avatar with its manner."""
    found = watch(models, clip)
    person = watched(models, frames_of(clip))
    frames = performed(Photo(found.face, None), models, found.manners, sound_of(clip, MINUTE_S))
    avatar = watched(models, frames)
    if sheet is not None:
        write_sheet(sheet, person, avatar)
    one, other = person.figures(), avatar.figures()
    return {
        "person": one,
        "avatar": other,
        "blinks_ratio": round(other["blinks_per_minute"] / max(one["blinks_per_minute"], 1e-3), 2),
        "sway_ratio": round(other["sway"] / max(one["sway"], 1e-3), 2),
        "sway_ratios": [
            round(b / max(a, 1e-3), 2)
            for a, b in zip(one["yaw_pitch_roll"], other["yaw_pitch_roll"], strict=True)
        ],
    }


def write_sheet(path: Path, *both: Seen) -> None:
    """Heads of the person and of the avatar through time, and at their blinks."""
    rows = []
    for seen in both:
        last_s = seen.heads[-1][0]
        rows += [
            _strip(seen, np.linspace(0, min(last_s, 20.0), STRIP).tolist()),
            _strip(seen, [at_s + 0.08 for at_s in seen.blinks()[:STRIP]]),
        ]
    cv2.imwrite(str(path), cv2.cvtColor(np.concatenate(rows), cv2.COLOR_RGB2BGR))


def _strip(seen: Seen, times_s: list[float]) -> Pixels:
    times = np.array([time_s for time_s, _ in seen.heads])
    cells = [seen.heads[int(np.abs(times - at_s).argmin())][1] for at_s in times_s]
    blank = np.full((CELL_PX, CELL_PX, 3), 255, np.uint8)
    return np.concatenate((cells + [blank] * STRIP)[:STRIP], axis=1)


def _around_face(models: FaceModels, rgb: Pixels) -> tuple[slice, slice]:
    """A square around the largest face of a frame; the whole frame if it shows none."""
    found = agreed_faces(models, rgb)
    if not found:
        return slice(None), slice(None)
    left, top, right, bottom = max(found, key=lambda face: face.side).box.tolist()
    x, y, half = (left + right) / 2, (top + bottom) / 2, right - left
    return slice(max(0, round(y - half)), round(y + half)), slice(max(0, round(x - half)), round(x + half))


def quick(models: FaceModels) -> dict[str, Any]:
    """A few seconds of the built-in face."""
    with tempfile.TemporaryDirectory() as folder:
        sentence = Path(folder) / "sentence.wav"
        write_sentence(sentence)
        sound = sound_of(sentence, QUICK_S)
    manners = Manners(blinks_per_minute=30.0, sway_degrees=(3.0, 2.0, 2.0))
    return watched(models, performed(Photo(read_portrait(), None), models, manners, sound)).figures()


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--clips", default=",".join(CLIPS))
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    use_one_thread()
    models = bootstrap.face_models(bootstrap.read_settings().models)
    if options.quick:
        print(quick(models))
        return
    if options.data is None or not (options.data / "clips").is_dir():
        raise not_here("--data with real clips")
    rows = {}
    for name in options.clips.split(","):
        sheet = options.sheets / f"{name}.png" if options.sheets else None
        rows[name] = compare(models, options.data / "clips" / f"{name}.mp4", sheet)
        print(name, rows[name], flush=True)
    if options.keep:
        print(keep("manners", {"clips": rows}))


if __name__ == "__main__":
    main()
