"""When a stream recognizes what, how long sounds are cut, and what Whisper makes of sounds without speech."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from harness.room_clients import asynchronous
from tests.conformance.providers.recognition import Saying, final, say, silence

from visavis.bootstrap.recognition import voice_activity_detector
from visavis.engine.arrays import Floats
from visavis.errors import ModelsCorruptError, ProviderBusyError
from visavis.ports import RECOGNITION_RATE_HZ, Recognition, VoiceActivityDetector
from visavis.providers.stt import whisper as module
from visavis.providers.stt.listening import ListeningStream, recognize_whole
from visavis.providers.stt.utterance import MAX_PART_S
from visavis.providers.stt.whisper import Whisper, is_repeated

LONG = """The museum opens at nine in the morning, and it closes late in the evening. Our restaurant is
on the second floor, beside the big window. Children under twelve do not pay anything. Please leave your
umbrella in the wardrobe. The train to the airport leaves every twenty minutes from the central station.
You can rent a bicycle behind the church. My grandmother used to sell flowers on this market. The old
captain told us about the storm. There is a swimming pool, but it is closed for repairs until spring.
Breakfast is served in the garden when the weather is good. The teacher asked her students to write a
letter to the mayor. A yellow taxi is waiting in front of the hospital. He plays the violin in an
orchestra. We need more butter, flour and seven eggs for the cake."""
LONG_WORDS = (
    *("museum", "restaurant", "children", "umbrella", "airport", "bicycle", "flowers", "captain"),
    *("pool", "breakfast", "teacher", "taxi"),
)


class Lengths:
    """Recognizes how long a sound is.

    Attributes:
        found_s: Lengths, in order.
    """

    def __init__(self) -> None:
        self.found_s: list[float] = []

    async def __call__(self, samples: Floats) -> Recognition:
        self.found_s.append(len(samples) / RECOGNITION_RATE_HZ)
        return Recognition(f"{self.found_s[-1]:.1f}", is_final=True)


@pytest.fixture(scope="module")
def detector() -> VoiceActivityDetector:
    return voice_activity_detector()


@pytest.fixture(scope="module")
def whisper(model_folder: Callable[[str], Path]) -> Whisper:
    return Whisper(model_folder("whisper-tiny.en"))


@pytest.fixture(scope="module")
def long_speech(speak_english: Callable[[str], Floats]) -> Floats:
    return speak_english(LONG)


def end_of(saying: Saying) -> Floats:
    """A saying without the silence after it, so that its length is that of the voice."""
    loud = np.flatnonzero(np.abs(saying.samples) > 0.02)
    return saying.samples[: loud[-1]]


@asynchronous
async def test_the_recognition_of_the_last_pause_is_the_final_one(
    detector: VoiceActivityDetector, sayings: Sequence[Saying]
) -> None:
    recognize = Lengths()
    stream = ListeningStream(recognize, detector)
    results = aiter(stream)
    say(stream, sayings[0].samples)
    say(stream, silence(0.3))
    stream.pause()
    partial = await anext(results)
    say(stream, silence(1.0))
    stream.end_utterance()
    found = await anext(results)
    assert (partial.is_final, found.is_final, found.text) == (False, True, partial.text)
    assert len(recognize.found_s) == 1
    await stream.close()


@asynchronous
async def test_what_is_said_after_a_pause_is_recognized_with_what_came_before(
    detector: VoiceActivityDetector, sayings: Sequence[Saying]
) -> None:
    recognize = Lengths()
    stream = ListeningStream(recognize, detector)
    results = aiter(stream)
    say(stream, sayings[0].samples)
    say(stream, silence(0.3))
    stream.pause()
    await anext(results)
    say(stream, sayings[1].samples)
    stream.end_utterance()
    await final(results)
    first_s, second_s = recognize.found_s
    assert second_s > first_s + len(end_of(sayings[1])) / RECOGNITION_RATE_HZ
    stream.end_utterance()
    assert (await final(results)).text == ""
    assert len(recognize.found_s) == 2
    await stream.close()


@asynchronous
async def test_a_long_pause_within_an_utterance_is_not_recognized(
    detector: VoiceActivityDetector, sayings: Sequence[Saying]
) -> None:
    recognize = Lengths()
    stream = ListeningStream(recognize, detector)
    results = aiter(stream)
    say(stream, sayings[0].samples)
    say(stream, silence(5.0))
    say(stream, sayings[1].samples)
    say(stream, silence(0.3))
    stream.pause()
    while len((partial := await anext(results)).text.split()) < 2:
        pass
    stream.end_utterance()
    found = await final(results)
    assert found.text == partial.text
    speech_s = sum(len(saying.samples) for saying in sayings) / RECOGNITION_RATE_HZ
    assert sum(recognize.found_s) < speech_s + 2
    assert len(recognize.found_s) == 2
    await stream.close()


@asynchronous
async def test_the_text_is_refreshed_during_speech_if_nobody_has_to_wait(
    detector: VoiceActivityDetector, sayings: Sequence[Saying]
) -> None:
    speech = end_of(sayings[0])[: 3 * RECOGNITION_RATE_HZ // 2]
    free, busy = Lengths(), Lengths()
    stream = ListeningStream(free, detector, refresh_s=0.5)
    other = ListeningStream(busy, detector, refresh_s=0.5, is_free=lambda: False)
    say(stream, speech)
    say(other, speech)
    assert not (await anext(aiter(stream))).is_final
    other.end_utterance()
    assert (await anext(aiter(other))).is_final
    assert len(busy.found_s) == 1
    await stream.close()
    await other.close()


@asynchronous
async def test_a_failure_ends_the_stream(detector: VoiceActivityDetector, sayings: Sequence[Saying]) -> None:
    async def fail(samples: Floats) -> Recognition:
        raise ProviderBusyError("Busy.")

    stream = ListeningStream(fail, detector)
    stream.end_utterance()
    say(stream, sayings[0].samples)
    stream.end_utterance()
    results = aiter(stream)
    assert (await anext(results)).text == ""
    with pytest.raises(ProviderBusyError):
        await anext(results)
    await stream.close()


@asynchronous
async def test_an_error_that_nobody_foresaw_ends_the_stream(
    detector: VoiceActivityDetector, sayings: Sequence[Saying]
) -> None:
    async def fail(samples: Floats) -> Recognition:
        raise ZeroDivisionError

    stream = ListeningStream(fail, detector)
    say(stream, sayings[0].samples)
    stream.end_utterance()
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(anext(aiter(stream)), 60)
    await stream.close()


@asynchronous
async def test_long_speech_is_cut_at_pauses(
    detector: VoiceActivityDetector, whisper: Whisper, long_speech: Floats
) -> None:
    """A minute of speech, in a stream and as a whole; nothing is lost or comes twice."""
    lengths_s: list[float] = []

    async def recognize(samples: Floats) -> Recognition:
        lengths_s.append(len(samples) / RECOGNITION_RATE_HZ)
        return await asyncio.to_thread(whisper.recognize, samples, "en", has_words=True)

    assert len(long_speech) / RECOGNITION_RATE_HZ > 1.5 * MAX_PART_S
    stream = ListeningStream(recognize, detector)
    say(stream, long_speech)
    stream.end_utterance()
    streamed = await final(aiter(stream))
    await stream.close()
    whole = await recognize_whole(long_speech, recognize, detector)
    for found in (streamed, whole):
        text = found.text.lower()
        assert [text.count(word) for word in LONG_WORDS] == [1] * len(LONG_WORDS)
        assert " ".join(word.text for word in found.words) == found.text
        times = [time for word in found.words for time in (word.start_s, word.end_s)]
        assert times == sorted(times)
        assert 0 <= len(long_speech) / RECOGNITION_RATE_HZ - times[-1] < 1.5
    assert max(lengths_s) <= MAX_PART_S + 1


@asynchronous
async def test_where_nobody_speaks_nothing_is_recognized(
    detector: VoiceActivityDetector, nobody_speaks: Sequence[Floats]
) -> None:
    recognize = Lengths()
    stream = ListeningStream(recognize, detector, refresh_s=0.5)
    results = aiter(stream)
    for sound in nobody_speaks:
        say(stream, sound)
        stream.pause()
        stream.end_utterance()
        assert (await anext(results)) == Recognition("", is_final=True)
    assert recognize.found_s == []
    await stream.close()


def test_whisper_invents_nothing(whisper: Whisper, nobody_speaks: Sequence[Floats]) -> None:
    """The model itself, without a detector before it, which invents a text for each of these."""
    for sound in nobody_speaks:
        assert whisper.recognize(sound, "en").text == ""


def test_whisper_repeats_nothing(
    whisper: Whisper, speak_english: Callable[[str], Floats], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With little silence after a short sound, the decoder says it twice."""
    samples = speak_english("Where can I park my car?")
    monkeypatch.setattr(module, "_MIN_WINDOW_S", 4.0)
    monkeypatch.setattr(module, "_SILENCE_AFTER_S", 0.5)
    assert whisper.recognize(samples, "en").text == "Where can I park my car?"
    monkeypatch.setattr(module, "is_repeated", lambda text: False)
    assert whisper.recognize(samples, "en").text != "Where can I park my car?"


def test_repetition() -> None:
    assert is_repeated("What are your hours? What are your hours?")
    assert is_repeated("okay. Okay, okay!")
    assert not is_repeated("No, no.")
    assert not is_repeated("It is what it is.")
    assert not is_repeated("")


def test_a_model_without_a_file(tmp_path: Path) -> None:
    (tmp_path / "model.bin").touch()
    with pytest.raises(ModelsCorruptError, match="tokenizer"):
        Whisper(tmp_path)
