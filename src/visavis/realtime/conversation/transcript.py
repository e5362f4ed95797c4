"""The transcript of a conversation, in the room and for the worker.

In the room each segment goes two ways: as a text stream `lk.transcription`, which newer clients read, and as
a transcription packet, which older ones read. Both have the same ID of the segment.
"""

import asyncio
import json
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import structlog
from livekit import rtc

from visavis.ports import TranscriptSegment
from visavis.realtime.conversation.speaker import Utterance
from visavis.realtime.sentences import Sentence

TOPIC: Final = "lk.transcription"
_FINAL, _SEGMENT, _TRACK = "lk.transcription_final", "lk.segment_id", "lk.transcribed_track_id"
SOURCES: Final = "visavis.sources"
"""Attribute with the names of the documents that a final segment came from, as a JSON list."""
_MAX_WAITING: Final = 64
_MAX_ENDED: Final = 64  # a sentence's end is told twice, in either order

_log = structlog.get_logger()


class _Said(NamedTuple):
    """A segment, as far as it is known."""

    identity: str
    segment: str
    text: str
    is_final: bool
    sources: tuple[str, ...]


class Transcript:
    """Tells what both sides say, as far as it is known and when it is final."""

    def __init__(
        self,
        room: rtc.Room,
        avatar: str,
        *,
        on_final: Callable[[TranscriptSegment], None],
        sources_of: Callable[[str], tuple[str, ...]] = lambda _: (),
        age_s: float = 0.0,
    ) -> None:
        """Prepare.

        Args:
            room: The room.
            avatar: Identity of the avatar.
            on_final: Told each final segment.
            sources_of: Names the documents that a text of the avatar came from.
            age_s: Seconds since the conversation began, maybe in another process.
        """
        self._room, self._avatar, self._on_final = room, avatar, on_final
        self._sources_of = sources_of
        self._began_s = time.monotonic() - age_s
        self._waiting: asyncio.Queue[_Said | Callable[[], None]] = asyncio.Queue()
        self._shown: set[str] = set()
        self._ended = deque[str](maxlen=_MAX_ENDED)

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            said = await self._waiting.get()
            if not isinstance(said, _Said):
                said()
                continue
            try:
                await self._send(said)
            except (rtc.StreamError, OSError, RuntimeError) as error:
                _log.warning("transcript_not_sent", reason=type(error).__name__)

    def user_said(self, utterance: Utterance, *, is_final: bool) -> None:
        """Tell what a user says."""
        self._put(utterance.speaker, utterance.id, utterance.text, is_final=is_final)
        if is_final:
            self._keep(
                utterance.id, "user", utterance.text, utterance.began_s, utterance.last_voice_s, is_cut=False
            )

    def user_wrote(self, text: str) -> None:
        """Keep what a user has written, which the room knows already."""
        now_s = time.monotonic()
        self._keep(new_segment(), "user", text, now_s, now_s, is_cut=False)

    def drop(self, utterance: Utterance) -> None:
        """Take back what was shown of an utterance that means nothing."""
        if utterance.id in self._shown:
            self._put(utterance.speaker, utterance.id, "", is_final=True)

    def avatar_said(
        self, segment: str, text: str, began_s: float, *, is_final: bool, is_interrupted: bool = False
    ) -> None:
        """Tell what the avatar says.

        Args:
            segment: ID of the segment.
            text: Text that was heard so far.
            began_s: When it began, on the monotonic clock.
            is_final: Whether it is over.
            is_interrupted: Whether the user interrupted it.
        """
        if segment in self._ended:
            return
        if is_final:
            self._ended.append(segment)
        sources = self._sources_of(text) if is_final else ()
        self._put(self._avatar, segment, text, is_final=is_final, sources=sources)
        if is_final and text:
            now_s = time.monotonic()
            self._keep(segment, "avatar", text, began_s, now_s, is_cut=is_interrupted, sources=sources)

    def sentence_said(self, sentence: Sentence, text: str, on_sent: Callable[[], None]) -> None:
        """Tell that the avatar has said a sentence of a session message to its end.

        The segment has the same ID in whichever process tells it. So it may be told again, by a process that
        cannot know whether the one before it came so far.

        Args:
            sentence: The sentence.
            text: Its text.
            on_sent: Called when the room has been told.
        """
        self.avatar_said(segment_of(sentence), text, time.monotonic(), is_final=True)
        self._waiting.put_nowait(on_sent)

    def _keep(
        self,
        segment: str,
        role: str,
        text: str,
        began_s: float,
        ended_s: float,
        *,
        is_cut: bool,
        sources: tuple[str, ...] = (),
    ) -> None:
        begin_s = max(0.0, began_s - self._began_s)
        self._on_final(
            TranscriptSegment.model_validate(
                {
                    "id": segment,
                    "role": role,
                    "text": text,
                    "start_s": round(begin_s, 3),
                    "end_s": round(max(begin_s, ended_s - self._began_s), 3),
                    "is_interrupted": is_cut,
                    "sources": sources,
                }
            )
        )

    def _put(
        self, identity: str, segment: str, text: str, *, is_final: bool, sources: tuple[str, ...] = ()
    ) -> None:
        if is_final:
            self._shown.discard(segment)
        elif self._waiting.qsize() > _MAX_WAITING:
            return  # the next one has it
        else:
            self._shown.add(segment)
        self._waiting.put_nowait(_Said(identity, segment, text, is_final, sources))

    async def _send(self, said: _Said) -> None:
        identity, segment, text, is_final, sources = said
        me, track = self._room.local_participant, self._track_of(identity)
        attributes = {_SEGMENT: segment, _FINAL: str(is_final).lower()}
        if track:
            attributes[_TRACK] = track
        if sources:
            attributes[SOURCES] = json.dumps(sources, ensure_ascii=False)
        writer = await me.stream_text(topic=TOPIC, sender_identity=identity, attributes=attributes)
        await writer.write(text)
        await writer.aclose()
        await me.publish_transcription(
            rtc.Transcription(
                participant_identity=identity,
                track_sid=track,
                segments=[
                    rtc.TranscriptionSegment(
                        id=segment, text=text, start_time=0, end_time=0, language="", final=is_final
                    )
                ],
            )
        )

    def _track_of(self, identity: str) -> str:
        person = self._room.remote_participants.get(identity)
        publications = person.track_publications.values() if person is not None else ()
        return next((each.sid for each in publications if each.kind == rtc.TrackKind.KIND_AUDIO), "")


def new_segment() -> str:
    """An ID for a segment."""
    return f"SG_{uuid.uuid4().hex[:12]}"


def segment_of(sentence: Sentence) -> str:
    """The ID of the segment of a sentence of a session message."""
    return f"SG_{sentence.sequence}_{sentence.position}"
