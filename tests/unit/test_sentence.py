import subprocess
import sys

import numpy as np
import pytest

from visavis.samples.sentence import SpeakerMissingError, speak

SENTENCE = "Hello! My lips move by the sound alone."


def test_a_sentence_is_spoken():
    pytest.importorskip("espeakng_loader")
    samples, rate_hz = speak(SENTENCE)
    assert samples.dtype == np.int16
    assert rate_hz == 22050
    assert 1.5 < len(samples) / rate_hz < 6
    assert np.abs(samples.astype(int)).max() > 3000


def test_speech_is_repeatable_and_multilingual():
    pytest.importorskip("espeakng_loader")
    first, _ = speak(SENTENCE)
    again, _ = speak(SENTENCE)
    german, _ = speak("Guten Tag, wie geht es dir?", "de")
    assert abs(len(first) - len(again)) < 500
    assert len(german) > 10000
    assert not speak("")[0].any()


def test_unknown_voices_are_named():
    pytest.importorskip("espeakng_loader")
    with pytest.raises(SpeakerMissingError, match="no voice"):
        speak("hello", "no-such-tongue")


def test_a_missing_program_is_named(monkeypatch):
    from visavis.samples import sentence

    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    sentence._speaker.cache_clear()
    with pytest.raises(SpeakerMissingError, match=r"visavis\[demo\]"):
        speak(SENTENCE)


def test_speaking_starts_no_thread_of_the_library():
    pytest.importorskip("espeakng_loader")
    script = (
        "import os; from visavis.samples.sentence import utter; before = len(os.listdir('/proc/self/task')); "
        "utter('Hola.', 'es'); print(len(os.listdir('/proc/self/task')) - before)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "0"
