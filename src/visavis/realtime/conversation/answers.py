"""The language model as an LLM of livekit-agents. If it fails twice, the fallback sentence is the answer."""

import json
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import structlog
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, llm, utils
from livekit.agents.types import NOT_GIVEN, NotGivenOr

from visavis.ports import ChatMessage, LanguageModel, Tool, ToolCall
from visavis.ports.conversation import MAX_LEARNED_CHARS
from visavis.realtime.conversation.documents import Documents
from visavis.realtime.conversation.patience import PatienceLostError, ask_twice

_log = structlog.get_logger()


class Answers(llm.LLM[str]):
    """Answers with a language model, from knowledge that it is given before and during a conversation."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        knowledge: Sequence[str] = (),
        fallback: str,
        first_s: float,
        on_failure: Callable[[], None] = lambda: None,
        documents: Documents | None = None,
    ) -> None:
        """Prepare.

        Args:
            model: Answers.
            knowledge: Texts that answers are taken from.
            fallback: Sentence for when the model fails twice.
            first_s: Time to wait for the begin of an answer, each time.
            on_failure: Told each failure: the fallback may be needed soon.
            documents: What is asked before each answer; `None` if there is nothing to ask.
        """
        super().__init__()
        self._port, self._knowledge = model, tuple(knowledge)
        self._learned: list[str] = []
        self.fallback, self.first_s, self.on_failure = fallback, first_s, on_failure
        self.documents = documents

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> llm.LLMStream:
        """The next message of a conversation."""
        del parallel_tool_calls, tool_choice, extra_kwargs
        return _Stream(self, self._port, self._messages(chat_ctx), chat_ctx, tools or [], conn_options)

    def learn(self, text: str) -> None:
        """Answer from a text too, from the next answer on. The oldest texts make room for it."""
        self._learned.append(text)
        while sum(map(len, self._learned)) > MAX_LEARNED_CHARS and len(self._learned) > 1:
            self._learned.pop(0)

    async def warm_up(self, chat_ctx: llm.ChatContext) -> None:
        """Prepare for a conversation that begins so."""
        await self._port.warm_up(self._messages(chat_ctx))

    def _messages(self, chat_ctx: llm.ChatContext) -> list[ChatMessage]:
        messages = [message for item in chat_ctx.items if (message := _message(item)) is not None]
        first = 1 if messages and messages[0].role == "system" else 0
        known = (*self._knowledge, *self._learned)
        messages[first:first] = [ChatMessage("system", text) for text in known]
        return messages


class _Stream(llm.LLMStream):
    def __init__(
        self,
        answers: Answers,
        model: LanguageModel,
        messages: list[ChatMessage],
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool],
        conn_options: APIConnectOptions,
    ) -> None:
        self._answers, self._model, self._messages = answers, model, messages
        super().__init__(answers, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)

    async def _run(self) -> None:
        identifier = utils.shortuuid()
        tools = [tool for each in self._tools if (tool := _tool(each)) is not None]
        answers, messages = self._answers, self._messages
        if answers.documents is not None:
            messages = await answers.documents.added_to(messages)
        pieces = ask_twice(
            lambda: self._model.chat(messages, tools),
            first_s=answers.first_s,
            on_failure=answers.on_failure,
        )
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    calls = [
                        llm.FunctionToolCall(name=call.name, arguments=call.arguments, call_id=call.id)
                        for call in piece.tool_calls
                    ]
                    delta = llm.ChoiceDelta(role="assistant", content=piece.text or None, tool_calls=calls)
                    self._event_ch.send_nowait(llm.ChatChunk(id=identifier, delta=delta))
        except PatienceLostError as error:
            _log.warning("answer_failed", code=error.code)
            delta = llm.ChoiceDelta(role="assistant", content=" " + answers.fallback)
            self._event_ch.send_nowait(llm.ChatChunk(id=identifier, delta=delta))


def _message(item: llm.ChatItem) -> ChatMessage | None:
    match item:
        case llm.ChatMessage(role="system" | "developer"):
            return ChatMessage("system", item.text_content or "")
        case llm.ChatMessage(role="user"):
            return ChatMessage("user", item.text_content or "")
        case llm.ChatMessage(role="assistant"):
            return ChatMessage("assistant", item.text_content or "")
        case llm.FunctionCall():
            call = ToolCall(item.call_id, item.name, item.arguments)
            return ChatMessage("assistant", "", tool_calls=(call,))
        case llm.FunctionCallOutput():
            return ChatMessage("tool", item.output, tool_call_id=item.call_id)
    return None


def _tool(tool: llm.Tool) -> Tool | None:
    if not isinstance(tool, llm.RawFunctionTool):
        return None
    schema = tool.info.raw_schema
    parameters = json.loads(json.dumps(schema.get("parameters", {})))
    return Tool(str(schema["name"]), str(schema.get("description", "")), parameters)
