"""What every implementation of `SpeechSynthesizer` must do."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
import pytest

from visavis.errors import InputError, RequestError
from visavis.ports import SpeechPart, SpeechSynthesizer, TimedText, Voice

_ROUNDING_S = 1e-3
_MIN_SECONDS_A_CHARACTER = 0.02
_UNKNOWN = "no-such-voice"


async def speak(synthesizer: SpeechSynthesizer, text: str, voice: Voice) -> list[SpeechPart]:
    """All parts of a text."""
    return [part async for part in synthesizer.speak(text, voice)]


async def check_synthesizer(synthesizer: SpeechSynthesizer, voice: Voice, sentences: Sequence[str]) -> None:
    """Check a synthesizer with one of its voices.

    Args:
        synthesizer: The synthesizer; it is closed afterwards.
        voice: A voice that it has.
        sentences: Two sentences or more that the voice can speak.
    """
    ids = [info.id for info in synthesizer.voices()]
    assert ids
    assert len(set(ids)) == len(ids)
    synthesizer.check(voice)
    parts = await speak(synthesizer, " ".join(sentences), voice)
    check_parts(parts, sentences)
    await _check_early_end(synthesizer, voice, sentences)
    for text in ("…", " \n ", "😀"):
        with pytest.raises(InputError):
            await speak(synthesizer, text, voice)
    with pytest.raises(RequestError, match=r"^voice: "):
        synthesizer.check(Voice(voice.language, _UNKNOWN))
    with pytest.raises(RequestError):
        await speak(synthesizer, sentences[0], Voice(voice.language, _UNKNOWN))
    await synthesizer.close()
    await synthesizer.close()


def check_parts(parts: Sequence[SpeechPart], sentences: Sequence[str]) -> None:
    """Check the parts of a text that has these sentences."""
    assert len({part.rate_hz for part in parts}) == 1
    assert _written(part.text for part in parts) == _written(sentences)
    total_s = sum(len(part.samples) for part in parts) / parts[0].rate_hz
    assert total_s > _MIN_SECONDS_A_CHARACTER * len(_written(sentences))
    for part in parts:
        assert part.samples.dtype == np.float32
        assert part.samples.ndim == 1
        assert np.abs(part.samples).max() <= 1
        length_s = len(part.samples) / part.rate_hz
        _check_times(part.words, length_s)
        _check_times(part.phonemes, length_s)
        if part.words:
            assert _written(word.text for word in part.words) == _written([part.text])
        assert all(phoneme.text and phoneme.end_s > phoneme.start_s for phoneme in part.phonemes)


def _check_times(timed: Sequence[TimedText], length_s: float) -> None:
    for each in timed:
        assert 0 <= each.start_s <= each.end_s <= length_s + _ROUNDING_S
    for before, after in pairwise(timed):
        assert before.end_s <= after.start_s + _ROUNDING_S


async def _check_early_end(synthesizer: SpeechSynthesizer, voice: Voice, sentences: Sequence[str]) -> None:
    """An iterator that is closed after its first part leaves the synthesizer as it was."""
    parts = cast("AsyncGenerator[SpeechPart]", synthesizer.speak(" ".join(sentences), voice))
    await anext(parts)
    await parts.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(parts)
    assert await speak(synthesizer, sentences[0], voice)


def _written(texts: Iterable[str]) -> str:
    """The texts without white space."""
    return "".join("".join(texts).split())
