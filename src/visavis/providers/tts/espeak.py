"""Speech by espeak-ng: small, instant, in every language that it knows; no beauty."""

import importlib
from collections.abc import AsyncIterator, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final, Literal

import numpy as np

from visavis.errors import ExtraMissingError, RequestError
from visavis.ports import SpeechPart, TimedText, Voice, VoiceInfo
from visavis.providers.tts.languages import find_language
from visavis.providers.tts.local import SentenceThread
from visavis.providers.tts.sentences import without_emoji
from visavis.providers.tts.timing import TimedSpan, timed_words
from visavis.samples.sentence import SpokenPhoneme, utter

DEFAULT_LANGUAGE: Final = "en-us"
VOICE: Final = "espeak"
_FULL_SCALE: Final = 32_768
_RTF: Final = 0.002
_STRESS: Final = "ˈˌ"
_DELAY_S: Final = 0.01  # measured: closures are silent that much before their phonemes say
_USUAL_RANK: Final = 5  # of a tag whose voice file gives it none; less comes first
_LISTED: Final[dict[str, Literal["female", "male"]]] = {
    **{f"f{number}": "female" for number in range(1, 6)},
    **{f"m{number}": "male" for number in range(1, 9)},
}  # other variants are whispers, robots and jokes


class Espeak:
    """The synthesizer that speaks every language.

    A voice's language is any tag of BCP 47 whose language espeak-ng speaks. A voice's name is `espeak`, or
    one of its variants, such as `espeak-f2`, `f2` or `m3`.
    """

    def __init__(self) -> None:
        self._thread = SentenceThread("espeak")

    def voices(self) -> tuple[VoiceInfo, ...]:
        """The default voice, and variants of it, in every language; see the port."""
        languages = tuple(sorted(self._voices, key=lambda tag: (tag != DEFAULT_LANGUAGE, tag)))
        return (
            VoiceInfo(VOICE, "espeak-ng", VOICE, languages, sex="male", licence="GPL-3.0", rtf=_RTF),
            *(
                VoiceInfo(
                    f"{VOICE}-{variant}", f"espeak-ng {variant}", VOICE, languages, sex, "GPL-3.0", _RTF
                )
                for variant, sex in _LISTED.items()
            ),
        )

    def check(self, voice: Voice) -> None:
        """Refuse what espeak-ng does not know; see the port."""
        self._name(voice)

    def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text; see the port."""
        name = self._name(voice)
        return self._thread.speak(text, lambda sentence: _part(sentence, name, voice.tempo))

    async def close(self) -> None:
        """End the thread; see the port."""
        self._thread.close()

    def base(self, language: str) -> str:
        """The name of the voice of a language, for the library.

        Raises:
            RequestError: No voice speaks the language.
        """
        return self._name(Voice(language))

    def _name(self, voice: Voice) -> str:
        language = find_language(voice.language or DEFAULT_LANGUAGE, self._voices.keys())
        if language is None:
            raise RequestError(
                f"language: no voice speaks {voice.language!r}. Use a BCP 47 tag such as en-US, de, "
                "es-MX or zh-CN."
            )
        variant = self._variant(voice.name)
        if variant is None:
            raise RequestError(f"voice: unknown voice. Use default, or one of: {', '.join(_LISTED)}.")
        return f"{self._voices[language]}+{variant}" if variant else self._voices[language]

    def _variant(self, name: str) -> str | None:
        """The file of a voice's variant: empty for the default, `None` if there is no such voice."""
        wanted = name.lower()
        if wanted in ("", "default", VOICE):
            return ""
        return self._variants.get(wanted.removeprefix(f"{VOICE}-"))

    @cached_property
    def _data(self) -> Path:
        try:
            loader = importlib.import_module("espeakng_loader")
        except ImportError as error:
            raise ExtraMissingError(
                "Text to speech needs espeak-ng. Run `pip install 'visavis[serve]'`."
            ) from error
        return Path(loader.get_data_path())

    @cached_property
    def _voices(self) -> dict[str, str]:
        """The name of a voice by each tag that its file lists; of several, the one that ranks the tag first.

        espeak-ng finds a voice by the name of its file, and by no other tag in it. Some files belong to
        languages whose dictionary is not there: these stay silent.
        """
        found: dict[str, tuple[int, str]] = {}
        for file in sorted((self._data / "lang").rglob("*")):
            if not file.is_file():
                continue
            lines = [line.split() for line in file.read_text(errors="replace").splitlines()]
            tags = [words[1:] for words in lines if words[:1] == ["language"] and words[1:]]
            named = [words[1] for words in lines if words[:1] == ["dictionary"] and words[1:]]
            dictionary = named[0] if named else tags[0][0].partition("-")[0] if tags else ""
            if not (self._data / f"{dictionary}_dict").is_file():
                continue
            for tag, *weight in tags:
                rank = (int(weight[0]) if weight else _USUAL_RANK, file.name)
                found[tag.lower()] = min(rank, found.get(tag.lower(), rank))
        return {tag: name for tag, (_, name) in found.items()}

    @cached_property
    def _variants(self) -> dict[str, str]:
        return {
            file.name.lower(): file.name
            for file in (self._data / "voices" / "!v").iterdir()
            if file.is_file()
        }


def _part(sentence: str, name: str, tempo: float) -> SpeechPart:
    utterance = utter(without_emoji(sentence), name, tempo=tempo)
    samples = np.asarray(utterance.samples, np.float32) / np.float32(_FULL_SCALE)
    rate_hz = utterance.rate_hz
    timed = _timed(utterance.phonemes, len(samples), rate_hz)
    spans = []
    for (begin, end), group in groupby(timed, key=lambda pair: pair[0]):
        times = [phoneme for _, phoneme in group]
        spans.append(TimedSpan(begin, end, times[0].start_s, times[-1].end_s))
    return SpeechPart(
        sentence,
        samples,
        rate_hz,
        timed_words(sentence, spans),
        tuple(phoneme for _, phoneme in timed),
    )


def _timed(
    phonemes: Sequence[SpokenPhoneme], end: int, rate_hz: int
) -> list[tuple[tuple[int, int], TimedText]]:
    """Each phoneme with its word. It lasts until the next phoneme or pause."""
    last = SpokenPhoneme("", end, (0, 0))
    timed = []
    for each, following in pairwise([*phonemes, last]):
        name = each.text.strip(_STRESS)
        if name and following.begin > each.begin:
            start_s, end_s = (max(0.0, at.begin / rate_hz - _DELAY_S) for at in (each, following))
            timed.append((each.word, TimedText(name, start_s, end_s)))
    return timed
