"""Sheets of lips beside real lips: a real clip, and its face drawn by one or more speech models.

    python -m bench.lip_sheets --data DIR --clip NAME --from 1.0 --reader LABEL NETWORK LIPS… FOLDER
    python -m bench.lip_sheets --quick

`--data` is the folder of `bench.rendered_lips`. Each `--reader` is a row of the sheet: its label, a network
and a lip reader, such as that of before a change and that of after, both fitted without the speaker. Under
the frames stands what the last network hears there: the viseme, and `|` where it hears pressed lips. Look at
the sheets for closures that come late or not at all, and for mouths that open where nothing is said.
`--quick` draws a second of the built-in face and sentence, and writes nothing.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from training.calibrate import hear, read_sound

from bench.machine import not_here
from visavis import bootstrap
from visavis.engine.arrays import Pixels
from visavis.engine.face import FaceModels
from visavis.engine.performer import Performer
from visavis.engine.photo import Photo, read_photo
from visavis.engine.resample import Resampler
from visavis.engine.rig.build import build_rig
from visavis.engine.speech import RATE_HZ, SpeechModel, SpeechMotion
from visavis.engine.speech.calibration import LEAD_S, PRESSED, pressed
from visavis.engine.speech.motion import ROW_RATE_HZ, VISEMES
from visavis.engine.speech.stream import FITTED, SHIPPED, StreamModel
from visavis.engine.threads import use_one_thread
from visavis.engine.view import FaceView
from visavis.samples import SENTENCE
from visavis.samples.portrait import read_portrait
from visavis.samples.sentence import speak

FPS: Final = 25
COLUMNS: Final = 25
_SIDE_PX: Final = 512
_TILE_PX: Final = 150
_CAPTION_PX: Final = 26
_UPPER_LIP, _LOWER_LIP, _EYE_CORNERS = 13, 14, (33, 263)


def mouths(models: FaceModels, pictures: Sequence[Pixels]) -> list[Pixels]:
    """The mouth of each picture of one face as a square tile; black where no face is found."""
    tiles = []
    for picture in pictures:
        faces = models.detect(picture)
        if not faces:
            tiles.append(np.zeros((_TILE_PX, _TILE_PX, 3), np.uint8))
            continue
        points = models.landmarks(picture, max(faces, key=lambda face: face.side)).points
        middle = (points[_UPPER_LIP, :2] + points[_LOWER_LIP, :2]) / 2
        first, second = (points[corner, :2] for corner in _EYE_CORNERS)
        half = 0.55 * float(np.linalg.norm(second - first))
        scale = _TILE_PX / (2 * half)
        to_tile = np.array(
            [[scale, 0, _TILE_PX / 2 - scale * middle[0]], [0, scale, _TILE_PX / 2 - scale * middle[1]]]
        )
        tile = cv2.warpAffine(picture, to_tile, (_TILE_PX, _TILE_PX), flags=cv2.INTER_AREA)
        tiles.append(np.asarray(tile, np.uint8))
    return tiles


def real_frames(clip: Path, moments_s: Sequence[float]) -> list[Pixels]:
    """The frames of a video that are shown at these moments, which rise."""
    found: list[Pixels] = []
    with av.open(str(clip)) as container:
        shown: Pixels | None = None
        for frame in container.decode(video=0):
            while len(found) < len(moments_s) and frame.time > moments_s[len(found)] + 1e-3:
                if shown is None:
                    shown = frame.to_ndarray(format="rgb24")
                found.append(shown)
            if len(found) == len(moments_s):
                return found
            shown = frame.to_ndarray(format="rgb24")
    if shown is None:
        raise SystemExit(f"{clip} has no frames")
    return found + [shown] * (len(moments_s) - len(found))


def drawn_frames(
    photo: Photo, models: FaceModels, motion: SpeechMotion, frames: Sequence[int]
) -> list[Pixels]:
    """The frames of these numbers of a face that performs a motion."""
    view = FaceView(build_rig(models, photo).rig, side_px=_SIDE_PX)
    weights = Performer(view.neutral, fps=float(FPS)).perform(motion)
    return [view.draw(weights[min(frame, len(weights) - 1)]) for frame in frames]


def heard_at(motion: SpeechMotion, frame: int) -> str:
    """The viseme that a frame shows, and whether the lips are pressed."""
    row = min(len(motion) - 1, max(0, round((frame / FPS + LEAD_S) * ROW_RATE_HZ - 0.5)))
    closed = pressed(motion[row : row + 1])[0] > PRESSED
    return VISEMES[int(motion.visemes[row].argmax())] + ("|" if closed else "")


def sheet(rows: Sequence[tuple[str, Sequence[Pixels]]], captions: Sequence[str]) -> Pixels:
    """Rows of tiles, each with its label, and captions under the last row."""
    drawn = []
    for label, tiles in rows:
        row = np.concatenate(list(tiles), axis=1)
        cv2.putText(row, label, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 0), 1, cv2.LINE_AA)
        drawn.append(row)
    under = np.full((_CAPTION_PX, drawn[0].shape[1], 3), 255, np.uint8)
    for at, caption in enumerate(captions):
        left = at * _TILE_PX + _TILE_PX // 3
        cv2.putText(under, caption, (left, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return np.concatenate([*drawn, under])


def _half(rows: Sequence[tuple[str, Sequence[Pixels]]], captions: Sequence[str], part: slice) -> Pixels:
    return sheet([(label, tiles[part]) for label, tiles in rows], captions[part])


def write_sheet(options: argparse.Namespace, models: FaceModels) -> Path:
    """The sheet of one clip, in two halves one under the other."""
    entries = json.loads((options.data / "manifest.json").read_text())["files"]
    entry = next((one for one in entries if Path(one["file"]).stem == options.clip), None)
    if entry is None:
        raise SystemExit(f"{options.data} has no clip {options.clip}")
    clip, late_s = options.data / entry["file"], (entry.get("av_offset_ms") or 0) / 1000
    photo = read_photo(options.data / "faces" / f"self_{options.clip}.png")
    sound = read_sound(clip)
    first = round(options.from_s * FPS)
    frames = range(first, first + COLUMNS)
    rows = [("real", mouths(models, real_frames(clip, [frame / FPS + late_s for frame in frames])))]
    for label, network, lips in options.reader:
        motion = hear(StreamModel(Path(network), Path(lips)), sound)
        rows.append((label, mouths(models, drawn_frames(photo, models, motion, frames))))
    captions = [heard_at(motion, frame) for frame in frames]
    middle = (COLUMNS + 1) // 2
    halves = [_half(rows, captions, part) for part in (slice(0, middle), slice(COLUMNS - middle, COLUMNS))]
    path: Path = options.folder / f"lips-{options.clip}-{options.from_s:g}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(np.concatenate(halves), cv2.COLOR_RGB2BGR))
    return path


def _heard_sentence(model: SpeechModel) -> SpeechMotion:
    samples, rate_hz = speak(SENTENCE)
    return hear(model, Resampler(rate_hz, RATE_HZ)(samples[:rate_hz].astype(np.float32) / 32768))


def main() -> None:
    """Draw a sheet and write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path(tempfile.gettempdir()))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--clip", default="ls1_woman_outdoors")
    parser.add_argument("--from", dest="from_s", type=float, default=1.0, help="seconds into the clip")
    parser.add_argument(
        "--reader", nargs=3, action="append", metavar=("LABEL", "NETWORK", "LIPS"), help="a row of the sheet"
    )
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    options.reader = options.reader or [["shipped", str(SHIPPED), str(FITTED)]]
    use_one_thread()
    models = bootstrap.face_models(bootstrap.read_settings().models)
    if options.quick:
        motion = _heard_sentence(StreamModel())
        tiles = mouths(models, drawn_frames(Photo(read_portrait(), None), models, motion, range(3, 6)))
        print(sheet([("built-in", tiles)], [heard_at(motion, frame) for frame in range(3, 6)]).shape)
        return
    if not options.data:
        raise not_here("--data names the folder with real clips and faces")
    print(write_sheet(options, models))


if __name__ == "__main__":
    main()
