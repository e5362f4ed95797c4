"""The way of an agent's voice to its avatar, which can be paused and goes on where it was.

The avatar takes byte streams and one call, `lk.clear_buffer`, as from any livekit-agents worker. It cannot
pause. So a pause clears what it has, learns from it how much was played, and sends the rest again when the
voice goes on.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from livekit import rtc
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities

from visavis.engine.speech import Phoneme
from visavis.realtime.avatar_link import CLEAR_S, STREAM_ERRORS, AvatarLink, close_stream
from visavis.realtime.conversation.scripts import Scripts
from visavis.realtime.known_speech import send_phonemes
from visavis.realtime.sentences import Sentence

_CHUNK_S: Final = 0.1
_SAMPLE_BYTES: Final = 2

_log = structlog.get_logger()


@dataclass
class _Segment:
    """Sound that the agent gave between two flushes.

    Attributes:
        rate_hz: Sample rate.
        pcm: 16-bit mono samples, whole.
        sent: Number of bytes that the avatar was sent, since it last began.
        played: Number of bytes that were played before it was last paused.
        is_whole: Whether no more will come.
        is_streamed: Whether the avatar knows its end.
        has_begun: Whether the avatar has begun to play it.
        told: Number of its phonemes that went with the byte stream.
        sentence: Sentence of a session message that it is; `None` for none.
    """

    rate_hz: int
    pcm: bytearray = field(default_factory=bytearray)
    sent: int = 0
    played: int = 0
    is_whole: bool = False
    is_streamed: bool = False
    has_begun: bool = False
    told: int = 0
    sentence: Sentence | None = None

    @property
    def bytes_per_s(self) -> int:
        return self.rate_hz * _SAMPLE_BYTES


class AvatarOutput(AudioOutput):
    """Sends sound to the avatar of a room."""

    def __init__(
        self,
        room: rtc.Room,
        avatar: str,
        scripts: Scripts,
        which_sentence: Callable[[], Sentence | None] = lambda: None,
    ) -> None:
        """Prepare; `run` does the work.

        Args:
            room: The room, connected.
            avatar: Identity of the avatar.
            scripts: Finds the phonemes of what is said, for the lips.
            which_sentence: Tells which sentence of a session message is said now; `None` for none.
        """
        super().__init__(label="avatar", capabilities=AudioOutputCapabilities(pause=True))
        self._room, self._avatar, self._scripts = room, avatar, scripts
        self._which_sentence = which_sentence
        self.newest_sentence: Sentence | None = None
        """Sentence of a session message that the newest sound is; `None` if it is none."""
        self._link = AvatarLink(room, avatar)
        self._segments: deque[_Segment] = deque()
        self._dropped: list[_Segment] = []  # whose end is told when the avatar has cleared them
        self._streamed: deque[_Segment] = deque()  # one for each byte stream whose end was not told yet
        self._writer: tuple[_Segment, rtc.ByteStreamWriter] | None = None
        self._is_paused = self._must_clear = False
        self._changed, self._quiet = asyncio.Event(), asyncio.Event()
        self._quiet.set()

    @property
    def is_speaking(self) -> bool:
        """Whether the avatar has sound to play, and is not paused."""
        return bool(self._streamed)

    @property
    def is_busy(self) -> bool:
        """Whether there is sound that was not played, paused or not."""
        return bool(self._segments)

    async def run(self) -> None:
        """Send until cancelled."""
        self._link.listen(
            on_started=self._note_started,
            on_finished=self._note_finished,
            on_gone=self._note_gone,
            on_track=self._changed.set,
        )
        while True:
            self._changed.clear()
            if self._must_clear:
                await self._clear()
            elif not await self._send_some():
                await self._changed.wait()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Take sound, faster than it is spoken."""
        await super().capture_frame(frame)
        if not self._segments or self._segments[-1].is_whole:
            self.newest_sentence = self._which_sentence()
            self._segments.append(_Segment(frame.sample_rate, sentence=self.newest_sentence))
        self._segments[-1].pcm += frame.data.cast("B")
        self._changed.set()

    def flush(self) -> None:
        """End the segment."""
        super().flush()
        if self._segments:
            self._segments[-1].is_whole = True
        self._changed.set()

    def clear_buffer(self) -> None:
        """Drop everything, and shut the mouth."""
        self._must_clear = self._must_clear or bool(self._streamed)
        dropped, self._segments = list(self._segments), deque()
        if self._must_clear:
            self._dropped += dropped
        else:
            self._tell_dropped(dropped)
        self._changed.set()

    def pause(self) -> None:
        """Shut the mouth; the rest waits."""
        super().pause()
        self._is_paused = True
        self._must_clear = self._must_clear or bool(self._streamed)
        self._changed.set()

    def resume(self) -> None:
        """Go on where it was."""
        super().resume()
        self._is_paused = False
        self._changed.set()

    async def _send_some(self) -> bool:
        """Send the next chunk, or the end of a segment. Returns whether there was anything to do."""
        segment = next((each for each in self._segments if not each.is_streamed), None)
        if segment is None or self._is_paused or not self._link.is_seen():
            return False
        if segment.sent >= len(segment.pcm):
            if not segment.is_whole:
                return False
            segment.is_streamed = True
            await self._close_writer(segment.sentence)
            return True
        try:
            writer = await self._open_writer(segment)
            chunk = bytes(segment.pcm[segment.sent : segment.sent + round(_CHUNK_S * segment.bytes_per_s)])
            segment.sent += len(chunk)
            await writer.write(chunk)
            await self._tell_phonemes(segment, writer)
        except STREAM_ERRORS as error:
            _log.warning("avatar_not_reached", reason=type(error).__name__)
            self._rewind()
            return False
        return True

    async def _open_writer(self, segment: _Segment) -> rtc.ByteStreamWriter:
        if self._writer is not None and self._writer[0] is segment:
            return self._writer[1]
        self._streamed.append(segment)
        self._quiet.clear()
        writer = await self._link.open_stream(segment.rate_hz)
        self._writer = segment, writer
        return writer

    async def _tell_phonemes(self, segment: _Segment, writer: rtc.ByteStreamWriter) -> None:
        """Send the phonemes that are known since the last time, with times since the begin of the stream."""
        script = self._scripts.find(segment.pcm)
        if script is None or segment.told == len(script.phonemes):
            return
        begin_s = segment.played / segment.bytes_per_s
        new = script.phonemes[segment.told :]
        segment.told += len(new)
        shifted = [
            Phoneme(each.ipa, max(0.0, each.start_s - begin_s), each.end_s - begin_s)
            for each in new
            if each.end_s > begin_s
        ]
        if shifted:
            await send_phonemes(self._room, self._avatar, writer.info.stream_id, shifted)

    async def _close_writer(self, said: Sentence | None = None) -> None:
        if self._writer is not None:
            (_, writer), self._writer = self._writer, None
            await close_stream(writer, said.to_attributes() if said is not None else None)

    async def _clear(self) -> None:
        """Have the avatar drop what it has, and wait until it has told how much was played."""
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
        self._tell_dropped(dropped)

    def _tell_dropped(self, dropped: list[_Segment]) -> None:
        for segment in dropped:
            position_s = segment.played / segment.bytes_per_s
            self.on_playback_finished(playback_position=position_s, interrupted=True)

    def _rewind(self) -> None:
        """Send again what an avatar that is gone may not have played."""
        while self._streamed:
            segment = self._streamed.popleft()
            segment.sent, segment.told, segment.is_streamed = segment.played, 0, False
        self._writer = None
        self._quiet.set()

    def _note_started(self) -> None:
        segment = self._streamed[0] if self._streamed else None
        if segment is not None and not segment.has_begun:
            segment.has_begun = True
            self.on_playback_started(created_at=time.time())

    def _note_finished(self, position_s: float, is_interrupted: bool) -> None:
        if not self._streamed:
            return
        segment = self._streamed.popleft()
        position = round(position_s * segment.rate_hz) * _SAMPLE_BYTES
        segment.played = min(segment.played + position, len(segment.pcm))
        if is_interrupted:
            segment.sent, segment.told, segment.is_streamed = segment.played, 0, False
        elif segment in self._segments:
            self._segments.remove(segment)
            played_s = segment.played / segment.bytes_per_s
            self.on_playback_finished(playback_position=played_s, interrupted=False)
        if not self._streamed:
            self._quiet.set()
            self._changed.set()

    def _note_gone(self) -> None:
        self._rewind()
        self._changed.set()
