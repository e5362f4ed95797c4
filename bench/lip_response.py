"""How far each control of a rig parts and widens the lips, as the landmark model sees it in drawn frames.

    python -m bench.lip_response [--quick] FACE…    photos; the built-in portrait if none is given

Prints least-squares slopes in distances of the outer eye corners. `performer/mouth.py` takes its gains here.
`--quick` draws a few frames only: whether it still runs.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visavis import bootstrap
from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face import FaceModels
from visavis.engine.face.landmarks import Landmarks
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.controls import INDEX, clamp
from visavis.engine.rig.frame import FrameRenderer
from visavis.engine.rig.model import Rig
from visavis.engine.threads import use_one_thread
from visavis.samples.portrait import read_portrait

CONTROLS = ("jaw", "round", "wide", "upper_raise", "lower_drop", "press", "lip_teeth")
SAMPLES, QUICK_SAMPLES = 60, 4
_RELAX_WITH_ROUND = 0.65

# Pairs of points on the inner lips, upper and lower, and their weight in the mean gap.
_PAIRS = ((13, 14, 2.0), (82, 87, 1.5), (312, 317, 1.5), (81, 178, 1.0), (311, 402, 1.0))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("faces", nargs="*", type=Path)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    faces, samples = given.faces, QUICK_SAMPLES if given.quick else SAMPLES
    settings = bootstrap.read_settings()
    use_one_thread()
    models = bootstrap.face_models(settings.models)
    photos = [read_photo(face) for face in faces] or [Photo(read_portrait(), None)]
    inputs, gaps, widths = [], [], []
    for photo in photos:
        face_inputs, face_lips = _measure(models, build_rig(models, photo).rig, samples)
        inputs.append(face_inputs)
        gaps.append(face_lips[:, 0])
        widths.append(face_lips[:, 1])
    weights = np.concatenate(inputs)
    for name, lips in (("gap", np.concatenate(gaps)), ("width", np.concatenate(widths))):
        slopes, *_ = np.linalg.lstsq(weights, lips, rcond=None)
        explained = 1 - np.var(lips - weights @ slopes) / np.var(lips)
        print(name, {control: round(float(s), 3) for control, s in zip(CONTROLS, slopes, strict=True)})
        print(f"  explains {explained:.0%} of the variance over {len(lips)} frames of {len(photos)} faces")


def _measure(models: FaceModels, rig: Rig, samples: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Random weights, and gap and width of the lips over those at rest."""
    rng, renderer = np.random.default_rng(1), FrameRenderer(rig)
    rest = renderer.draw(rig.neutral)
    face = models.landmarks(rest, models.detect(rest)[0])
    resting, _ = lips_in(models, rest, face)
    inputs, lips = [], []
    for _ in range(samples):
        chosen = rng.uniform(0, 1, len(CONTROLS)) * (rng.random(len(CONTROLS)) < 0.5)
        chosen[-2:] *= rng.random(2) < 0.2  # what shuts the mouth hides what the others do
        frame = renderer.draw(_weights(rig.neutral, chosen))
        seen, face = lips_in(models, frame, face)
        inputs.append(chosen)
        lips.append(seen - resting)
    return np.array(inputs), np.array(lips)


def _weights(neutral: Floats, chosen: NDArray[np.float64]) -> Floats:
    weights = neutral.copy()
    for name, value in zip(CONTROLS, chosen, strict=True):
        weights[INDEX[name]] += value
    weights[INDEX["relax"]] += _RELAX_WITH_ROUND * chosen[CONTROLS.index("round")]
    return clamp(weights)


def lips_in(models: FaceModels, frame: Pixels, last: Landmarks) -> tuple[NDArray[np.float64], Landmarks]:
    """Gap and width of the lips in a frame, in distances of the outer eye corners, and its landmarks."""
    face = models.landmarks(frame, last)
    points = face.points.astype(float)
    unit = float(np.linalg.norm(points[263] - points[33]))
    along = (points[263, :2] - points[33, :2]) / np.linalg.norm(points[263, :2] - points[33, :2])
    down = np.array([-along[1], along[0]])
    gap = sum(w * max(0.0, float((points[b, :2] - points[a, :2]) @ down)) for a, b, w in _PAIRS)
    width = float(np.linalg.norm(points[291, :2] - points[61, :2]))
    return np.array([gap / sum(w for *_, w in _PAIRS), width]) / unit, face


if __name__ == "__main__":
    main()
