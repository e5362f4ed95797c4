"""The microphones of a room's users, and the avatar's voice as they hear it."""

import asyncio
from collections.abc import Callable
from typing import Final

import numpy as np
from livekit import rtc

from visavis.engine.arrays import Floats
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.realtime.conversation.echo import FRAME_S, FRAME_SAMPLES
from visavis.realtime.conversation.speaker import Speaker

_FRAME_MS: Final = round(FRAME_S * 1e3)
_SILENT_S: Final = 0.1  # a microphone that sends nothing for so long is heard as silent
_MAX_SPEAKERS: Final = 8


class Microphones:
    """Reads every sound track of a room that a user publishes."""

    def __init__(
        self,
        room: rtc.Room,
        avatar: str,
        speakers: dict[str, Speaker],
        make_speaker: Callable[[str], Speaker],
    ) -> None:
        """Prepare; nothing is read.

        Args:
            room: The room, connected without subscribing to anything.
            avatar: Identity of the avatar.
            speakers: The users who can be heard, by the ID of the track; kept up to date.
            make_speaker: Makes the speaker of an identity.
        """
        self._room, self._avatar = room, avatar
        self._speakers, self._make_speaker = speakers, make_speaker
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._tracks: list[rtc.Track] = []  # the library wants them to outlive the room

    async def run(self) -> None:
        """Read until cancelled."""
        room = self._room
        room.on("track_published", self._subscribe)
        room.on("track_subscribed", self._begin)
        room.on("track_unsubscribed", lambda _track, publication, _person: self._end(publication.sid))
        room.on("track_unpublished", lambda publication, _person: self._end(publication.sid))
        for person in room.remote_participants.values():
            for publication in person.track_publications.values():
                self._subscribe(publication, person)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            tasks = list(self._reading.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _subscribe(self, publication: rtc.RemoteTrackPublication, person: rtc.RemoteParticipant) -> None:
        is_user = person.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        if publication.kind == rtc.TrackKind.KIND_AUDIO and (is_user or person.identity == self._avatar):
            publication.set_subscribed(True)

    def _begin(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, person: rtc.RemoteParticipant
    ) -> None:
        self._tracks.append(track)
        if track.kind != rtc.TrackKind.KIND_AUDIO or len(self._reading) > _MAX_SPEAKERS:
            return
        self._end(publication.sid)
        read = (
            self._hear_avatar(track)
            if person.identity == self._avatar
            else self._hear(track, publication.sid, person.identity)
        )
        self._reading[publication.sid] = asyncio.create_task(read)

    def _end(self, sid: str) -> None:
        task = self._reading.pop(sid, None)
        if task is not None:
            task.cancel()

    async def _hear_avatar(self, track: rtc.Track) -> None:
        stream = _stream(track)
        try:
            async for event in stream:
                for speaker in self._speakers.values():
                    speaker.echo.play(_samples(event.frame))
        finally:
            await stream.aclose()

    async def _hear(self, track: rtc.Track, sid: str, identity: str) -> None:
        speaker = self._speakers[sid] = self._make_speaker(identity)
        stream = _stream(track)
        frames = aiter(stream)
        coming = asyncio.ensure_future(anext(frames))
        try:
            while True:
                done, _ = await asyncio.wait({coming}, timeout=_SILENT_S)
                if not done:  # a muted microphone: who spoke has stopped
                    for _ in range(round(_SILENT_S / FRAME_S)):
                        speaker.push(np.zeros(FRAME_SAMPLES, np.float32))
                    continue
                speaker.push(_samples(coming.result().frame))
                coming = asyncio.ensure_future(anext(frames))
        except StopAsyncIteration:
            pass
        finally:
            coming.cancel()
            speaker.dismiss()
            del self._speakers[sid]
            await stream.aclose()
            await speaker.close()


def _stream(track: rtc.Track) -> rtc.AudioStream:
    return rtc.AudioStream(
        track, capacity=100, sample_rate=RECOGNITION_RATE_HZ, num_channels=1, frame_size_ms=_FRAME_MS
    )


def _samples(frame: rtc.AudioFrame) -> Floats:
    return np.frombuffer(bytes(frame.data.cast("B")), np.int16).astype(np.float32) / np.float32(32768)
