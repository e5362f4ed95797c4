"""What stands behind the person."""

import re
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Pixels
from visavis.engine.photo import read_photo
from visavis.engine.rig.model import Rig
from visavis.errors import InputError

KEEP: Final = "keep"
BLUR: Final = "blur"

_COLOUR: Final = re.compile(r"#?([0-9a-fA-F]{6})")
_BLUR_SHARE: Final = 0.03  # of the frame's side: as a portrait lens blurs a room


def background_plate(rig: Rig, wish: str) -> Pixels:
    """The picture behind the person, shape `(rig.size, rig.size, 3)`.

    Args:
        rig: The face.
        wish: `keep` (the photo's own), `blur` (the photo's own, out of focus), a colour as `#rrggbb`, or
            the path of a picture, which is cut to fill the frame.

    Raises:
        InputError: The wish is none of these.
        PhotoError: The picture cannot be read.
    """
    if wish == KEEP:
        return rig.background
    if wish == BLUR:
        sigma = rig.size * _BLUR_SHARE
        return np.asarray(cv2.GaussianBlur(rig.background, (0, 0), sigma), np.uint8)
    if colour := _COLOUR.fullmatch(wish):
        rgb = np.frombuffer(bytes.fromhex(colour[1]), np.uint8)
        return np.tile(rgb, (rig.size, rig.size, 1))
    path = Path(wish)
    if not path.is_file():
        raise InputError(
            f"There is no background {wish}: give keep, blur, a colour as #rrggbb, or a picture."
        )
    return _filling(read_photo(path).rgb, rig.size)


def _filling(picture: Pixels, size: int) -> Pixels:
    """The middle of a picture, as large as fits a square of `size`."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = picture[top : top + side, left : left + side]
    interpolation = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(middle, (size, size), interpolation=interpolation), np.uint8)
