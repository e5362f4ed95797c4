"""Session messages for a conversation: knowledge, and texts to speak."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from visavis.core import leases
from visavis.core.schema import CONTEXT, SessionMessage
from visavis.worker.protocol import AddKnowledge, SpeakText


@dataclass
class RoomMessage:
    """A session message for a conversation.

    Attributes:
        sequence: Number of the message.
        text: Text to speak, or knowledge; empty when it is not needed any more.
        is_knowledge: Whether it is knowledge.
        now: Whether the text cuts off what the avatar says.
        position: Number of sentences of the text that were spoken.
        is_done: Whether nothing more of the text will be spoken.
    """

    sequence: int
    text: str
    is_knowledge: bool
    now: bool = False
    position: int = 0
    is_done: bool = False


class Listener(Protocol):
    """Takes session messages."""

    async def deliver(self, message: RoomMessage) -> None:
        """Take a message, unless it was taken before."""
        ...


@dataclass(frozen=True)
class MessageLog:
    """Records what becomes of a session's messages.

    Attributes:
        write: Writes to the database, as long as the worker holds the session.
        session: ID of the session.
    """

    write: Callable[..., Awaitable[None]]
    session: str

    async def taken(self, sequence: int) -> None:
        """A conversation has taken a message."""
        await self.write(leases.mark_taken, self.session, sequence)

    async def spoken(self, sequence: int, position: int, is_done: bool) -> None:
        """So many sentences of a text were spoken; whether nothing more of it will be."""
        await self.write(leases.mark_spoken, self.session, sequence, position, is_done)


async def pass_on(listener: Listener | None, messages: list[SessionMessage]) -> None:
    """Pass messages on to a conversation; once, however often they come."""
    if listener is None:
        return
    for message in messages:
        await listener.deliver(
            RoomMessage(
                sequence=message.sequence,
                text=str(message.payload["text"]),
                is_knowledge=message.kind == CONTEXT,
                now=bool(message.payload.get("now")),
                position=message.position,
                is_done=message.done_at is not None,
            )
        )


def command_of(message: RoomMessage) -> AddKnowledge | SpeakText:
    """The command that passes a message on to the process of a conversation."""
    if message.is_knowledge:
        return AddKnowledge(text=message.text, sequence=message.sequence)
    return SpeakText(text=message.text, sequence=message.sequence, position=message.position, now=message.now)
