"""Encodes the pictures and the sound of a live session to an MP4 file, by the times at which they were shown.

The file is fragmented: what is written can be played, also when the process is killed.
"""

from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from visavis.realtime.outputs.recording_wire import RecordingSettings
from visavis.realtime.sound import RATE_HZ

_KEYFRAME_S: Final = 2
_QUALITY: Final = "23"  # constant rate factor of x264
_MAX_KBPS: Final = 4000
_AUDIO_BITS: Final = 96_000
_FRAME_SAMPLES: Final = 1024  # of AAC
_ROUNDING_S: Final = 0.05  # smaller differences of times are not a gap
_MAX_GAP_S: Final = 10  # a longer one is left out: the machine was suspended
_MS: Final = Fraction(1, 1000)
_US: Final = 1_000_000
_LIMITED_RANGE, _BT601 = 1, 6  # numbers in the standards


class Mp4Recorder:
    """One recording. Its methods raise `OSError` or `FFmpegError` when the file cannot be written."""

    def __init__(self, settings: RecordingSettings) -> None:
        """Open the file."""
        self._settings = settings
        options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
        self._container: OutputContainer = av.open(str(settings.path), "w", format="mp4", options=options)
        self._video, self._audio = self._add_video(), self._add_audio()
        self._resampler = av.AudioResampler(
            format="fltp", layout="mono", rate=RATE_HZ, frame_size=_FRAME_SAMPLES
        )
        self._origin_us: int | None = None
        self._newest_us = 0
        self._last_ms = -1
        self._samples = 0  # position of the next sample that comes

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
        frame.pts, frame.time_base = time_ms, _MS
        self._container.mux(self._video.encode(frame))

    def sound(self, time_us: int, pcm: bytes) -> None:
        """Append sound; silence fills gaps.

        Args:
            time_us: Time at which it begins to be heard, in µs.
            pcm: 16-bit samples, mono, 48 kHz.
        """
        gap = self._since_origin_us(time_us) * RATE_HZ // _US - self._samples
        if gap > _ROUNDING_S * RATE_HZ:
            self._encode(np.zeros(gap, np.int16))
        self._encode(np.frombuffer(pcm, np.int16))

    def close(self) -> None:
        """Complete the file."""
        for stream in (self._video, self._audio):
            self._container.mux(stream.encode(None))
        self._container.close()

    def _since_origin_us(self, time_us: int) -> int:
        """Time in the file. It goes on where it was when the given times jump far."""
        jump_us = time_us - self._newest_us
        if self._origin_us is None:
            self._origin_us = time_us
        elif abs(jump_us) > _MAX_GAP_S * _US:
            self._origin_us += jump_us
        self._newest_us = time_us
        return max(0, time_us - self._origin_us)

    def _encode(self, samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._samples, Fraction(1, RATE_HZ)
        self._samples += len(samples)
        for each in self._resampler.resample(frame):
            self._container.mux(self._audio.encode(each))

    def _add_video(self) -> VideoStream:
        settings = self._settings
        options = {
            "preset": "veryfast",
            "crf": _QUALITY,
            "maxrate": f"{_MAX_KBPS}k",
            "bufsize": f"{_MAX_KBPS}k",
            "g": str(_KEYFRAME_S * settings.fps),
        }
        stream = self._container.add_stream("libx264", rate=settings.fps, options=options)
        if not isinstance(stream, VideoStream):
            raise TypeError("The encoder encodes no video.")
        stream.width = stream.height = settings.side_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = _MS
        stream.codec_context.color_range, stream.codec_context.colorspace = _LIMITED_RANGE, _BT601
        stream.codec_context.thread_count = 1
        return stream

    def _add_audio(self) -> AudioStream:
        stream = self._container.add_stream("aac", rate=RATE_HZ)
        if not isinstance(stream, AudioStream):
            raise TypeError("The encoder encodes no sound.")
        stream.layout = "mono"
        stream.bit_rate = _AUDIO_BITS
        return stream
