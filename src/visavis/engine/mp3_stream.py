"""MP3 while it arrives: a frame is decoded as soon as it is there.

FFmpeg's reader of MP3 files waits for a kilobyte at a time, which is more than 100 ms of speech.
"""

from collections.abc import Callable, Iterator
from typing import Final

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.error import FFmpegError

from visavis.engine.sound_formats import after_tags, mp3_frame_bytes

_DECODER: Final = "mp3float"
_DECODER_DELAY: Final = 529  # samples
_HEADER_BYTES: Final = 4
_INFO_AT: Final = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}
"""Where the information begins after the header, by whether it is MPEG-1 and whether it has one channel."""
_VBRI_AT: Final = 36
_TOC_BYTES: Final = 100
_DELAY_AT, _DELAY_BYTES, _PADDING_BITS = 21, 3, 12  # after the name of the encoder
_ENCODERS: Final = {b"LAME", b"Lavf", b"Lavc"}
_MAX_BAD_PACKETS: Final = 500  # before the first good one: then it is no MP3


def mp3_frames(head: bytes, read: Callable[[], bytes]) -> Iterator[AudioFrame]:
    """Decode an MP3 file. Frames that are damaged are left out.

    Args:
        head: First bytes.
        read: Returns the next bytes when there are some; `b""` at the end.

    Yields:
        Frames in order, without the silence that the encoder put in front.
    """
    decoder = av.CodecContext.create(_DECODER, "r")
    assert isinstance(decoder, AudioCodecContext)  # noqa: S101 - the decoder of a sound
    piece, skipped = _without_information(head[after_tags(head) :], read)
    bad_packets, is_decoded = 0, False
    while True:
        for packet in [*decoder.parse(piece or None), *([None] if not piece else [])]:
            try:
                frames = decoder.decode(packet)
            except EOFError:
                return
            except (FFmpegError, ValueError):
                bad_packets += 1
                if not is_decoded and bad_packets >= _MAX_BAD_PACKETS:
                    return
                continue
            for frame in frames:
                is_decoded = True
                left = max(0, skipped - frame.samples)
                if left == 0:
                    yield _from(frame, skipped) if skipped else frame
                skipped = left
        if not piece:
            return
        piece = read()


def _without_information(data: bytes, read: Callable[[], bytes]) -> tuple[bytes, int]:
    """Leave out a first frame that holds information in place of sound.

    Returns:
        The bytes from the first frame of sound on, and the number of samples to leave out there.
    """
    length = mp3_frame_bytes(data) if len(data) > _HEADER_BYTES else None
    if length is None:
        return data, 0
    while len(data) < length and (piece := read()):
        data += piece
    delay = _delay(data[:length])
    return (data, 0) if delay is None else (data[length:] or read(), delay)


def _delay(frame: bytes) -> int | None:
    """Samples before the sound begins, if a frame holds information; `None` if it holds sound."""
    if frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI":
        return 0
    at = _HEADER_BYTES + _INFO_AT[frame[1] >> 3 & 0b11 == 0b11, frame[3] >> 6 == 0b11]
    if frame[at : at + 4] not in {b"Xing", b"Info"}:
        return None
    fields = int.from_bytes(frame[at + 4 : at + 8], "big")
    at += 8 + sum(size for bit, size in enumerate((4, 4, _TOC_BYTES, 4)) if fields >> bit & 1)
    if frame[at : at + 4] not in _ENCODERS:
        return 0
    delay = int.from_bytes(frame[at + _DELAY_AT : at + _DELAY_AT + _DELAY_BYTES], "big")
    return (delay >> _PADDING_BITS) + _DECODER_DELAY


def _from(frame: AudioFrame, first: int) -> AudioFrame:
    """A frame from one of its samples on."""
    rest = AudioFrame.from_ndarray(
        frame.to_ndarray()[:, first:].copy(), format=frame.format.name, layout=frame.layout.name
    )
    rest.sample_rate = frame.sample_rate
    return rest
