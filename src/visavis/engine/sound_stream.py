"""Decodes sound while it arrives: any piece as soon as its bytes are there, however they are cut.

    read ─bytes─▶ recognize ─▶ FFmpeg, or plain samples ─▶ one channel at 48 kHz

The decoder pulls. It reads no more than it needs for the next samples, so whoever is slow slows the other.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError

from visavis.engine.arrays import Floats
from visavis.engine.downmix import Downmix
from visavis.engine.mp3_stream import mp3_frames
from visavis.engine.resample import Resampler
from visavis.engine.sound_formats import SoundFormat, recognize
from visavis.engine.sound_track import UNREADABLE, SampleConverter, SoundTrack
from visavis.engine.wave import read_wave_header
from visavis.errors import SoundError

RATE_HZ: Final = 48_000
PCM_RATE_HZ: Final = 16_000
_SAMPLE_BYTES: Final = 2
_MIN_PCM_BYTES: Final = PCM_RATE_HZ // 100 * _SAMPLE_BYTES
_FULL_SCALE: Final = 32768.0
_CHANNELS: Final = 2
MAX_HEAD_BYTES: Final = 32 * 1024 * 1024
"""Maximum size of what is kept: a file with its index at the end, or a picture in front of the sound."""

Read = Callable[[], bytes]
"""Returns the next bytes when there are some; `b""` at the end, and from then on."""


def decode_stream(read: Read) -> Iterator[Floats]:
    """Decode one sound.

    Args:
        read: Where its bytes come from.

    Yields:
        Samples, shape `(n,)`, −1..1, at `RATE_HZ`.

    Raises:
        SoundError: It is damaged, text, or too long for its kind.
        NoSoundError: It is a file without sound.
    """
    head = bytearray()
    is_whole = False
    while (known := recognize(head, is_whole=is_whole)) is None:
        piece = read()
        is_whole = not piece
        head += piece
        _check_size(head)
    if known is SoundFormat.PCM:
        yield from _plain(bytes(head), read)
    elif known is SoundFormat.M4A_BACKWARDS:
        yield from _decoded(io.BytesIO(_rest(head, read)), known.value.strip())
    elif known is SoundFormat.WAV:
        yield from _wave(head, read)
    elif known is SoundFormat.MP3:
        yield from _mixed(mp3_frames(bytes(head), read))
    else:
        yield from _decoded(_Reader(bytes(head), read), known.value)


def _plain(head: bytes, read: Read) -> Iterator[Floats]:
    """Plain samples, from 10 ms on at a time. Half a sample at the end is left out."""
    resample = Resampler(PCM_RATE_HZ, RATE_HZ)
    waiting, piece = bytearray(), head
    while piece:
        waiting += piece
        if len(waiting) >= _MIN_PCM_BYTES:
            yield _within(resample(_samples(waiting)))
        piece = read()
    yield _within(np.concatenate([resample(_samples(waiting)), resample.finish()]))


def _samples(waiting: bytearray) -> Floats:
    """Take the whole samples out of what waits."""
    used = len(waiting) // _SAMPLE_BYTES * _SAMPLE_BYTES
    taken = np.frombuffer(bytes(waiting[:used]), "<i2").astype(np.float32) / np.float32(_FULL_SCALE)
    del waiting[:used]
    return taken


def _wave(head: bytearray, read: Read) -> Iterator[Floats]:
    """A WAV file. FFmpeg would wait for 64 KiB of the usual kind, in which it looks for something else."""
    while (header := read_wave_header(head)) is None and (piece := read()):
        head += piece
        _check_size(head)
    if header is None or not header.is_plain:
        yield from _decoded(_Reader(bytes(head), read), SoundFormat.WAV.value)
        return
    samples = _Reader(bytes(head[header.data_at :]), read, header.data_bytes)
    layout = {1: "mono", 2: "stereo"}[header.channels]
    yield from _decoded(samples, "s16le", {"sample_rate": str(header.rate_hz), "ch_layout": layout})


def _decoded(
    file: "io.BytesIO | _Reader", container: str, options: Mapping[str, str] | None = None
) -> Iterator[Floats]:
    try:
        with SoundTrack(cast(BinaryIO, file), container=container, options=options) as track:
            yield from _mixed(track.frames())
    except UNREADABLE as error:
        raise SoundError("The audio cannot be decoded: it is damaged, or not what it begins like.") from error


def _mixed(frames: Iterator[AudioFrame]) -> Iterator[Floats]:
    """The samples of frames, mixed to one channel."""
    converter, mix, count = SampleConverter(_CHANNELS, RATE_HZ), Downmix(RATE_HZ), 0
    for frame in frames:
        try:
            pieces = converter(frame)
        except (FFmpegError, ValueError):  # a damaged header with an impossible rate or layout
            continue
        for samples in pieces:
            count += samples.shape[1]
            yield mix(samples)
    for samples in converter.finish():
        count += samples.shape[1]
        yield mix(samples)
    if not count:
        raise SoundError("The audio cannot be decoded: it is damaged, or contains no samples.")


def _within(samples: Floats) -> Floats:
    return np.clip(samples, -1, 1)


def _rest(head: bytearray, read: Read) -> bytes:
    while piece := read():
        head += piece
        _check_size(head)
    return bytes(head)


def _check_size(head: bytearray) -> None:
    if len(head) > MAX_HEAD_BYTES:
        raise SoundError(
            f"The audio cannot be decoded while it arrives: it has more than {MAX_HEAD_BYTES >> 20} MiB "
            "before its first samples. Use PCM, MP3, or an M4A file with its index at the start."
        )


class _Reader:
    """What FFmpeg reads from: no seeking, and as much at a time as is there.

    Args:
        head: Bytes that were read before.
        read: Where more come from.
        count: Number of bytes until it ends; `None` for all.
    """

    def __init__(self, head: bytes, read: Read, count: int | None = None) -> None:
        self._waiting, self._read, self._count = memoryview(head), read, count

    def read(self, count: int) -> bytes:
        if self._count == 0:
            return b""
        if not self._waiting:
            self._waiting = memoryview(self._read())
        part = bytes(self._waiting[: count if self._count is None else min(count, self._count)])
        self._waiting = self._waiting[len(part) :]
        if self._count is not None:
            self._count -= len(part)
        return part
