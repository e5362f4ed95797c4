"""Words with times, cut into captions of at most two lines.

All ways to cut a sentence are compared, as TeX does with the lines of a paragraph (Knuth and Plass, "Breaking
paragraphs into lines", 1981): a break costs little after a comma or in a pause, and much in the middle of a
phrase.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import pairwise, zip_longest
from typing import Final, NamedTuple

MAX_COLUMNS: Final = 42
"""Columns of a line; letters of East Asian scripts take two."""

_MAX_WORDS: Final = 2 * MAX_COLUMNS  # of a caption: each has a column at least
_MAX_CUE_S: Final = 6.0
_MIN_CUE_S: Final = 1.0
_LINGER_S: Final = 0.6
_MIN_GAP_S: Final = 0.25  # shorter gaps between captions would flicker
_PAUSE_S: Final = 0.3
_LONG_PAUSE_S: Final = 1.0

_SENTENCE_END: Final = re.compile(r"[.!?…。！？؟]+[\"'”’»)\]]*$")
_PHRASE_END: Final = re.compile(r"[,;:—–،、，；：]+[\"'”’»)\]]*$")
_SHORT_WORD_LETTERS: Final = 3  # articles, prepositions: they belong to the word after them

_IN_PHRASE_COST: Final = 6.0
_AFTER_SHORT_WORD_COST: Final = 4.0
_CUE_COST: Final = 5.0
_EMPTY_COST: Final = 4.0
_TOO_LONG_COST: Final = 12.0
_UNEVEN_COST: Final = 3.0


class TimedWord(NamedTuple):
    """A word as it is written, with its punctuation.

    Attributes:
        text: The word.
        start_s: When it begins, in seconds since the begin of the sound.
        end_s: When it ends, likewise.
    """

    text: str
    start_s: float
    end_s: float


class Cue(NamedTuple):
    """A caption.

    Attributes:
        start_s: When it appears, in seconds since the begin of the video.
        end_s: When it goes, likewise.
        lines: One or two lines.
    """

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def spread_words(text: str, start_s: float, end_s: float) -> list[TimedWord]:
    """The words of a text whose times are not known, in proportion to their lengths.

    Args:
        text: Any text.
        start_s: When it begins.
        end_s: When it ends.
    """
    words = [piece for word in text.split() for piece in _pieces(word)]
    weights = [len(word) + 1 + (3 if _breaks(word) else 0) for word in words]
    scale, clock, timed = (end_s - start_s) / max(sum(weights), 1), start_s, []
    for word, weight in zip(words, weights, strict=True):
        timed.append(TimedWord(word, clock, clock + weight * scale))
        clock += weight * scale
    return timed


def make_cues(words: Sequence[TimedWord]) -> list[Cue]:
    """Cut words into captions that appear with their first word.

    Args:
        words: In the order of time.
    """
    clean = [piece for word in words for piece in _fitting(word)]
    drafts = [draft for sentence in _sentences(clean) for draft in _cut(sentence)]
    return _timed(drafts)


def columns(text: str) -> int:
    """Columns that a text takes."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _fitting(word: TimedWord) -> list[TimedWord]:
    """A word without control characters, cut where it is longer than a line."""
    text = "".join(letter for letter in word.text if unicodedata.category(letter) not in {"Cc", "Cs", "Co"})
    text = " ".join(text.split()).replace("-->", "→")
    if not text:
        return []
    if columns(text) <= MAX_COLUMNS:
        return [word._replace(text=text)]
    return spread_words(text, word.start_s, word.end_s)


def _pieces(word: str) -> list[str]:
    """A word without spaces, cut to what fits into a line, and at the letters of scripts without spaces."""
    pieces = [""]
    for letter in word:
        is_wide = unicodedata.east_asian_width(letter) in "WF"
        joins = unicodedata.combining(letter) or unicodedata.category(letter).startswith("P")
        if pieces[-1] and not joins and (is_wide or columns(pieces[-1]) >= MAX_COLUMNS):
            pieces.append("")
        pieces[-1] += letter
    return [piece for piece in pieces if piece]


def _sentences(words: Sequence[TimedWord]) -> list[list[TimedWord]]:
    """Words up to the end of a sentence, or to a long pause."""
    sentences: list[list[TimedWord]] = [[]]
    for word in words:
        before = sentences[-1][-1] if sentences[-1] else None
        if before and (_SENTENCE_END.search(before.text) or word.start_s - before.end_s >= _LONG_PAUSE_S):
            sentences.append([])
        sentences[-1].append(word)
    return [sentence for sentence in sentences if sentence]


def _cut(words: list[TimedWord]) -> list[Cue]:
    """The cheapest way to cut a sentence into captions, with the times of its words."""
    best: list[tuple[float, list[Cue]]] = [(0.0, [])]
    for end in range(1, len(words) + 1):
        found: tuple[float, list[Cue]] | None = None
        for begin in range(end - 1, max(-1, end - 1 - _MAX_WORDS), -1):
            lines = _lines(tuple(word.text for word in words[begin:end]))
            if lines is None:
                break
            cost = best[begin][0] + _cost(words, begin, end, lines)
            if found is None or cost < found[0]:
                cue = Cue(words[begin].start_s, words[end - 1].end_s, lines)
                found = (cost, [*best[begin][1], cue])
        if found is None:
            raise AssertionError("every word fits into a line")
        best.append(found)
    return best[-1][1]


def _cost(words: list[TimedWord], begin: int, end: int, lines: tuple[str, ...]) -> float:
    filled = min(1.0, sum(map(columns, lines)) / MAX_COLUMNS)
    cost = _CUE_COST + _EMPTY_COST * (1 - filled)
    if words[end - 1].end_s - words[begin].start_s > _MAX_CUE_S and end - begin > 1:
        cost += _TOO_LONG_COST
    if end < len(words):
        pause_s = words[end].start_s - words[end - 1].end_s
        cost += 0.0 if pause_s >= _PAUSE_S else _break_cost(words[end - 1].text)
    return cost


@cache
def _break_cost(word: str) -> float:
    """What it costs to break after a word."""
    if _breaks(word):
        return 0.0
    letters = sum(letter.isalpha() for letter in word)
    is_short = letters <= _SHORT_WORD_LETTERS and columns(word) == len(word)
    return _IN_PHRASE_COST + (_AFTER_SHORT_WORD_COST if is_short else 0.0)


def _breaks(word: str) -> bool:
    return bool(_SENTENCE_END.search(word) or _PHRASE_END.search(word))


def _lines(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Words in one line, or in the two that look best; `None` if they do not fit."""
    whole = _joined(words)
    if columns(whole) <= MAX_COLUMNS:
        return (whole,)
    best: tuple[float, tuple[str, ...]] | None = None
    for at in range(1, len(words)):
        lines = _joined(words[:at]), _joined(words[at:])
        widths = [columns(line) for line in lines]
        if max(widths) > MAX_COLUMNS:
            continue
        cost = _UNEVEN_COST * abs(widths[0] - widths[1]) / MAX_COLUMNS + _break_cost(words[at - 1]) / 4
        if best is None or cost < best[0]:
            best = cost, lines
    return best[1] if best else None


def _joined(words: Sequence[str]) -> str:
    """Words with spaces between them, except in scripts without spaces."""
    text = words[0]
    for before, word in pairwise(words):
        are_wide = all(unicodedata.east_asian_width(letter) in "WF" for letter in (before[-1], word[0]))
        text += word if are_wide else f" {word}"
    return text


def _timed(drafts: list[Cue]) -> list[Cue]:
    """Captions that stay a little, long enough to be read, and never overlap."""
    cues = []
    for cue, following in zip_longest(drafts, drafts[1:]):
        end_s = max(cue.end_s + _LINGER_S, cue.start_s + _MIN_CUE_S)
        if following is not None and end_s > following.start_s - _MIN_GAP_S:
            end_s = following.start_s
        cues.append(cue._replace(end_s=max(end_s, cue.start_s)))
    return [cue for cue in cues if cue.end_s > cue.start_s]
