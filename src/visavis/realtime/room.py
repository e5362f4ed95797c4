"""The avatar's place in a room: joining, hearing, being seen and heard."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final

import cv2
import numpy as np
import structlog
from livekit import rtc

from visavis.engine.arrays import Pixels
from visavis.errors import LiveRoomError
from visavis.realtime.agent_voice import AgentVoice, agent_of
from visavis.realtime.audio_mixer import AudioMixer
from visavis.realtime.calls import LibraryCalls
from visavis.realtime.delays import Delays, note_track
from visavis.realtime.ports import EndReason, VideoSettings
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, CHANNELS, RATE_HZ, Mixer
from visavis.realtime.viewers import ViewersRoom, leave_room, refreshed_token

_JOIN_S: Final = 10.0
_LOOK_S: Final = 1.0
_STREAM: Final = "avatar"  # viewers play the tracks of one stream together, those of others as they come
_AUDIO_BITS: Final = 64_000
_FRAME_MS: Final = round(BLOCK_S * 1e3)
_NO_QUEUE: Final = 0
"""The library would play from a queue by a timer of its own, which drifts under load. Without one it takes
10 ms at a time, no more and no less."""
_LONG_AGO_S: Final = 1e-6
"""Time of a picture that nobody sees, given to the source before it has a track. Until it has been given one
the library sends black ones, which viewers see when this process is late; they are of the moment, and from
them it learns wrongly how late ours come. After one that is so far off it learns anew with the next."""
_GONE: Final = {
    rtc.DisconnectReason.ROOM_DELETED,
    rtc.DisconnectReason.ROOM_CLOSED,
    rtc.DisconnectReason.PARTICIPANT_REMOVED,
}
CODECS: Final = {"vp8": rtc.VideoCodec.VP8, "h264": rtc.VideoCodec.H264}

_log = structlog.get_logger()


class AvatarRoom:
    """One stay in a room, from joining to leaving."""

    def __init__(
        self,
        video: VideoSettings,
        *,
        mixer: AudioMixer,
        interrupt: Callable[[], None] = lambda: None,
        on_gone: Callable[[EndReason | None], None],
        on_change: Callable[[], None],
        on_token: Callable[[str], None] = lambda _token: None,
    ) -> None:
        """Prepare; nothing is connected.

        Args:
            video: How the video is sent.
            mixer: Mixes every track of the room, unless the avatar speaks for an agent.
            interrupt: Called when what is on its way to the audio track must not be played.
            on_gone: Told when the stay is over and we did not leave, and why; `None` if the room was lost and
                may be joined again.
            on_change: Told when tracks or participants come or go.
            on_token: Told the token to join with again: the server refreshes it now and then.
        """
        self._settings, self._mixer, self._on_gone, self._on_change = video, mixer, on_gone, on_change
        self._on_token = on_token
        self.room = rtc.Room()
        self._calls = LibraryCalls()
        self._agent_voice = AgentVoice(self.room, interrupt=interrupt)
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._reading: set[asyncio.Task[None]] = set()  # those that are ending, too
        self._tracks: list[rtc.Track] = []
        # Tracks that are gone, too: when the room is left, the library lets go of the handles of all there
        # were, and complains about those that were let go of before. They take next to no memory.
        self._subscribed: list[rtc.Track] = []
        self._audio: rtc.AudioSource | None = None
        self._video: rtc.VideoSource | None = None
        self._viewers: ViewersRoom | None = None
        self._viewers_task: asyncio.Task[None] | None = None
        self._is_published = self._is_leaving = False

    @property
    def open_tracks(self) -> int:
        """How many tracks of sound there are that are not muted."""
        return sum(
            publication.kind == rtc.TrackKind.KIND_AUDIO and not publication.muted
            for person in self.room.remote_participants.values()
            for publication in person.track_publications.values()
        )

    @property
    def agent(self) -> str | None:
        """Identity of the agent that the avatar speaks for, if it does: its sound comes by data stream."""
        return agent_of(self.room)

    @property
    def voice(self) -> AgentVoice | None:
        """What the agent says, once it can be played."""
        return self._agent_voice if self._is_published and self.agent is not None else None

    @property
    def is_idle(self) -> bool:
        """Whether nobody is there who could let the avatar speak: its agent, or an open microphone."""
        if not self.room.isconnected():
            return True
        agent = self.agent
        return agent not in self.room.remote_participants if agent else not self.open_tracks

    @property
    def viewers_token(self) -> str | None:
        """To join the viewers' room with again, if there is one."""
        return self._viewers.token if self._viewers is not None else None

    async def join(self, url: str, token: str, *, viewers_token: str | None = None) -> None:
        """Join and publish.

        Args:
            url: Of the room's server.
            token: To join with.
            viewers_token: For the room of the viewers, if that is another one.

        Raises:
            LiveRoomError: The room cannot be joined.
        """
        self._listen()
        self._agent_voice.listen()  # before there is anything to be seen that an agent could wait for
        options = rtc.RoomOptions(auto_subscribe=False, dynacast=False, connect_timeout=_JOIN_S)
        try:
            async with asyncio.timeout(_JOIN_S):
                await self._calls.finish(self.room.connect(url, token, options))
                self._agent_voice.obey()
                await self._publish()
        except (rtc.ConnectError, rtc.participant.PublishTrackError, TimeoutError) as error:
            await self.leave()
            raise LiveRoomError(f"The room cannot be joined ({type(error).__name__}).") from error
        if viewers_token is not None:
            self._viewers = ViewersRoom(url, viewers_token, self._publish_tracks)
            self._viewers_task = asyncio.create_task(self._viewers.run())
        for person in self.room.remote_participants.values():
            for publication in person.track_publications.values():
                self._hear_of(publication)
        self._on_change()

    async def describe(self, attributes: dict[str, str]) -> None:
        """Say something of the avatar to all who see it."""
        if self.room.isconnected():
            await self.room.local_participant.set_attributes(attributes)
        if self._viewers is not None:
            await self._viewers.describe(attributes)

    async def leave(self) -> None:
        """Leave, wherever joining had come to."""
        self._is_leaving = True
        await self._agent_voice.close()
        await leave_room(self.room, self._calls)
        tasks = [*self._reading, *([self._viewers_task] if self._viewers_task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._subscribed.clear()
        sources, self._audio, self._video = (self._audio, self._video), None, None
        for source in sources:
            if source is not None:
                await source.aclose()

    async def look(self, delays: Delays) -> None:
        """Note how long sound waits before it is heard here, and pictures before they are sent."""
        try:
            async with asyncio.timeout(_LOOK_S):
                for track in list(self._tracks):
                    await note_track(delays, track)
        except TimeoutError:
            _log.warning("no_figures_of_tracks")

    async def play(self, blocks: Iterable[bytes]) -> None:
        """Play blocks of 16-bit samples, in order."""
        if self._audio is None or self._is_leaving:
            return
        frames = [rtc.AudioFrame(pcm, RATE_HZ, 1, BLOCK_SAMPLES) for pcm in blocks]
        await asyncio.gather(*(self._audio.capture_frame(frame) for frame in frames))

    def show(self, rgb: Pixels, time_s: float) -> None:
        """Show a frame.

        Args:
            rgb: Shape `(size, size, 3)`.
            time_s: When its sound is played, on any clock that goes as fast as ours.
        """
        if self._video is None or self._is_leaving:
            return
        size = self._settings.size_px
        planes = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2YUV_I420)
        frame = rtc.VideoFrame(size, size, rtc.VideoBufferType.I420, planes.reshape(-1).data)
        self._video.capture_frame(frame, timestamp_us=round(time_s * 1e6))

    async def _publish(self) -> None:
        settings = self._settings
        self._audio = rtc.AudioSource(RATE_HZ, 1, queue_size_ms=_NO_QUEUE)
        self._video = rtc.VideoSource(settings.size_px, settings.size_px)
        self.show(np.zeros((settings.size_px, settings.size_px, 3), np.uint8), _LONG_AGO_S)
        self._tracks.append(await self._calls.finish(self._publish_tracks(self.room.local_participant)))
        self._is_published = True

    async def _publish_tracks(self, me: rtc.LocalParticipant) -> rtc.LocalVideoTrack:
        """Publish sound and picture to those in the room of `me`. Returns the track of the picture.

        The sound first: an agent begins to speak when it sees the avatar.
        """
        await self._publish_sound(me)
        return await self._publish_face(me)

    async def _publish_sound(self, me: rtc.LocalParticipant) -> None:
        if self._audio is None:
            raise LiveRoomError("The avatar has left.")
        sound = rtc.LocalAudioTrack.create_audio_track("avatar-voice", self._audio)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False, red=False, stream=_STREAM
        )
        options.audio_encoding.max_bitrate = _AUDIO_BITS
        await me.publish_track(sound, options)

    async def _publish_face(self, me: rtc.LocalParticipant) -> rtc.LocalVideoTrack:
        settings = self._settings
        if self._video is None:
            raise LiveRoomError("The avatar has left.")
        face = rtc.LocalVideoTrack.create_video_track("avatar-face", self._video)
        # One layer with a bitrate of its own: the library's presets are for webcams in meetings.
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA,
            simulcast=False,
            stream=_STREAM,
            video_codec=CODECS[settings.codec],
            video_encoding=rtc.VideoEncoding(max_bitrate=settings.kbps * 1000, max_framerate=settings.fps),
        )
        options.degradation_preference = rtc.DegradationPreference.MAINTAIN_RESOLUTION.value
        await me.publish_track(face, options)
        return face

    def _listen(self) -> None:
        room = self.room
        room.on("track_published", lambda publication, _person: self._hear_of(publication))
        room.on("track_subscribed", lambda track, publication, _person: self._begin(track, publication))
        room.on("track_unsubscribed", lambda _track, publication, _person: self._end(publication))
        room.on("track_unpublished", lambda publication, _person: self._end(publication))
        room.on("track_muted", lambda _person, publication: self._mute(publication, muted=True))
        room.on("track_unmuted", lambda _person, publication: self._mute(publication, muted=False))
        room.on("participant_connected", lambda _: self._on_change())
        room.on("participant_disconnected", lambda _: self._on_change())
        room.on("token_refreshed", lambda: self._on_token(refreshed_token(room)))
        room.on("disconnected", self._gone)

    def _gone(self, reason: Any) -> None:
        if self._is_leaving:
            return
        if reason == rtc.DisconnectReason.DUPLICATE_IDENTITY:
            self._on_gone(EndReason.REPLACED)
        else:
            self._on_gone(EndReason.ROOM_DELETED if reason in _GONE else None)

    def _hear_of(self, publication: rtc.RemoteTrackPublication) -> None:
        if self._is_leaving:
            return
        if publication.kind == rtc.TrackKind.KIND_AUDIO and self.agent is None:
            publication.set_subscribed(True)
        self._on_change()

    def _begin(self, track: rtc.Track, publication: rtc.RemoteTrackPublication) -> None:
        self._subscribed.append(track)
        if track.kind != rtc.TrackKind.KIND_AUDIO or self._is_leaving:
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
        mix = Mixer(RATE_HZ, CHANNELS)  # the library would add the channels up, which may cancel each other
        try:
            async for event in stream:
                self._mixer.hear(sid, mix(event.frame.data.cast("B")))
        finally:
            await stream.aclose()
