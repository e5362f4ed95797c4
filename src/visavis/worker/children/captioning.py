"""Captions of one video: what is said when, in the picture or in files."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.captions import (
    CaptionPainter,
    Cue,
    TimedWord,
    make_cues,
    missing_letters,
    spread_words,
    to_srt,
    to_vtt,
)
from visavis.engine.downmix import Downmix
from visavis.engine.sound import open_sound
from visavis.ports import RECOGNITION_RATE_HZ, SpeechRecognizer

_SHOWN_LETTERS: Final = 10


@dataclass(frozen=True)
class Captions:
    """What becomes of the captions of a video.

    Attributes:
        painter: Draws them into the frames; `None` if they are not in the picture.
        cues: Captions for files; `None` if there are no files.
        warnings: What may have spoiled them, for people to read.
    """

    painter: CaptionPainter | None = None
    cues: list[Cue] | None = None
    warnings: tuple[str, ...] = ()

    def write(self, video: Path) -> tuple[Path | None, Path | None]:
        """Write the files beside a video. Returns the paths of SubRip and WebVTT."""
        if self.cues is None:
            return None, None
        srt, vtt = video.with_suffix(".srt"), video.with_suffix(".vtt")
        srt.write_text(to_srt(self.cues), encoding="utf-8")
        vtt.write_text(to_vtt(self.cues), encoding="utf-8")
        return srt, vtt


def caption(
    words: Sequence[TimedWord],
    mode: Literal["none", "burned", "file"],
    size: tuple[int, int],
    font: Path | None = None,
) -> Captions:
    """Prepare captions. If the font lacks letters, they go to files and not into the picture.

    Args:
        words: What is said, in the order of time.
        mode: Where the captions go.
        size: Width and height of the video in pixels.
        font: Font file; the one of the package if not given.

    Raises:
        InputError: The font file cannot be read.
    """
    if mode == "none":
        return Captions()
    cues = make_cues(words)
    warnings = () if cues else ("No words were found in the speech, so there are no captions.",)
    if mode == "file":
        return Captions(cues=cues, warnings=warnings)
    missing = missing_letters(cues, font)
    if missing:
        return Captions(cues=cues, warnings=(_lacks(missing),))
    return Captions(CaptionPainter(cues, size, font), warnings=warnings)


def recognized_words(recognizer: SpeechRecognizer, path: Path) -> list[TimedWord]:
    """The words in a sound file, as a recognizer hears them.

    Raises:
        SoundError: The file cannot be decoded.
        ModelNotReadyError: The recognizer needs a model that is not on this machine.
        ProviderError: The recognizer failed.
    """
    samples = _mono(path)
    found = asyncio.run(recognizer.recognize(samples))
    if found.words:
        return [TimedWord(word.text, word.start_s, word.end_s) for word in found.words]
    return spread_words(found.text, 0.0, len(samples) / RECOGNITION_RATE_HZ)


def _mono(path: Path) -> Floats:
    mix = Downmix(RECOGNITION_RATE_HZ)
    with open_sound(path, rate_hz=RECOGNITION_RATE_HZ) as sound:
        blocks = [mix(block.samples) for block in sound]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _lacks(letters: str) -> str:
    shown = letters[:_SHOWN_LETTERS] + ("…" if len(letters) > _SHOWN_LETTERS else "")
    return (
        f"The captions contain letters that the font lacks ({shown}), so they are in files and not in the "
        "picture."
    )
