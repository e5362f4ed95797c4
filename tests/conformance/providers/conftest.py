"""Sounds of the tests of providers."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.conformance.providers.recognition import Saying, at_recognition_rate
from training import nonspeech

from visavis.engine.arrays import Floats
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.samples.sentence import speak


@pytest.fixture(scope="session")
def speak_english() -> Callable[[str], Floats]:
    """Speaks with a voice that people take for real."""
    hibari = pytest.importorskip("hibari").Hibari()
    return lambda text: at_recognition_rate(hibari(text, seed=0), 24_000)


@pytest.fixture(scope="session")
def sayings(speak_english: Callable[[str], Floats]) -> list[Saying]:
    """English sentences."""
    sentences = {
        "What are your opening hours on Sunday?": ("opening", "hours", "sunday"),
        "Could you book a table for my brother?": ("book", "table", "brother"),
    }
    return [Saying(speak_english(text), words, "en-us") for text, words in sentences.items()]


@pytest.fixture(scope="session")
def german() -> Saying:
    samples, rate_hz = speak("Guten Morgen. Hier ist ein ganz normaler Satz.", "de")
    return Saying(at_recognition_rate(samples / 32_768, rate_hz), ("guten morgen", "hier ist"), "de")


@pytest.fixture(scope="session")
def nobody_speaks() -> list[Floats]:
    """Sounds of which none is speech: silence, noise, hum, music …"""
    count = 6 * RECOGNITION_RATE_HZ
    rng = np.random.default_rng(7)
    return [0.3 * make(rng, count).astype(np.float32) for make in nonspeech.KINDS.values()]
