"""Reads sound: any common file in, a stream of float blocks out.

One pass over the file serves both users. The output track gets the blocks as they are; the speech model gets
them mixed to one channel and resampled. Nothing longer than a block is in memory.
"""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError

from visavis.engine.arrays import Floats
from visavis.engine.sound_track import UNREADABLE, SampleConverter, SoundTrack, TrackDescription
from visavis.engine.strung import SpanReader, files_in
from visavis.errors import NoSoundError, SoundError

TRACK_RATE_HZ = 48_000
BLOCK_SAMPLES = 9_600  # 0.2 s at the usual rate

_JITTER_S = 0.05  # smaller errors of timestamps are rounding, not a gap
_MAX_SILENCE_S = 3600.0  # maximum of silence for the gaps of a file; beyond, its timestamps are broken
_EARLY_END_S = 1.0  # missing part of the stated duration that causes a warning


@dataclass(frozen=True)
class SoundBlock:
    """A block of sound.

    Attributes:
        samples: Shape `(channels, n)`, channels 1 or 2, finite, within -1..1.
        rate_hz: Samples a second.
    """

    samples: Floats
    rate_hz: int


class Sound:
    """An open sound. Iterate once over its blocks; close it, or use it in a `with`.

    The first block starts where the timeline of the file starts. Silence fills the time before a late start,
    and gaps. Concatenated files are one sound.

    Attributes:
        channels: Number of channels, 1 or 2: the maximum of all files; more are downmixed.
        rate_hz: Sample rate of every block.
        duration_s: Length according to the file, for progress; `None` if the file does not say it.
        warnings: Sentences for the person who sent the file; complete after the iteration.
    """

    def __init__(self, stream: BinaryIO, *, rate_hz: int, closing: ExitStack) -> None:
        self._closing = closing
        self._stream, self._spans = stream, files_in(stream)
        self.rate_hz = rate_hz
        self.warnings: list[str] = []
        self._bad_packets = 0
        self._given = 0
        self._missing_s = 0.0
        self._first = closing.enter_context(SoundTrack(self._file(0)))
        files = [self._first.description, *map(self._described, range(1, len(self._spans)))]
        known = [file for file in files if file is not None]
        self.channels = max(file.channels for file in known)
        durations_s = [file.duration_s for file in known if file.duration_s is not None]
        self.duration_s = sum(durations_s) if len(durations_s) == len(known) else None

    def _file(self, number: int) -> BinaryIO:
        """One of the concatenated files."""
        if len(self._spans) == 1:
            return self._stream
        return cast(BinaryIO, SpanReader(self._stream, self._spans[number]))

    def _described(self, number: int) -> TrackDescription | None:
        """Description of a later file; `None` if it cannot be opened."""
        try:
            with SoundTrack(self._file(number)) as track:
                return track.description
        except (*UNREADABLE, SoundError):
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._closing.close()

    def __iter__(self) -> Iterator[SoundBlock]:
        """Decode in blocks of `BLOCK_SAMPLES`; the last one may be shorter.

        Raises:
            NoSoundError: The stream contains no samples.
            SoundError: Nothing can be decoded.
        """
        held: list[Floats] = []
        held_count = 0
        for samples in self._pieces():
            held.append(samples)
            held_count += samples.shape[1]
            while held_count >= BLOCK_SAMPLES:
                whole = np.concatenate(held, axis=1)
                yield self._block(whole[:, :BLOCK_SAMPLES])
                held = [whole[:, BLOCK_SAMPLES:]]
                held_count -= BLOCK_SAMPLES
        if held_count:
            yield self._block(np.concatenate(held, axis=1))
        self._judge_end()

    def _block(self, samples: Floats) -> SoundBlock:
        self._given += samples.shape[1]
        return SoundBlock(np.ascontiguousarray(samples), self.rate_hz)

    def _pieces(self) -> Iterator[Floats]:
        """Decoded samples of all files, in pieces of any length up to a block."""
        converter = SampleConverter(self.channels, self.rate_hz)
        yield from self._pieces_of(self._first, converter)
        for number in range(1, len(self._spans)):
            try:
                with SoundTrack(self._file(number)) as track:
                    yield from self._pieces_of(track, converter)
            except (*UNREADABLE, SoundError):
                self._bad_packets += 1
        yield from converter.finish()

    def _pieces_of(self, track: SoundTrack, converter: SampleConverter) -> Iterator[Floats]:
        """Decoded samples of one file, with silence in gaps."""
        timeline = _Timeline(track.start_us, self.rate_hz)
        for frame in track.frames():
            silence = timeline.silence_before(frame)
            if silence:
                yield from timeline.count(converter.finish())
            while silence > 0:
                count = min(silence, BLOCK_SAMPLES)
                yield from timeline.count([np.zeros((self.channels, count), np.float32)])
                silence -= count
            try:
                pieces = converter(frame)
            except (FFmpegError, ValueError):  # a damaged header with an impossible rate or layout
                track.bad_packets += 1
                continue
            yield from timeline.count(pieces)
        self._bad_packets += track.bad_packets
        if track.description.duration_s is not None:
            self._missing_s += max(0.0, track.description.duration_s - timeline.given / self.rate_hz)

    def _judge_end(self) -> None:
        if not self._given:
            if self._bad_packets:
                raise SoundError(
                    "The audio cannot be decoded: the file is damaged or protected against copying. Use "
                    "WAV, MP3, M4A, OGG or FLAC."
                )
            raise NoSoundError("The audio track of the file is empty. Use a file that contains speech.")
        if self._missing_s > _EARLY_END_S:
            self.warnings.append(
                f"The audio ends {self._missing_s:.0f} s before the duration that its file states."
            )
        elif self._bad_packets:
            self.warnings.append("Parts of the audio are damaged and were left out.")


def open_sound(source: Path | bytes | BinaryIO, *, rate_hz: int = TRACK_RATE_HZ) -> Sound:
    """Open a sound file, or the sound of a video file.

    WAV, MP3, OGG (Vorbis, Opus), WebM, FLAC, AAC, M4A and other formats of the decoder; the content decides.

    Args:
        source: Path, content of the file, or an open file; MP4 needs one that can seek.
        rate_hz: Sample rate of the blocks.

    Raises:
        NoSoundError: There is no audio stream.
        SoundError: The file is empty, damaged, or of an unknown format or codec.
    """
    closing = ExitStack()
    try:
        return Sound(_opened(source, closing), rate_hz=rate_hz, closing=closing)
    except BaseException as error:
        closing.close()
        if isinstance(error, UNREADABLE):
            raise SoundError(
                "The file is not audio that can be read, or it is damaged. Use WAV, MP3, M4A, OGG or FLAC."
            ) from error
        raise


def _opened(source: Path | bytes | BinaryIO, closing: ExitStack) -> BinaryIO:
    # The decoder gets only open files: it would treat a path that looks like a URL as a URL.
    if isinstance(source, bytes):
        if not source:
            raise SoundError("The audio file is empty. Use a file that contains speech.")
        return io.BytesIO(source)
    if not isinstance(source, Path):
        return source
    try:
        if source.stat().st_size == 0:
            raise SoundError("The audio file is empty. Use a file that contains speech.")
        return closing.enter_context(source.open("rb"))
    except OSError as error:
        raise SoundError(f"The audio file cannot be opened ({error.strerror}).") from error


class _Timeline:
    """Position of the next sample by timestamps, compared with the number of samples so far."""

    def __init__(self, start_us: int | None, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._origin = Fraction(start_us or 0, av.time_base)
        self.given = 0
        self._silence_left = round(_MAX_SILENCE_S * rate_hz)

    def count(self, pieces: list[Floats]) -> list[Floats]:
        self.given += sum(piece.shape[1] for piece in pieces)
        return pieces

    def silence_before(self, frame: AudioFrame) -> int:
        """Number of samples of silence before a frame."""
        if frame.pts is None or frame.time_base is None:
            return 0
        gap = round((frame.pts * frame.time_base - self._origin) * self._rate_hz) - self.given
        if abs(gap) <= _JITTER_S * self._rate_hz:
            return 0
        silence = min(gap, self._silence_left)
        if silence <= 0 or silence < gap:
            # A jump back, as between concatenated files, or an absurd jump ahead: continue from here.
            self._origin += Fraction(gap, self._rate_hz)
            return 0
        self._silence_left -= silence
        return silence
