"""What every language model must do."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

import pytest

from visavis.errors import ProviderError
from visavis.ports import ChatDelta, ChatMessage, LanguageModel, Tool, ToolCall

SYSTEM = ChatMessage(
    "system", "You are Ada of the Harbour Museum. The museum is open from 9 to 17 every day."
)
QUESTION = ChatMessage("user", "When is the museum open?")
WEATHER = Tool(
    "weather",
    "The weather in a city.",
    {"type": "object", "properties": {"said": {"type": "string"}}, "required": ["said"]},
)
ODD_TEXTS = (
    "¿Abrís hoy? 🦉",
    "開いていますか",
    "هل أنتم مفتوحون؟",
    "e\u0301te\u0301",
    "\u200b",
    "…",
    "x" * 4000,
)


async def answer(model: LanguageModel, messages: Sequence[ChatMessage]) -> str:
    """The text of the next message."""
    return "".join([delta.text async for delta in model.chat(messages)])


async def check_language_model(model: LanguageModel, *, has_tools: bool | None) -> None:
    """Check a model; it is closed afterwards.

    Args:
        model: The model.
        has_tools: Whether it calls tools; `None` if it decides by itself.
    """
    await model.warm_up([SYSTEM])
    first = await answer(model, [SYSTEM, QUESTION])
    assert first.strip()
    assert await answer(model, [SYSTEM, QUESTION, ChatMessage("assistant", first), QUESTION])
    for text in ODD_TEXTS:
        assert await answer(model, [SYSTEM, ChatMessage("user", text)])
    history = [ChatMessage("user", "Hello"), ChatMessage("assistant", "Hello.")] * 40
    assert await answer(model, [SYSTEM, *history, QUESTION])
    for messages in ([], [SYSTEM], [SYSTEM, ChatMessage("assistant", "Hello.")], [ChatMessage("user", "")]):
        await _answers_or_refuses(model, messages)
    await _check_closing_the_iterator(model)
    both = await asyncio.gather(*(answer(model, [SYSTEM, QUESTION]) for _ in range(2)))
    assert all(both)
    await _check_tools(model, has_tools=has_tools)
    await model.close()
    await model.close()


async def _answers_or_refuses(model: LanguageModel, messages: Sequence[ChatMessage]) -> None:
    try:
        await answer(model, messages)
    except ProviderError as error:
        assert error.message  # noqa: PT017 - both ends are right


async def _check_closing_the_iterator(model: LanguageModel) -> None:
    """An answer that is left in the middle does not stand in the way of the next."""
    async with aclosing(cast("AsyncGenerator[ChatDelta]", model.chat([SYSTEM, QUESTION]))) as deltas:
        await anext(deltas)
    with pytest.raises(StopAsyncIteration):
        await anext(deltas)
    waiting = asyncio.ensure_future(answer(model, [SYSTEM, QUESTION]))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await answer(model, [SYSTEM, QUESTION])


async def _check_tools(model: LanguageModel, *, has_tools: bool | None) -> None:
    """A model calls a tool and uses its result, or does as if there was none."""
    messages = [SYSTEM, ChatMessage("user", "What is the weather in Bern?")]
    deltas = [delta async for delta in model.chat(messages, [WEATHER])]
    calls = [call for delta in deltas for call in delta.tool_calls]
    if not calls:
        assert not has_tools
        assert any(delta.text for delta in deltas)
        return
    assert has_tools is not False
    assert {call.name for call in calls} == {WEATHER.name}
    called = ChatMessage(
        "assistant", "", tool_calls=(ToolCall(calls[0].id, calls[0].name, calls[0].arguments),)
    )
    result = ChatMessage("tool", "Sunny, 21 degrees.", tool_call_id=calls[0].id)
    deltas = [delta async for delta in model.chat([*messages, called, result], [WEATHER])]
    assert any(delta.text for delta in deltas)
