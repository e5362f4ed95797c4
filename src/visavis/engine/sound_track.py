"""The decoder of sound: frames from one open file, and samples from frames."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from visavis.engine.arrays import Floats
from visavis.errors import NoSoundError, SoundError

# Containers of sound and video. Playlists and similar formats, which name other files or URLs for the decoder
# to open, must never be among them.
CONTAINERS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,asf,au,avi,caf,eac3,flac,flv,loas,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mp3,mpeg,mpegts,mpegvideo,ogg,rm,tta,w64,wav,wv,ape"
)
_MIN_RATE_HZ, _MAX_RATE_HZ = 4_000, 384_000  # outside, a header is damaged, and resampling would take minutes
_MAX_BAD_PACKETS = 500  # before the first good one: then it is not a known kind of sound
_MIN_PROBE_BYTES = "32"  # FFmpeg would read 5 s ahead to estimate what nobody asks for
UNREADABLE = (FFmpegError, OSError, ValueError)
"""Errors of the decoder for unreadable files."""


@dataclass(frozen=True)
class TrackDescription:
    """What a file says about its sound.

    Attributes:
        channels: Number of channels, 1 or 2; more are downmixed.
        duration_s: Length; `None` if the file does not say it.
    """

    channels: int
    duration_s: float | None


class SoundTrack:
    """The sound of one file while it is decoded; use it in a `with`.

    Attributes:
        description: What the file says about its sound.
        start_us: Start of its timeline, in microseconds; `None` if it has none.
        bad_packets: Number of packets that could not be decoded.
    """

    def __init__(
        self, file: BinaryIO, *, container: str | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        """Open a file.

        Args:
            file: The open file. Without `seek`, it is read once, from its start to its end.
            container: FFmpeg's name of its container; `None` to tell it by the content, which reads ahead.
            options: FFmpeg's options for it.

        Raises:
            NoSoundError: There is no audio stream.
            SoundError: The codec is not supported.
            FFmpegError: It is not a file of that kind.
        """
        allowed = CONTAINERS if container is None else container
        given = {"format_whitelist": allowed, "protocol_whitelist": "none", **(options or {})}
        if container is not None:
            given["probesize"] = _MIN_PROBE_BYTES
        self._container: InputContainer = av.open(file, mode="r", format=container, options=given)
        try:
            self._stream = _audio_stream(self._container)
        except BaseException:
            self._container.close()
            raise
        self.description = TrackDescription(
            1 if self._stream.codec_context.channels == 1 else 2, _duration_s(self._container, self._stream)
        )
        self.start_us = self._container.start_time
        self.bad_packets = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def frames(self) -> Iterator[AudioFrame]:
        """Frames in order; packets that cannot be decoded are skipped and counted."""
        packets = self._container.demux(self._stream)
        decoded = 0
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except UNREADABLE:
                self.bad_packets += 1
                return
            try:
                frames = packet.decode()
            except EOFError:
                return
            except (FFmpegError, ValueError):
                self.bad_packets += 1
                if not decoded and self.bad_packets >= _MAX_BAD_PACKETS:
                    return
                continue
            for frame in frames:
                if not isinstance(frame, AudioFrame) or frame.samples <= 0:
                    continue
                if not _MIN_RATE_HZ <= frame.sample_rate <= _MAX_RATE_HZ:
                    self.bad_packets += 1
                    return
                decoded += 1
                yield frame


def _audio_stream(container: InputContainer) -> AudioStream:
    stream = container.streams.best("audio")
    if not isinstance(stream, AudioStream):
        raise NoSoundError("The file has no audio track. Use a file that contains speech.")
    if stream.codec_context is None:
        raise SoundError(
            "The audio codec is not supported, or the file is protected against copying. Use "
            "WAV, MP3, M4A, OGG or FLAC."
        )
    return stream


def _duration_s(container: InputContainer, stream: AudioStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and container.duration > 0:
        return container.duration / av.time_base
    return None


class SampleConverter:
    """Converts frames to float samples with a fixed rate and channel count, also if the format changes."""

    def __init__(self, channels: int, rate_hz: int) -> None:
        """Start.

        Args:
            channels: Number of channels of the samples, 1 or 2.
            rate_hz: Sample rate of the samples.
        """
        self._channels = channels
        self._rate_hz = rate_hz
        self._kind: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None

    def __call__(self, frame: AudioFrame) -> list[Floats]:
        """Convert a frame. Returns pieces of shape `(channels, n)`, within -1..1.

        Raises:
            FFmpegError, ValueError: Its header is damaged.
        """
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        before: list[Floats] = []
        if kind != self._kind:
            before = self.finish()
            layout = "mono" if 1 in (self._channels, frame.layout.nb_channels) else "stereo"
            self._resampler = AudioResampler(format="fltp", layout=layout, rate=self._rate_hz)
            self._kind = kind
        assert self._resampler is not None  # noqa: S101 - set with the kind
        frame.pts = None  # the timeline is ours; the resampler would stretch the sound to match these
        try:
            return before + [self._spread(each) for each in self._resampler.resample(frame)]
        except (FFmpegError, ValueError):
            self._resampler, self._kind = None, None
            raise

    def finish(self) -> list[Floats]:
        """Samples that the resampler still holds."""
        if self._resampler is None:
            return []
        rest = [self._spread(each) for each in self._resampler.resample(None)]
        self._resampler, self._kind = None, None
        return rest

    def _spread(self, frame: AudioFrame) -> Floats:
        """Samples of a frame; a mono frame in a stereo sound goes to both sides at full level."""
        samples = _clean(frame.to_ndarray())
        return samples if len(samples) == self._channels else np.repeat(samples, self._channels, axis=0)


def _clean(samples: NDArray[Any]) -> Floats:
    """Files of floats may contain anything: NaN becomes silence, and the rest is clipped to -1..1."""
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.clip(finite, -1, 1), np.float32)
