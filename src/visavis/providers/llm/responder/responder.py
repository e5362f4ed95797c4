"""The responder: a language model without generation, which says only what it was given."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from visavis.ports import ChatDelta, ChatMessage, Tool
from visavis.providers.llm.responder.language import (
    LANGUAGES,
    Language,
    bare,
    detect_language,
    language,
    split_sentences,
)
from visavis.providers.llm.responder.question import read_turns
from visavis.providers.llm.responder.retrieval import Index
from visavis.providers.llm.responder.sources import read_sources

_MAX_TURNS: Final = 5
_MAX_OFFERED: Final = 3


class Responder:
    """Answers with sentences of the system messages, or with fixed phrases; it calls no tools.

    Args:
        language: BCP 47 tag of the language that is spoken when a text does not show its own.
    """

    def __init__(self, language: str = "") -> None:
        code = language.partition("-")[0].lower()
        self._default = code if code in LANGUAGES else "en"
        self._known: tuple[tuple[str, ...], Index] | None = None

    async def chat(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[Tool] = (),  # noqa: ARG002 - of the port
    ) -> AsyncIterator[ChatDelta]:
        """The next message, sentence by sentence; see the port."""
        sentences = await asyncio.to_thread(self.answer, messages)
        for number, sentence in enumerate(sentences):
            yield ChatDelta(f" {sentence}" if number else sentence)

    async def warm_up(self, messages: Sequence[ChatMessage]) -> None:
        """Read the system messages."""
        await asyncio.to_thread(self._index, messages)

    async def close(self) -> None:
        """Nothing is open."""

    def answer(self, messages: Sequence[ChatMessage]) -> list[str]:
        """The sentences of the next message."""
        index = self._index(messages)
        asked = [message.content for message in messages if message.role == "user"][-_MAX_TURNS:]
        if not asked or (messages and messages[-1].role == "assistant"):
            asked = [*asked, ""]
        tongues: list[Language] = []
        default = self._default
        for text in asked:
            default = detect_language(text, default)
            tongues.append(language(default))
        tongue = tongues[-1]
        said = [message.content for message in messages if message.role == "assistant" and message.content]
        plain = bare(asked[-1])
        if not plain:
            return [tongue.replies["unclear" if messages else "greeting"]]
        if reply := _small_talk(plain, tongue, index, said):
            return reply
        if any(pattern.search(plain) for pattern in tongue.injections):
            return _unknown(tongue, index, said)
        question = read_turns([turn for turn in _sentences(asked, tongues) if _is_question(*turn)])
        found = index.search(question) or index.search(question.of_attribute)
        return [statement.spoken for statement in found] or _unknown(tongue, index, said)

    def _index(self, messages: Sequence[ChatMessage]) -> Index:
        texts = tuple(message.content for message in messages if message.role == "system")
        if self._known is None or self._known[0] != texts:
            self._known = texts, Index(read_sources(texts, self._default))
        return self._known[1]


def _sentences(asked: Sequence[str], tongues: Sequence[Language]) -> list[tuple[str, Language]]:
    """The sentences of what a user said, with their languages."""
    return [
        (sentence, tongue)
        for text, tongue in zip(asked, tongues, strict=True)
        for sentence in split_sentences(text) or [text]
    ]


def _is_question(text: str, tongue: Language) -> bool:
    plain = bare(text)
    return bool(plain) and not any(
        pattern.search(plain) for name, pattern in tongue.small_talk.items() if name != "opening"
    )


def _small_talk(plain: str, tongue: Language, index: Index, said: Sequence[str]) -> list[str]:
    """The reply to an utterance that asks for nothing; empty if it is another."""
    name = next(
        (name for name, pattern in tongue.small_talk.items() if name != "opening" and pattern.search(plain)),
        None,
    )
    if name is None:
        return []
    if name == "repeat":
        return [said[-1]] if said else [tongue.replies["nothing_to_repeat"]]
    if name == "who_are_you":
        persona = [each.spoken for each in index.statements if each.is_persona][:2]
        return persona or [tongue.replies["who_are_you"]]
    if name == "what_can_you_do":
        return _offer(tongue, index) or [tongue.replies["nothing_known"]]
    return [tongue.replies[name]]


def _unknown(tongue: Language, index: Index, said: Sequence[str]) -> list[str]:
    """That the answer is not known, with an offer unless the sentence before was one."""
    offer = _offer(tongue, index)
    if said and offer and offer[0] in said[-1]:
        offer = []
    return [tongue.replies["unknown"], *offer]


def _offer(tongue: Language, index: Index) -> list[str]:
    topics = [label for concept, label in tongue.labels.items() if concept in index.concepts][:_MAX_OFFERED]
    if not topics:
        return []
    *first, last = topics
    listed = f"{', '.join(first)} {tongue.replies['and']} {last}" if first else last
    return [tongue.replies["offer"].format(topics=listed)]
