"""What comes with visavis to try it on: a painted portrait and a spoken sentence, both made by code."""

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image

from visavis.engine.arrays import Pixels
from visavis.errors import ExtraMissingError
from visavis.samples.portrait import read_portrait
from visavis.samples.sentence import speak

SENTENCE: Final = (
    "Hello! I am a picture, and my lips move by the sound alone. "
    "Maybe a father, a baby and five very funny women would put it better."
)
"""Bilabials, labiodentals, rounded and open vowels, close together: what shows whether lips are read."""


def write_portrait(path: Path) -> None:
    """Write the built-in face as a PNG."""
    Image.fromarray(read_portrait()).save(path)


def write_astronaut(path: Path) -> None:
    """Write a real photo as a PNG: Eileen Collins, by NASA, in the public domain, from scikit-image.

    Raises:
        ExtraMissingError: scikit-image is not installed.
    """
    try:
        from skimage.data import astronaut
    except ImportError as error:
        raise ExtraMissingError(
            "The photo of the demo needs scikit-image. Run `pip install 'visavis[demo]'`."
        ) from error
    load: Callable[[], Pixels] = astronaut
    Image.fromarray(load()).save(path)


def write_sentence(path: Path) -> None:
    """Write the built-in sentence as a WAV.

    Raises:
        SpeakerMissingError: The speech synthesiser is not installed.
    """
    samples, rate_hz = speak(SENTENCE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
