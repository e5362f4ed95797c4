"""Frames a person in a picture of another aspect ratio: wide, upright or square.

The head keeps its place in the photo where the photo is large enough. Where the photo ends, its edge goes on
blurred. A frame that is taller than the photo gets what is missing above the head, so that the body still
ends at the lower edge of the frame.
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
_MIN_HEIGHT: Final = 0.95
_HAIR_HEIGHT: Final = 1.1  # with the hair; beside it, a narrow photo may go on blurred
_WIDTHS: Final = (0.62, 0.9)  # of the narrowest frame, for the narrowest and the widest head
_BESIDE_HEAD: Final = 1.14  # width of the narrowest frame, in widths of the head
_HEAD_ROWS: Final = (0.12, 0.6)  # of the square: from the hair to the mouth
_TOP_ROWS: Final = 0.02  # of the square: a head that reaches into them is cut off by the photo
_NEAR: Final = 0.025  # of the square: so far above it hair still is, which the square does not show
_CUT_SHARE: Final = 0.1  # of these rows
_SOLID: Final = 128  # alpha
_CENTRE: Final = {"16:9": 0.50, "9:16": 0.40, "1:1": 0.50}  # of the head, from the top of the frame
_BLURS: Final = (0.03, 0.15)  # of the frame's longer side: where the photo ends, and far from there
_FAR: Final = 0.12  # of the frame's longer side
_SHRINK: Final = 8  # blurred pictures need few pixels
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
    window = _window(rig, aspect_ratio, width / height)
    scale = width / window.width
    rgb = _cut(picture.rgb, window, (width, height))
    placed = Picture(
        rgb,
        (picture.left - window.left) * scale,
        (picture.top - window.top) * scale,
        picture.side * scale,
    )
    return replace(rig, picture=placed)


def _window(rig: Rig, aspect_ratio: str, aspect: float) -> _Window:
    picture = rig.picture
    photo_height, photo_width = picture.rgb.shape[:2]
    # Closer, as far as the head allows, where the photo ends sooner.
    widest = max(photo_width / aspect, _HAIR_HEIGHT * picture.side)
    height = min(_USUAL_HEIGHT[aspect_ratio] * picture.side, photo_height, widest)
    height = max(height, _MIN_HEIGHT * picture.side, _min_width(rig.person) * picture.side / aspect)
    width = height * aspect
    left = _kept(picture.left + picture.side / 2 - width / 2, width, photo_width, beyond=0.5)
    beyond = 0.0 if _is_cut_above(rig) else 1.0
    top = picture.top + picture.side / 2 - _CENTRE[aspect_ratio] * height
    return _Window(left, _kept(top, height, photo_height, beyond=beyond), width, height)


def _min_width(person: Pixels) -> float:
    """Width of the narrowest frame around a head, in sides of its square.

    Args:
        person: The person in the square; see `Rig`.
    """
    size = len(person)
    first, end = (round(share * size) for share in _HEAD_ROWS)
    rows = person[first:end, :, 3]
    columns = np.flatnonzero((rows > _SOLID).any(axis=0))
    if not len(columns):
        return _WIDTHS[1]
    # The head is in the middle of the frame: its wider half counts.
    half = float(max(size / 2 - columns[0], columns[-1] + 1 - size / 2)) / size
    return min(max(_BESIDE_HEAD * 2 * half, _WIDTHS[0]), _WIDTHS[1])


def _is_cut_above(rig: Rig) -> bool:
    """Whether the upper edge of the photo cuts the head off."""
    size, picture = rig.size, rig.picture
    first = round(max(0.0, -picture.top) / picture.side * size)
    rows = rig.person[first : first + max(1, round(_TOP_ROWS * size)), :, 3]
    return picture.top <= _NEAR * picture.side and bool((rows > _SOLID).mean() > _CUT_SHARE)


def _kept(start: float, length: float, limit: int, *, beyond: float) -> float:
    """Move an interval into the photo.

    Args:
        start: Start of the interval, pixels.
        length: Its length.
        limit: Size of the photo.
        beyond: Share of what an interval that is longer than the photo has before it, 0..1.
    """
    if length >= limit:
        return (limit - length) * beyond
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
    # Its edge is repeated, not mirrored: that would show a second, blurred head.
    sharp = cv2.warpAffine(
        photo, to_frame, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8, copy=False)
    inside = _inside(photo, window, scale, size)
    if inside.min() >= 1:
        return sharp
    mixed = sharp * inside[..., None] + _around(sharp, inside) * (1 - inside[..., None])
    return np.rint(mixed).astype(np.uint8)


def _around(sharp: Pixels, inside: Floats) -> Floats:
    """The repeated edge of a photo, the more blurred the farther away it is: no stripes are left of it."""
    height, width = sharp.shape[:2]
    longest = max(width, height)
    small = cv2.resize(sharp, (width // _SHRINK, height // _SHRINK), interpolation=cv2.INTER_AREA)
    near, far = (
        cv2.resize(cv2.GaussianBlur(small, (0, 0), blur * longest / _SHRINK), (width, height)).astype(
            np.float32
        )
        for blur in _BLURS
    )
    outside = (inside <= 0).astype(np.uint8)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, 3) / (_FAR * longest)
    share = np.clip(distance, 0, 1)[..., None]
    return np.asarray(near * (1 - share) + far * share, np.float32)


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
