"""The whole way in pixels: rendered lips against the real clips whose sound drove them, and by phoneme times.

    python -m bench.rendered_lips --data DIR --scorer "PYTHON lipscore.py" [--without DIR] [--keep FILE]
    python -m bench.rendered_lips --quick

`--data` holds `manifest.json`, real clips, and the same people's faces as `faces/self_CLIP.png`; the scorer
finds lips with its own landmark model, in its own environment. The shipped lip reader was fitted to these
clips: what it does for strangers is told by `--without`, a folder of readers that were fitted without one
speaker each (`python -m training.calibrate --leave-out DIR`). `--quick` needs
neither data nor scorer: it renders a second of the built-in face and sentence, whether that still runs.
"""

import json
from pathlib import Path

import numpy as np

from bench.lip_videos import Row, Way, lip_options, self_faces, way_of, write_second, write_sound
from bench.sentences import SENTENCES
from visavis.engine.speech.lips import FITTED
from visavis.samples import write_portrait

FACE = "studio_woman_red.png"
SILENT_S = 5


def real_clips(way: Way, data: Path, without: Path | None) -> dict[str, Row]:
    """Each clip with a face of its own, driven by its own sound."""
    rows = {}
    for clip, face, offset in self_faces(data):
        lips = without / f"{clip.stem.split('_')[0]}.safetensors" if without else FITTED
        said = way.ask("compare", clip, way.film(face, clip, lips), *offset)
        rows[clip.stem] = {
            "r": said["aperture"]["r"],
            "kappa": said["closures"]["kappa"],
            "lag_ms": said["aperture"]["lag_ms"],
            "range": said["range_ratio"]["aperture"],
            "width_r": said["width"]["r"],
            "score": said["score"],
        }
    return rows


def phoneme_times(way: Way, data: Path) -> dict[str, Row]:
    """Whether the lips show what a synthesiser says when it says it, in six languages, and close in p b m."""
    rows = {}
    for voice, text in SENTENCES.items():
        sound = way.spoken(voice, text)
        said = way.ask("visemes", way.film(data / "faces" / FACE, sound), sound.with_suffix(".events.json"))
        rows[voice] = {"kappa": said["mean_kappa"], "closures_missed": round(1 - said["closed"]["hit"], 3)}
    return rows


def nobody_speaks(way: Way, data: Path) -> dict[str, Row]:
    """How much of the time the mouth is closed."""
    noise = np.random.default_rng(1).normal(0, 3000, SILENT_S * 16_000)
    rows = {}
    for name, samples in (("silence", 0 * noise), ("white noise", noise)):
        sound = write_sound(way.folder / f"{name}.wav", samples.clip(-32767, 32767).astype("<i2"), 16_000)
        rows[name] = {"closed": way.ask("free", way.film(data / "faces" / FACE, sound))["closed_frac"]}
    return rows


def main() -> None:
    """Measure, print, keep."""
    parser = lip_options(__doc__)
    parser.add_argument("--without", type=Path, help="folder of lip readers without one speaker each")
    options = parser.parse_args()
    with way_of(options) as way:
        if options.quick:
            write_portrait(way.folder / "face.png")
            made = way.film(way.folder / "face.png", write_second(way.folder))
            print(f"{made.stat().st_size} bytes of video")
            return
        tables = {"real clips": real_clips(way, options.data, None)}
        if options.without:
            tables["real clips, speaker left out"] = real_clips(way, options.data, options.without)
        tables["phoneme times"] = phoneme_times(way, options.data)
        tables["nobody speaks"] = nobody_speaks(way, options.data)
    for title, rows in tables.items():
        names = next(iter(rows.values()))
        rows["mean"] = {key: round(float(np.mean([row[key] for row in rows.values()])), 3) for key in names}
        print(title)
        for label, row in rows.items():
            print(f"  {label:22s}", "  ".join(f"{key} {value}" for key, value in row.items()))
    if options.keep:
        options.keep.write_text(json.dumps(tables, indent=1) + "\n")


if __name__ == "__main__":
    main()
