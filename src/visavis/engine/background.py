"""The background behind the person."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Pixels
from visavis.engine.photo import read_photo
from visavis.engine.rig.curves import fill_inward
from visavis.engine.rig.model import Rig
from visavis.errors import InputError

KEEP: Final = "keep"
BLUR: Final = "blur"

_COLOUR: Final = re.compile(r"#?([0-9a-fA-F]{6})")
_PURE: Final = 0.98
_BLUR_SHARE: Final = 0.03  # of the frame's side, like the blur of a portrait lens


def put_before(rig: Rig, wish: str) -> Rig:
    """Replace the background of a face.

    Args:
        rig: The face.
        wish: `keep` for the photo's own background, `blur` for a blurred one, a colour as `#rrggbb`, or the
            path of a picture, which is cropped to fill the frame.

    Raises:
        InputError: It is none of these.
        PhotoError: The picture cannot be read.
    """
    if wish == KEEP:
        return rig
    if wish == BLUR:
        blurred = cv2.GaussianBlur(rig.background, (0, 0), rig.size * _BLUR_SHARE)
        return replace(rig, background=np.asarray(blurred, np.uint8))
    return replace(rig, person=_without_fringe(rig.person), background=_plate(wish, rig.size))


def _plate(wish: str, size: int) -> Pixels:
    if colour := _COLOUR.fullmatch(wish):
        return np.tile(np.frombuffer(bytes.fromhex(colour[1]), np.uint8), (size, size, 1))
    path = Path(wish)
    if not path.is_file():
        raise InputError(
            f"{wish} is not a background. Use keep, blur, a colour as #rrggbb, or a picture file."
        )
    return _filling(read_photo(path).rgb, size)


def _without_fringe(person: Pixels) -> Pixels:
    """Remove the light of the old background from the half-transparent edge of the person.

    Pixels that mix both get their colour from the nearest pixels that show only the person.
    """
    alpha = person[..., 3].astype(np.float32) / np.float32(255)
    pure = cv2.erode((alpha > _PURE).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    colours = fill_inward(person[..., :3].astype(np.float32), pure)
    cleaned = np.where(pure[..., None] > 0, person[..., :3], colours * alpha[..., None])
    return np.dstack([np.clip(np.rint(cleaned), 0, 255).astype(np.uint8), person[..., 3]])


def _filling(picture: Pixels, size: int) -> Pixels:
    """Crop the middle of a picture to a square of `size`."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = picture[top : top + side, left : left + side]
    interpolation = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(middle, (size, size), interpolation=interpolation), np.uint8)
