"""Views: the part of the picture that a frame shows, the head alone or the whole photo."""

from typing import Final, Protocol

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.curves import ramp
from visavis.engine.rig.frame import FrameRenderer
from visavis.engine.rig.model import Rig

_BORDER_SHARE: Final = 0.10  # of the square's side, over which the animated head fades into the photo


class View(Protocol):
    """Draws frames from rows of weights."""

    neutral: Floats
    size: tuple[int, int]

    def draw(self, weights: Floats) -> Pixels:
        """Draw one frame, shape `(size[1], size[0], 3)`."""
        ...


class FaceView:
    """The square around the head, at any size.

    Attributes:
        neutral: The rig's resting weights.
        size: Width and height of a frame in pixels.
    """

    def __init__(self, rig: Rig, *, side_px: int) -> None:
        """Prepare to draw.

        Args:
            rig: Rig of the face.
            side_px: Side of a frame; the rig's own size is best.
        """
        self._renderer = FrameRenderer(rig)
        self._scaled = side_px != rig.size
        self._interpolation = cv2.INTER_AREA if side_px < rig.size else cv2.INTER_CUBIC
        self.neutral, self.size = rig.neutral, (side_px, side_px)

    def draw(self, weights: Floats) -> Pixels:
        """Draw one frame."""
        frame = self._renderer.draw(weights)
        if not self._scaled:
            return frame
        return np.asarray(cv2.resize(frame, self.size, interpolation=self._interpolation), np.uint8)


class PhotoView:
    """The whole photo in its own aspect ratio, with the animated head in its place.

    Attributes:
        neutral: The rig's resting weights.
        size: Width and height of a frame in pixels; both are even, as video requires.
    """

    def __init__(self, rig: Rig) -> None:
        """Prepare to draw."""
        self._renderer = FrameRenderer(rig)
        picture = rig.picture
        height, width = (n // 2 * 2 for n in picture.rgb.shape[:2])
        self._photo = np.ascontiguousarray(picture.rgb[:height, :width])
        self.neutral, self.size = rig.neutral, (width, height)
        left, top = max(0, int(np.floor(picture.left))), max(0, int(np.floor(picture.top)))
        right = min(int(np.ceil(picture.left + picture.side)), width)
        bottom = min(int(np.ceil(picture.top + picture.side)), height)
        self._rows, self._columns = slice(top, bottom), slice(left, right)
        # From pixels of the window to pixels of the rig, centres to centres.
        scale = rig.size / picture.side
        x, y = (
            (edge + 0.5 - start) * scale - 0.5 for edge, start in ((left, picture.left), (top, picture.top))
        )
        self._to_rig = np.array([[scale, 0, x], [0, scale, y]], np.float32)
        self._blend = _window(
            bottom - top, right - left, picture.side * _BORDER_SHARE, (top, left), self.size
        )

    def draw(self, weights: Floats) -> Pixels:
        """Draw one frame."""
        head = self._renderer.draw(weights)
        height, width = self._blend.shape[:2]
        living = cv2.warpAffine(
            head,
            self._to_rig,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        frame = self._photo.copy()
        window = frame[self._rows, self._columns]
        still = cv2.multiply(window, cv2.bitwise_not(self._blend), scale=1 / 255)
        frame[self._rows, self._columns] = cv2.add(still, cv2.multiply(living, self._blend, scale=1 / 255))
        return frame


def _window(
    height: int, width: int, border_px: float, origin: tuple[int, int], frame: tuple[int, int]
) -> Pixels:
    """255 where the animated head is drawn, fading to 0 at the borders that are inside the frame."""

    def profile(length: int, start: int, limit: int) -> Floats:
        along = np.arange(length)
        low = ramp(0, border_px, along) if start > 0 else np.ones(length, np.float32)
        high = ramp(0, border_px, along[::-1]) if start + length < limit else np.ones(length, np.float32)
        return low * high

    alpha = np.outer(profile(height, origin[0], frame[1]), profile(width, origin[1], frame[0]))
    return np.repeat((alpha * 255).astype(np.uint8)[..., None], 3, axis=-1)
