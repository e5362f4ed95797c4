"""The face of a session, and the change to another face."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.controls import CONTROLS, clamp
from visavis.engine.view import View

CROSSFADE_S: Final = 0.4


class FaceCrossfade:
    """A view whose face can change while it is drawn.

    Attributes:
        neutral: All zeros. Each face adds its own rest pose, so that poses fit any face.
        size: Width and height of a frame in pixels.
    """

    def __init__(self, face: View, *, fps: float) -> None:
        """Start with a face.

        Args:
            face: View of the face.
            fps: Frames a second; it gives the number of frames of a change.
        """
        self.neutral, self.size = np.zeros(len(CONTROLS), np.float32), face.size
        self._face, self._old = face, face
        self._frames = max(1, round(CROSSFADE_S * fps))
        self._left = 0

    def change(self, face: View) -> None:
        """Change to another face of the same size, from the next frame on."""
        if self._left * 2 <= self._frames:
            self._old = self._face  # otherwise the older face still dominates
        self._face, self._left = face, self._frames

    def draw(self, weights: Floats) -> Pixels:
        """Draw one frame, shape `(size[1], size[0], 3)`."""
        new = _drawn(self._face, weights)
        if not self._left:
            return new
        share = self._left / (self._frames + 1)
        self._left -= 1
        old = _drawn(self._old, weights)
        if not self._left:
            self._old = self._face
        return np.asarray(cv2.addWeighted(old, share, new, 1 - share, 0), np.uint8)


def _drawn(face: View, weights: Floats) -> Pixels:
    return face.draw(clamp(weights + face.neutral))
