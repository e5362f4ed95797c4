"""The whole way in pixels: rendered lips against the real clips whose sound drove them, and by phoneme times.

    python -m bench.rendered_lips --data DIR --scorer "PYTHON lipscore.py" [--without DIR] [--keep FILE]
    python -m bench.rendered_lips --quick

`--data` holds `manifest.json`, real clips, and the same people's faces as `faces/self_CLIP.png`; the scorer
finds lips with its own landmark model, in its own environment. The shipped lip reader was fitted to these
clips: what it does for strangers is told by `--without`, a folder of readers that were fitted without one
speaker each (`python -m training.calibrate --leave-out DIR`). `--quick` needs
neither data nor scorer: it renders a second of the built-in face and sentence, whether that still runs.
"""

import argparse
import json
import shlex
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.machine import not_here
from bench.sentences import SENTENCES
from visavis import bootstrap
from visavis.engine.face import FaceModels
from visavis.engine.mp4 import SOUND_RATE_HZ
from visavis.engine.photo import read_photo
from visavis.engine.render import render
from visavis.engine.rig.build import build_rig
from visavis.engine.sound import open_sound
from visavis.engine.speech.lips import FITTED
from visavis.engine.speech.stream import SHIPPED, StreamModel
from visavis.engine.threads import use_one_thread
from visavis.engine.view import FaceView
from visavis.samples import SENTENCE, write_portrait
from visavis.samples.sentence import speak

FACE = "studio_woman_red.png"
SILENT_S = 5
Row = dict[str, Any]


class Way:
    """From a face and a sound to what the scorer says of the video."""

    def __init__(self, models: FaceModels, scorer: Sequence[str], folder: Path) -> None:
        self._models, self._scorer, self._folder = models, scorer, folder

    def film(self, face: Path, sound: Path, lips: Path = FITTED) -> Path:
        """The rendered video."""
        video = self._folder / f"{sound.stem}.mp4"
        view = FaceView(build_rig(self._models, read_photo(face)).rig, side_px=512)
        with open_sound(sound, rate_hz=SOUND_RATE_HZ) as opened:
            render(view, opened, video, speech=StreamModel(SHIPPED, lips))
        return video

    def ask(self, *words: str | Path) -> Row:
        """The scorer's answer."""
        command = [*self._scorer, *map(str, words), "--json"]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        answer: Row = json.loads(said.stdout.splitlines()[-1])
        return answer

    def spoken(self, voice: str, text: str) -> Path:
        """A text said by the scorer's synthesiser, with its phoneme times beside it."""
        sound = self._folder / f"{voice}.wav"
        command = [*self._scorer, "synth", text, "-v", voice, "-o", str(sound)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return sound


def real_clips(way: Way, data: Path, without: Path | None) -> dict[str, Row]:
    """Each clip with a face of its own, driven by its own sound."""
    rows = {}
    for entry in json.loads((data / "manifest.json").read_text())["files"]:
        clip = data / entry["file"]
        face = data / "faces" / f"self_{clip.stem}.png"
        if not entry.get("ground_truth") or not face.exists():
            continue
        lips = without / f"{clip.stem.split('_')[0]}.safetensors" if without else FITTED
        offset_ms = entry.get("av_offset_ms") or 0
        said = way.ask("compare", clip, way.film(face, clip, lips), "--real-offset-ms", str(offset_ms))
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


def nobody_speaks(way: Way, data: Path, folder: Path) -> dict[str, Row]:
    """How much of the time the mouth is closed."""
    noise = np.random.default_rng(1).normal(0, 3000, SILENT_S * 16_000)
    rows = {}
    for name, samples in (("silence", 0 * noise), ("white noise", noise)):
        sound = write_sound(folder / f"{name}.wav", samples.clip(-32767, 32767).astype("<i2"), 16_000)
        rows[name] = {"closed": way.ask("free", way.film(data / "faces" / FACE, sound))["closed_frac"]}
    return rows


def _film_built_in(way: Way, folder: Path) -> Path:
    samples, rate_hz = speak(SENTENCE)
    write_sound(folder / "sentence.wav", samples[:rate_hz], rate_hz)
    write_portrait(folder / "face.png")
    return way.film(folder / "face.png", folder / "sentence.wav")


def write_sound(path: Path, samples: NDArray[np.int16], rate_hz: int) -> Path:
    """A sound as a WAV file; its path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--scorer", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--without", type=Path)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    settings = bootstrap.read_settings()
    use_one_thread()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        way = Way(bootstrap.face_models(settings.models), shlex.split(options.scorer), folder)
        if options.quick:
            print(f"{_film_built_in(way, folder).stat().st_size} bytes of video")
            return
        if not (options.data and options.scorer):
            raise not_here("--data and --scorer name real clips and what measures lips")
        tables = {"real clips": real_clips(way, options.data, None)}
        if options.without:
            tables["real clips, speaker left out"] = real_clips(way, options.data, options.without)
        tables["phoneme times"] = phoneme_times(way, options.data)
        tables["nobody speaks"] = nobody_speaks(way, options.data, folder)
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
