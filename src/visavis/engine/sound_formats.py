"""Tells what kind of sound begins, from its first bytes, before there are more.

Most kinds begin with a signature. MP3 and AAC without a container begin with a frame, whose first two bytes
can also be plain samples. They are known by the header of a second frame, where the first one says that it
ends. What is none of these is plain samples.
"""

from enum import Enum
from typing import Final

from visavis.errors import SoundError

Head = bytes | bytearray


class SoundFormat(Enum):
    """A kind of sound; the value is FFmpeg's name of its container."""

    PCM = ""  # 16-bit samples, little-endian, 16 kHz, mono
    MP3 = "mp3"
    WAV = "wav"
    OGG = "ogg"
    FLAC = "flac"
    AAC = "aac"
    WEBM = "matroska"
    M4A = "mov"
    M4A_BACKWARDS = "mov "  # with its index at the end: nothing can be decoded before


_EBML: Final = b"\x1aE\xdf\xa3"
_ID3: Final = b"ID3"
_ID3_HEADER: Final = 10
_FILE_TYPE: Final = b"ftyp"  # after the size of its box
_BOX_HEADER, _LONG_BOX_HEADER = 8, 16
_TEXT_BYTES: Final = 16
_MP3_KBPS: Final = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES_HZ: Final = {
    0b11: (44_100, 48_000, 32_000),
    0b10: (22_050, 24_000, 16_000),
    0b00: (11_025, 12_000, 8_000),
}
_MP3_HEADER, _AAC_HEADER = 4, 7
_AAC_RATES: Final = 13


def recognize(head: Head, *, is_whole: bool) -> SoundFormat | None:
    """Tell what kind of sound begins.

    Args:
        head: First bytes.
        is_whole: Whether nothing follows.

    Returns:
        The kind; `None` if more bytes are needed.

    Raises:
        SoundError: It is text.
    """
    for signature, known in _SIGNATURES:
        if head.startswith(signature):
            return known
        if _may_begin(head, signature, 0) and not is_whole:
            return None
    if bytes(head[:1]) in {b"{", b"<", b"["}:
        return _unless_text(head, is_whole)
    if _may_begin(head, b"RIFF", 0) and _may_begin(head, b"WAVE", 8):
        return _when_complete(head, 12, SoundFormat.WAV, is_whole)
    if _may_begin(head, _ID3, 0):
        return _after_tag(head, is_whole)
    if _may_begin(head, _FILE_TYPE, 4) and (len(head) > 4 or head[:1] == b"\0"):
        return (
            _mp4(head, is_whole)
            if len(head) >= _BOX_HEADER
            else _when_complete(head, 8, SoundFormat.M4A, is_whole)
        )
    return _frames(head, is_whole)


def after_tags(head: Head) -> int:
    """Number of bytes of the ID3 tags that a file begins with; more than there are, if they are cut off."""
    at = 0
    while head[at : at + len(_ID3)] == _ID3 and len(head) >= at + _ID3_HEADER:
        at += _tag_bytes(head[at:])
    return at


def begins_file(message: bytes) -> bool:
    """Whether bytes that a client sent at once begin a file, even if the sound before has no end yet."""
    is_ogg = (
        message.startswith(b"OggS\0") and len(message) > 5 and bool(message[5] & 2)
    )  # first page of a stream
    is_wave = message[:4] == b"RIFF" and message[8:12] == b"WAVE"
    return is_ogg or is_wave or message.startswith((b"fLaC", _EBML, _ID3)) or message[4:8] == _FILE_TYPE


_SIGNATURES: Final = (
    (b"OggS\0", SoundFormat.OGG),
    (b"fLaC", SoundFormat.FLAC),
    (_EBML, SoundFormat.WEBM),
)


def _may_begin(head: Head, signature: bytes, at: int) -> bool:
    """Whether the bytes that are there fit to a signature at a place."""
    return signature.startswith(bytes(head[at : at + len(signature)]))


def _when_complete(head: Head, count: int, known: SoundFormat, is_whole: bool) -> SoundFormat | None:
    if len(head) >= count:
        return known
    return SoundFormat.PCM if is_whole else None


def _unless_text(head: Head, is_whole: bool) -> SoundFormat | None:
    """Plain samples, unless it is a text, such as the error of a voice's server."""
    first = head[:_TEXT_BYTES]
    if not all(byte in b"\t\r\n" or 0x20 <= byte < 0x7F for byte in first):
        return SoundFormat.PCM
    if len(first) < _TEXT_BYTES and not is_whole:
        return None
    raise SoundError("This is text, not audio. Send PCM, MP3, WAV, OGG, FLAC, AAC, WebM or M4A as binary.")


def _after_tag(head: Head, is_whole: bool) -> SoundFormat | None:
    """What follows an ID3 tag; MP3 if that cannot be told."""
    if len(head) < _ID3_HEADER:
        return SoundFormat.PCM if is_whole else None
    tag_bytes = _tag_bytes(head)
    if len(head) <= tag_bytes and not is_whole:
        return None
    rest = head[tag_bytes:]
    found = recognize(rest, is_whole=is_whole)
    return SoundFormat.MP3 if found is SoundFormat.PCM else found


def _tag_bytes(head: Head) -> int:
    size = 0
    for byte in head[6:_ID3_HEADER]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER + size


def _mp4(head: Head, is_whole: bool) -> SoundFormat | None:
    """Which of the two comes first: the index, or the sound."""
    at = 0
    while len(head) >= at + _BOX_HEADER:
        size, kind = int.from_bytes(head[at : at + 4], "big"), bytes(head[at + 4 : at + 8])
        if kind in {b"moov", b"moof"}:
            return SoundFormat.M4A
        if kind == b"mdat" or size == 0:
            return SoundFormat.M4A_BACKWARDS
        if size == 1:
            if len(head) < at + _LONG_BOX_HEADER:
                break
            size = int.from_bytes(head[at + 8 : at + 16], "big")
        if size < _BOX_HEADER:
            return SoundFormat.M4A_BACKWARDS  # damaged: the decoder may say so
        at += size
    return SoundFormat.M4A_BACKWARDS if is_whole else None


def _frames(head: Head, is_whole: bool) -> SoundFormat | None:
    """MP3 or AAC without a container, or plain samples."""
    if not _may_be_frame(head):
        return SoundFormat.PCM
    if len(head) < _AAC_HEADER:
        return SoundFormat.PCM if is_whole else None
    for known, length in ((SoundFormat.MP3, mp3_frame_bytes(head)), (SoundFormat.AAC, _aac_frame(head))):
        if length is None:
            continue
        following = head[length : length + _MP3_HEADER]
        if is_whole and not following:
            return known if len(head) == length else SoundFormat.PCM
        if len(following) < _MP3_HEADER and not is_whole:
            return None
        return known if _is_like(head, following) else SoundFormat.PCM
    return SoundFormat.PCM


def _may_be_frame(head: Head) -> bool:
    return bytes(head[:1]) in {b"", b"\xff"} and (len(head) < 2 or _is_mp3(head[1]) or _is_aac(head[1]))


def _is_mp3(second: int) -> bool:
    return second & 0xE6 == 0xE2 and second >> 3 & 0b11 != 0b01  # layer 3, and no reserved version


def _is_aac(second: int) -> bool:
    return second & 0xF6 == 0xF0


def mp3_frame_bytes(head: Head) -> int | None:
    """Length of an MP3 frame, by its header; `None` if that is not one."""
    if not _is_mp3(head[1]):
        return None
    version, bit_rate, rate = head[1] >> 3 & 0b11, head[2] >> 4, head[2] >> 2 & 0b11
    if bit_rate in {0, 15} or rate == 3:
        return None
    is_first = version == 0b11
    kbps = _MP3_KBPS[1 if is_first else 2][bit_rate]
    padding = head[2] >> 1 & 1
    return (144 if is_first else 72) * kbps * 1000 // _MP3_RATES_HZ[version][rate] + padding


def _aac_frame(head: Head) -> int | None:
    """Length of an AAC frame (ADTS) in bytes; `None` if its header is not one."""
    if not _is_aac(head[1]) or head[2] >> 2 & 0xF >= _AAC_RATES:
        return None
    length = (head[3] & 0b11) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > _AAC_HEADER else None


def _is_like(head: Head, following: Head) -> bool:
    """Whether a second header is of the same kind, rate and layer as the first one."""
    if len(following) < 3:
        return False
    return following[:2] == head[:2] and following[2] & 0x0C == head[2] & 0x0C
