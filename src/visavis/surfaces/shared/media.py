"""What a file is, told by its first bytes."""

from typing import Final

from visavis.errors import InputError, MediaTypeError
from visavis.surfaces.shared.uploads import UploadedFile

PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
WAV, MPEG, OGG, WEBM = "audio/wav", "audio/mpeg", "audio/ogg", "audio/webm"
MP4, AAC, FLAC = "audio/mp4", "audio/aac", "audio/flac"
PDF, XML = "application/pdf", "text/xml"

# Where, what, and of which kind: what is taken, and what people send by mistake. The first that fits counts.
_SIGNS: Final = (
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (8, b"WEBP", WEBP),
    (8, b"WAVE", WAV),
    (0, b"ID3", MPEG),
    (0, b"OggS", OGG),
    (0, b"\x1aE\xdf\xa3", WEBM),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypavi", "image/avif"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftyp", MP4),
    (0, b"fLaC", FLAC),
    (0, b"FORM", "audio/aiff"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"%PDF", PDF),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"<svg", "image/svg+xml"),
    (0, b"<?xml", XML),
    (0, b"\x00asm", "application/wasm"),
    (0, b"\x7fELF", "application/x-executable"),
)
_RIFF_KINDS: Final = (WEBP, WAV, "video/x-msvideo")
_RIFF_SIGNS: Final = (b"RIFF", b"RIFX", b"RF64", b"BW64")  # the latter for sounds of more than 4 GB
_AAC_LAYER: Final = 0  # in the second byte of a frame: MPEG audio has layer 1, 2 or 3
_DECLARED: Final = {
    "image": ("image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/webp"),
    "audio": (
        "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/mpeg", "audio/mp3", "audio/mpeg3",
        "audio/x-mpeg", "audio/ogg", "audio/opus", "audio/vorbis", "application/ogg", "audio/webm",
        "video/webm", "audio/mp4", "audio/x-m4a", "audio/m4a", "video/mp4", "audio/aac", "audio/aacp",
        "audio/x-aac", "audio/flac", "audio/x-flac",
    ),
}  # fmt: skip
_TAKEN: Final = {"image": (PNG, JPEG, WEBP), "audio": (WAV, MPEG, OGG, WEBM, MP4, AAC, FLAC)}
_WORDS: Final = {"image": "PNG, JPEG or WebP", "audio": "WAV, MP3, OGG, WebM, MP4, M4A, AAC or FLAC"}
_UNTOLD: Final = ("", "application/octet-stream", "binary/octet-stream")


def kind_of(head: bytes) -> str | None:
    """The media type of a file by its first bytes; nothing if they are of no known kind."""
    for at, sign, kind in _SIGNS:
        if head[at : at + len(sign)] == sign and (kind not in _RIFF_KINDS or head[:4] in _RIFF_SIGNS):
            return kind
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return AAC if head[1] >> 1 & 3 == _AAC_LAYER else MPEG
    return None


def check_kind(field: str, file: UploadedFile, *, kind: str | None = None) -> str:
    """Refuse a file that is not of a kind that its field takes.

    What the client says of it decides nothing but the words: a file that claims to be of the right kind and
    is of none is damaged, any other is of the wrong kind.

    Args:
        field: What the form calls it.
        file: The file.
        kind: `image` or `audio`; the field's name if not given.

    Returns:
        Its media type.

    Raises:
        InputError: It is empty or damaged.
        MediaTypeError: It is of another kind.
    """
    if file.size_bytes == 0:
        raise InputError(f"The {field} file is empty.")
    wanted, found = kind or field, kind_of(file.head)
    if found is not None and found in _TAKEN[wanted]:
        return found
    words = _WORDS[wanted]
    if found is None and file.declared_type in (*_DECLARED[wanted], *_UNTOLD):
        raise InputError(f"The {field} file is damaged or not what it claims to be. Send {words}.")
    raise MediaTypeError(f"The format of the {field} file is not supported. Send {words}.")
