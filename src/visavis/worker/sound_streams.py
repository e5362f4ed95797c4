"""The streams of sound that clients have open on this server, each with a process of its own.

A stream outlives its client's connection by 30 s, so that the client can connect again and go on. It outlives
its process too: what a decoder was killed by is refused, and the next utterance goes to another process.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog
from pydantic import TypeAdapter

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
    SoundCommand,
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
_MAX_UNSENT_BYTES: Final = 16 * 1024 * 1024  # of clients whose place another one took
_MAX_EVENTS: Final = 1000  # that a client does not read; then it loses the oldest
_LEAVE_S: Final = 3.0
_MAX_PROCESSES: Final = 5  # of one stream, one after the other
_BROKEN: Final = "The audio could not be decoded. Send it in another format."

_log = structlog.get_logger()


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

    async def send(self, data: bytes) -> None:
        await self._stream.send(data)

    async def finish(self) -> None:
        await self._stream.finish()

    async def interrupt(self) -> None:
        await self._stream.clear()

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
        self._process: ChildProcess | None = None
        self._untaken_bytes, self._unsent = 0, b""
        self._turn, self._changed = asyncio.Lock(), asyncio.Condition()
        self._expiring: asyncio.Task[None] | None = None
        self._holding = asyncio.create_task(self._hold())

    @property
    def is_over(self) -> bool:
        return self._holding.done()

    def attach(self) -> _Client:
        """Let a client have the stream, in the place of another one."""
        if self._expiring is not None:
            self._expiring.cancel()
            self._expiring = None
        if self._client is not None:
            self._client.note(SoundEnd.REPLACED)
        self._client = _Client(self)
        return self._client

    def detach(self, client: _Client) -> bool:
        """Take the stream from a client. Returns whether it has none now."""
        if self._client is not client:
            return False
        self._client = None
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
        """Send bytes; waits until the decoder has taken most of what was sent before.

        What a client could not send to its end, because another one took its place, is sent first.
        """
        async with self._turn:
            await self._send(data)

    async def finish(self) -> None:
        """End the utterance."""
        async with self._turn:
            await self._send(b"")
            await self._command(FinishUtterance())

    async def clear(self) -> None:
        """Drop all sound that was not played yet."""
        async with self._turn:
            self._unsent = b""
            await self._command(ClearSound())

    async def _send(self, data: bytes) -> None:
        waiting, sent = memoryview(self._unsent + data), 0
        try:
            while sent < len(waiting):
                process = await self._ready(lambda: self._untaken_bytes < _MAX_UNTAKEN_BYTES)
                part = bytes(waiting[sent : sent + _PART_BYTES])
                sent += len(part)
                self._untaken_bytes += len(part)
                await _tell(process, SoundPart(data=part))
        finally:
            self._unsent = bytes(waiting[sent:][:_MAX_UNSENT_BYTES])

    async def _command(self, command: SoundCommand) -> None:
        """Send a command. One that comes when the stream is over is lost."""
        await _tell(await self._ready(lambda: True), command)

    async def _ready(self, is_ready: Callable[[], bool]) -> ChildProcess | None:
        """Wait for a process that takes something; `None` if the stream is over."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.is_over or (self._process and is_ready()))
            return self._process

    async def end(self) -> None:
        """End the stream."""
        if self._expiring is not None:
            self._expiring.cancel()
        self._holding.cancel()
        await asyncio.gather(self._holding, return_exceptions=True)

    async def _hold(self) -> None:
        """Hold the stream until it is over or cancelled, in another process whenever one dies."""
        try:
            for _ in range(_MAX_PROCESSES):
                process = await self._pool.acquire()
                try:
                    await process.send(self._begin())
                    await self._have(process)
                    over = await self._listen(process)
                except ChildError as error:
                    _log.error("sound_process_broke", session=self._session, code=error.code)
                    over = None
                finally:
                    self._process = None
                    await asyncio.shield(_leave(process))
                if over is not None:
                    self._note(over)
                    return
                _log.warning("sound_process_gone", session=self._session, exit_status=process.exit_status)
                self._note(SoundRefused(SoundError.code, _BROKEN))
            self._note(SoundEnd.LOST)
        finally:
            # Those who wait for the process look again, as soon as this task is done.
            asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self._wake()))

    async def _have(self, process: ChildProcess) -> None:
        async with self._changed:
            self._process, self._untaken_bytes = process, 0
            self._changed.notify_all()

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _listen(self, process: ChildProcess) -> SoundEnd | None:
        """Read the reports of a process to its end. Returns why the stream is over; `None` if it is not."""
        while (report := await process.receive(_REPORTS)) is not None:
            match report:
                case BytesTaken(count=count):
                    async with self._changed:
                        self._untaken_bytes -= count
                        self._changed.notify_all()
                case UtterancePlayed():
                    played = report.model_dump(exclude={"type"})
                    self._note(SoundPlayed(**played))
                case UtteranceRefused(code=code, message=message):
                    self._note(SoundRefused(code, message))
                case SoundOver(reason=reason):
                    return reason
        return None

    def _note(self, event: SoundEvent) -> None:
        if self._client is not None:
            self._client.note(event)


async def _tell(process: ChildProcess | None, command: SoundCommand) -> None:
    if process is not None:
        with contextlib.suppress(ChildError):
            await process.send(command)


async def _leave(process: ChildProcess) -> None:
    with contextlib.suppress(ChildError):
        await process.send(EndSound())
    try:
        async with asyncio.timeout(_LEAVE_S):
            await process.wait()
    except TimeoutError:
        _log.warning("sound_process_killed")
        await process.kill()
