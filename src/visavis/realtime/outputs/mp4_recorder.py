"""Encodes the pictures and the sound of a live session to an MP4 file, by the times at which they were shown.

The file is fragmented: what is written can be played, also when the process is killed.
"""

from typing import Final

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream

from visavis.realtime.outputs.recording_wire import RecordingSettings
from visavis.realtime.outputs.tracks import KEYFRAME_S, MS, US, SoundTrack, add_video

_QUALITY: Final = "23"  # constant rate factor of x264
_MAX_KBPS: Final = 4000
_AUDIO_BITS: Final = 96_000
_ROUNDING_S: Final = 0.05  # smaller differences of times are not a gap
_MAX_GAP_S: Final = 10  # a longer one is left out: the machine was suspended


class Mp4Recorder:
    """One recording. Its methods raise `OSError` or `FFmpegError` when the file cannot be written."""

    def __init__(self, settings: RecordingSettings) -> None:
        """Open the file."""
        self._settings = settings
        options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
        self._container: OutputContainer = av.open(str(settings.path), "w", format="mp4", options=options)
        self._video = self._add_video()
        self._sound = SoundTrack(self._container, layout="mono", bits=_AUDIO_BITS, rounding_s=_ROUNDING_S)
        self._origin_us: int | None = None
        self._newest_us = 0
        self._last_ms = -1

    def picture(self, time_us: int, planes: bytes) -> None:
        """Append a picture.

        Args:
            time_us: Time at which it is shown, in µs.
            planes: Planes of YUV 4:2:0, `side_px` square.
        """
        time_ms = self._since_origin_us(time_us) // 1000
        if time_ms <= self._last_ms:
            return
        self._last_ms = time_ms
        side = self._settings.side_px
        pixels = np.frombuffer(planes, np.uint8).reshape(side * 3 // 2, side)
        frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
        frame.pts, frame.time_base = time_ms, MS
        self._container.mux(self._video.encode(frame))

    def sound(self, time_us: int, pcm: bytes) -> None:
        """Append sound; silence fills gaps.

        Args:
            time_us: Time at which it begins to be heard, in µs.
            pcm: 16-bit samples, mono, 48 kHz.
        """
        self._sound.append(self._since_origin_us(time_us), pcm)

    def close(self) -> None:
        """Complete the file."""
        self._container.mux(self._video.encode(None))
        self._sound.finish()
        self._container.close()

    def _since_origin_us(self, time_us: int) -> int:
        """Time in the file. It goes on where it was when the given times jump far."""
        jump_us = time_us - self._newest_us
        if self._origin_us is None:
            self._origin_us = time_us
        elif abs(jump_us) > _MAX_GAP_S * US:
            self._origin_us += jump_us
        self._newest_us = time_us
        return max(0, time_us - self._origin_us)

    def _add_video(self) -> VideoStream:
        settings = self._settings
        options = {
            "preset": "veryfast",
            "crf": _QUALITY,
            "maxrate": f"{_MAX_KBPS}k",
            "bufsize": f"{_MAX_KBPS}k",
            "g": str(KEYFRAME_S * settings.fps),
        }
        side = settings.side_px
        stream = add_video(self._container, fps=settings.fps, width_px=side, height_px=side, options=options)
        stream.codec_context.thread_count = 1
        return stream
