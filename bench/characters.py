"""64 characters from 64 prompts, on one sheet, and how long each takes.

    python -m bench.characters [--quick] [--unlabelled FOLDER --truth FILE] [--seed N]

The sheet is docs/characters.webp. Look at it: features that melt, hair like a helmet, skin that is darker
than lit. Every picture is also judged by `find_face`, as an avatar would be. The processor time of a picture
of 1024x1024 pixels is kept in bench/results/characters-*.json.

`--unlabelled` also writes sheets of 16 without captions, in an order drawn from `--seed`, for people who
label them without sight of the prompts; `--truth` is where the answers go. `python -m bench.character_labels`
compares both. `--quick` paints two characters and writes nothing.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.character_labels import truth_of
from bench.machine import keep
from visavis.adapters.models.entries import FACE
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.store import default_models_directory
from visavis.engine.arrays import Pixels
from visavis.engine.face import FaceModels, find_face
from visavis.errors import InputError
from visavis.painter import paint, understand

SHEET = Path(__file__).parent.parent / "docs" / "characters.webp"
PROMPTS = Path(__file__).with_name("characters.txt")
FIRST_SEED = 100
_COLUMNS = 8
_SIDE_PX = 1024
_SHOWN_PX = 240
_LABELLED_PX = 480
_LABELLED_COLUMNS = 4


def main() -> None:
    """Paint them, judge them and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two of them, and no sheet")
    parser.add_argument("--unlabelled", type=Path, help="folder of the sheets without captions")
    parser.add_argument("--truth", type=Path, help="file of the answers to them")
    parser.add_argument("--seed", type=int, default=1, help="seed of their order")
    wanted = parser.parse_args()
    models = FaceModels.load(pull_model(default_models_directory(), FACE, offline=False))
    cv2.setNumThreads(1)
    prompts = PROMPTS.read_text("utf-8").splitlines()[: 2 if wanted.quick else None]
    pictures, truths, times_s, refused = [], [], [], 0
    for number, prompt in enumerate(prompts):
        understood = understand(prompt, seed=FIRST_SEED + number)
        start = time.process_time()
        picture = paint(understood.character, _SIDE_PX, _SIDE_PX)[..., :3]
        times_s.append(time.process_time() - start)
        try:
            found = find_face(models, _reduced(picture, 512))
            verdict = "; ".join(found.warnings) or f"eyes {found.eye_distance_px:.0f} px apart"
            refused += bool(found.warnings) or found.eye_distance_px < 60
        except InputError as error:
            refused, verdict = refused + 1, f"REFUSED: {error}"
        unknown = ", ".join(text for text, _ in understood.reading.unknown)
        said = f" (unknown: {unknown})" if unknown else ""
        print(f"{number:2} {times_s[-1]:4.1f} s  {prompt}: {verdict}{said}", flush=True)
        pictures.append(_reduced(picture, _LABELLED_PX))
        truths.append(truth_of(understood.character))
    if not wanted.quick:
        small = [_reduced(picture, _SHOWN_PX) for picture in pictures]
        Image.fromarray(_sheet(small, _COLUMNS)).save(SHEET, quality=86)
        kept = keep(
            "characters",
            {
                "characters": len(prompts),
                "refused_by_find_face": refused,
                "side_px": _SIDE_PX,
                "median_s": round(float(np.median(times_s)), 2),
                "slowest_s": round(max(times_s), 2),
            },
        )
        print(f"{SHEET}: {len(pictures)} characters, {refused} refused; {kept}")
    if wanted.unlabelled and wanted.truth:
        _write_unlabelled(pictures, truths, wanted.unlabelled, wanted.truth, wanted.seed)
    sys.exit(1 if refused else 0)


def _reduced(picture: Pixels, side_px: int) -> Pixels:
    shown = Image.fromarray(picture).resize((side_px, side_px), Image.Resampling.LANCZOS)
    return np.asarray(shown)


def _sheet(tiles: list[Pixels], columns: int) -> Pixels:
    rows = [np.concatenate(tiles[k : k + columns], axis=1) for k in range(0, len(tiles), columns)]
    return np.concatenate(rows)


def _write_unlabelled(
    pictures: list[Pixels], truths: list[dict[str, list[str]]], folder: Path, truth: Path, seed: int
) -> None:
    """Sheets on which each picture has only a number, and the answers in the same order."""
    order = np.random.default_rng(seed).permutation(len(pictures))
    folder.mkdir(parents=True, exist_ok=True)
    numbered = []
    for place, which in enumerate(order, start=1):
        tile = Image.fromarray(pictures[which])
        font = ImageFont.load_default(26)
        ImageDraw.Draw(tile).text((8, 4), str(place), "white", font, stroke_width=3, stroke_fill="black")
        numbered.append(np.asarray(tile))
    size = _LABELLED_COLUMNS**2
    for start in range(0, len(numbered), size):
        sheet = _sheet(numbered[start : start + size], _LABELLED_COLUMNS)
        Image.fromarray(sheet).save(folder / f"round{seed}-sheet{start // size + 1}.png")
    truth.parent.mkdir(parents=True, exist_ok=True)
    answers = {str(place): truths[which] for place, which in enumerate(order, start=1)}
    truth.write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
