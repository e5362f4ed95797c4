"""The symbols that hibari and Kokoro speak, and what the models' durations say about words and phonemes."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.ports import SpeechPart, TimedText
from visavis.providers.tts.timing import TimedSpan, timed_words

RATE_HZ: Final = 24_000
"""Sample rate of the models."""
FRAME_S: Final = 0.025
"""Time of one unit of a duration."""
MAX_SYMBOLS: Final = 400
"""Symbols that are spoken at once: Kokoro takes 510, and both models get worse before."""

_STRESS: Final = frozenset("ˈˌ")  # before the vowel that it belongs to
_MARKS: Final = frozenset("ːʰʲ̃")  # after the letter that it belongs to
PAUSES: Final = frozenset(';:,.!?—…"()“” ↓→↗↘')
"""Symbols of pauses and of no sound."""

_IPA: Final = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "S": "ʃ", "T": "ɾ", "W": "aʊ", "Y": "ɔɪ", "ᵊ": "ə",
    "ʣ": "dz", "ʤ": "dʒ", "ʥ": "dʑ", "ʦ": "ts", "ʧ": "tʃ", "ʨ": "tɕ",
}  # fmt: skip

Span = tuple[int, int]
"""Begin and end of a word in a text."""


@dataclass(frozen=True)
class Spelling:
    """A sentence in the symbols of the models.

    Attributes:
        symbols: One character for each.
        words: For each symbol, the word of the text that it belongs to; `None` for pauses.
    """

    symbols: str
    words: tuple[Span | None, ...]

    def only(self, known: Container[str]) -> "Spelling":
        """The same without symbols that a model does not know."""
        kept = [pair for pair in zip(self.symbols, self.words, strict=True) if pair[0] in known]
        return Spelling("".join(symbol for symbol, _ in kept), tuple(word for _, word in kept))

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing but pauses."""
        return all(symbol in PAUSES for symbol in self.symbols)

    def pieces(self, max_symbols: int) -> Iterator["Spelling"]:
        """The same in pieces that a model can speak at once, cut between words where there are any."""
        begin = 0
        while len(self.symbols) - begin > max_symbols:
            space = self.symbols.rfind(" ", begin, begin + max_symbols)
            end = space + 1 if space > begin else begin + max_symbols
            yield Spelling(self.symbols[begin:end], self.words[begin:end])
            begin = end
        yield Spelling(self.symbols[begin:], self.words[begin:])

    def times(self, ends_s: Sequence[float]) -> tuple[list[TimedSpan], list[TimedText]]:
        """When words and phonemes are heard. Between words without a pause, they touch.

        Args:
            ends_s: When the time before the first symbol ends, and the time of each symbol.
        """
        bounds = _without_spaces(self.symbols, ends_s)
        spans = []
        spoken = [(word, bound) for word, bound in zip(self.words, bounds, strict=True) if word is not None]
        for word, group in groupby(spoken, key=lambda pair: pair[0]):
            times = [time for _, bound in group for time in bound]
            spans.append(TimedSpan(word[0], word[1], times[0], times[-1]))
        return spans, _phonemes(self.symbols, bounds)


def speak_spelling(
    sentence: str,
    spelling: Spelling,
    run: Callable[[str], tuple[Floats, Sequence[float]]],
    *,
    delay_s: float,
    gain: float,
) -> SpeechPart | None:
    """The part of a sentence; `None` if there is nothing to speak.

    Args:
        sentence: Text of the part.
        spelling: The same in symbols that the model knows.
        run: Speaks at most `MAX_SYMBOLS`. It gives the sound, at `RATE_HZ`, and durations in units of
            `FRAME_S`: one before the symbols, one of each, and one after them.
        delay_s: Time by which the durations say that a symbol is later than it is heard.
        gain: Factor of the sound.
    """
    if spelling.is_silent:
        return None
    sounds: list[Floats] = []
    spans: list[TimedSpan] = []
    phonemes: list[TimedText] = []
    length = 0
    for piece in spelling.pieces(MAX_SYMBOLS):
        sound, durations = run(piece.symbols)
        ends_s = [max(0.0, length / RATE_HZ + end * FRAME_S - delay_s) for end in accumulate(durations[:-1])]
        piece_spans, piece_phonemes = piece.times(ends_s)
        spans += piece_spans
        phonemes += piece_phonemes
        sounds.append(sound)
        length += len(sound)
    samples: Floats = np.float32(gain) * np.concatenate(sounds)
    return SpeechPart(sentence, samples.clip(-1, 1), RATE_HZ, timed_words(sentence, spans), tuple(phonemes))


def _without_spaces(symbols: str, ends_s: Sequence[float]) -> list[tuple[float, float]]:
    """Begin and end of each symbol. The time of a lone space is divided between its neighbours."""
    bounds = [(ends_s[index], ends_s[index + 1]) for index in range(len(symbols))]
    for index in range(1, len(symbols) - 1):
        before, after = symbols[index - 1], symbols[index + 1]
        if symbols[index] == " " and before not in PAUSES and after not in PAUSES:
            middle = sum(bounds[index]) / 2
            bounds[index - 1] = (bounds[index - 1][0], middle)
            bounds[index + 1] = (middle, bounds[index + 1][1])
            bounds[index] = (middle, middle)
    return bounds


def _phonemes(symbols: str, bounds: Sequence[tuple[float, float]]) -> list[TimedText]:
    phonemes: list[TimedText] = []
    stressed_from: float | None = None
    for symbol, (start_s, end_s) in zip(symbols, bounds, strict=True):
        if symbol in _STRESS:
            stressed_from = start_s if stressed_from is None else stressed_from
        elif symbol in _MARKS and phonemes:
            last = phonemes[-1]
            phonemes[-1] = TimedText(last.text + symbol, last.start_s, end_s)
        elif symbol not in PAUSES:
            begin_s = start_s if stressed_from is None else stressed_from
            phonemes.append(TimedText(_IPA.get(symbol, symbol), begin_s, end_s))
            stressed_from = None
        else:
            stressed_from = None
    return phonemes
