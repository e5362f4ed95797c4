"""Passages of documents come before the question, and answers name them."""

import asyncio

from visavis.ports import ChatMessage
from visavis.ports.knowledge import FoundPassage
from visavis.providers.llm.responder.responder import Responder
from visavis.realtime.conversation.documents import Documents

WARRANTY = FoundPassage(
    source="Handbook", heading="Warranty", text="The warranty of a bicycle lasts for three years."
)
HOURS = FoundPassage(source="Website", heading="", text="The shop opens at nine on Mondays.")
QUESTION = "How long does the warranty last?"
MESSAGES = [ChatMessage("system", "You are Ada. We sell bicycles."), ChatMessage("user", QUESTION)]


def test_the_answer_comes_from_a_document_and_names_it() -> None:
    asked: list[str] = []

    async def ask(question: str) -> tuple[FoundPassage, ...]:
        asked.append(question)
        return WARRANTY, HOURS

    async def check() -> None:
        documents = Documents(ask)
        messages = await documents.added_to(MESSAGES)
        assert [each.role for each in messages] == ["system", "system", "user"]
        assert "# Handbook › Warranty\n" in messages[1].content
        assert await documents.added_to(MESSAGES) == messages
        assert asked == [QUESTION]  # once, however often it is answered
        (answer,) = Responder("en").answer(messages)
        assert answer == WARRANTY.text
        assert documents.sources_of(answer) == ("Handbook",)
        assert documents.sources_of("The shop opens at nine on Mondays. Come by!") == ("Website",)
        assert documents.sources_of("Nice to meet you. I do not know that.") == ()

    asyncio.run(check())


def test_without_a_question_or_an_answer_nothing_is_added() -> None:
    async def never(question: str) -> tuple[FoundPassage, ...]:
        await asyncio.Event().wait()
        return ()

    async def nothing(question: str) -> tuple[FoundPassage, ...]:
        return ()

    async def check() -> None:
        for ask in (never, nothing):
            documents = Documents(ask)
            assert await documents.added_to(MESSAGES) == MESSAGES
            assert await documents.added_to(MESSAGES[:1]) == MESSAGES[:1]
            assert documents.sources_of(WARRANTY.text) == ()

    asyncio.run(check())
