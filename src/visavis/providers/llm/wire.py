"""The JSON of OpenAI's chat completions: messages and tools that are sent, chunks that come back."""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from pydantic import BaseModel, Field

from visavis.errors import ProviderError
from visavis.ports import ChatMessage, Tool, ToolCall


class FunctionPiece(BaseModel):
    """A piece of the function that a call names."""

    name: str | None = None
    arguments: str | None = None


class CallPiece(BaseModel):
    """A piece of a call of a tool."""

    index: int = 0
    id: str | None = None
    function: FunctionPiece = Field(default_factory=FunctionPiece)


class Delta(BaseModel):
    """What a chunk adds to the message."""

    content: str | None = None
    tool_calls: list[CallPiece] | None = None


class Choice(BaseModel):
    """One of the messages that a server makes at the same time."""

    delta: Delta = Field(default_factory=Delta)
    finish_reason: str | None = None


class Chunk(BaseModel):
    """An event of the stream, as far as it is used. Servers differ in the rest."""

    choices: list[Choice] = Field(default_factory=list)


class CallsInPieces:
    """Puts calls of tools together from the pieces in which they arrive."""

    def __init__(self) -> None:
        self._calls: list[tuple[int, dict[str, str]]] = []

    def add(self, pieces: Iterable[CallPiece]) -> None:
        """Take the pieces of a chunk. Some servers number all calls 0, so a new ID also begins a new call."""
        for piece in pieces:
            call = next((call for index, call in reversed(self._calls) if index == piece.index), None)
            if call is None or (piece.id and call["id"] and piece.id != call["id"]):
                call = {"id": "", "name": "", "arguments": ""}
                self._calls.append((piece.index, call))
            call["id"] = piece.id or call["id"]
            call["name"] += piece.function.name or ""
            call["arguments"] += piece.function.arguments or ""

    def complete(self) -> tuple[ToolCall, ...]:
        """The calls.

        Raises:
            ProviderError: A call has no name, or its arguments are not a JSON object.
        """
        return tuple(_call(number, call) for number, (_, call) in enumerate(self._calls))


def _call(number: int, call: dict[str, str]) -> ToolCall:
    arguments = call["arguments"].strip() or "{}"
    try:
        is_object = isinstance(json.loads(arguments), dict)
    except ValueError:
        is_object = False
    if not is_object or not call["name"]:
        raise ProviderError("The language model called a tool in a way that cannot be read.")
    return ToolCall(call["id"] or f"call_{number}", call["name"], arguments)


def merge_systems(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Join system messages that follow each other: the templates of many models allow only one."""
    merged: list[ChatMessage] = []
    for is_system, group in groupby(messages, key=lambda message: message.role == "system"):
        if is_system:
            merged.append(ChatMessage("system", "\n\n".join(message.content for message in group)))
        else:
            merged.extend(group)
    return merged


def wire_message(message: ChatMessage) -> dict[str, Any]:
    """A message as it is sent."""
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    return body


def wire_tool(tool: Tool) -> dict[str, Any]:
    """A tool as it is sent."""
    parameters = dict(tool.parameters) or {"type": "object", "properties": {}}
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    }
