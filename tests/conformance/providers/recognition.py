"""What every recognizer and every detector of voice must do."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.errors import RequestError
from visavis.ports import (
    RECOGNITION_RATE_HZ,
    Recognition,
    RecognitionStream,
    SpeechRecognizer,
    VoiceActivityDetector,
)

_BLOCK_SAMPLES = RECOGNITION_RATE_HZ // 50
_MAX_DETECTION_S = 0.5  # that voice may be heard before or after it begins
_RESULT_WITHIN_S = 120.0


@dataclass(frozen=True)
class Saying:
    """A sentence as it sounds.

    Attributes:
        samples: Shape `(n,)`, at `RECOGNITION_RATE_HZ`.
        words: Words that are in it, in lower case, in this order.
        language: BCP 47 tag.
    """

    samples: Floats
    words: Sequence[str]
    language: str


async def check_recognizer(recognizer: SpeechRecognizer, sayings: Sequence[Saying]) -> None:
    """Check a recognizer; it is closed afterwards.

    Args:
        recognizer: The recognizer.
        sayings: At least two, of languages that it knows.
    """
    for saying in sayings:
        recognizer.check(saying.language)
    with pytest.raises(RequestError):
        recognizer.check("x-nothing")
    await _check_whole_sounds(recognizer, sayings)
    await _check_stream(recognizer, sayings)
    await _check_closing(recognizer, sayings[0].language)
    for _ in range(2):
        await recognizer.close()


async def _check_whole_sounds(recognizer: SpeechRecognizer, sayings: Sequence[Saying]) -> None:
    for saying in sayings:
        found = await recognizer.recognize(saying.samples, saying.language)
        assert found.is_final
        assert_heard(found, saying)
        times = [time for word in found.words for time in (word.start_s, word.end_s)]
        assert times == sorted(times)
        assert not times or 0 <= times[0] < times[-1] <= len(saying.samples) / RECOGNITION_RATE_HZ + 1
    nothing = await recognizer.recognize(silence(1.0), sayings[0].language)
    assert (nothing.text, nothing.is_final, nothing.words) == ("", True, ())


async def _check_stream(recognizer: SpeechRecognizer, sayings: Sequence[Saying]) -> None:
    """Utterances one after the other, with what each is followed by."""
    for language in {saying.language for saying in sayings}:
        stream = recognizer.stream(language)
        results = aiter(stream)
        for saying in [each for each in sayings if each.language == language]:
            say(stream, saying.samples)
            say(stream, silence(0.3))
            stream.pause()
            partial = await _next(results)
            assert not partial.is_final
            assert partial.text
            say(stream, silence(0.3))
            stream.end_utterance()
            assert_heard(await final(results), saying)
        say(stream, silence(1.0))
        stream.pause()
        assert (await _next(results)).text == ""
        stream.end_utterance()
        assert (await final(results)).text == ""
        await stream.close()


async def _check_closing(recognizer: SpeechRecognizer, language: str) -> None:
    stream = recognizer.stream(language)
    reading = asyncio.ensure_future(_all(stream))
    say(stream, silence(0.1))
    for _ in range(2):
        await stream.close()
    assert await asyncio.wait_for(reading, _RESULT_WITHIN_S) == []


def say(stream: RecognitionStream, samples: Floats) -> None:
    """Push sound in blocks of 20 ms."""
    for at in range(0, len(samples), _BLOCK_SAMPLES):
        stream.push(samples[at : at + _BLOCK_SAMPLES])


def at_recognition_rate(samples: Floats, rate_hz: int) -> Floats:
    resample = Resampler(rate_hz, RECOGNITION_RATE_HZ)
    return np.concatenate([resample(samples.astype(np.float32)), resample.finish()])


def silence(duration_s: float) -> Floats:
    return np.zeros(round(duration_s * RECOGNITION_RATE_HZ), np.float32)


async def final(results: "asyncio.AsyncIterator[Recognition]") -> Recognition:
    """The next final text."""
    while not (found := await _next(results)).is_final:
        pass
    return found


def assert_heard(found: Recognition, saying: Saying) -> None:
    """Check that the words of a saying were recognized, in order."""
    text = found.text.lower()
    for word in saying.words:
        assert word in text, f"{saying.words} became {found.text!r}"
        text = text.partition(word)[2]


async def _next(results: "asyncio.AsyncIterator[Recognition]") -> Recognition:
    return await asyncio.wait_for(anext(results), _RESULT_WITHIN_S)


async def _all(stream: RecognitionStream) -> list[Recognition]:
    return [each async for each in stream]


def check_detector(detector: VoiceActivityDetector, speech: Floats, others: Sequence[Floats]) -> None:
    """Check a detector of voice.

    Args:
        detector: The detector.
        speech: Somebody who speaks from begin to end.
        others: Sounds in which nobody speaks, each at least a second.
    """
    window = detector.window_samples
    lead = silence(1.0)
    sound = np.concatenate([lead, speech, silence(2.0)])
    whole = detector.stream().push(sound)
    assert len(whole) == len(sound) // window
    assert all(0 <= each <= 1 for each in whole)
    begin, end = len(lead) // window, (len(lead) + len(speech)) // window
    margin = round(_MAX_DETECTION_S * RECOGNITION_RATE_HZ / window)
    assert max(whole[: begin - margin]) < 0.5
    assert max(whole[end + margin :]) < 0.5
    assert np.mean(np.array(whole[begin:end]) > 0.5) > 0.6

    piece = sound[: begin * window + 10 * window]
    for block in (77, 5000):  # however the sound is cut, and whatever other streams hear meanwhile
        stream, other, parts = detector.stream(), detector.stream(), list[float]()
        for at in range(0, len(piece), block):
            parts += stream.push(piece[at : at + block])
            other.push(speech[at : at + block])
        assert parts == whole[: len(parts)]
        assert len(parts) == len(piece) // window

    for noise in others:
        probabilities = detector.stream().push(noise)
        assert np.mean(np.array(probabilities) > 0.5) < 0.05
