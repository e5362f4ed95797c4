"""Cutting a text into passages: whole paragraphs under one heading, as many as are short enough together."""

import re
from collections.abc import Iterator
from typing import Final

from visavis.errors import DocumentError
from visavis.ports.knowledge import Passage
from visavis.providers.llm.responder.language import split_sentences

MAX_PASSAGE_CHARS: Final = 700
"""Length of a passage: what the embedding model reads at once, with its headings."""
_HEADING: Final = re.compile(r"(#{1,6})\s+(.+)")
_MAX_HEADING_CHARS: Final = 200


def cut(text: str, *, max_passages: int) -> tuple[Passage, ...]:
    """The passages of a text.

    Args:
        text: A line for each paragraph; headings begin with `#`.
        max_passages: Number of passages that it may have.

    Raises:
        DocumentError: It has more.
    """
    passages: list[Passage] = []
    for heading, piece in _pieces(text):
        last = passages[-1] if passages else None
        if last is not None and last.heading == heading and len(last.text) + len(piece) < MAX_PASSAGE_CHARS:
            passages[-1] = Passage(heading=heading, text=f"{last.text}\n{piece}")
        else:
            passages.append(Passage(heading=heading, text=piece))
        if len(passages) > max_passages:
            raise DocumentError(f"The document has more than {max_passages} passages. Send it in parts.")
    return tuple(passages)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Paragraphs, or parts of long ones, each with the headings above it."""
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        if found := _HEADING.fullmatch(line.strip()):
            level = len(found[1])
            above = [each for each in above if each[0] < level] + [(level, found[2].strip("# "))]
        elif line.strip():
            heading = " › ".join(title for _, title in above)[:_MAX_HEADING_CHARS]
            for piece in _short(line.strip()):
                yield heading, piece


def _short(paragraph: str) -> Iterator[str]:
    """A paragraph in parts that are short enough: at sentences, and where one is too long, at words."""
    if len(paragraph) <= MAX_PASSAGE_CHARS:
        yield paragraph
        return
    held = ""
    for sentence in split_sentences(paragraph):
        for part in _at_words(sentence):
            if held and len(held) + len(part) >= MAX_PASSAGE_CHARS:
                yield held
                held = ""
            held = f"{held} {part}".strip()
    if held:
        yield held


def _at_words(sentence: str) -> Iterator[str]:
    while len(sentence) > MAX_PASSAGE_CHARS:
        at = sentence.rfind(" ", 1, MAX_PASSAGE_CHARS)
        at = at if at > 0 else MAX_PASSAGE_CHARS
        yield sentence[:at].strip()
        sentence = sentence[at:].strip()
    if sentence:
        yield sentence
