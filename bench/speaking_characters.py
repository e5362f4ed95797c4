"""The 64 characters speak: sheets of frames in which lips, lids and head moved furthest.

    python -m bench.speaking_characters FOLDER
    python -m bench.speaking_characters --quick

Each character says the built-in sentence. A row shows the picture at rest and four frames of the
performance: the mouth widest open, the lips most rounded, the eyes closed, and the head turned furthest. Look
at the sheets for patches: edges around mouth and eyes, teeth outside of lips, hair that tears. `--quick` does
one character and writes nothing.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.characters import FIRST_SEED, PROMPTS
from visavis.adapters.models.entries import FACE
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.store import default_models_directory
from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face import FaceModels
from visavis.engine.performer import Performer
from visavis.engine.photo import Photo
from visavis.engine.resample import Resampler
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.controls import INDEX
from visavis.engine.speech import RATE_HZ, SpeechMotion
from visavis.engine.speech.stream import StreamModel
from visavis.engine.view import FaceView
from visavis.painter import paint_outlined, understand
from visavis.samples import SENTENCE
from visavis.samples.sentence import speak

_SIDE_PX = 512
_SHOWN_PX = 320
_ROWS = 8
_FPS = 25.0


def main() -> None:
    """Let them speak, and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--quick", action="store_true")
    wanted = parser.parse_args()
    if not wanted.quick and wanted.folder is None:
        parser.error("name a folder for the sheets")
    models = FaceModels.load(pull_model(default_models_directory(), FACE, offline=False))
    cv2.setNumThreads(1)
    motion = _heard()
    prompts = PROMPTS.read_text("utf-8").splitlines()[: 1 if wanted.quick else None]
    rows: list[Pixels] = []
    for number, prompt in enumerate(prompts):
        character = understand(prompt, seed=FIRST_SEED + number).character
        layers, person = paint_outlined(character, _SIDE_PX, _SIDE_PX)
        photo = Photo(np.ascontiguousarray(layers[..., :3]), None, person)
        built = build_rig(models, photo, size=_SIDE_PX)
        view = FaceView(built.rig, side_px=_SHOWN_PX)
        poses = _performed(view.neutral, motion)
        shown = [view.neutral, *(poses[k] for k in _furthest(poses - view.neutral))]
        rows.append(np.concatenate([view.draw(weights) for weights in shown], axis=1))
        print(f"{number:2} {prompt}: {'; '.join(built.warnings) or 'no warning'}", flush=True)
    if wanted.quick:
        sys.exit(0)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(rows), 2 * _ROWS):
        half = [np.concatenate(rows[k : k + _ROWS]) for k in (start, start + _ROWS)]
        path = wanted.folder / f"speaking-{start // (2 * _ROWS) + 1}.png"
        Image.fromarray(np.concatenate(half, axis=1)).save(path)
        print(path)


def _heard() -> SpeechMotion:
    samples, rate_hz = speak(SENTENCE)
    mono = samples.astype(np.float32) / 32768
    sound = Resampler(rate_hz, RATE_HZ)(np.concatenate([mono, np.zeros(rate_hz, np.float32)]))
    speech = StreamModel()
    return speech.listen(np.asarray(sound, np.float32), speech.begin())[0]


def _performed(neutral: Floats, motion: SpeechMotion) -> Floats:
    return Performer(neutral, fps=_FPS).perform(motion)


def _furthest(moved: Floats) -> list[int]:
    """Frames in which the mouth is widest open, roundest, the eyes closed, the head turned furthest."""
    return [
        int(moved[:, INDEX["jaw"]].argmax()),
        int(moved[:, INDEX["round"]].argmax()),
        int(moved[:, INDEX["blink_left"]].argmax()),
        int(np.abs(moved[:, INDEX["yaw"]]).argmax()),
    ]


if __name__ == "__main__":
    main()
