"""The conversation of a live session, beside the session's own process.

It begins with the session, or with the first text that a client wants to be spoken. It has a process of its
own: when that dies, another one takes its place, and the session goes on.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from pydantic import TypeAdapter

from visavis.errors import ChildError
from visavis.ports.conversation import MAX_LEARNED_CHARS, TranscriptSegment
from visavis.ports.knowledge import FoundPassage
from visavis.worker.child_process import ChildProcess
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import (
    BeginConversation,
    ConversationCommand,
    ConversationEvent,
    ConversationJoined,
    ConversationOver,
    EndConversation,
    MessageTaken,
    PassagesFound,
    PassagesWanted,
    SegmentSaid,
    SpeakText,
    SpeakWanted,
    TextSpoken,
)
from visavis.worker.room_messages import MessageLog, RoomMessage, command_of

AGENT: Final = "agent"
"""Identity of the process of a conversation in a room of ours."""

_EVENTS: Final[TypeAdapter[ConversationEvent]] = TypeAdapter(ConversationEvent)
_LEAVE_S: Final = 3.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0
_MAX_WAITING: Final = 16

FindPassages = Callable[[str, Sequence[float] | None], Awaitable[list[FoundPassage]]]
"""Finds what an agent knows of a question, by its words and by what it means."""

_log = structlog.get_logger()


class Conversation:
    """The conversation of one session, through as many processes as it takes."""

    def __init__(
        self,
        pool: ProcessPool,
        session: str,
        begin: Callable[[], BeginConversation],
        keep: Callable[[TranscriptSegment], Awaitable[None]],
        log: MessageLog,
        find: FindPassages | None = None,
        on_lost: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Prepare; nothing is started.

        Args:
            pool: The processes of conversations.
            session: ID of the session.
            begin: Makes the command that begins it, with a fresh token.
            keep: Stores a segment of the transcript.
            log: Records what becomes of session messages.
            find: Finds what the agent knows of a question; `None` without an agent.
            on_lost: Told that a process has died: what the avatar still has of its speech is said again.
        """
        self._find, self._on_lost = find, on_lost
        self._pool, self._session, self._begin, self._keep = pool, session, begin, keep
        self._log, self._messages = log, dict[int, RoomMessage]()
        self._process: ChildProcess | None = None
        self._texts: list[str] = []  # until there is a process
        self._running: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Process ID; `None` while there is no process."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Begin; harmless when repeated."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def speak(self, text: str) -> None:
        """Have the avatar say a text. It begins the conversation, if that has not begun."""
        self.start()
        if self._process is None:
            if len(self._texts) < _MAX_WAITING:
                self._texts.append(text)
        else:
            await self._send(self._process, SpeakText(text=text))

    async def deliver(self, message: RoomMessage) -> None:
        """Pass on a session message, unless it was passed on before, or too many texts wait.

        What waits stays in the database, and is passed on later. A process that takes the place of another
        gets all knowledge again, and of the texts what was not spoken.
        """
        if message.sequence in self._messages:
            return
        # What cuts off the others does not wait behind them.
        waiting = sum(
            not each.is_knowledge and not each.is_done and each.now == message.now
            for each in self._messages.values()
        )
        if not message.is_knowledge and waiting >= _MAX_WAITING:
            return
        self.start()
        self._messages[message.sequence] = message
        self._forget_old_knowledge()
        if self._process is not None:
            await self._send(self._process, command_of(message))

    async def take(self, event: SpeakWanted | TextSpoken) -> None:
        """Take an event of the avatar's own process."""
        match event:
            case SpeakWanted(text=text):
                await self.speak(text)
            case TextSpoken():
                await self._note_spoken(event)

    async def end(self) -> None:
        """Let the process leave its room; kill it if that takes too long."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        """Hold the conversation until cancelled or sent away, in another process whenever one is gone."""
        pause_s, is_resumed = _FIRST_PAUSE_S, False
        while True:
            process = await self._pool.acquire()
            began_s = asyncio.get_running_loop().time()
            try:
                changes = {"is_resumed": is_resumed, "has_documents": self._find is not None}
                command = self._begin().model_copy(update=changes)
                await self._send(process, command)
                if await self._listen(process):
                    return
                if self._on_lost is not None:
                    await self._on_lost()
            except ChildError as error:
                _log.error("conversation_broke", session=self._session, code=error.code)
            finally:
                self._process = None
                await asyncio.shield(self._leave(process))
            _log.warning("conversation_process_gone", session=self._session, exit_status=process.exit_status)
            if asyncio.get_running_loop().time() - began_s > _LONGEST_PAUSE_S:
                pause_s = _FIRST_PAUSE_S
            is_resumed = True
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _listen(self, process: ChildProcess) -> bool:
        """Read the events of a process to its end. Returns whether the room wants no other one."""
        while (event := await process.receive(_EVENTS)) is not None:
            match event:
                case ConversationJoined(memory_bytes=memory_bytes):
                    _log.info(
                        "conversation_begun",
                        session=self._session,
                        process=process.pid,
                        memory_mb=round(memory_bytes / 1e6),
                    )
                    await self._tell_all(process)
                case MessageTaken(sequence=sequence):
                    await self._log.taken(sequence)
                case TextSpoken() as spoken:
                    await self._note_spoken(spoken)
                case PassagesWanted() as wanted:
                    await self._answer(process, wanted)
                case SegmentSaid(segment=segment):
                    await self._keep(segment)
                case ConversationOver(error_code=error_code, was_sent_away=was_sent_away):
                    if error_code is not None:
                        _log.error("conversation_failed", session=self._session, code=error_code)
                    return was_sent_away
        return False

    def _forget_old_knowledge(self) -> None:
        """Keep no more than a process would: it makes room in the same way."""
        known = [each for each in self._messages.values() if each.is_knowledge and each.text]
        chars = sum(len(each.text) for each in known)
        for each in known[:-1]:
            if chars <= MAX_LEARNED_CHARS:
                return
            chars -= len(each.text)
            each.text = ""

    async def _note_spoken(self, spoken: TextSpoken) -> None:
        """Note how much of a text was spoken, from whichever process knows it; it never becomes less."""
        message = self._messages.get(spoken.sequence)
        if message is None:
            return
        message.position = max(message.position, spoken.position)
        if spoken.is_done:
            message.is_done, message.text = True, ""
        await self._log.spoken(spoken.sequence, spoken.position, spoken.is_done)

    async def _answer(self, process: ChildProcess, wanted: PassagesWanted) -> None:
        passages = await self._find(wanted.question, wanted.vector) if self._find is not None else []
        await self._send(process, PassagesFound(number=wanted.number, passages=tuple(passages)))

    async def _tell_all(self, process: ChildProcess) -> None:
        """Tell a process that has just begun all that it has to know, and to say."""
        self._process = process
        texts, self._texts = self._texts, []
        for text in texts:
            await self._send(process, SpeakText(text=text))
        for message in sorted(self._messages.values(), key=lambda each: each.sequence):
            if message.text:
                await self._send(process, command_of(message))

    async def _send(self, process: ChildProcess, command: ConversationCommand) -> None:
        """Send a command. One that comes too late is lost: the events tell that the process is gone."""
        with contextlib.suppress(ChildError):
            await process.send(command)

    async def _leave(self, process: ChildProcess) -> None:
        await self._send(process, EndConversation())
        try:
            async with asyncio.timeout(_LEAVE_S):
                await process.wait()
        except TimeoutError:
            _log.warning("conversation_process_killed", session=self._session)
            await process.kill()
