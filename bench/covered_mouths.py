"""Measures how often a covered mouth is refused, and a bare one accepted.

    python -m bench.covered_mouths --faces DIR [--keep bench/results/covered_mouths.json]
    python -m bench.covered_mouths --quick

DIR contains one picture or video for each person; the middle frame of a video is used. Each face is tried
bare, bare in bad lights, and behind each of the painted covers of `harness.covers`. Only faces that were not
used to choose the thresholds of `visavis.engine.rig.covered` show what to expect. `--quick` uses the built-in
portrait and the test picture of scikit-image, to check that the benchmark runs.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from harness.covers import COVERS, LIGHTS, head
from skimage import data

from visavis.adapters.models.entries import FACE
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.store import default_models_directory
from visavis.engine.arrays import Pixels
from visavis.engine.face import FaceModels
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import check_photo
from visavis.errors import MouthCoveredError, PhotoError
from visavis.samples.portrait import read_portrait

_PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
_MAX_SIDE_PX = 1920


def measure(models: FaceModels, faces: list[Pixels]) -> dict[str, Any]:
    """Try each face, bare and covered. Returns counts by outcome."""
    bare: Counter[str] = Counter()
    lit: Counter[str] = Counter()
    covered = {name: Counter[str]() for name in COVERS}
    for rgb in faces:
        crop = head(models, rgb)
        bare[_outcome(models, rgb)] += 1
        for light in LIGHTS.values():
            lit[_outcome(models, np.clip(light(crop.rgb), 0, 255).astype(np.uint8))] += 1
        for name, cover in COVERS.items():
            covered[name][_outcome(models, cover(crop))] += 1
    every = sum(covered.values(), Counter[str]())
    counts = {"bare": bare, "bare in seven lights": lit, **covered, "all covers": every}
    return {"people": len(faces), **{name: dict(sorted(each.items())) for name, each in counts.items()}}


def _outcome(models: FaceModels, rgb: Pixels) -> str:
    try:
        warnings = check_photo(models, Photo(rgb, None)).warnings
    except MouthCoveredError:
        return "refused"
    except PhotoError:
        return "refused for another reason"
    return "warned of" if any("covered" in warning for warning in warnings) else "taken"


def _faces(folder: Path) -> Iterator[Pixels]:
    for path in sorted(folder.iterdir()):
        rgb = read_photo(path).rgb if path.suffix.lower() in _PICTURES else _middle_frame(path)
        scale = _MAX_SIDE_PX / max(rgb.shape)
        if scale < 1:
            rgb = np.asarray(
                cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
        yield rgb


def _middle_frame(path: Path) -> Pixels:
    with av.open(str(path)) as video:
        frames = sum(1 for _ in video.decode(video=0))
        video.seek(0)
        middle = next(islice(video.decode(video=0), frames // 2, None))
        return np.asarray(middle.to_ndarray(format="rgb24"), np.uint8)


def _quick_faces() -> Iterator[Pixels]:
    yield read_portrait(512)
    yield np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, help="a folder with one picture or video for each person")
    parser.add_argument("--quick", action="store_true", help="two faces: whether it still runs")
    parser.add_argument("--keep", type=Path, help="also write the counts as JSON")
    asked = parser.parse_args()
    if not asked.quick and asked.faces is None:
        parser.error("name --faces DIR, or --quick")
    models = FaceModels.load(pull_model(default_models_directory(), FACE, offline=False))
    counts = measure(models, list(_quick_faces() if asked.quick else _faces(asked.faces)))
    print(json.dumps(counts, indent=2))
    if asked.keep:
        asked.keep.write_text(json.dumps(counts, indent=2) + "\n")
