"""The streams of sound that clients have open on this server, each with a process of its own.

A stream outlives its client's connection by 30 s, so that the client can connect again and go on. What the
client has sent stays in order in the stream, and so do reports that it was not told. A stream outlives its
process too: what a decoder was killed by is refused, and the next utterance goes to another process.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import structlog
from pydantic import TypeAdapter

from visavis.engine.sound_formats import begins_file
from visavis.errors import ChildError, SoundError
from visavis.ports.sound import SoundEnd, SoundEvent, SoundPlayed, SoundRefused, SoundStream
from visavis.worker.child_process import ChildProcess
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import (
    BeginSound,
    BytesTaken,
    ClearSound,
    EndSound,
    FinishUtterance,
    SoundOver,
    SoundPart,
    SoundReport,
    UtterancePlayed,
    UtteranceRefused,
)

KEPT_S: Final = 30.0
_REPORTS: Final[TypeAdapter[SoundReport]] = TypeAdapter(SoundReport)
_PART_BYTES: Final = 64 * 1024
_MAX_UNTAKEN_BYTES: Final = 256 * 1024
_MAX_UNSENT_BYTES: Final = 16 * 1024 * 1024  # of a client that is far ahead
_MAX_EVENTS: Final = 1000  # that a client does not read; then it loses the oldest
_LEAVE_S: Final = 3.0
_MAX_PROCESSES: Final = 5  # of one stream, one after the other
_BROKEN: Final = "The audio could not be decoded. Send it in another format."

_log = structlog.get_logger()

_Passed = SoundPart | FinishUtterance | ClearSound
"""What is passed on to a process."""


class SoundStreamsByProcess:
    """The streams of sound of this server; see `ports.sound.SoundStreams`. Use it in an `async with`."""

    def __init__(
        self, pool: ProcessPool, begin: Callable[[str], BeginSound], *, kept_s: float = KEPT_S
    ) -> None:
        """Prepare.

        Args:
            pool: Processes that take sound to avatars.
            begin: Makes the command that begins the stream of a room, with a fresh token.
            kept_s: Time that a stream goes on without a client.
        """
        self._pool, self._begin, self._kept_s = pool, begin, kept_s
        self._streams: dict[str, _Stream] = {}

    async def __aenter__(self) -> "SoundStreamsByProcess":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(each.end() for each in self._streams.values()))

    @asynccontextmanager
    async def connect(self, session_id: str, room: str) -> AsyncIterator[SoundStream]:
        """Connect a client to the stream of a session; see `ports.sound.SoundStreams`."""
        stream = self._streams.get(session_id)
        if stream is None or stream.is_over:
            stream = _Stream(self._pool, session_id, lambda: self._begin(room))
            self._streams[session_id] = stream
        client = stream.attach()
        try:
            yield client
        finally:
            if stream.detach(client):
                stream.end_after(self._kept_s, lambda: self._forget(session_id, stream))

    async def close(self, session_id: str) -> None:
        """End the stream of a session, if there is one."""
        stream = self._streams.pop(session_id, None)
        if stream is not None:
            await stream.end()

    def _forget(self, session_id: str, stream: "_Stream") -> None:
        if self._streams.get(session_id) is stream:
            del self._streams[session_id]


class _Client:
    """A client's connection to a stream."""

    def __init__(self, stream: "_Stream") -> None:
        self._stream = stream
        self._events: asyncio.Queue[SoundEvent] = asyncio.Queue(_MAX_EVENTS)

    def note(self, event: SoundEvent) -> None:
        """Let the client have an event."""
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(event)

    def untold(self) -> list[SoundEvent]:
        """Take the events that the client has not read."""
        return [self._events.get_nowait() for _ in range(self._events.qsize())]

    async def send(self, data: bytes) -> None:
        await self._stream.send(data)

    async def finish(self) -> None:
        self._stream.finish()

    async def interrupt(self) -> None:
        self._stream.clear()

    async def events(self) -> AsyncIterator[SoundEvent]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, SoundEnd):
                return


class _Stream:
    """The stream of one session, through as many processes as it takes."""

    def __init__(self, pool: ProcessPool, session: str, begin: Callable[[], BeginSound]) -> None:
        self._pool, self._session, self._begin = pool, session, begin
        self._client: _Client | None = None
        self._untold: deque[SoundEvent] = deque(maxlen=_MAX_EVENTS)  # while no client is there
        self._unsent = _Unsent()
        self._untaken_bytes = self._utterances = 0
        self._can_feed, self._has_space = asyncio.Event(), asyncio.Event()
        self._expiring: asyncio.Task[None] | None = None
        self._holding = asyncio.create_task(self._hold())
        self._holding.add_done_callback(lambda _: self._has_space.set())

    @property
    def is_over(self) -> bool:
        return self._holding.done()

    def attach(self) -> _Client:
        """Let a client have the stream, in the place of another one."""
        if self._expiring is not None:
            self._expiring.cancel()
            self._expiring = None
        before, self._client = self._client, _Client(self)
        if before is not None:
            self._untold += before.untold()
            before.note(SoundEnd.REPLACED)
        while self._untold:
            self._client.note(self._untold.popleft())
        return self._client

    def detach(self, client: _Client) -> bool:
        """Take the stream from a client. Returns whether it has none now."""
        if self._client is not client:
            return False
        self._client = None
        self._untold += client.untold()
        return True

    def end_after(self, seconds: float, on_end: Callable[[], None]) -> None:
        """End the stream after some time without a client."""

        async def expire() -> None:
            await asyncio.wait({self._holding}, timeout=seconds)
            on_end()
            self._expiring = None
            await self.end()

        self._expiring = asyncio.create_task(expire())

    async def send(self, data: bytes) -> None:
        """Take bytes. Waits while too many wait; these are kept even if that is cancelled."""
        for at in range(0, len(data), _PART_BYTES):
            self._put(SoundPart(data=data[at : at + _PART_BYTES]))
        while not self.is_over and self._unsent.count_bytes > _MAX_UNSENT_BYTES:
            self._has_space.clear()
            await self._has_space.wait()

    def finish(self) -> None:
        """End the utterance."""
        self._put(FinishUtterance())

    def clear(self) -> None:
        """Drop all sound that was not played yet."""
        self._unsent.clear()
        self._has_space.set()
        self._put(ClearSound())

    def _put(self, command: _Passed) -> None:
        """Pass a command on. One that comes when the stream is over is lost."""
        if not self.is_over:
            self._unsent.put(command)
            self._can_feed.set()

    async def end(self) -> None:
        """End the stream."""
        if self._expiring is not None:
            self._expiring.cancel()
        self._holding.cancel()
        await asyncio.gather(self._holding, return_exceptions=True)

    async def _hold(self) -> None:
        """Hold the stream until it is over or cancelled, in another process whenever one dies."""
        for _ in range(_MAX_PROCESSES):
            process = await self._pool.acquire()
            try:
                await process.send(self._begin())
                over = await self._serve(process)
            except ChildError as error:
                _log.error("sound_process_broke", session=self._session, code=error.code)
                over = None
            finally:
                await asyncio.shield(_leave(process))
            if over is not None:
                self._note(over)
                return
            _log.warning("sound_process_gone", session=self._session, exit_status=process.exit_status)
            self._note(SoundRefused(SoundError.code, _BROKEN))
        self._note(SoundEnd.LOST)

    async def _serve(self, process: ChildProcess) -> SoundEnd | None:
        """Serve one process to its end. Returns why the stream is over; `None` if it is not."""
        feeding = asyncio.create_task(self._feed(process))
        try:
            return await self._listen(process)
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            self._unsent.skip_utterance()

    async def _feed(self, process: ChildProcess) -> None:
        """Send a process what waits, at the pace at which its decoder takes it, until it is gone."""
        self._untaken_bytes = 0
        with contextlib.suppress(ChildError):  # `_listen` sees that it is gone
            while True:
                is_full = self._untaken_bytes >= _MAX_UNTAKEN_BYTES
                command = self._unsent.take(is_full=is_full)
                if command is None:
                    self._can_feed.clear()
                    await self._can_feed.wait()
                    continue
                self._untaken_bytes += _length(command)
                self._has_space.set()
                await process.send(command)

    async def _listen(self, process: ChildProcess) -> SoundEnd | None:
        """Read the reports of a process to its end. Returns why the stream is over; `None` if it is not."""
        before = self._utterances  # of other processes, each of which counts from 1
        while (report := await process.receive(_REPORTS)) is not None:
            match report:
                case BytesTaken(count=count):
                    self._untaken_bytes -= count
                    self._can_feed.set()
                case UtterancePlayed():
                    played = SoundPlayed(**report.model_dump(exclude={"type"}))
                    self._utterances = before + played.utterance
                    self._note(replace(played, utterance=self._utterances))
                case UtteranceRefused(code=code, message=message):
                    self._note(SoundRefused(code, message))
                case SoundOver(reason=reason):
                    return reason
        return None

    def _note(self, event: SoundEvent) -> None:
        if self._client is not None:
            self._client.note(event)
        else:
            self._untold.append(event)


class _Unsent:
    """What clients have sent and no process was given yet, in order.

    Attributes:
        count_bytes: Number of bytes of sound.
    """

    def __init__(self) -> None:
        self.count_bytes = 0
        self._commands: deque[_Passed] = deque()
        self._is_in_utterance = self._is_skipped = False

    def put(self, command: _Passed) -> None:
        """Add a command."""
        self._commands.append(command)
        self.count_bytes += _length(command)

    def clear(self) -> None:
        """Drop everything."""
        self._commands.clear()
        self.count_bytes = 0

    def take(self, *, is_full: bool) -> _Passed | None:
        """Take the next command; `None` if there is none.

        Args:
            is_full: Whether no sound is wanted now.
        """
        while self._commands:
            if is_full and isinstance(self._commands[0], SoundPart):
                return None
            command = self._commands.popleft()
            self.count_bytes -= _length(command)
            if self._is_skipped and isinstance(command, SoundPart) and not begins_file(command.data):
                continue
            self._is_skipped, self._is_in_utterance = False, isinstance(command, SoundPart)
            return command
        return None

    def skip_utterance(self) -> None:
        """Leave out what is still to come of the utterance that was begun: its process is gone."""
        self._is_skipped, self._is_in_utterance = self._is_skipped or self._is_in_utterance, False


def _length(command: _Passed) -> int:
    return len(command.data) if isinstance(command, SoundPart) else 0


async def _leave(process: ChildProcess) -> None:
    with contextlib.suppress(ChildError):
        await process.send(EndSound())
    try:
        async with asyncio.timeout(_LEAVE_S):
            await process.wait()
    except TimeoutError:
        _log.warning("sound_process_killed")
        await process.kill()
