"""The avatar's audio and video as tracks of LiveKit rooms."""

import asyncio
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from livekit import rtc

from visavis.engine.arrays import Pixels
from visavis.errors import LiveRoomError
from visavis.realtime.ports import VideoSettings
from visavis.realtime.sound import BLOCK_SAMPLES, RATE_HZ, Block, to_pcm

CODECS: Final = {"vp8": rtc.VideoCodec.VP8, "h264": rtc.VideoCodec.H264}
_STREAM: Final = "avatar"  # viewers synchronize the tracks of one stream, and no others
_AUDIO_BITS: Final = 64_000
_NO_QUEUE: Final = 0
"""With a queue, the library would play by a timer of its own, which drifts under load. Without one it accepts
exactly 10 ms at a time."""
_LONG_AGO_S: Final = 1e-6
"""Time of a picture that nobody sees; the source gets it before it has a track. Until then the library sends
black pictures, which viewers see if this process is late. It also estimates from their times, wrongly, how
late ours are. After a picture that is so far off, it estimates again from the next one."""


class LiveKitOutput:
    """An `AvOutput` with one audio and one video source, which can be published in any number of rooms."""

    def __init__(self, video: VideoSettings) -> None:
        """Prepare; this opens nothing yet.

        Args:
            video: Video settings.
        """
        self._video = video
        self._sound: rtc.AudioSource | None = None
        self._face: rtc.VideoSource | None = None
        self._is_stopped = False

    def open(self) -> None:
        """Create the sources. Call it before they are published."""
        side_px = self._video.size_px
        self._sound = rtc.AudioSource(RATE_HZ, 1, queue_size_ms=_NO_QUEUE)
        self._face = rtc.VideoSource(side_px, side_px)
        self.show(np.zeros((side_px, side_px, 3), np.uint8), _LONG_AGO_S)

    async def publish(self, me: rtc.LocalParticipant) -> rtc.LocalVideoTrack:
        """Publish audio and video in the room of `me`. Returns the video track.

        Audio first: an agent starts to speak when it sees the avatar.

        Raises:
            LiveRoomError: The output was closed.
            PublishTrackError: The library cannot publish.
        """
        await self.publish_sound(me)
        return await self.publish_face(me)

    async def publish_sound(self, me: rtc.LocalParticipant) -> None:
        """Publish the audio: the first half of `publish`."""
        if self._sound is None:
            raise LiveRoomError("The avatar has left.")
        track = rtc.LocalAudioTrack.create_audio_track("avatar-voice", self._sound)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False, red=False, stream=_STREAM
        )
        options.audio_encoding.max_bitrate = _AUDIO_BITS
        await me.publish_track(track, options)

    async def publish_face(self, me: rtc.LocalParticipant) -> rtc.LocalVideoTrack:
        """Publish the video: the second half of `publish`."""
        video = self._video
        if self._face is None:
            raise LiveRoomError("The avatar has left.")
        track = rtc.LocalVideoTrack.create_video_track("avatar-face", self._face)
        # One layer with a bit rate of its own: the library's presets are for webcams in meetings.
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA,
            simulcast=False,
            stream=_STREAM,
            video_codec=CODECS[video.codec],
            video_encoding=rtc.VideoEncoding(max_bitrate=video.kbps * 1000, max_framerate=video.fps),
        )
        options.degradation_preference = rtc.DegradationPreference.MAINTAIN_RESOLUTION.value
        await me.publish_track(track, options)
        return track

    async def play(self, blocks: Sequence[Block], time_s: float) -> None:  # noqa: ARG002 - sound has no times
        """Play blocks, in order."""
        source = self._sound
        if source is None or self._is_stopped:
            return
        frames = [rtc.AudioFrame(to_pcm(block.samples), RATE_HZ, 1, BLOCK_SAMPLES) for block in blocks]
        await asyncio.gather(*(source.capture_frame(frame) for frame in frames))

    def show(self, rgb: Pixels, time_s: float) -> None:
        """Show a frame."""
        if self._face is None or self._is_stopped:
            return
        side_px = self._video.size_px
        planes = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2YUV_I420)
        frame = rtc.VideoFrame(side_px, side_px, rtc.VideoBufferType.I420, planes.reshape(-1).data)
        self._face.capture_frame(frame, timestamp_us=round(time_s * 1e6))

    def stop(self) -> None:
        """Play and show nothing more. Call it before rooms are left."""
        self._is_stopped = True

    async def close(self) -> None:
        """Release the sources. Call it after rooms were left."""
        self.stop()
        sources, self._sound, self._face = (self._sound, self._face), None, None
        for source in sources:
            if source is not None:
                await source.aclose()
