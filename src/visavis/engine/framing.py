"""Frames a person in a picture of another aspect ratio: wide, upright or square.

The head keeps its place in the photo where the photo is large enough. Where it ends, it goes on as a blurred
continuation of itself.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.model import Picture, Rig

_LONG_PX, _SHORT_PX = 1280, 720
SIZES: Final = {
    "16:9": (_LONG_PX, _SHORT_PX),
    "9:16": (_SHORT_PX, _LONG_PX),
    "1:1": (_SHORT_PX, _SHORT_PX),
}
"""Width and height in pixels, by aspect ratio."""

# All in sides of the square around the head, in which the face takes about half.
_USUAL_HEIGHT: Final = {"16:9": 1.2, "9:16": 1.8, "1:1": 1.15}
_MIN_WIDTH: Final = 0.8  # narrower would cut hair and ears
_MIN_HEIGHT: Final = 0.95
_CENTRE: Final = {"16:9": 0.50, "9:16": 0.40, "1:1": 0.50}  # of the head, from the top of the frame
_BLUR: Final = 0.06  # of the frame's width
_BORDER: Final = 0.03  # of the frame's width, over which the photo fades into its continuation


@dataclass(frozen=True)
class _Window:
    """The part of a photo that is shown; it may reach beyond the photo. All in pixels of the photo."""

    left: float
    top: float
    width: float
    height: float


def framed(rig: Rig, aspect_ratio: str) -> Rig:
    """A rig whose picture has an aspect ratio, with the person well in it.

    Args:
        rig: The rig.
        aspect_ratio: A key of `SIZES`.
    """
    width, height = SIZES[aspect_ratio]
    picture = rig.picture
    window = _window(picture, aspect_ratio, width / height)
    scale = width / window.width
    rgb = _cut(picture.rgb, window, (width, height))
    placed = Picture(
        rgb,
        (picture.left - window.left) * scale,
        (picture.top - window.top) * scale,
        picture.side * scale,
    )
    return replace(rig, picture=placed)


def _window(picture: Picture, aspect_ratio: str, aspect: float) -> _Window:
    photo_height, photo_width = picture.rgb.shape[:2]
    height = _USUAL_HEIGHT[aspect_ratio] * picture.side
    # Closer, as far as the head allows, where the photo ends sooner.
    closest = max(_MIN_HEIGHT, _MIN_WIDTH / aspect) * picture.side
    height = max(closest, min(height, photo_height, photo_width / aspect))
    width = height * aspect
    left = _kept(picture.left + picture.side / 2 - width / 2, width, photo_width)
    top = _kept(picture.top + picture.side / 2 - _CENTRE[aspect_ratio] * height, height, photo_height)
    return _Window(left, top, width, height)


def _kept(start: float, length: float, limit: int) -> float:
    """Move an interval into the photo; in its middle if it is longer."""
    if length >= limit:
        return (limit - length) / 2
    return min(max(start, 0.0), limit - length)


def _cut(photo: Pixels, window: _Window, size: tuple[int, int]) -> Pixels:
    scale = size[0] / window.width
    to_frame = np.array(
        [
            [scale, 0, -window.left * scale + (scale - 1) / 2],
            [0, scale, -window.top * scale + (scale - 1) / 2],
        ]
    )
    if scale < 1:  # averaged first, so that fine patterns do not turn into others
        photo = cv2.GaussianBlur(photo, (0, 0), 0.4 / scale).astype(np.uint8, copy=False)
    sharp = cv2.warpAffine(
        photo, to_frame, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    ).astype(np.uint8, copy=False)
    inside = _inside(photo, window, scale, size)
    if inside.min() >= 1:
        return sharp
    around = cv2.GaussianBlur(sharp, (0, 0), _BLUR * size[0]).astype(np.float32)
    mixed = sharp * inside[..., None] + around * (1 - inside[..., None])
    return np.rint(mixed).astype(np.uint8)


def _inside(photo: Pixels, window: _Window, scale: float, size: tuple[int, int]) -> Floats:
    """1 where the frame shows the photo, fading to 0 where the photo ends; shape `(height, width)`."""
    border_px = _BORDER * size[0]

    def profile(length: int, start: float, limit: int) -> Floats:
        at = np.arange(length, dtype=np.float32) + 0.5
        whole = np.ones(length, np.float32)
        low = np.clip((at + start * scale) / border_px, 0, 1) if start < 0 else whole
        end = (limit - start) * scale
        high = np.clip((end - at) / border_px, 0, 1) if end < length else whole
        return np.asarray(np.minimum(low, high), np.float32)

    height, width = photo.shape[:2]
    across, down = profile(size[0], window.left, width), profile(size[1], window.top, height)
    return np.outer(down, across)
