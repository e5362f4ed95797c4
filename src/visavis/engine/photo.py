"""Reads photos: PNG, JPEG or WebP in; upright sRGB pixels out.

The content shows the type of a file, not its name. The size is checked before the pixels are decoded, so that
a small file that would unpack to gigabytes is refused.
"""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageChops, UnidentifiedImageError

from visavis.engine.arrays import Pixels
from visavis.engine.icc import to_srgb
from visavis.engine.outline import find_outline
from visavis.errors import PhotoError

MAX_BYTES = 128 * 2**20
MAX_PIXELS = 50_000_000
LONGEST_SIDE_PX = 2048

_FORMATS = ("PNG", "JPEG", "WEBP")
_ORIENTATION_TAG = 0x0112
# Operation that reverts EXIF orientation 1..8.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Magic bytes (at an offset) of other files that people send by mistake.
_KNOWN_OTHERS = (
    (0, b"GIF8", "a GIF"),
    (0, b"BM", "a BMP"),
    (0, b"II*\0", "a TIFF"),
    (0, b"MM\0*", "a TIFF"),
    (0, b"%PDF", "a PDF"),
    (4, b"ftypavi", "an AVIF"),
    (4, b"ftyphei", "a HEIC"),
    (4, b"ftypmif1", "a HEIC"),
    (4, b"ftyp", "a video"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (0, b"<svg", "an SVG"),
    (0, b"<?xml", "an SVG or XML"),
)

# Python's warning filters are global: one reader at a time may change them.
_filters_turn = threading.Lock()


@dataclass(frozen=True)
class Photo:
    """A decoded, upright photo.

    Attributes:
        rgb: Shape `(height, width, 3)`, sRGB. Colours are meaningless where alpha is 0.
        alpha: Shape `(height, width)`, 255 is opaque; `None` if the whole photo is opaque.
        person: Shape `(height, width)`, 255 where the person is, if the file says so: painted ones do.
    """

    rgb: Pixels
    alpha: Pixels | None
    person: Pixels | None = None


def read_photo(source: Path | bytes | BinaryIO, *, longest_side_px: int = LONGEST_SIDE_PX) -> Photo:
    """Read a photo of any colour model and depth that its format allows.

    An animation gives its first frame. If there is a usable profile that is not sRGB, colours are converted
    to sRGB.

    Args:
        source: Path, content of the file, or an open file, which is read from its position.
        longest_side_px: A larger photo is shrunk to this.

    Raises:
        PhotoError: The file is empty, damaged, too large, or not PNG, JPEG or WebP.
    """
    content = _content(source)
    if not content:
        raise PhotoError("The photo is empty. Use a PNG, JPEG or WebP picture.")
    with _quiet_decoder():
        try:
            with _opened(content) as image:
                return _decode(image, longest_side_px)
        except PhotoError:
            raise
        except Image.DecompressionBombError as error:
            raise PhotoError(_too_large_message()) from error
        except Exception as error:  # damaged files cause any error in the decoder
            raise PhotoError(
                "The photo is damaged and cannot be decoded. Save it again, or use another one."
            ) from error


def _content(source: Path | bytes | BinaryIO) -> bytes:
    try:
        if isinstance(source, bytes):
            content = source
        elif isinstance(source, Path):
            with source.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        else:
            content = source.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoError(f"The photo cannot be opened ({error.strerror or error}).") from error
    if len(content) > MAX_BYTES:
        raise PhotoError(f"The photo is larger than {MAX_BYTES // 2**20} MB. Use a smaller one.")
    return content


@contextmanager
def _quiet_decoder() -> Iterator[None]:
    """Silence the decoder's warnings about metadata and large pictures; this module checks both."""
    with _filters_turn, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=_FORMATS)
    except UnidentifiedImageError as error:
        what = next((name for at, mark, name in _KNOWN_OTHERS if content[at:].startswith(mark)), None)
        found = f"The photo is {what} file" if what else "The photo is not a picture that can be read"
        raise PhotoError(f"{found}. Use a PNG, JPEG or WebP picture.") from error


def _too_large_message() -> str:
    return f"The photo has more than {MAX_PIXELS // 1_000_000} megapixels. Use a smaller one."


def _decode(image: Image.Image, longest_side_px: int) -> Photo:
    if image.width * image.height > MAX_PIXELS:
        raise PhotoError(_too_large_message())
    profile = image.info.get("icc_profile")
    orientation = _orientation(image)
    image.draft(None, (longest_side_px, longest_side_px))  # JPEG only: decodes at 1/2, 1/4, 1/8
    image.load()
    colours, alpha = _colours_and_alpha(image)
    colours = to_srgb(_shrunk(colours, longest_side_px), profile)
    person = find_outline(image, np.asarray(colours))
    if orientation in _UPRIGHT:
        colours = colours.transpose(_UPRIGHT[orientation])
        person = None
    rgb = np.ascontiguousarray(np.asarray(colours), np.uint8)
    if alpha is None or alpha.getextrema() == (255, 255):
        return Photo(rgb, None, person)
    alpha = _shrunk(alpha, longest_side_px)
    if orientation in _UPRIGHT:
        alpha = alpha.transpose(_UPRIGHT[orientation])
    return Photo(rgb, np.ascontiguousarray(np.asarray(alpha), np.uint8))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - a damaged note about the photo is no reason to refuse the photo
        return 1


def _colours_and_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Convert any mode to L, RGB or CMYK in 8 bits, with alpha apart."""
    if image.mode.startswith("I"):
        return _from_16_bit_grey(image)
    if image.mode == "CMYK":
        # The decoder inverts all CMYK, as Adobe's programs store it; files without their mark are not
        # inverted.
        return (image if "adobe" in image.info else ImageChops.invert(image)), None
    if image.mode in ("P", "PA", "1", "RGBA", "LA", "RGBa", "La") or "transparency" in image.info:
        whole = image.convert("RGBA")
        return whole.convert("RGB"), whole.getchannel("A")
    if image.mode in ("L", "RGB"):
        return image, None
    return image.convert("RGB"), None


def _from_16_bit_grey(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Scale 0..65535 to 0..255; the decoder's own conversion would clip at 255."""
    values = np.asarray(image).astype(np.uint32)
    grey = Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return grey, None
    return grey, Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8))


def _shrunk(image: Image.Image, longest_side_px: int) -> Image.Image:
    scale = longest_side_px / max(image.size)
    if scale >= 1:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
