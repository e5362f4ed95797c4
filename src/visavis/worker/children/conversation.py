"""The process of a conversation: takes commands and tells events of `visavis.worker.protocol`.

It holds one conversation and ends with it: nothing that was said is left for another.
"""

import asyncio
import resource
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

import structlog
from pydantic import TypeAdapter

from visavis.errors import RequestError, VisavisError
from visavis.ports import TranscriptSegment
from visavis.ports.knowledge import Embedder, FoundPassage
from visavis.realtime.conversation.conversation import Conversation, Place, Providers
from visavis.realtime.conversation.documents import Documents
from visavis.realtime.conversation.texts import TextToSay
from visavis.worker.children.output import claim_output, send
from visavis.worker.protocol import (
    MAX_LINE_BYTES,
    AddKnowledge,
    BeginConversation,
    ConversationCommand,
    ConversationJoined,
    ConversationOver,
    EndConversation,
    MessageTaken,
    PassagesFound,
    PassagesWanted,
    Ready,
    SegmentSaid,
    SpeakText,
    TextSpoken,
    TokenRefreshed,
)

_COMMANDS: Final[TypeAdapter[ConversationCommand]] = TypeAdapter(ConversationCommand)
_log = structlog.get_logger()


def serve(
    load: Callable[[], Providers],
    *,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Be the process of a conversation.

    Args:
        load: Loads the providers and their models.
        loop_factory: Makes the event loop; asyncio's own if `None`.
    """
    events = claim_output()
    providers = load()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_Process(providers, events).run())


class _Process:
    """Reads commands and does what they say; the observer of its conversation."""

    def __init__(self, providers: Providers, events: BinaryIO) -> None:
        self._providers, self._events = providers, events
        self._conversation: Conversation | None = None
        self._holding: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._is_resumed = False
        self._asked = 0
        self._questions: dict[int, asyncio.Future[tuple[FoundPassage, ...]]] = {}
        self._embedder: asyncio.Future[Embedder | None] | None = None

    async def run(self) -> None:
        commands = asyncio.StreamReader(limit=MAX_LINE_BYTES)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        send(self._events, Ready())
        reading = asyncio.create_task(self._read(commands))
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait([reading, over], return_when=asyncio.FIRST_COMPLETED)
        if self._conversation is not None:
            self._conversation.end()  # also when whoever gives commands is gone
        if self._holding is not None:
            await self._holding
        for task in (reading, over):
            task.cancel()
        for provider in (self._providers.synthesizer, self._providers.recognizer):
            await provider.close()

    async def _read(self, commands: asyncio.StreamReader) -> None:
        while line := await commands.readline():
            match _COMMANDS.validate_json(line):
                case BeginConversation() as command:
                    self._begin(command)
                case SpeakText() as command if self._conversation is not None:
                    self._speak(self._conversation, command)
                case AddKnowledge(text=text, sequence=sequence) if self._conversation is not None:
                    self._conversation.learn(text)
                    send(self._events, MessageTaken(sequence=sequence))
                case PassagesFound(number=number, passages=passages) if number in self._questions:
                    self._questions.pop(number).set_result(passages)
                case EndConversation():
                    return

    def _begin(self, command: BeginConversation) -> None:
        self._is_resumed = command.is_resumed
        place = Place(command.server_url, command.token, command.avatar, command.age_s)
        config = command.config.model_copy(update={"greeting": ""}) if command.is_resumed else command.config
        documents = None
        if command.has_documents:
            self._embedder = asyncio.ensure_future(asyncio.to_thread(self._providers.load_embedder))
            documents = Documents(self._ask)
        self._conversation = Conversation(place, config, self._providers, self, documents=documents)
        self._holding = asyncio.create_task(self._hold(self._conversation))

    async def _hold(self, conversation: Conversation) -> None:
        """Hold it to its end. What breaks unforeseen breaks the process: its worker sees, and begins anew."""
        over = ConversationOver()
        try:
            over = ConversationOver(was_sent_away=await conversation.run())
        except VisavisError as error:
            over = ConversationOver(error_code=error.code)
            _log.error("conversation_failed", code=error.code, reason=error.message)
        finally:
            self._over.set()
        send(self._events, over)

    def _speak(self, conversation: Conversation, command: SpeakText) -> None:
        if command.sequence is not None:
            # A worker that died may have recorded more than the room was told.
            conversation.say(
                TextToSay(
                    command.text,
                    command.sequence,
                    command.position,
                    command.now,
                    tells_again=not self._is_resumed,
                )
            )
            send(self._events, MessageTaken(sequence=command.sequence))
            return
        try:
            conversation.speak(command.text)
        except RequestError as error:
            _log.warning("text_not_spoken", code=error.code)

    async def _ask(self, question: str) -> tuple[FoundPassage, ...]:
        """Ask the worker what the agent knows of a question."""
        embedder = await self._embedder if self._embedder is not None else None
        vectors = await asyncio.to_thread(embedder.embed, [question]) if embedder is not None else [None]
        number = self._asked = self._asked + 1
        self._questions[number] = asyncio.get_running_loop().create_future()
        send(self._events, PassagesWanted(number=number, question=question, vector=vectors[0]))
        return await self._questions[number]

    def joined(self) -> None:
        """Tell the worker."""
        send(self._events, ConversationJoined(memory_bytes=_memory_bytes()))

    def said(self, segment: TranscriptSegment) -> None:
        """Tell the worker."""
        send(self._events, SegmentSaid(segment=segment))

    def spoken(self, sequence: int, position: int, is_done: bool) -> None:
        """Tell the worker."""
        send(self._events, TextSpoken(sequence=sequence, position=position, is_done=is_done))

    def token_refreshed(self, token: str) -> None:
        """Tell the worker."""
        send(self._events, TokenRefreshed(token=token))


def _memory_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
