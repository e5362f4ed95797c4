"""What the benches of lips in videos share: their options, filming a face, and asking the scorer.

The scorer finds lips with its own landmark model, in its own environment, and is no part of this repository.
"""

import argparse
import json
import shlex
import subprocess
import tempfile
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from harness.api_server import make_sound
from numpy.typing import NDArray

from bench.machine import not_here
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

Row = dict[str, Any]


class Way:
    """From a face and a sound to what the scorer says of the video.

    Attributes:
        folder: Where the videos and sounds are written.
    """

    def __init__(self, models: FaceModels, scorer: Sequence[str], folder: Path) -> None:
        self._models, self._scorer, self.folder = models, scorer, folder

    def film(self, face: Path, sound: Path, lips: Path = FITTED) -> Path:
        """The rendered video."""
        video = self.folder / f"{sound.stem}.mp4"
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
        sound = self.folder / f"{voice}.wav"
        command = [*self._scorer, "synth", text, "-v", voice, "-o", str(sound)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return sound


def write_sound(path: Path, samples: NDArray[np.int16], rate_hz: int) -> Path:
    """A sound as a WAV file; its path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def write_second(folder: Path) -> Path:
    """The first second of the built-in sentence."""
    sound = folder / "sentence.wav"
    make_sound(sound, 1.0)
    return sound


def lip_options(description: str | None) -> argparse.ArgumentParser:
    """The options that all of these benches have; others may be added."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of manifest.json, real clips and their faces")
    parser.add_argument("--scorer", default="", help="command that measures lips")
    parser.add_argument("--quick", action="store_true", help="needs neither, and films a second")
    parser.add_argument("--keep", type=Path, help="file of the result")
    return parser


@contextmanager
def way_of(options: argparse.Namespace) -> Iterator[Way]:
    """The way that the options describe.

    Raises:
        SystemExit: It needs clips and a scorer, and they are not there.
    """
    scorer = shlex.split(options.scorer)
    if not options.quick:
        if not (options.data and scorer):
            raise not_here("--data and --scorer name real clips and what measures lips")
        if not (options.data / "manifest.json").is_file() or not Path(scorer[-1]).exists():
            raise not_here(f"there are no clips in {options.data}, or no scorer at {options.scorer}")
    use_one_thread()
    with tempfile.TemporaryDirectory() as name:
        yield Way(bootstrap.face_models(bootstrap.read_settings().models), scorer, Path(name))


def self_faces(data: Path) -> Iterator[tuple[Path, Path, tuple[str, ...]]]:
    """Real clips of which the same person's face is there: the clip, the face, what the scorer must know."""
    for entry in json.loads((data / "manifest.json").read_text())["files"]:
        clip = data / entry["file"]
        face = data / "faces" / f"self_{clip.stem}.png"
        if entry.get("ground_truth") and face.exists():
            yield clip, face, ("--real-offset-ms", str(entry.get("av_offset_ms") or 0))
