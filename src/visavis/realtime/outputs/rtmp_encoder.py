"""Encodes pictures and sound for an RTMP server: H.264 and AAC, as streaming services ask for them.

A keyframe every two seconds, a constant bit rate, no frames that depend on later ones. It runs in a process
of its own (`rtmp_wire`), because writing to a server that stands still does not return.
"""

import contextlib
from typing import Final

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from visavis.engine.arrays import Pixels
from visavis.realtime.outputs.rtmp_wire import RtmpSettings
from visavis.realtime.outputs.tracks import KEYFRAME_S, MS, US, SoundTrack, add_video
from visavis.realtime.sound import RATE_HZ

_VIDEO_KBPS: Final = 2500  # for 1280 × 720 at 25 frames a second; in proportion for others, and at least
_MIN_VIDEO_KBPS: Final = 1500
_REFERENCE_PX: Final = 1280 * 720
_AUDIO_BITS: Final = 128_000
_ROUNDING_S: Final = 0.001  # smaller differences of times are not a gap
_MAX_GAP_US: Final = 1_000_000


class RtmpEncoder:
    """One connection to an RTMP server. Its methods raise `OSError` or `FFmpegError` when it breaks."""

    def __init__(self, settings: RtmpSettings) -> None:
        """Prepare; `connect` connects.

        Args:
            settings: What is sent where.
        """
        self._settings = settings
        options = {"flvflags": "no_duration_filesize"}
        self._container: OutputContainer = av.open(settings.url, "w", format="flv", options=options)
        self._video = self._add_video()
        self._sound = SoundTrack(self._container, layout="stereo", bits=_AUDIO_BITS, rounding_s=_ROUNDING_S)
        self._canvas = _Canvas(settings)
        self._origin_us: int | None = None
        self._newest_us = 0
        self._keyframe_ms = -1_000_000
        self._last_ms = -1

    def connect(self) -> None:
        """Connect, and begin the stream."""
        self._container.start_encoding()

    def picture(self, time_us: int, planes: bytes) -> None:
        """Send a picture.

        Args:
            time_us: Time at which it is shown, in µs.
            planes: Planes of YUV 4:2:0, `side_px` square.
        """
        time_ms = self._since_origin_us(time_us) // 1000
        if time_ms <= self._last_ms:
            return
        self._last_ms = time_ms
        frame = av.VideoFrame.from_ndarray(self._canvas.paint(planes), format="yuv420p")
        frame.pts, frame.time_base = time_ms, MS
        if time_ms - self._keyframe_ms >= KEYFRAME_S * 1000:
            frame.pict_type = av.video.frame.PictureType.I
            self._keyframe_ms = time_ms
        self._container.mux(self._video.encode(frame))

    def sound(self, time_us: int, pcm: bytes) -> None:
        """Send sound; silence fills gaps.

        Args:
            time_us: Time at which it begins to be heard, in µs.
            pcm: 16-bit samples, mono, 48 kHz.
        """
        self._sound.append(self._since_origin_us(time_us), pcm)

    def close(self) -> None:
        """Send what is left and end the stream."""
        self._container.mux(self._video.encode(None))
        self._sound.finish()
        self._container.close()

    def discard(self) -> None:
        """Close a connection that broke. Left to the garbage collector, it would write errors to the log."""
        with contextlib.suppress(OSError, FFmpegError):
            self._container.close()

    def _since_origin_us(self, time_us: int) -> int:
        """Time in the stream. It goes on where it was when the given times jump: meanwhile nothing came."""
        if self._origin_us is None:
            self._origin_us = time_us
        elif abs(time_us - self._newest_us) > _MAX_GAP_US:
            self._origin_us = time_us - max(self._sound.samples * US // RATE_HZ, (self._last_ms + 1) * 1000)
        self._newest_us = time_us
        return max(0, time_us - self._origin_us)

    def _add_video(self) -> VideoStream:
        settings = self._settings
        pixels = settings.width_px * settings.height_px
        kbps = max(_MIN_VIDEO_KBPS, round(_VIDEO_KBPS * pixels / _REFERENCE_PX))
        every = KEYFRAME_S * settings.fps
        rate = {"maxrate": f"{kbps}k", "minrate": f"{kbps}k", "bufsize": f"{kbps}k"}
        options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "profile": "main",
            "forced-idr": "1",
            "x264-params": f"keyint={2 * every}:min-keyint=1:scenecut=0:nal-hrd=cbr",
            **rate,
        }
        width, height = settings.width_px, settings.height_px
        stream = add_video(
            self._container, fps=settings.fps, width_px=width, height_px=height, options=options
        )
        stream.bit_rate = kbps * 1000
        return stream


class _Canvas:
    """The picture of the video: the square one in the middle, before the background."""

    def __init__(self, settings: RtmpSettings) -> None:
        self._side_px = settings.side_px
        width, height = settings.width_px, settings.height_px
        self._shown_px = shown = min(width, height)
        colour = np.full((2, 2, 3), settings.background, np.uint8)
        y, u, v = cv2.cvtColor(colour, cv2.COLOR_RGB2YUV_I420).reshape(-1)[[0, 4, 5]]
        self._planes = [
            np.full((height, width), y, np.uint8),
            np.full((height // 2, width // 2), u, np.uint8),
            np.full((height // 2, width // 2), v, np.uint8),
        ]
        self._left, self._top = (width - shown) // 2 // 2 * 2, (height - shown) // 2 // 2 * 2
        self._height, self._width = height, width

    def paint(self, planes: bytes) -> Pixels:
        """Planes of the whole picture, as `yuv420p` has them in one array."""
        side, shown = self._side_px, self._shown_px
        parts = _split(np.frombuffer(planes, np.uint8), side)
        for target, part, scale in zip(self._planes, parts, (1, 2, 2), strict=True):
            if shown != side:
                size = (shown // scale, shown // scale)
                part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.uint8)
            top, left = self._top // scale, self._left // scale
            target[top : top + shown // scale, left : left + shown // scale] = part
        return np.concatenate([each.reshape(-1) for each in self._planes]).reshape(-1, self._width)


def _split(planes: "np.ndarray[tuple[int], np.dtype[np.uint8]]", side: int) -> list[Pixels]:
    half = side // 2
    y, u, v = np.split(planes, [side * side, side * side + half * half])
    return [y.reshape(side, side), u.reshape(half, half), v.reshape(half, half)]
