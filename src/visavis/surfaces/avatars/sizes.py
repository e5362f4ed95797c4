"""Sizes of pictures, from an aspect ratio and a resolution."""

import math
from typing import Final, Literal

from visavis.errors import RequestError

AspectRatio = Literal[
    "auto",
    "1:1",
    "1:4",
    "1:8",
    "2:3",
    "3:2",
    "3:4",
    "4:1",
    "4:3",
    "4:5",
    "5:4",
    "8:1",
    "9:16",
    "16:9",
    "21:9",
]
Resolution = Literal["512", "1K", "2K", "4K"]

MIN_SIDE_PX: Final = 256
MAX_SIDE_PX: Final = 4096
_SIDES_PX: Final = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
_MIN_SHORT_SIDE_PX: Final = 384  # a face needs so many
_STEP_PX: Final = 8


def size_of(
    aspect_ratio: str, resolution: str, *, width: int | None = None, height: int | None = None
) -> tuple[int, int]:
    """Width and height of a picture, in pixels.

    A resolution is the side of a square picture; others have as many pixels as this one. Where that leaves
    the shorter side too short for a face, the picture is larger.

    Args:
        aspect_ratio: An `AspectRatio`; `auto` is square.
        resolution: A `Resolution`.
        width: Width that the client asked for. It counts more than the resolution.
        height: Height, likewise. Together with the width, it counts more than the aspect ratio.

    Raises:
        RequestError: A width or height with this aspect ratio leaves the other side too short or too long.
    """
    if width and height:
        return width, height
    shape = _shape(aspect_ratio)
    if width or height:
        found = (width, round(width / shape)) if width else (round((height or 0) * shape), height or 0)
        if not all(MIN_SIDE_PX <= side <= MAX_SIDE_PX for side in found):
            raise RequestError(
                f"output: with this aspect_ratio, the picture has {found[0]}x{found[1]} pixels. Each side "
                f"must have {MIN_SIDE_PX} to {MAX_SIDE_PX}."
            )
        return found
    long, short = max(shape, 1 / shape), _SIDES_PX[resolution] / math.sqrt(max(shape, 1 / shape))
    short_px = max(_MIN_SHORT_SIDE_PX, _rounded(short))
    long_px = _rounded(short_px * long)
    return (long_px, short_px) if shape >= 1 else (short_px, long_px)


def _shape(aspect_ratio: str) -> float:
    if aspect_ratio == "auto":
        return 1.0
    width, _, height = aspect_ratio.partition(":")
    return int(width) / int(height)


def _rounded(side_px: float) -> int:
    return round(side_px / _STEP_PX) * _STEP_PX
