"""Sentences of a text, each short enough to be spoken at once."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

MAX_SENTENCE_CHARACTERS: Final = 280
"""Longer sentences are cut at a comma or a space: models have a maximum, and listeners wait for the first."""

_EMOJI: Final = re.compile("[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U0001f000-\U0001faff]")
_PARAGRAPH_END: Final = re.compile(r"\s*\n\s*|(?<=[।॥])\s+")  # where the library sees no end
_ENDS_WITH_NUMBER: Final = re.compile(r"(?:^|\s)\d{1,2}\.$")  # "am 3. Oktober"
_ENDS_WITH_TITLE: Final = re.compile(
    r"(?:^|\s)(?:bzw|ca|d\.h|dott|dr|dra|evtl|fr|hr|mme|mlle|nr|prof|sig|sr|sra|srta|st|str|vgl|z\.\s?b)\.$",
    re.IGNORECASE,
)
_CUTS: Final = (re.compile(r"[;:,—、，；：،]\s*"), re.compile(r"\s+"))


def split_sentences(text: str, *, max_characters: int = MAX_SENTENCE_CHARACTERS) -> list[str]:
    """The sentences of a text, stripped. Only white space is lost, and sentences that hold nothing to say."""
    sentences = [
        part.strip()
        for paragraph in _PARAGRAPH_END.split(text)
        for sentence in _sentences(paragraph)
        for part in _cut(sentence, max_characters)
    ]
    return [each for each in sentences if any(character.isalnum() for character in each)]


def without_emoji(text: str) -> str:
    """A text with a space for each character of an emoji: nobody wants to hear their names."""
    return _EMOJI.sub(" ", text)


def _sentences(paragraph: str) -> Iterator[str]:
    """Sentences as the library finds them; an end before a small letter or after an abbreviation is none."""
    if not paragraph.strip():
        return
    # Only who speaks needs it: videos of recordings are made without any extra.
    from livekit import blingfire

    _, offsets = blingfire.text_to_sentences_with_offsets(paragraph)
    begin = 0
    for (_, end), (following, _) in pairwise(offsets):
        sentence = paragraph[begin:end].strip()
        goes_on = (
            paragraph[following].islower()
            or _ENDS_WITH_NUMBER.search(sentence)
            or _ENDS_WITH_TITLE.search(sentence)
        )
        if not goes_on:
            yield sentence
            begin = end
    yield paragraph[begin:]


def _cut(sentence: str, max_characters: int) -> Iterator[str]:
    while len(sentence) > max_characters:
        at = next(
            (ends[-1] for cut in _CUTS if (ends := _ends(cut, sentence, max_characters))), max_characters
        )
        yield sentence[:at]
        sentence = sentence[at:]
    yield sentence


def _ends(cut: re.Pattern[str], sentence: str, max_characters: int) -> list[int]:
    """Where a sentence can be cut, not close to its begin."""
    return [
        found.end()
        for found in cut.finditer(sentence)
        if max_characters // 3 <= found.end() <= max_characters
    ]
