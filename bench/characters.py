"""64 characters from 64 prompts, on one sheet.

    python -m bench.characters [--quick]

The sheet is docs/characters.webp. Look at it: features that melt, hair like a helmet, skin that is darker
than lit. Every picture is also judged by `find_face`, as an avatar would be. `--quick` paints two characters
and writes no sheet.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from visavis.adapters.models.entries import FACE
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.store import default_models_directory
from visavis.engine.face import FaceModels, find_face
from visavis.errors import InputError
from visavis.painter import paint, understand

SHEET = Path(__file__).parent.parent / "docs" / "characters.webp"
PROMPTS = Path(__file__).with_name("characters.txt")
_COLUMNS = 8
_SIDE_PX = 512
_SHOWN_PX = 240


def main() -> None:
    """Paint them, judge them and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two of them, and no sheet")
    is_quick = parser.parse_args().quick
    models = FaceModels.load(pull_model(default_models_directory(), FACE, offline=False))
    prompts = PROMPTS.read_text("utf-8").splitlines()[: 2 if is_quick else None]
    tiles, refused = [], 0
    for number, prompt in enumerate(prompts):
        understood = understand(prompt, seed=100 + number)
        start = time.perf_counter()
        picture = paint(understood.character, _SIDE_PX, _SIDE_PX)[..., :3]
        took = time.perf_counter() - start
        try:
            found = find_face(models, picture)
            verdict = "; ".join(found.warnings) or f"eyes {found.eye_distance_px:.0f} px apart"
        except InputError as error:
            refused, verdict = refused + 1, f"REFUSED: {error}"
        unknown = ", ".join(text for text, _ in understood.reading.unknown)
        print(
            f"{number:2} {took:4.1f} s  {prompt}: {verdict}" + (f" (unknown: {unknown})" if unknown else "")
        )
        small = Image.fromarray(picture).resize((_SHOWN_PX, _SHOWN_PX), Image.Resampling.LANCZOS)
        tiles.append(np.asarray(small))
    if is_quick:
        sys.exit(1 if refused else 0)
    rows = [np.concatenate(tiles[k : k + _COLUMNS], axis=1) for k in range(0, len(tiles), _COLUMNS)]
    Image.fromarray(np.concatenate(rows)).save(SHEET, quality=86)
    print(f"{SHEET}: {len(tiles)} characters, {refused} refused")
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
