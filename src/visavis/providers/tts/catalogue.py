"""One synthesizer made of several: it chooses by the language and the name of a voice."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Final

from visavis.errors import ModelNotReadyError, RequestError
from visavis.ports import SpeechPart, SpeechSynthesizer, TimedText, Voice, VoiceInfo, is_ready
from visavis.providers.tts.figures import FIGURES
from visavis.providers.tts.languages import find_language
from visavis.providers.tts.vendors import Sex, read_voice_id

DEFAULT_LANGUAGE: Final = "en-us"
_DEFAULT_NAMES: Final = frozenset({"", "default"})
_MAX_LIVE_RTF: Final = 0.2
_MAX_NAMED: Final = 12
_TAGS: Final = "Use a BCP 47 tag such as en-US, de, es-MX or zh-CN."


class VoiceCatalogue:
    """All voices of an installation.

    A voice without a name is the first one that speaks the language.

    Args:
        synthesizers: Synthesizers, the preferred ones first. The last one speaks every language.
        default_voice: ID of the voice that is preferred where it speaks the language; empty for none.
        maps_unknown: Whether an unknown voice is replaced by the closest one instead of refused.
        is_live: Whether somebody waits for the speech: then costly voices must be named.
    """

    def __init__(
        self,
        synthesizers: Sequence[SpeechSynthesizer],
        *,
        default_voice: str = "",
        maps_unknown: bool = False,
        is_live: bool = False,
    ) -> None:
        self._synthesizers = tuple(synthesizers)
        self._default_voice = default_voice
        self._maps_unknown = maps_unknown
        self._is_live = is_live

    def voices(self) -> tuple[VoiceInfo, ...]:
        """All voices, the preferred ones first; see the port."""
        return tuple(
            replace(info, figures=FIGURES.get(info.id))
            for synthesizer in self._synthesizers
            for info in synthesizer.voices()
        )

    def check(self, voice: Voice) -> None:
        """Refuse a voice that cannot be spoken with; see the port."""
        synthesizer, chosen = self._choose(voice)
        synthesizer.check(chosen)

    def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text; see the port."""
        synthesizer, chosen = self._choose(voice)
        tempo, pitch = voice.tempo, voice.pitch
        if pitch == 1.0 or _is_hosted(synthesizer):
            return synthesizer.speak(text, replace(chosen, tempo=tempo))
        # Spoken slower and played faster, or the other way round: that is another pitch at the same tempo.
        return _faster(synthesizer.speak(text, replace(chosen, tempo=tempo / pitch)), pitch)

    def is_hosted(self, voice: Voice) -> bool:
        """Whether a service speaks with a voice, and not this machine.

        Raises:
            RequestError: The language or the voice is not known.
        """
        return _is_hosted(self._choose(voice)[0])

    async def close(self) -> None:
        """Close all synthesizers; see the port."""
        for synthesizer in self._synthesizers:
            await synthesizer.close()

    def _choose(self, voice: Voice) -> tuple[SpeechSynthesizer, Voice]:
        if voice.name.lower() in _DEFAULT_NAMES:
            return self._by_language(voice.language, None)
        by_name = next((each for each in self._synthesizers if _takes(each, Voice(name=voice.name))), None)
        if by_name is not None and _takes(by_name, voice):
            return by_name, voice
        if by_name is None and self._maps_unknown:
            known = read_voice_id(voice.name)
            return self._by_language(voice.language or known.language, known.sex)
        raise self._refusal(voice, is_known=by_name is not None)

    def _by_language(self, language: str, sex: Sex | None) -> tuple[SpeechSynthesizer, Voice]:
        """The preferred voice of a language, and of a sex where there is one."""
        speakers = list(self._speakers(language or DEFAULT_LANGUAGE))
        if not speakers:  # its error names the languages
            return self._synthesizers[-1], Voice(language)
        synthesizer, info = min(speakers, key=lambda pair: sex is not None and pair[1].sex != sex)
        return synthesizer, Voice(language, info.id)

    def _speakers(self, language: str) -> Iterator[tuple[SpeechSynthesizer, VoiceInfo]]:
        """The voices that speak a language and can be used without being named, in order of preference.

        Services cost money and see the text, so they are used only on purpose.
        """
        ready: dict[str | None, bool] = {None: True}  # by the model that a voice needs
        for synthesizer, info in self._preferred():
            if not _speaks(info, language):
                continue
            if info.id != self._default_voice:
                if info.rtf is None or (self._is_live and info.rtf > _MAX_LIVE_RTF):
                    continue
                if info.model not in ready:
                    ready[info.model] = is_ready(synthesizer, info)
                if not ready[info.model]:
                    continue
            yield synthesizer, info

    def _preferred(self) -> list[tuple[SpeechSynthesizer, VoiceInfo]]:
        pairs = [(each, info) for each in self._synthesizers for info in each.voices()]
        return sorted(pairs, key=lambda pair: pair[1].id != self._default_voice)

    def _refusal(self, voice: Voice, *, is_known: bool) -> RequestError:
        language = voice.language or DEFAULT_LANGUAGE
        ids = [info.id for _, info in self._speakers(language)]
        named = ", ".join(ids[:_MAX_NAMED]) + (", … (GET /v1/voices)" if len(ids) > _MAX_NAMED else "")
        if not ids:
            return RequestError(f"language: no voice speaks {voice.language!r}. {_TAGS}")
        reason = f"this voice does not speak {language}" if is_known else "unknown voice"
        return RequestError(f"voice: {reason}. Use default, or one of: {named}")


def _is_hosted(synthesizer: SpeechSynthesizer) -> bool:
    return all(info.rtf is None for info in synthesizer.voices())


async def _faster(parts: AsyncIterator[SpeechPart], factor: float) -> AsyncIterator[SpeechPart]:
    """Parts that are played faster, with the times of their words and phonemes."""

    def moved(timed: tuple[TimedText, ...], by: float) -> tuple[TimedText, ...]:
        return tuple(TimedText(each.text, each.start_s / by, each.end_s / by) for each in timed)

    async for part in parts:
        rate_hz = round(part.rate_hz * factor)
        by = rate_hz / part.rate_hz
        yield replace(part, rate_hz=rate_hz, words=moved(part.words, by), phonemes=moved(part.phonemes, by))


def _speaks(info: VoiceInfo, language: str) -> bool:
    return find_language(language, set(info.languages)) is not None


def _takes(synthesizer: SpeechSynthesizer, voice: Voice) -> bool:
    """Whether a synthesizer has a voice, ready or not."""
    try:
        synthesizer.check(voice)
    except RequestError:
        return False
    except ModelNotReadyError:
        return True
    return True
