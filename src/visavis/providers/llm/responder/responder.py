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
from visavis.providers.llm.responder.question import last_clause, read_question, read_turns
from visavis.providers.llm.responder.retrieval import Index
from visavis.providers.llm.responder.sources import Statement, read_sources

_MAX_TURNS: Final = 5
_MAX_OFFERED: Final = 3
_MAX_PERSONA: Final = 2


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
        turns = self._turns(messages)
        text, tongue = turns[-1] if turns else ("", language(self._default))
        said = [message.content for message in messages if message.role == "assistant" and message.content]
        if not bare(text) or messages[-1].role == "assistant":
            return [tongue.replies["unclear" if messages else "greeting"]]
        if reply := _small_talk(text, tongue, index, said):
            return reply
        if any(pattern.search(bare(text)) for pattern in tongue.injections):
            return _unknown(tongue, index, said)
        found = _found(turns, index)
        return [statement.spoken for statement in found] or _unknown(tongue, index, said)

    def _turns(self, messages: Sequence[ChatMessage]) -> list[tuple[str, Language]]:
        """The last utterances of the user, each with its language."""
        turns: list[tuple[str, Language]] = []
        code = self._default
        for message in [message for message in messages if message.role == "user"][-_MAX_TURNS:]:
            code = detect_language(message.content, code)
            turns.append((message.content, language(code)))
        return turns

    def _index(self, messages: Sequence[ChatMessage]) -> Index:
        texts = tuple(message.content for message in messages if message.role == "system")
        if self._known is None or self._known[0] != texts:
            self._known = texts, Index(read_sources(texts, self._default))
        return self._known[1]


def _found(turns: Sequence[tuple[str, Language]], index: Index) -> list[Statement]:
    """The statements that answer the last utterance."""
    sentences = [(sentence, tongue) for text, tongue in turns for sentence in split_sentences(text)]
    question = read_turns([each for each in sentences if _kind_of_talk(*each) is None])
    text, tongue = turns[-1]
    clause = read_question(last_clause(text, tongue), tongue)
    alone = read_question(text, tongue)  # what looked like a reference to an earlier question was none
    tries = (question, question.of_attribute, clause, alone)
    return next((found for each in tries if (found := index.search(each))), [])


def _kind_of_talk(text: str, tongue: Language) -> str | None:
    """The name of the small talk that a sentence is; `None` for another sentence."""
    plain = bare(text)
    talk = ((name, pattern) for name, pattern in tongue.small_talk.items() if name != "opening")
    return next((name for name, pattern in talk if pattern.search(plain)), None)


def _small_talk(text: str, tongue: Language, index: Index, said: Sequence[str]) -> list[str]:
    """The reply to an utterance that asks for nothing; empty if it is another."""
    kinds = [_kind_of_talk(each, tongue) for each in (text, *split_sentences(text))]
    name = kinds[0] if kinds[0] is not None or None in kinds[1:] else kinds[-1]
    if name is None:
        return []
    if name == "repeat":
        return [said[-1]] if said else [tongue.replies["nothing_to_repeat"]]
    if name == "who_are_you":
        persona = [each.spoken for each in index.statements if each.is_persona][:_MAX_PERSONA]
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
