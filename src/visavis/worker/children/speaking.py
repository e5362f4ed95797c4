"""Whole texts that are spoken, with the times of what is said."""

import asyncio
from dataclasses import dataclass

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.captions import TimedWord, spread_words
from visavis.engine.speech import Phoneme
from visavis.ports import SpeechPart, SpeechSynthesizer, Voice
from visavis.worker.protocol import SpokenText


@dataclass(frozen=True)
class Speech:
    """A text that was spoken.

    Attributes:
        samples: Shape `(n,)`, −1..1.
        rate_hz: Sample rate.
        phonemes: Sounds with their times from the begin of the speech; empty if they are not known.
        words: Words with their times, likewise; in proportion to their lengths where they are not known.
    """

    samples: Floats
    rate_hz: int
    phonemes: tuple[Phoneme, ...]
    words: tuple[TimedWord, ...]


def speak(synthesizer: SpeechSynthesizer, spoken: SpokenText) -> Speech:
    """Speak a text to its end.

    Raises:
        InputError: The text contains nothing that can be spoken.
        RequestError: The language or the voice is not known.
        ProviderError: The service or the model failed.
    """
    return _joined(asyncio.run(_collect(synthesizer, spoken)))


async def _collect(synthesizer: SpeechSynthesizer, spoken: SpokenText) -> list[SpeechPart]:
    voice = Voice(spoken.language, spoken.voice, spoken.tempo, spoken.pitch)
    return [part async for part in synthesizer.speak(spoken.text, voice)]


def _joined(parts: list[SpeechPart]) -> Speech:
    rate_hz = parts[0].rate_hz
    phonemes: list[Phoneme] = []
    words: list[TimedWord] = []
    begin = 0
    for part in parts:
        begin_s = begin / rate_hz
        phonemes.extend(
            Phoneme(each.text, begin_s + each.start_s, begin_s + each.end_s) for each in part.phonemes
        )
        words.extend(_words(part, begin_s))
        begin += len(part.samples)
    samples = np.concatenate([part.samples for part in parts])
    return Speech(samples, rate_hz, tuple(phonemes), tuple(words))


def _words(part: SpeechPart, begin_s: float) -> list[TimedWord]:
    if not part.words:
        return spread_words(part.text, begin_s, begin_s + len(part.samples) / part.rate_hz)
    return [TimedWord(each.text, begin_s + each.start_s, begin_s + each.end_s) for each in part.words]
