"""The alphabet that hibari and Kokoro read, and when each of its letters is heard.

Both models say how many frames each letter lasts; the sum is the recording.
"""

from collections.abc import Sequence

from training.corpus import Timed
from visavis.engine.speech.ipa import ipa

FRAME_S = 0.025

# The letters that stand for two sounds in the alphabet of misaki, which both models read.
_LETTERS = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "S": "s", "T": "ɾ", "ᵊ": "ə",
    "ʧ": "tʃ", "ʤ": "dʒ", "ʦ": "ts", "ʣ": "dz", "ʨ": "tɕ", "ʥ": "dʑ", "β": "b",
}  # fmt: skip
_LENGTHEN = frozenset("ːʰʲ̃ᵝ")
_STRESS = frozenset("ˈˌ↓→↗↘")
_LATE_S = 0.056
"""How long after the sound the models' times lie, as the shipped network hears both."""

_PAUSE_S = 0.06
"""A gap between words shorter than this belongs to the sounds around it."""


def timed_sounds(symbols: Sequence[str], frames: Sequence[int]) -> list[Timed]:
    """Sounds with their times from a model's symbols and the frames that each of them lasts.

    Marks of stress are given to the sound after them, marks of length to the one before. Punctuation and the
    padding at both ends are silence, and so is a space, if it lasts.

    Args:
        symbols: One letter each; the padding is "".
        frames: Of 25 ms, as many.
    """
    timed: list[Timed] = []
    clock, waiting = 0.0, 0.0
    for symbol, count in zip(symbols, frames, strict=True):
        length = count * FRAME_S
        if symbol in _STRESS and symbol:
            waiting += length
            continue
        parts = ipa(_LETTERS.get(symbol, symbol)) if symbol and symbol not in _LENGTHEN else None
        start, clock = clock, clock + waiting + length
        waiting = 0.0
        if parts and symbol.strip():
            timed.append((start, clock, parts))
        elif timed and (symbol in _LENGTHEN or (symbol == " " and length < _PAUSE_S)) and symbol:
            timed[-1] = (timed[-1][0], clock, timed[-1][2])
        elif clock > start:
            timed.append((start, clock, ("silence",)))
    return [(max(0.0, start - _LATE_S), max(0.0, end - _LATE_S), parts) for start, end, parts in timed]
