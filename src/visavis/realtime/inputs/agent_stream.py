"""Sound from a LiveKit agent by byte stream, as livekit-agents sends it to avatars.

One byte stream a segment, faster than it is spoken; `lk.clear_buffer` interrupts; the agent is told when each
segment begins to play and, exactly once, when it ended and how much of it was played. Streams of anybody but
the avatar's own agent are refused.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from livekit import rtc

from visavis.engine.arrays import Floats
from visavis.engine.speech import Phoneme
from visavis.errors import InputError, SoundError
from visavis.realtime import known_speech
from visavis.realtime.inputs import records
from visavis.realtime.inputs.playout_queue import PlayoutQueue
from visavis.realtime.sentences import Sentence, sentence_of
from visavis.realtime.sound import CHANNELS, RATE_HZ, Block, Mixer

TOPIC: Final = "lk.audio_stream"
CLEAR: Final = "lk.clear_buffer"
STARTED, FINISHED = "lk.playback_started", "lk.playback_finished"
ON_BEHALF: Final = "lk.publish_on_behalf"

_SILENT_STREAM_S: Final = 10.0  # a stream that says nothing for so long has lost its end
_OVERTAKEN_S: Final = 0.5  # the same, of one that another has followed
_MAX_STREAMS: Final = 16
_MAX_EARLY: Final = 20_000  # phonemes of one stream
_RPC_S: Final = 3.0
_TRIES: Final = 3
_MIN_RATE_HZ, _MAX_RATE_HZ = 8_000, 192_000

_log = structlog.get_logger()


@dataclass
class _Segment:
    """A segment that has not ended.

    Attributes:
        samples: Number of samples that were played.
        sentence: Sentence of a session message that it says, once all of its sound is here; `None` for none.
    """

    samples: int = 0
    sentence: Sentence | None = None


class AgentStream:
    """What an agent says; an `AudioInput` that tells the agent what was played."""

    def __init__(
        self,
        room: rtc.Room,
        *,
        agent: str | None = None,
        on_interrupt: Callable[[], None],
        on_change: Callable[[], None] = lambda: None,
        on_spoken: Callable[[Sentence], None] = lambda _sentence: None,
    ) -> None:
        """Prepare.

        Args:
            room: A room that is not connected yet.
            agent: Identity of our own agent, which may speak whatever the token says; `None` for none.
            on_interrupt: Called when blocks that were taken and are not played yet must not be played.
            on_change: Called when a segment begins or ends.
            on_spoken: Called when the last block of a sentence is taken, which is heard a moment later.
        """
        self._room, self._own_agent = room, agent
        self._on_interrupt, self._on_change, self._on_spoken = on_interrupt, on_change, on_spoken
        self._playout = PlayoutQueue()
        self._open: dict[int, _Segment] = {}
        self._ending: deque[tuple[int, int]] = deque()  # after so many blocks were played, this segment ends
        self._numbers: dict[str, int] = {}  # of the newest segments, by the IDs of their byte streams
        self._early: dict[str, list[Phoneme]] = {}  # phonemes of byte streams that have not begun
        self._taken = self._played = 0
        self._newest: asyncio.Event | None = None
        self._readers: set[asyncio.Task[None]] = set()
        self._calls: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._caller: asyncio.Task[None] | None = None

    def listen(self) -> None:
        """Listen to streams, from before the room is connected until `close`.

        Streams that arrive while it connects wait in the library until it has.
        """
        self._room.register_byte_stream_handler(TOPIC, self._begin)
        self._room.register_text_stream_handler(known_speech.TOPIC, self._take_phonemes)

    @property
    def _agent(self) -> str | None:
        return agent_of(self._room) or self._own_agent

    @property
    def is_speaking(self) -> bool:
        """Whether there is a segment that has not ended."""
        return bool(self._open)

    @property
    def is_idle(self) -> bool:
        """Whether the agent is not in the room."""
        return not self._room.isconnected() or self._agent not in self._room.remote_participants

    @property
    def waiting_s(self) -> float:
        """Nothing waits too long: what was sent ahead of its time waits for its time."""
        return 0.0

    @property
    def dropped_samples(self) -> int:
        """Number of samples that were more than may wait."""
        return self._playout.dropped_samples

    def answer_calls(self) -> None:
        """Take calls of the agent, if there is one; after connecting, before anything is published."""
        if self._agent is not None:
            self._room.local_participant.register_rpc_method(CLEAR, self._clear)
            self._caller = asyncio.create_task(self._call())

    def take(self) -> Block:
        """The next block."""
        block = self._playout.take()
        self._taken += 1
        self._note_exhausted()
        return block

    def note_played(self, blocks: Sequence[Block], *, held_blocks: int) -> None:
        """Tell the agent which segments began, and which ended because their last block was played."""
        for block in blocks:
            self._note_played(block)
        while self._ending and self._ending[0][0] <= self._played - held_blocks:
            self._tell_end(self._ending.popleft()[1], interrupted=False)

    async def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(ValueError):
            self._room.unregister_byte_stream_handler(TOPIC)
        with contextlib.suppress(ValueError):
            self._room.unregister_text_stream_handler(known_speech.TOPIC)
        tasks = [*self._readers, *([self._caller] if self._caller else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _note_exhausted(self) -> None:
        """Note the segments whose last block was taken."""
        for number in self._playout.exhausted():
            self._ending.append((self._taken, number))
            segment = self._open.get(number)
            if segment is not None and segment.sentence is not None:
                self._on_spoken(segment.sentence)

    def _note_played(self, block: Block) -> None:
        self._played += 1
        segment = self._open.get(block.segment) if block.segment is not None else None
        if segment is not None and block.count:
            if not segment.samples:
                self._calls.put_nowait((STARTED, ""))
            segment.samples += block.count

    def _begin(self, reader: rtc.ByteStreamReader, identity: str) -> None:
        if identity != self._agent:
            _log.warning("stream_of_a_stranger")
            return
        attributes = reader.info.attributes or {}
        try:
            rate_hz = int(attributes.get("sample_rate", ""))
            channels = int(attributes.get("num_channels", "1"))
            unpack = records.unpacker(attributes)
        except (ValueError, SoundError):
            rate_hz = channels = 0
        if not (_MIN_RATE_HZ <= rate_hz <= _MAX_RATE_HZ and 1 <= channels <= CHANNELS):
            _log.warning("stream_of_no_known_sound", rate_hz=rate_hz, channels=channels)
            return
        number = self._playout.begin(rate_hz)
        self._open[number] = _Segment()
        self._numbers[reader.info.stream_id] = number
        self._playout.tell(number, self._early.pop(reader.info.stream_id, []))
        while len(self._numbers) > _MAX_STREAMS:
            del self._numbers[next(iter(self._numbers))]
        self._on_change()
        if self._newest is not None:
            self._newest.set()
        self._newest = asyncio.Event()
        mix = Mixer(rate_hz, channels)
        convert = mix if unpack is None else lambda chunk: mix(unpack(chunk))
        task = asyncio.create_task(self._read(reader, number, convert, self._newest))
        self._readers.add(task)
        task.add_done_callback(self._readers.discard)

    async def _read(
        self,
        reader: rtc.ByteStreamReader,
        number: int,
        convert: Callable[[bytes], Floats],
        overtaken: asyncio.Event,
    ) -> None:
        """Take a segment in to its end, or until its end must have been lost."""
        try:
            while (chunk := await _next(reader, overtaken)) is not None:
                self._playout.put(number, convert(chunk))
            if number in self._open:
                self._open[number].sentence = sentence_of(reader.info.attributes or {})
        except rtc.StreamError:
            _log.warning("stream_broke_off")
        except SoundError as error:
            _log.warning("stream_not_read", reason=error.message)
        finally:
            self._playout.end(number)
            self._note_exhausted()

    def _take_phonemes(self, reader: rtc.TextStreamReader, identity: str) -> None:
        if identity != self._agent:
            _log.warning("phonemes_of_a_stranger")
            return
        task = asyncio.create_task(self._read_phonemes(reader))
        self._readers.add(task)
        task.add_done_callback(self._readers.discard)

    async def _read_phonemes(self, reader: rtc.TextStreamReader) -> None:
        """Give phonemes to their segment, or keep them until it begins."""
        try:
            async with asyncio.timeout(_SILENT_STREAM_S):
                stream_id, phonemes = await known_speech.receive_phonemes(reader)
        except (InputError, TimeoutError, rtc.StreamError) as error:
            _log.warning("phonemes_not_read", reason=type(error).__name__)
            return
        number = self._numbers.get(stream_id)
        if number is not None:
            self._playout.tell(number, phonemes)
            return
        early = self._early.setdefault(stream_id, [])
        early += phonemes[: _MAX_EARLY - len(early)]
        while len(self._early) > _MAX_STREAMS:
            del self._early[next(iter(self._early))]

    def _clear(self, call: rtc.RpcInvocationData) -> str:
        if call.caller_identity != self._agent:
            return "reject"
        self._drop()
        for number in sorted(self._open):
            self._tell_end(number, interrupted=True)
        return "ok"

    def let_agent_go(self) -> None:
        """Drop what an agent that is gone has sent, unless it is taken to its end: that is played.

        Nothing more is told to it: another one that comes would take it for an end of its own segments.
        """
        if self._open.keys() - {number for _, number in self._ending}:
            self._drop()
        self._open.clear()
        self._on_change()
        if self._caller is not None:
            self._caller.cancel()
            self._calls = asyncio.Queue()
            self._caller = asyncio.create_task(self._call())

    def _drop(self) -> None:
        self._on_interrupt()
        self._playout.drop()
        self._ending.clear()

    def _tell_end(self, number: int, *, interrupted: bool) -> None:
        segment = self._open.pop(number, None)
        if segment is None:
            return
        said = {"playback_position": round(segment.samples / RATE_HZ, 3), "interrupted": interrupted}
        self._on_change()
        self._calls.put_nowait((FINISHED, json.dumps(said | {"synchronized_transcript": None})))

    async def _call(self) -> None:
        """Tell the agent, in order."""
        agent = self._agent or ""
        while True:
            method, payload = await self._calls.get()
            for _ in range(_TRIES):
                try:
                    await self._room.local_participant.perform_rpc(
                        destination_identity=agent,
                        method=method,
                        payload=payload,
                        response_timeout=_RPC_S,
                    )
                except rtc.RpcError as error:
                    if error.code == rtc.RpcError.ErrorCode.UNSUPPORTED_METHOD:
                        break  # agents that do not wait for the beginning do not listen for it
                    _log.warning("agent_not_told", method=method, code=int(error.code))
                else:
                    break


def agent_of(room: rtc.Room) -> str | None:
    """Identity of the agent that the avatar in a connected room speaks for, if it does."""
    return room.local_participant.attributes.get(ON_BEHALF) or None


async def _next(reader: rtc.ByteStreamReader, overtaken: asyncio.Event) -> bytes | None:
    """The next chunk; `None` at the end."""
    coming: asyncio.Future[Any] = asyncio.ensure_future(anext(reader, None))
    passing = asyncio.ensure_future(overtaken.wait())
    try:
        limit_s = _OVERTAKEN_S if overtaken.is_set() else _SILENT_STREAM_S
        await asyncio.wait(
            {coming} if overtaken.is_set() else {coming, passing},
            timeout=limit_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not coming.done() and overtaken.is_set() and limit_s == _SILENT_STREAM_S:
            await asyncio.wait({coming}, timeout=_OVERTAKEN_S)
        return coming.result() if coming.done() else None
    finally:
        for task in (coming, passing):
            task.cancel()
