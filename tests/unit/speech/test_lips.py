"""Lips as they are read off the network: the way real mouths go."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from visavis.engine.resample import Resampler
from visavis.engine.speech import RATE_HZ, SpeechMotion, load_speech_model
from visavis.engine.speech.lips import LipReader, inputs
from visavis.engine.speech.network import Answer
from visavis.samples.sentence import speak

MODEL = load_speech_model()


def hear(text: str, gain: float = 1.0) -> SpeechMotion:
    samples, rate_hz = speak(text)
    resample = Resampler(rate_hz, RATE_HZ)
    whole: NDArray[np.float32] = np.float32(gain) * samples.astype(np.float32) / 32768
    motion, state = MODEL.listen(np.concatenate([resample(whole), resample.finish()]), MODEL.begin())
    return SpeechMotion.concatenate([motion, MODEL.finish(state)])


def middle_of(text: str) -> NDArray[np.floating]:
    """The median gap and width while somebody speaks."""
    motion = hear(text)
    middle: NDArray[np.floating] = np.median(motion.lips[motion.voice > 0.5], axis=0)
    return middle


def test_open_vowels_open_more_than_close_ones_and_rounded_ones_are_narrow() -> None:
    ah, ee, oo = (middle_of(text) for text in ("ah, ah, ah", "ee, ee, ee", "oo, oo, oo"))
    assert ah[0] > 0.6
    assert ah[0] > max(ee[0], oo[0]) + 0.1
    assert min(ah[1], ee[1]) > oo[1] + 0.5


def test_a_quiet_voice_moves_the_lips_as_a_loud_one_does() -> None:
    text = "Peter brought a big map of the moon."
    loud, quiet = hear(text), hear(text, gain=10 ** (-30 / 20))
    spoken = loud.voice > 0.5
    assert np.corrcoef(loud.lips[spoken, 0], quiet.lips[spoken, 0])[0, 1] > 0.85
    assert abs(np.median(loud.lips[spoken, 0]) - np.median(quiet.lips[spoken, 0])) < 0.15


def test_every_input_is_looked_at_where_the_memory_holds_it(tmp_path: Path) -> None:
    answers, inner = np.arange(22, dtype=np.float32), np.arange(320, dtype=np.float32)
    memory = LipReader.fresh()
    for row in range(40):
        memory = LipReader.remember(Answer(answers + 1000 * row, inner + 1000 * row), memory)
    seen = inputs(memory)
    assert list(seen[:132:22]) == [1000 * row for row in (19, 25, 30, 34, 37, 39)]
    assert list(seen[132:772:160]) == [1000 * row for row in (33, 35, 37, 39)]
    assert list(seen[772::160]) == [1000 * row + 160 for row in (33, 36, 39)]
    weights = np.zeros((2, len(seen)), np.float32)
    weights[0, 5 * 22 + 3] = 1
    save_file({"weights": weights, "offsets": np.array([0.5, 7], np.float32)}, tmp_path / "one.safetensors")
    assert LipReader(tmp_path / "one.safetensors").read(memory) == pytest.approx([39003.5, 7])
