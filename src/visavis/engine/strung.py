"""Concatenated sound files: finds where each file starts and ends.

Speech services often send a whole WAV or MP3 file for each sentence, one after the other in one stream. A
decoder believes the first header: it stops where the first WAV ends, and treats the tags of the second MP3 as
damaged sound.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from visavis.errors import SoundError

MAX_FILES: Final = 1000
"""Maximum in one stream; each file is opened twice."""

_BLOCK_BYTES: Final = 2**20
_HEADER_BYTES: Final = 64  # the longest header; blocks overlap by this amount

# The name of a chunk must follow: eight fixed bytes alone could occur in the samples of a long recording.
_WAV = re.compile(
    rb"(?:RIFF|RIFX|RF64|BW64).{4}WAVE(?:fmt |fact|JUNK|junk|bext|ds64|LIST|iXML|FLLR|PAD )", re.S
)
# An ID3v2 tag at the start, an encoder's info frame, an ID3v1 or APE tag at the end.
_MP3 = re.compile(
    rb"(?P<id3>ID3[\x02-\x04][\x00-\x0f][\x00-\xf0][\x00-\x7f]{4})"
    rb"|(?P<about>\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef].(?:\0{9}|\0{17}|\0{32})(?:Xing|Info))"
    rb"|(?P<ape>APETAGEX)|(?P<id3v1>TAG)",
    re.S,
)
_ID3_HEADER_BYTES: Final = 10
_ID3V1_BYTES: Final = 128
_APE_HEADER_BYTES: Final = 32
_AAC_LAYER, _NO_BIT_RATE = 0, 15  # in the header of a frame


@dataclass(frozen=True)
class Span:
    """Position of one file in a stream, in bytes."""

    start: int
    end: int


def files_in(stream: BinaryIO) -> list[Span]:
    """Find the WAV or MP3 files that are concatenated in a stream; one span for anything else.

    Args:
        stream: Stream; its position does not change. A stream that cannot seek counts as one file.

    Raises:
        SoundError: There are more than `MAX_FILES`.
    """
    start = stream.tell() if stream.seekable() else 0
    if not stream.seekable():
        return [Span(0, 0)]
    try:
        end = stream.seek(0, io.SEEK_END)
        head = _read(stream, start, _HEADER_BYTES)
        if _WAV.match(head):
            spans = list(_wavs(stream, start, end))
        elif _is_mp3(stream, start, head):
            spans = list(_mp3s(stream, start, end))
        else:
            spans = [Span(start, end)]
    finally:
        stream.seek(start)
    if len(spans) > MAX_FILES:
        raise SoundError(
            f"The file consists of more than {MAX_FILES:,} audio files joined together. Use a single one."
        )
    return spans


class SpanReader(io.RawIOBase):
    """A span of a stream as a file. Readers of one stream must not be used at the same time."""

    def __init__(self, stream: BinaryIO, span: Span) -> None:
        super().__init__()
        self._stream, self._span, self._at = stream, span, 0

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def tell(self) -> int:
        """Position in bytes, from the start of the span."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Seek within the span, or past its end, where nothing is read."""
        length = self._span.end - self._span.start
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: length}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, up to the end of the span."""
        left = self._span.end - self._span.start - self._at
        content = _read(self._stream, self._span.start + self._at, min(len(buffer), max(0, left)))
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def _wavs(stream: BinaryIO, start: int, end: int) -> Iterator[Span]:
    headers = [at for at, _ in _matches(stream, _WAV, start, end)]
    for at, following in zip(headers, [*headers[1:], end], strict=True):
        yield Span(at, following)


def _mp3s(stream: BinaryIO, start: int, end: int) -> Iterator[Span]:
    """Spans from the tag or first frame to the last frame; only the last one includes tags at its end."""
    begun, looked_at = start, start
    for at, match in _matches(stream, _MP3, start, end):
        if at < looked_at:  # inside a tag, or inside a header that starts a file already
            continue
        kind = match.lastgroup
        if kind == "about" and not _read(stream, looked_at, min(at - looked_at, _BLOCK_BYTES)).strip(b"\0"):
            continue  # zeros that pad the tag before it
        if kind in ("id3", "about"):
            if at > begun:
                yield Span(begun, at)
            begun = at
            looked_at = at + _after_id3(match.group()) if kind == "id3" else at + 1
            continue
        after = at + _ID3V1_BYTES if kind == "id3v1" else _after_ape(stream, at)
        if after < end and _is_mp3(stream, after, _read(stream, after, _HEADER_BYTES)):
            yield Span(begun, at)
            begun = looked_at = after
    yield Span(begun, end)


def _is_mp3(stream: BinaryIO, at: int, head: bytes) -> bool:
    """Whether MPEG audio starts here, with or without a tag before it."""
    if head[:3] == b"ID3" and len(head) >= _ID3_HEADER_BYTES:
        head = _read(stream, at + _after_id3(head), _HEADER_BYTES)
    # Layer 0 is AAC, and all bits set is no valid bit rate.
    return (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 6 != 0
        and head[2] >> 4 != 15
    )


def _after_id3(header: bytes) -> int:
    size = sum((byte & 0x7F) << shift for byte, shift in zip(header[6:10], (21, 14, 7, 0), strict=True))
    footer = _ID3_HEADER_BYTES if header[5] & 0x10 else 0
    return _ID3_HEADER_BYTES + size + footer


def _after_ape(stream: BinaryIO, at: int) -> int:
    """End of an APE tag: its header contains the size of what follows, its footer does not."""
    header = _read(stream, at, _APE_HEADER_BYTES)
    is_header = len(header) == _APE_HEADER_BYTES and header[23] & 0x20
    return at + _APE_HEADER_BYTES + (int.from_bytes(header[12:16], "little") if is_header else 0)


def _matches(
    stream: BinaryIO, sign: re.Pattern[bytes], start: int, end: int
) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Positions and matches of a pattern in a stream, in order."""
    last = -1
    for at in range(start, end, _BLOCK_BYTES):
        block = _read(stream, at, min(_BLOCK_BYTES + _HEADER_BYTES, end - at))
        for match in sign.finditer(block):
            if at + match.start() > last:
                last = at + match.start()
                yield last, match


def _read(stream: BinaryIO, at: int, count: int) -> bytes:
    stream.seek(at)
    return stream.read(count)
