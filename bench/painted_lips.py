"""Lips of painted characters against those of photos: both say what real people say in clips.

    python -m bench.painted_lips --data DIR --scorer "PYTHON lipscore.py" [--keep FILE]
    python -m bench.painted_lips --quick

`--data` holds `manifest.json`, real clips, and the same people's faces as `faces/self_CLIP.png`, as for
`bench.rendered_lips`; the scorer finds lips with its own landmark model, in its own environment, and is no
part of this repository. The sound of each clip drives the photo and a painted character; both videos are
compared with the clip. `--quick` needs neither: it films a second of a painted character.
"""

import json
from pathlib import Path

import numpy as np

from bench.characters import FIRST_SEED, PROMPTS
from bench.lip_videos import Row, Way, lip_options, self_faces, way_of, write_second
from visavis.engine.outline import save_outlined
from visavis.painter import paint_outlined, understand

CHARACTERS = (0, 6, 9, 36, 58)
"""Lines of `characters.txt`, each for one clip: of all ages and tones, bearded, veiled, with glasses."""
MAX_LOSS = 5.0
"""Points of the score that a painted character may lie below the photo."""
_SIDE_PX = 512


def painted(number: int, folder: Path) -> Path:
    """The picture of a character of the sheet."""
    prompt = PROMPTS.read_text("utf-8").splitlines()[number]
    character = understand(prompt, seed=FIRST_SEED + number).character
    layers, person = paint_outlined(character, _SIDE_PX, _SIDE_PX)
    path = folder / f"painted-{number}.png"
    save_outlined(layers[..., :3], person, path, "PNG")
    return path


def compare(way: Way, data: Path) -> dict[str, Row]:
    """Scores of the photo and of a painted character for each clip."""
    rows: dict[str, Row] = {}
    for (clip, face, offset), number in zip(self_faces(data), CHARACTERS, strict=False):
        photo_score, score = (
            float(way.ask("compare", clip, way.film(shown, clip), *offset)["score"])
            for shown in (face, painted(number, way.folder))
        )
        rows[clip.stem] = {
            "character": number,
            "photo": round(photo_score, 1),
            "painted": round(score, 1),
            "difference": round(score - photo_score, 1),
        }
        print(clip.stem, rows[clip.stem], flush=True)
    return rows


def main() -> None:
    """Measure, print, keep; the exit status is 1 if a character lies too far below its photo."""
    options = lip_options(__doc__).parse_args()
    with way_of(options) as way:
        if options.quick:
            made = way.film(painted(CHARACTERS[0], way.folder), write_second(way.folder))
            print(f"{made.stat().st_size} bytes of video")
            return
        rows = compare(way, options.data)
    differences = [row["difference"] for row in rows.values()]
    summary = {"mean_difference": round(float(np.mean(differences)), 1), "largest_loss": -min(differences)}
    print(summary)
    if options.keep:
        options.keep.write_text(json.dumps({"clips": rows, **summary}, indent=1) + "\n")
    if summary["largest_loss"] > MAX_LOSS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
