"""The symbols that hibari and Kokoro speak, and what the models' durations say about words and phonemes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Final

from visavis.ports import TimedText
from visavis.providers.tts.timing import TimedSpan

FRAME_S: Final = 0.025
"""Time of one unit of a duration."""

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

    def only(self, known: frozenset[str]) -> "Spelling":
        """The same without symbols that a model does not know."""
        kept = [pair for pair in zip(self.symbols, self.words, strict=True) if pair[0] in known]
        return Spelling("".join(symbol for symbol, _ in kept), tuple(word for _, word in kept))

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing but pauses."""
        return all(symbol in PAUSES for symbol in self.symbols)

    def times(
        self, durations: Sequence[float], *, delay_s: float
    ) -> tuple[tuple[TimedSpan, ...], tuple[TimedText, ...]]:
        """When words and phonemes are heard.

        Args:
            durations: One for each symbol, one before the first and one after the last, in units of
                `FRAME_S`.
            delay_s: Time by which the model says that a symbol is later than it is heard.

        Returns:
            The words and the phonemes. Between words without a pause, they touch.
        """
        ends = [max(0.0, each * FRAME_S - delay_s) for each in accumulate(durations)]
        bounds = _without_spaces(self.symbols, ends)
        spans = []
        spoken = [(word, bound) for word, bound in zip(self.words, bounds, strict=True) if word is not None]
        for word, group in groupby(spoken, key=lambda pair: pair[0]):
            times = [time for _, bound in group for time in bound]
            spans.append(TimedSpan(word[0], word[1], times[0], times[-1]))
        return tuple(spans), tuple(_phonemes(self.symbols, bounds))


def _without_spaces(symbols: str, ends: Sequence[float]) -> list[tuple[float, float]]:
    """Begin and end of each symbol. The time of a lone space is divided between its neighbours."""
    bounds = [(ends[index], ends[index + 1]) for index in range(len(symbols))]
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
