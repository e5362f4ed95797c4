"""Captions drawn into frames: white letters with a dark edge on a dark box, readable on any background."""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont, features

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.captions.cues import MAX_COLUMNS, Cue
from visavis.errors import InputError

SHIPPED_FONT: Final = Path(__file__).with_name("DejaVuSans.ttf")

_EM_PER_COLUMN: Final = 0.56
_MAX_EM: Final = 0.05  # of the frame's height
_MIN_EM_PX: Final = 9
_WIDTH: Final = 0.9  # of the frame, for the longest line
_BOTTOM: Final = 0.05  # of the frame's height, which stays free
_LINE_EM: Final = 1.3
_PADDING_EM: Final = 0.3
_EDGE_EM: Final = 0.07
_BOX_OPACITY: Final = 190  # of 255
_UNKNOWN: Final = "\U0010fffe"  # a code point that no font has


class CaptionPainter:
    """Draws the captions of one video."""

    def __init__(self, cues: Sequence[Cue], size: tuple[int, int], font: Path | None = None) -> None:
        """Prepare.

        Args:
            cues: In the order of time, not overlapping.
            size: Width and height of the frames in pixels.
            font: Font file; DejaVu Sans if not given.

        Raises:
            InputError: The font file cannot be read.
        """
        self._cues, self._size, self._font = cues, size, font or SHIPPED_FONT
        self._starts = [cue.start_s for cue in cues]
        self._drawn: tuple[int, int, Floats, Floats] | None = None  # cue, top row, colour, what shows through

    def draw(self, rgb: Pixels, moment_s: float) -> Pixels:
        """A frame with the caption of its moment; the frame itself if there is none.

        Args:
            rgb: Shape `(height, width, 3)`; it is not changed.
            moment_s: When the frame is shown.
        """
        at = bisect_right(self._starts, moment_s) - 1
        if at < 0 or moment_s >= self._cues[at].end_s:
            return rgb
        if self._drawn is None or self._drawn[0] != at:
            self._drawn = (at, *self._strip(self._cues[at].lines))
        _, top, colour, through = self._drawn
        rows = slice(top, top + len(colour))
        frame = rgb.copy()
        frame[rows] = (colour + frame[rows] * through + 0.5).astype(np.uint8)
        return frame

    def _strip(self, lines: tuple[str, ...]) -> tuple[int, Floats, Floats]:
        """Rows of the frame: the first one, their colour times opacity, and what share of the frame shows."""
        width, height = self._size
        em = max(_MIN_EM_PX, min(_MAX_EM * height, _WIDTH * width / (MAX_COLUMNS * _EM_PER_COLUMN)))
        shown = [_without_symbols(line, self._font) for line in lines]
        font = _open(self._font, round(em))
        longest = max(font.getlength(line) for line in shown)
        if longest > _WIDTH * width:
            em *= _WIDTH * width / longest
            font = _open(self._font, max(1, int(em)))
        line_px, padding = round(_LINE_EM * em), round(_PADDING_EM * em)
        edge = int(_EDGE_EM * em)  # none around small letters, which it would eat
        strip_px = min(height, len(shown) * line_px + 2 * padding)
        strip = Image.new("RGBA", (width, strip_px))
        draw = ImageDraw.Draw(strip)
        half = max(font.getlength(line) for line in shown) / 2 + 2 * padding
        box = (width / 2 - half, 0, width / 2 + half, strip_px - 1)
        draw.rounded_rectangle(box, radius=padding, fill=(0, 0, 0, _BOX_OPACITY))
        for number, line in enumerate(shown):
            middle = (width / 2, padding + (number + 0.5) * line_px)
            draw.text(
                middle, line, font=font, anchor="mm", fill="white", stroke_width=edge, stroke_fill="black"
            )
        top = max(0, height - round(_BOTTOM * height) - strip_px)
        drawn: Floats = np.asarray(strip, np.float32)
        opacity = drawn[:, :, 3:] / np.float32(255)
        return top, drawn[:, :, :3] * opacity, 1 - opacity


def missing_letters(cues: Sequence[Cue], font: Path | None = None) -> str:
    """Letters of captions that cannot be drawn, each once.

    Symbols such as emoji do not count: where the font lacks them, they are left out.

    Raises:
        InputError: The font file cannot be read.
    """
    letters = dict.fromkeys(letter for cue in cues for line in cue.lines for letter in line)
    return "".join(
        letter for letter in letters if not _is_symbol(letter) and not _can_draw(letter, font or SHIPPED_FONT)
    )


def _without_symbols(line: str, font: Path) -> str:
    kept = "".join(letter for letter in line if not _is_symbol(letter) or _can_draw(letter, font))
    return " ".join(kept.split())


def _is_symbol(letter: str) -> bool:
    """Emoji and what joins them: nobody speaks them."""
    return unicodedata.category(letter) in {"So", "Sk", "Cf", "Cn"} or 0xFE00 <= ord(letter) <= 0xFE0F


@cache
def _can_draw(letter: str, font: Path) -> bool:
    if letter.isspace():
        return True
    is_from_right = unicodedata.bidirectional(letter) in {"R", "AL", "AN"}
    if is_from_right and not (features.check("raqm") and features.check("fribidi")):
        return False
    opened = _open(font, 24)
    return bytes(opened.getmask(letter)) != bytes(opened.getmask(_UNKNOWN))


@cache
def _open(path: Path, size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(path, size)
    except OSError as error:
        raise InputError(f"{path} is not a font file that can be read. Use a TTF or OTF file.") from error
