"""One synthesizer made of several: it chooses by the language and the name of a voice."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

from visavis.errors import ModelNotReadyError, RequestError
from visavis.ports import SpeechPart, SpeechSynthesizer, Voice, VoiceInfo
from visavis.providers.tts.languages import find_language

DEFAULT_LANGUAGE: Final = "en-us"
_DEFAULT_NAMES: Final = frozenset({"", "default"})
_MAX_LIVE_RTF: Final = 0.2
_MAX_NAMED: Final = 12


class VoiceCatalogue:
    """All voices of an installation.

    A voice without a name is the first one that speaks the language.

    Args:
        synthesizers: Synthesizers, the preferred ones first. The last one speaks every language.
        default_voice: ID of the voice that is preferred where it speaks the language; empty for none.
        is_live: Whether somebody waits for the speech: then costly voices must be named.
    """

    def __init__(
        self, synthesizers: Sequence[SpeechSynthesizer], *, default_voice: str = "", is_live: bool = False
    ) -> None:
        self._synthesizers = tuple(synthesizers)
        self._default_voice = default_voice
        self._is_live = is_live

    def voices(self) -> tuple[VoiceInfo, ...]:
        """All voices, the preferred ones first; see the port."""
        return tuple(info for synthesizer in self._synthesizers for info in synthesizer.voices())

    def check(self, voice: Voice) -> None:
        """Refuse a voice that cannot be spoken with; see the port."""
        synthesizer, chosen = self._choose(voice)
        synthesizer.check(chosen)

    def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text; see the port."""
        synthesizer, chosen = self._choose(voice)
        return synthesizer.speak(text, chosen)

    async def close(self) -> None:
        """Close all synthesizers; see the port."""
        for synthesizer in self._synthesizers:
            await synthesizer.close()

    def _choose(self, voice: Voice) -> tuple[SpeechSynthesizer, Voice]:
        if voice.name.lower() not in _DEFAULT_NAMES:
            return self._named(voice)
        language = voice.language or DEFAULT_LANGUAGE
        found = next(self._speakers(language), None)
        if found is None:  # it says which languages there are
            return self._synthesizers[-1], Voice(voice.language)
        synthesizer, info = found
        return synthesizer, Voice(language, info.id)

    def _named(self, voice: Voice) -> tuple[SpeechSynthesizer, Voice]:
        for synthesizer in self._synthesizers:
            if _has(synthesizer, voice.name):
                return synthesizer, voice
        ids = [info.id for _, info in self._speakers(voice.language or DEFAULT_LANGUAGE)]
        named = ", ".join(ids[:_MAX_NAMED]) + (", …" if len(ids) > _MAX_NAMED else "")
        raise RequestError(f"voice: unknown voice. Use default, or one of: {named}")

    def _speakers(self, language: str) -> Iterator[tuple[SpeechSynthesizer, VoiceInfo]]:
        """The voices that speak a language and can be used without being named, in order of preference."""
        usable = [
            (synthesizer, info)
            for synthesizer in self._synthesizers
            for info in synthesizer.voices()
            if find_language(language, set(info.languages)) is not None
        ]
        usable.sort(key=lambda pair: pair[1].id != self._default_voice)  # stable
        for synthesizer, info in usable:
            is_costly = self._is_live and info.rtf is not None and info.rtf > _MAX_LIVE_RTF
            if info.id == self._default_voice or (not is_costly and _is_ready(synthesizer, info)):
                yield synthesizer, info


def _has(synthesizer: SpeechSynthesizer, name: str) -> bool:
    try:
        synthesizer.check(Voice(name=name))
    except RequestError:
        return False
    except ModelNotReadyError:
        return True
    return True


def _is_ready(synthesizer: SpeechSynthesizer, info: VoiceInfo) -> bool:
    if info.model is None:
        return True
    try:
        synthesizer.check(Voice(name=info.id))
    except ModelNotReadyError:
        return False
    return True
