"""Audio input from the tracks of a LiveKit room. An avatar that speaks for an agent does not subscribe."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from livekit import rtc

from visavis.realtime.inputs.agent_stream import agent_of
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.sound import BLOCK_S, CHANNELS, RATE_HZ, Block, Mixer

_FRAME_MS: Final = round(BLOCK_S * 1e3)


class RoomTracks:
    """An `AudioInput` that mixes all audio tracks of a room that are not muted."""

    def __init__(self, room: rtc.Room, mixer: AudioMixer, *, on_change: Callable[[], None]) -> None:
        """Prepare.

        Args:
            room: Room that is not connected yet.
            mixer: Mixer of the tracks.
            on_change: Called when tracks come, go, are muted or unmuted.
        """
        self._room, self._mixer, self._on_change = room, mixer, on_change
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._reading: set[asyncio.Task[None]] = set()  # includes those that are ending
        self._tracks: list[rtc.Track] = []
        # Includes tracks that are gone: when we leave the room, the library releases the handles of all
        # tracks that ever existed, and logs errors for those released before. They take little memory.
        self._subscribed: list[rtc.Track] = []
        self._is_stopped = False

    @property
    def tracks(self) -> tuple[rtc.Track, ...]:
        """Tracks that are read."""
        return tuple(self._tracks)

    @property
    def is_idle(self) -> bool:
        """Whether no audio track is unmuted."""
        return not any(
            publication.kind == rtc.TrackKind.KIND_AUDIO and not publication.muted
            for person in self._room.remote_participants.values()
            for publication in person.track_publications.values()
        )

    @property
    def waiting_s(self) -> float:
        """Length of the sound that waits, of the track where it is longest."""
        return self._mixer.waiting_s

    @property
    def dropped_samples(self) -> int:
        """Number of samples that were dropped after a burst."""
        return self._mixer.dropped_samples

    def listen(self) -> None:
        """Listen for tracks. Call it before the room is connected."""
        room = self._room
        room.on("track_published", lambda publication, _person: self._subscribe(publication))
        room.on("track_subscribed", lambda track, publication, _person: self._begin(track, publication))
        room.on("track_unsubscribed", lambda _track, publication, _person: self._end(publication))
        room.on("track_unpublished", lambda publication, _person: self._end(publication))
        room.on("track_muted", lambda _person, publication: self._mute(publication, muted=True))
        room.on("track_unmuted", lambda _person, publication: self._mute(publication, muted=False))

    def subscribe(self) -> None:
        """Subscribe to tracks that existed before. Call it when the room is connected."""
        for person in self._room.remote_participants.values():
            for publication in person.track_publications.values():
                self._subscribe(publication)

    def take(self) -> Block:
        """Take the next block."""
        return self._mixer.take()

    def note_played(self, blocks: Sequence[Block], *, held_blocks: int) -> None:
        """Do nothing: speakers in a room get no playback reports."""

    def stop(self) -> None:
        """Accept no more tracks. Call it before the room is left."""
        self._is_stopped = True

    async def close(self) -> None:
        """Stop reading. Call it after the room was left."""
        self.stop()
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
        for sid in self._readers:
            self._mixer.close(sid)
        self._readers.clear()
        self._subscribed.clear()

    def _subscribe(self, publication: rtc.RemoteTrackPublication) -> None:
        if self._is_stopped:
            return
        if publication.kind == rtc.TrackKind.KIND_AUDIO and agent_of(self._room) is None:
            publication.set_subscribed(True)
        self._on_change()

    def _begin(self, track: rtc.Track, publication: rtc.RemoteTrackPublication) -> None:
        self._subscribed.append(track)
        if track.kind != rtc.TrackKind.KIND_AUDIO or self._is_stopped:
            return
        self._end(publication)
        self._tracks.append(track)
        if not publication.muted:
            self._mixer.open(publication.sid)
        reader = asyncio.create_task(self._read(track, publication.sid))
        self._readers[publication.sid] = reader
        self._reading.add(reader)
        reader.add_done_callback(self._reading.discard)

    def _end(self, publication: rtc.RemoteTrackPublication) -> None:
        reader = self._readers.pop(publication.sid, None)
        if reader is not None:
            reader.cancel()
        self._tracks = [track for track in self._tracks if track.sid != publication.sid]
        self._mixer.close(publication.sid)
        self._on_change()

    def _mute(self, publication: rtc.RemoteTrackPublication, *, muted: bool) -> None:
        if publication.sid in self._readers:
            (self._mixer.close if muted else self._mixer.open)(publication.sid)
        self._on_change()

    async def _read(self, track: rtc.Track, sid: str) -> None:
        stream = rtc.AudioStream(
            track, capacity=8, sample_rate=RATE_HZ, num_channels=CHANNELS, frame_size_ms=_FRAME_MS
        )
        mix = Mixer(RATE_HZ, CHANNELS)  # the library would add the channels, which may cancel each other out
        try:
            async for event in stream:
                self._mixer.push(sid, mix(event.frame.data.cast("B")))
        finally:
            await stream.aclose()
