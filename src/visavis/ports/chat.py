"""Language models: a conversation in, its next message out, piece by piece."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool that the model wants.

    Attributes:
        id: ID of the call, which its result repeats.
        name: Name of the tool.
        arguments: JSON object.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class ChatMessage:
    """A message of a conversation.

    Attributes:
        role: Who says it. `system` for instructions and knowledge, `tool` for the result of a call.
        content: Text.
        tool_calls: Calls that the assistant wants.
        tool_call_id: ID of the call that this message is the result of.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True)
class Tool:
    """A tool that the model may call.

    Attributes:
        name: Letters, digits and `_`.
        description: What it does, for the model.
        parameters: JSON schema of its arguments.
    """

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChatDelta:
    """A piece of the next message.

    Attributes:
        text: Text that follows the pieces before.
        tool_calls: Whole calls.
    """

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()


class LanguageModel(Protocol):
    """Answers. Its work never blocks the event loop."""

    def chat(self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()) -> AsyncIterator[ChatDelta]:
        """The next message of a conversation; closing the iterator ends the work.

        Raises:
            ProviderError: The service or the model failed.
        """
        ...

    async def warm_up(self, messages: Sequence[ChatMessage]) -> None:
        """Prepare for conversations that begin with these messages; may do nothing."""
        ...

    async def close(self) -> None:
        """Release connections and models; harmless when repeated."""
        ...
