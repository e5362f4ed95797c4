"""Segmentation of the person."""

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face.graph import Graph

_SIDE = 256


class Segmenter:
    """The selfie segmentation model: its mask is soft, and its resolution is 1/256 of the picture."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __call__(self, rgb: Pixels) -> Floats:
        """Estimate for each pixel whether it shows a person.

        Args:
            rgb: Shape `(height, width, 3)`; it is scaled to a square for the model.

        Returns:
            Shape `(height, width)`, 0..1.
        """
        height, width = rgb.shape[:2]
        shrinks = height > _SIDE and width > _SIDE
        square = cv2.resize(
            rgb, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
        (answer,) = self._graph(np.asarray(square[None] / np.float32(255), np.float32))
        mask = cv2.resize(answer[0, :, :, 0], (width, height), interpolation=cv2.INTER_LINEAR)
        return np.clip(mask, 0, 1).astype(np.float32)
