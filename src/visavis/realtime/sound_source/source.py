"""Sends sound to the avatar of a room, a minute ahead at most, and says how much of it was played.

Sound goes in segments of a second, as byte streams of livekit-agents. The avatar reports the end of each, so
the position is known to a second at least, and exactly at the end of an utterance. The segments consist of
whole blocks, so the avatar plays them without a seam. What an avatar that is gone has not played is sent
again to the one that takes its place.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from livekit import rtc

from visavis.engine.arrays import Floats
from visavis.ports.sound import SoundPlayed
from visavis.realtime.avatar_link import CLEAR_S, STREAM_ERRORS, AvatarLink, close_stream
from visavis.realtime.sound import BLOCK_SAMPLES, RATE_HZ, to_pcm

MAX_WAITING_S: Final = 60.0
"""Maximum of sound that waits to be played; whoever brings more waits."""

_SAMPLE_BYTES: Final = 2
_SEGMENT_SAMPLES: Final = RATE_HZ
_MAX_WAITING: Final = round(MAX_WAITING_S * RATE_HZ)
_CHUNK_BYTES: Final = RATE_HZ // 10 * _SAMPLE_BYTES
_PAUSE_S: Final = 1.0  # after so long without sound, the avatar must not wait for the rest of a segment
_MAX_STREAMED: Final = 5  # segments at the avatar; what is on its way there cannot be interrupted
_CLEAR_TRIES: Final = 3  # a segment that was on its way begins after the first

_log = structlog.get_logger()


@dataclass(eq=False)
class _Segment:
    """A piece of an utterance.

    Attributes:
        utterance: Number of the utterance.
        start: Number of samples of the utterance before it.
        pcm: 16-bit samples.
        sent: Number of bytes that the avatar was sent.
        played: Number of samples that were played, once that is known.
        is_whole: Whether no more sound is added.
        is_last: Whether the utterance ends with it.
        is_streamed: Whether the avatar knows its end.
        is_dropped: Whether it must not be played any more.
    """

    utterance: int
    start: int
    pcm: bytearray = field(default_factory=bytearray)
    sent: int = 0
    played: int = 0
    is_whole: bool = False
    is_last: bool = False
    is_streamed: bool = False
    is_dropped: bool = False

    @property
    def samples(self) -> int:
        return len(self.pcm) // _SAMPLE_BYTES

    @property
    def ready(self) -> int:
        """Number of bytes that can be sent: whole blocks, until it is whole."""
        block = BLOCK_SAMPLES * _SAMPLE_BYTES
        return len(self.pcm) if self.is_whole else len(self.pcm) // block * block


class SoundSource:
    """The sound of a session, from samples to the avatar's mouth."""

    def __init__(self, avatar: str, on_played: Callable[[SoundPlayed], None]) -> None:
        """Prepare; `run` does the work.

        Args:
            avatar: Identity of the avatar.
            on_played: Called in the order in which sound is played.
        """
        self._avatar, self._on_played = avatar, on_played
        self._link = AvatarLink(rtc.Room(), avatar)
        self._segments: deque[_Segment] = deque()  # that were not played yet, in order
        self._streamed: deque[_Segment] = deque()  # one for each byte stream whose end was not reported yet
        self._dropped: list[_Segment] = []  # whose end is told when the avatar has cleared them
        self._writer: tuple[_Segment, rtc.ByteStreamWriter] | None = None
        self._utterance, self._samples, self._is_speaking = 0, 0, False
        self._must_clear = False
        self._changed, self._played, self._quiet = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @property
    def waiting_s(self) -> float:
        """Length of the sound that was not played yet."""
        return sum(each.samples for each in self._segments) / RATE_HZ

    async def put(self, samples: Floats) -> None:
        """Add sound to the utterance; it begins the next one after an end. Waits while too much waits.

        Args:
            samples: Shape `(n,)`, −1..1, 48 kHz.
        """
        pcm = to_pcm(samples)
        while pcm:
            while sum(each.samples for each in self._segments) >= _MAX_WAITING:
                self._played.clear()
                await self._played.wait()
            segment = self._open_segment()
            free = _SEGMENT_SAMPLES * _SAMPLE_BYTES - len(segment.pcm)
            segment.pcm += pcm[:free]
            self._samples += len(pcm[:free]) // _SAMPLE_BYTES
            pcm = pcm[free:]
            segment.is_whole = segment.samples == _SEGMENT_SAMPLES
            self._changed.set()

    def end_utterance(self) -> None:
        """End the utterance: its last sound is played, and then reported as such."""
        if not self._is_speaking:
            return
        self._is_speaking = False
        last = self._segments[-1] if self._segments else None
        if last is None:
            self._on_played(SoundPlayed(self._utterance, self._samples / RATE_HZ, is_last=True))
        else:
            last.is_whole = last.is_last = True
        self._changed.set()

    def clear(self) -> None:
        """Drop all sound that was not played yet."""
        self._is_speaking = False
        for segment in self._segments:
            segment.is_dropped = True
        self._dropped += self._segments
        self._segments.clear()
        self._must_clear = bool(self._dropped)
        self._played.set()
        self._changed.set()

    async def run(self, room: rtc.Room) -> None:
        """Send until cancelled. What was not played in the room before is sent again.

        Args:
            room: The room, connected.
        """
        self._rewind()
        self._link = AvatarLink(room, self._avatar)
        self._link.listen(
            on_started=lambda: None,
            on_finished=self._note_finished,
            on_gone=self._note_gone,
            on_track=self._changed.set,
        )
        while True:
            self._changed.clear()
            if self._must_clear:
                await self._clear()
            elif not await self._send_some():
                await self._rest()

    def _open_segment(self) -> _Segment:
        """The segment that sound is added to; it begins an utterance if none has begun."""
        if not self._is_speaking:
            self._is_speaking = True
            self._utterance, self._samples = self._utterance + 1, 0
        last = self._segments[-1] if self._segments else None
        if last is None or last.is_whole:
            last = _Segment(self._utterance, self._samples)
            self._segments.append(last)
        return last

    async def _rest(self) -> None:
        """Wait for something to do. After a pause of the client, end the segment with its last block."""
        try:
            async with asyncio.timeout(_PAUSE_S):
                await self._changed.wait()
        except TimeoutError:
            last = self._segments[-1] if self._segments else None
            if last is None or last.is_whole or not last.ready or not self._link.is_seen():
                return
            rest = last.pcm[last.ready :]
            del last.pcm[last.ready :]
            last.is_whole = True
            if rest:
                self._segments.append(_Segment(last.utterance, last.start + last.samples, rest))

    async def _send_some(self) -> bool:
        """Send the next chunk, or the end of a segment. Returns whether there was anything to do."""
        segment = next((each for each in self._segments if not each.is_streamed), None)
        if segment is None or not self._link.is_seen():
            return False
        if segment not in self._streamed and len(self._streamed) >= _MAX_STREAMED:
            return False
        if segment.sent >= segment.ready:
            if not segment.is_whole:
                return False
            segment.is_streamed = True
            await self._close_writer()
            return True
        try:
            writer = await self._open_writer(segment)
            chunk = bytes(segment.pcm[segment.sent : min(segment.ready, segment.sent + _CHUNK_BYTES)])
            segment.sent += len(chunk)
            await writer.write(chunk)
        except STREAM_ERRORS as error:
            _log.warning("avatar_not_reached", reason=type(error).__name__)
            self._rewind()
            await asyncio.sleep(_PAUSE_S)
        return True

    async def _open_writer(self, segment: _Segment) -> rtc.ByteStreamWriter:
        if self._writer is not None and self._writer[0] is segment:
            return self._writer[1]
        self._streamed.append(segment)
        self._quiet.clear()
        writer = await self._link.open_stream(RATE_HZ)
        self._writer = segment, writer
        return writer

    async def _close_writer(self) -> None:
        if self._writer is not None:
            (_, writer), self._writer = self._writer, None
            await close_stream(writer)

    async def _clear(self) -> None:
        """Have the avatar drop what it has, and wait until it has told how much was played."""
        for _ in range(_CLEAR_TRIES):
            if not self._streamed:
                break
            try:
                async with asyncio.timeout(CLEAR_S):
                    await self._link.clear()
                    await self._close_writer()
                    await self._quiet.wait()
            except (rtc.RpcError, TimeoutError) as error:
                _log.warning("avatar_not_cleared", reason=type(error).__name__)
        await self._close_writer()
        self._rewind()
        self._must_clear = False
        dropped, self._dropped = self._dropped, []
        reported = set[int]()
        for segment in dropped:
            if segment.utterance not in reported:
                reported.add(segment.utterance)
                position_s = (segment.start + segment.played) / RATE_HZ
                self._on_played(SoundPlayed(segment.utterance, position_s, is_last=True, is_interrupted=True))

    def _rewind(self) -> None:
        """Send again what an avatar that is gone may not have played."""
        for segment in self._streamed:
            segment.sent, segment.is_streamed = 0, False
        self._streamed.clear()
        self._writer = None
        self._quiet.set()

    def _note_finished(self, position_s: float, _is_interrupted: bool) -> None:
        if not self._streamed:
            return
        segment = self._streamed.popleft()
        segment.played = min(round(position_s * RATE_HZ), segment.samples)
        if not segment.is_dropped:
            if self._segments and self._segments[0] is segment:
                self._segments.popleft()
            reached_s = (segment.start + segment.played) / RATE_HZ
            self._on_played(SoundPlayed(segment.utterance, reached_s, is_last=segment.is_last))
            self._played.set()
        self._changed.set()
        if not self._streamed:
            self._quiet.set()

    def _note_gone(self) -> None:
        self._rewind()
        self._changed.set()
