"""What the agent's documents say about a question, and which of them an answer came from."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from visavis.ports import ChatMessage
from visavis.ports.knowledge import FoundPassage

Ask = Callable[[str], Awaitable[tuple[FoundPassage, ...]]]
"""Finds the passages that answer a question."""

_PATIENCE_S: Final = 2.0  # an answer without documents is better than a late one
_MAX_QUESTION_CHARS: Final = 1_000
_KEPT: Final = 16  # passages that answers may have come from
_WORD: Final = re.compile(r"\d+|[^\W\d_]{4,}")
_MIN_WORDS: Final = 2
_MIN_SHARED: Final = 0.6  # of the words of a sentence, with the passage that it came from
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+")

_log = structlog.get_logger()


class Documents:
    """Asks for passages before each answer, and remembers them."""

    def __init__(self, ask: Ask) -> None:
        """Prepare.

        Args:
            ask: Finds passages.
        """
        self._ask = ask
        self._asked: tuple[str, asyncio.Task[tuple[FoundPassage, ...]]] | None = None
        self._found: list[FoundPassage] = []

    async def added_to(self, messages: Sequence[ChatMessage]) -> list[ChatMessage]:
        """A conversation with the passages that answer its last question, before that question."""
        last = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].role == "user"), None)
        if last is None:
            return list(messages)
        passages = await self._find(messages[last].content)
        if not passages:
            return list(messages)
        parts = [f"# {_title(each)}\n{each.text}" for each in passages]
        known = ChatMessage("system", "\n\n".join(["From your documents:", *parts]))
        return [*messages[:last], known, *messages[last:]]

    def sources_of(self, text: str) -> tuple[str, ...]:
        """Names of the documents that a spoken text came from: those that share most words of a sentence."""
        sentences = [set(_WORD.findall(each.casefold())) for each in _SENTENCE.split(text)]
        names = [
            each.source
            for each in self._found
            if any(_is_from(words, f"{each.heading} {each.text}".casefold()) for words in sentences)
        ]
        return tuple(dict.fromkeys(names))

    async def _find(self, question: str) -> tuple[FoundPassage, ...]:
        """The passages for a question; the same question is asked once, however often it is answered."""
        question = question[-_MAX_QUESTION_CHARS:]
        if self._asked is None or self._asked[0] != question:
            self._asked = question, asyncio.ensure_future(self._ask(question))
        try:
            async with asyncio.timeout(_PATIENCE_S):
                found = await asyncio.shield(self._asked[1])
        except TimeoutError:
            _log.warning("documents_too_slow")
            return ()
        self._found = [*found, *(each for each in self._found if each not in found)][:_KEPT]
        return found


def _title(passage: FoundPassage) -> str:
    return f"{passage.source} › {passage.heading}" if passage.heading else passage.source


def _is_from(words: set[str], passage: str) -> bool:
    there = set(_WORD.findall(passage))
    return len(words) >= _MIN_WORDS and len(words & there) >= _MIN_SHARED * len(words)
