"""Text of other languages than English in the symbols that Kokoro speaks, by the phonemes of espeak-ng."""

from itertools import groupby
from typing import Final

from visavis.providers.tts.alphabet import PAUSES, Span, Spelling
from visavis.samples.sentence import utter

# Kokoro has one symbol for what espeak-ng writes with two letters.
_SYMBOLS: Final = {
    "aɪ": "I", "aʊ": "W", "dz": "ʣ", "dʒ": "ʤ", "eɪ": "A", "oʊ": "O", "əʊ": "Q", "ss": "S", "ts": "ʦ",
    "tʃ": "ʧ", "ɔɪ": "Y",
}  # fmt: skip
_QUOTES: Final = str.maketrans("«»", "“”")


def spell_with_espeak(sentence: str, voice: str) -> Spelling:
    """A sentence in symbols.

    Args:
        sentence: Text.
        voice: Voice of espeak-ng.
    """
    symbols: list[str] = []
    words: list[Span | None] = []
    at = 0
    phonemes = [each for each in utter(sentence, voice).phonemes if each.text]
    for (begin, end), group in groupby(phonemes, key=lambda each: each.word):
        between = _pause(sentence[at:begin]) or (" " if symbols else "")
        spoken = "".join(_symbol(each.text) for each in group)
        symbols += between + spoken
        words += [None] * len(between) + [(begin, end)] * len(spoken)
        at = max(at, end)
    last = _pause(sentence[at:]).rstrip()
    return Spelling("".join([*symbols, last]), (*words, *[None] * len(last)))


def _symbol(phoneme: str) -> str:
    stress = phoneme[: len(phoneme) - len(phoneme.lstrip("ˈˌ"))]
    name = phoneme[len(stress) :]
    for letters, symbol in _SYMBOLS.items():
        name = name.replace(letters, symbol)
    return stress + name


def _pause(between: str) -> str:
    """The punctuation between two words; empty for white space alone."""
    marks = "".join(mark for mark in between.translate(_QUOTES) if mark in PAUSES)
    return marks if marks.strip() else ""
