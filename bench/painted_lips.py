"""Lips of painted characters against those of photos: both say what real people say in clips.

    python -m bench.painted_lips --data DIR --scorer "PYTHON lipscore.py" [--keep FILE]
    python -m bench.painted_lips --quick

`--data` holds `manifest.json`, real clips, and the same people's faces as `faces/self_CLIP.png`, as for
`bench.rendered_lips`; the scorer finds lips with its own landmark model, in its own environment, and is no
part of this repository. The sound of each clip drives the photo and a painted character; both videos are
compared with the clip. `--quick` needs neither: it films a second of a painted character.
"""

import argparse
import json
import shlex
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from bench.characters import FIRST_SEED, PROMPTS
from bench.machine import not_here
from bench.rendered_lips import Row, Way, write_sound
from visavis import bootstrap
from visavis.engine.threads import use_one_thread
from visavis.painter import paint, understand
from visavis.samples import SENTENCE
from visavis.samples.sentence import speak

CHARACTERS = (0, 6, 9, 36, 58)
"""Lines of `characters.txt`, each for one clip: of all ages and tones, bearded, veiled, with glasses."""
MAX_LOSS = 5.0
"""Points of the score that a painted character may lie below the photo."""
_SIDE_PX = 512


def painted(number: int, folder: Path) -> Path:
    """The picture of a character of the sheet."""
    prompt = PROMPTS.read_text("utf-8").splitlines()[number]
    picture = paint(understand(prompt, seed=FIRST_SEED + number).character, _SIDE_PX, _SIDE_PX)
    path = folder / f"painted-{number}.png"
    Image.fromarray(picture[..., :3]).save(path)
    return path


def compare(way: Way, data: Path, folder: Path) -> dict[str, Row]:
    """Scores of the photo and of a painted character for each clip."""
    entries = json.loads((data / "manifest.json").read_text())["files"]
    faces = {entry["file"]: data / "faces" / f"self_{Path(entry['file']).stem}.png" for entry in entries}
    known = [entry for entry in entries if entry.get("ground_truth") and faces[entry["file"]].exists()]
    rows: dict[str, Row] = {}
    for entry, number in zip(known, CHARACTERS, strict=False):
        clip = data / entry["file"]
        offset = "--real-offset-ms", str(entry.get("av_offset_ms") or 0)
        scores = [
            float(way.ask("compare", clip, way.film(face, clip), *offset)["score"])
            for face in (faces[entry["file"]], painted(number, folder))
        ]
        rows[clip.stem] = {
            "character": number,
            "photo": round(scores[0], 1),
            "painted": round(scores[1], 1),
            "difference": round(scores[1] - scores[0], 1),
        }
        print(clip.stem, rows[clip.stem], flush=True)
    return rows


def main() -> None:
    """Measure, print, keep; the exit status is 1 if a character lies too far below its photo."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--scorer", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    settings = bootstrap.read_settings()
    use_one_thread()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        way = Way(bootstrap.face_models(settings.models), shlex.split(options.scorer), folder)
        if options.quick:
            samples, rate_hz = speak(SENTENCE)
            sound = write_sound(folder / "sentence.wav", samples[:rate_hz], rate_hz)
            print(f"{way.film(painted(CHARACTERS[0], folder), sound).stat().st_size} bytes of video")
            return
        if not (options.data and options.scorer):
            raise not_here("--data and --scorer name real clips and what measures lips")
        if (
            not (options.data / "manifest.json").is_file()
            or not Path(shlex.split(options.scorer)[-1]).exists()
        ):
            raise not_here(f"there are no clips in {options.data}, or no scorer at {options.scorer}")
        rows = compare(way, options.data, folder)
    differences = [row["difference"] for row in rows.values()]
    summary = {"mean_difference": round(float(np.mean(differences)), 1), "largest_loss": -min(differences)}
    print(summary)
    if options.keep:
        options.keep.write_text(json.dumps({"clips": rows, **summary}, indent=1) + "\n")
    if summary["largest_loss"] > MAX_LOSS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
