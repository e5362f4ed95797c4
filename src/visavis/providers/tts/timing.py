"""Words and phonemes with their times, from what models say about their sound."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.ports import SpeechPart, TimedText

_FRAME_S: Final = 0.005
_AUDIBLE: Final = 0.01  # of the loudest frame: −40 dB
_LEAD_S: Final = 0.04
_TAIL_S: Final = 0.3  # with the lead of the next sentence, the pause between them
_SPACELESS_SCRIPTS: Final = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "BOPOMOFO", "TIBETAN"}
)


@dataclass(frozen=True)
class TimedSpan:
    """A piece of a text that is spoken, and when it is heard.

    Attributes:
        begin: Index of its first character.
        end: Index after its last character.
        start_s: Begin, in seconds.
        end_s: End, in seconds.
    """

    begin: int
    end: int
    start_s: float
    end_s: float


def timed_words(text: str, spans: Sequence[TimedSpan]) -> tuple[TimedText, ...]:
    """The words of a text as they are written, with their punctuation.

    A word that no span touches, such as a dash, is not spoken: it joins the word before it. So the words
    hold the whole text, except white space.

    Args:
        text: Text of a part.
        spans: What is spoken of it, in order of time.
    """
    words: list[TimedText] = []
    silent = ""  # what comes before the first word that is spoken
    for begin, end in _written_words(text, spans):
        heard = [span for span in spans if span.begin < end and span.end > begin]
        written = text[begin:end]
        if heard:
            start_s = max(min(span.start_s for span in heard), words[-1].end_s if words else 0.0)
            end_s = max(start_s, *(span.end_s for span in heard))
            words.append(TimedText(f"{silent} {written}".strip(), start_s, end_s))
            silent = ""
        elif words:
            words[-1] = replace(words[-1], text=f"{words[-1].text} {written}")
        else:
            silent = f"{silent} {written}".strip()
    return tuple(words)


def _written_words(text: str, spans: Sequence[TimedSpan]) -> Iterator[tuple[int, int]]:
    """Begin and end of each word; scripts without spaces are divided where spans begin."""
    begins = {span.begin for span in spans}
    for found in re.finditer(r"\S+", text):
        cuts = [
            at
            for at in range(found.start() + 1, found.end())
            if at in begins and _is_spaceless(text[at]) and text[at].isalnum()
        ]
        yield from pairwise([found.start(), *cuts, found.end()])


def _is_spaceless(character: str) -> bool:
    return unicodedata.name(character, "").partition(" ")[0] in _SPACELESS_SCRIPTS


def trimmed(part: SpeechPart) -> SpeechPart:
    """A part with as much silence before and after the voice as in speech: models leave none, or too much."""
    frame = round(_FRAME_S * part.rate_hz)
    begin, end = _voiced(part.samples, frame)
    begin = max(0, begin - round(_LEAD_S * part.rate_hz))
    end += round(_TAIL_S * part.rate_hz)
    samples = np.pad(part.samples[begin:end], (0, max(0, end - len(part.samples))))
    shift_s, length_s = begin / part.rate_hz, (end - begin) / part.rate_hz
    return replace(
        part,
        samples=samples,
        words=_shifted(part.words, shift_s, length_s),
        phonemes=_shifted(part.phonemes, shift_s, length_s),
    )


def _voiced(samples: Floats, frame: int) -> tuple[int, int]:
    """Begin and end of what can be heard, in samples."""
    count = len(samples) // frame
    levels = np.abs(samples[: count * frame].reshape(count, frame)).max(axis=1, initial=0.0)
    audible = np.flatnonzero(levels > _AUDIBLE * levels.max(initial=0.0))
    if not len(audible):
        return 0, len(samples)
    return int(audible[0]) * frame, (int(audible[-1]) + 1) * frame


def _shifted(timed: Sequence[TimedText], shift_s: float, length_s: float) -> tuple[TimedText, ...]:
    return tuple(
        replace(
            each,
            start_s=min(max(each.start_s - shift_s, 0.0), length_s),
            end_s=min(max(each.end_s - shift_s, 0.0), length_s),
        )
        for each in timed
    )
