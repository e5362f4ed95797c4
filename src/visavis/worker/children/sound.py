"""The process that takes a client's sound to an avatar: it decodes the sound, and is in the avatar's room.

It serves one session and then exits. What it decodes comes from a stranger: its parent limits its memory, it
has no secrets but its token for the room, and it ends itself when the decoder stands still.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Final

import structlog
from livekit import rtc
from pydantic import TypeAdapter

from visavis.engine.arrays import Floats
from visavis.errors import VisavisError
from visavis.ports.sound import SoundEnd, SoundPlayed
from visavis.realtime.calls import LibraryCalls, leave_room, refreshed_token
from visavis.realtime.sound_source.decoding import DecodingThread
from visavis.realtime.sound_source.source import SoundSource
from visavis.worker.children.output import claim_output, send
from visavis.worker.protocol import (
    MAX_LINE_BYTES,
    BeginSound,
    BytesTaken,
    ClearSound,
    EndSound,
    FinishUtterance,
    Ready,
    SoundCommand,
    SoundOver,
    SoundPart,
    UtterancePlayed,
    UtteranceRefused,
)

_COMMANDS: Final[TypeAdapter[SoundCommand]] = TypeAdapter(SoundCommand)
_JOIN_S: Final = 10.0
_REJOIN_S: Final = 40.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 3.0
_MAX_BUSY_S: Final = 10.0  # a decoder that neither reads nor writes for so long does not end
_WATCH_S: Final = 1.0
_GONE: Final = {
    rtc.DisconnectReason.ROOM_DELETED,
    rtc.DisconnectReason.ROOM_CLOSED,
    rtc.DisconnectReason.PARTICIPANT_REMOVED,
}
_log = structlog.get_logger()


def serve(*, loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
    """Run the process.

    Args:
        loop_factory: Creates the event loop; `None` for asyncio's own.
    """
    events = claim_output()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_Process(events).run())


class _Process:
    """Reads commands and executes them; the listener of its decoding thread."""

    def __init__(self, events: BinaryIO) -> None:
        self._events = events
        self._decoding = DecodingThread(self)
        self._source: SoundSource | None = None
        self._staying: asyncio.Task[SoundEnd] | None = None
        self._has_source = asyncio.Event()

    async def run(self) -> None:
        commands = asyncio.StreamReader(limit=MAX_LINE_BYTES)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        self._decoding.start()
        send(self._events, Ready())
        tasks = [asyncio.create_task(self._read(commands)), asyncio.create_task(self._watch())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self._decoding.close()
        for task in (*tasks, *([self._staying] if self._staying else [])):
            task.cancel()
        await asyncio.gather(*tasks, *([self._staying] if self._staying else []), return_exceptions=True)

    async def _read(self, commands: asyncio.StreamReader) -> None:
        while line := await commands.readline():
            match _COMMANDS.validate_json(line):
                case BeginSound() as command:
                    self._staying = asyncio.create_task(self._stay(command))
                case SoundPart(data=data):
                    self._decoding.feed(data)
                case FinishUtterance():
                    self._decoding.end()
                case ClearSound():
                    self._decoding.clear()
                    if self._source is not None:
                        self._source.clear()
                case EndSound():
                    return

    async def _watch(self) -> None:
        """Return when the room is over, or when the decoder stands still."""
        pausing: asyncio.Future[SoundEnd] = asyncio.get_running_loop().create_future()
        while self._decoding.busy_s < _MAX_BUSY_S:
            if self._staying is not None and self._staying.done():
                send(self._events, SoundOver(reason=self._staying.result()))
                return
            await asyncio.wait({self._staying or pausing}, timeout=_WATCH_S)
        _log.error("decoder_stands_still")

    def taken(self, count: int) -> None:
        """Tell the parent that it may send more."""
        send(self._events, BytesTaken(count=count))

    async def samples(self, samples: Floats) -> None:
        """Take samples to the avatar."""
        await self._has_source.wait()
        if self._source is not None:
            await self._source.put(samples)

    async def ended(self, error: VisavisError | None) -> None:
        """End the utterance, and tell if the rest of it is lost."""
        if error is not None:
            send(self._events, UtteranceRefused(code=error.code, message=error.message))
        if self._source is not None:
            self._source.end_utterance()

    def _note_played(self, played: SoundPlayed) -> None:
        said = UtterancePlayed(
            utterance=played.utterance,
            position_s=round(played.position_s, 3),
            is_last=played.is_last,
            is_interrupted=played.is_interrupted,
        )
        send(self._events, said)

    async def _stay(self, command: BeginSound) -> SoundEnd:
        """Stay in the room, and join again when it was lost."""
        loop = asyncio.get_running_loop()
        token, pause_s, deadline_s = command.token, _FIRST_PAUSE_S, loop.time() + _REJOIN_S
        while loop.time() < deadline_s:
            room, calls, gone = rtc.Room(), LibraryCalls(), loop.create_future()
            room.on("disconnected", lambda reason, gone=gone: gone.done() or gone.set_result(reason))
            try:
                options = rtc.RoomOptions(auto_subscribe=False, dynacast=False, connect_timeout=_JOIN_S)
                async with asyncio.timeout(_JOIN_S):
                    await calls.finish(room.connect(command.server_url, token, options))
                if self._source is None:
                    self._source = SoundSource(command.avatar, self._note_played)
                    self._has_source.set()
                reason = await self._send_until_gone(room, self._source, gone)
                if reason == rtc.DisconnectReason.DUPLICATE_IDENTITY:
                    return SoundEnd.REPLACED
                if reason in _GONE:
                    return SoundEnd.ROOM_GONE
                token = refreshed_token(room) or token
                pause_s, deadline_s = _FIRST_PAUSE_S, loop.time() + _REJOIN_S
            except (rtc.ConnectError, TimeoutError) as error:
                _log.warning("join_failed", reason=type(error).__name__)
            finally:
                await leave_room(room, calls)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        return SoundEnd.LOST

    async def _send_until_gone(self, room: rtc.Room, source: SoundSource, gone: "asyncio.Future[int]") -> int:
        sending = asyncio.create_task(source.run(room))
        try:
            both: set[asyncio.Future[Any]] = {sending, gone}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
            return await gone
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
