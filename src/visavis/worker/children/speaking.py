"""Whole texts that are spoken, with the times of what is said."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from visavis.engine.arrays import Floats
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
    """

    samples: Floats
    rate_hz: int
    phonemes: tuple[Phoneme, ...]


def speak(synthesizer: SpeechSynthesizer, spoken: SpokenText) -> Speech:
    """Speak a text to its end.

    Raises:
        InputError: The text contains nothing that can be spoken.
        RequestError: The language or the voice is not known.
        ProviderError: The service or the model failed.
    """
    return _joined(asyncio.run(_collect(synthesizer, spoken)))


async def _collect(synthesizer: SpeechSynthesizer, spoken: SpokenText) -> list[SpeechPart]:
    voice = Voice(spoken.language, spoken.voice)
    return [part async for part in synthesizer.speak(spoken.text, voice)]


def _joined(parts: list[SpeechPart]) -> Speech:
    rate_hz = parts[0].rate_hz
    phonemes: list[Phoneme] = []
    begin = 0
    for part in parts:
        phonemes.extend(_phonemes(part, begin / rate_hz))
        begin += len(part.samples)
    return Speech(np.concatenate([part.samples for part in parts]), rate_hz, tuple(phonemes))


def _phonemes(part: SpeechPart, begin_s: float) -> Iterable[Phoneme]:
    return (Phoneme(each.text, begin_s + each.start_s, begin_s + each.end_s) for each in part.phonemes)
