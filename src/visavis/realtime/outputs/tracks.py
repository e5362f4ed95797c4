"""The two tracks of a recording or of a stream to a server: H.264, and AAC that has no gaps."""

from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from visavis.realtime.sound import RATE_HZ

KEYFRAME_S: Final = 2
MS: Final = Fraction(1, 1000)
"""Unit of the times of pictures, in seconds."""
US: Final = 1_000_000
"""Microseconds of a second."""
_FRAME_SAMPLES: Final = 1024  # of AAC
_LIMITED_RANGE, _BT601 = 1, 6  # numbers in the standards


def add_video(
    container: OutputContainer, *, fps: int, width_px: int, height_px: int, options: dict[str, str]
) -> VideoStream:
    """Add a track of H.264 that takes YUV 4:2:0.

    Args:
        container: The file or stream.
        fps: Frames a second, at most.
        width_px: Width of the pictures.
        height_px: Height of the pictures.
        options: Options of x264.
    """
    stream = container.add_stream("libx264", rate=fps, options=options)
    if not isinstance(stream, VideoStream):
        raise TypeError("The encoder encodes no video.")
    stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
    stream.time_base = stream.codec_context.time_base = MS
    stream.codec_context.color_range, stream.codec_context.colorspace = _LIMITED_RANGE, _BT601
    return stream


class SoundTrack:
    """A track of AAC.

    Attributes:
        samples: Position of the next sample that comes.
    """

    def __init__(self, container: OutputContainer, *, layout: str, bits: int, rounding_s: float) -> None:
        """Add the track.

        Args:
            container: The file or stream.
            layout: `mono` or `stereo`.
            bits: Bits a second.
            rounding_s: Smaller differences of times are not a gap.
        """
        stream = container.add_stream("aac", rate=RATE_HZ)
        if not isinstance(stream, AudioStream):
            raise TypeError("The encoder encodes no sound.")
        stream.layout, stream.bit_rate = layout, bits
        self._container, self._stream = container, stream
        self._resampler = av.AudioResampler(
            format="fltp", layout=layout, rate=RATE_HZ, frame_size=_FRAME_SAMPLES
        )
        self._rounding_samples = rounding_s * RATE_HZ
        self.samples = 0

    def append(self, time_us: int, pcm: bytes) -> None:
        """Append sound; silence fills gaps.

        Args:
            time_us: Time at which it begins to be heard, since the begin of the track, in µs.
            pcm: 16-bit samples, mono, 48 kHz.
        """
        gap = time_us * RATE_HZ // US - self.samples
        if gap > self._rounding_samples:
            self._encode(np.zeros(gap, np.int16))
        self._encode(np.frombuffer(pcm, np.int16))

    def finish(self) -> None:
        """Write what is left in the encoder."""
        self._container.mux(self._stream.encode(None))

    def _encode(self, samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self.samples, Fraction(1, RATE_HZ)
        self.samples += len(samples)
        for each in self._resampler.resample(frame):
            self._container.mux(self._stream.encode(each))
