"""Face detection with two detectors of one family, for large and for small faces.

The short-range detector sees 128 x 128 pixels and finds faces larger than a tenth of the picture's side. The
full-range one sees 192 x 192 and finds them from 3 %. For each anchor of a fixed grid, they return a score, a
box and six points, as offsets from the anchor.
"""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face.graph import Graph

_SAME_FACE_OVERLAP = 0.3  # boxes of one detector that overlap more belong to one face


@dataclass(frozen=True)
class Detection:
    """A detected face.

    Attributes:
        score: Confidence of the detector, 0..1.
        box: Left, top, right, bottom in image pixels; may extend beyond the edge.
        keypoints: Shape `(6, 2)`, pixels: eyes (image left first), nose, mouth, ears.
    """

    score: float
    box: Floats
    keypoints: Floats

    @property
    def side(self) -> float:
        """Longer side of the box, pixels."""
        return float(np.max(self.box[2:] - self.box[:2]))

    @property
    def centre(self) -> Floats:
        """Middle of the box, `(x, y)` in pixels."""
        return np.asarray((self.box[:2] + self.box[2:]) / 2, np.float32)

    def moved(self, x: float, y: float) -> Self:
        """The same face in a larger picture, in which this one starts at `x, y`."""
        shift = np.array([x, y], np.float32)
        return type(self)(self.score, self.box + np.tile(shift, 2), self.keypoints + shift)


class Detector:
    """One of the two detectors.

    Args:
        graph: The opened model.
        side: Pixels along its square input.
        grids: `(cells along a side, anchors in a cell)` of each anchor grid, in the model's order.
    """

    def __init__(self, graph: Graph, *, side: int, grids: tuple[tuple[int, int], ...]) -> None:
        self._graph = graph
        self._side = side
        self._anchors = np.concatenate([_anchor_centres(cells, repeats) for cells, repeats in grids])

    def __call__(self, rgb: Pixels, *, min_score: float = 0.5) -> list[Detection]:
        """Find faces.

        Args:
            rgb: Shape `(height, width, 3)`.
            min_score: Detections below are dropped.

        Returns:
            One detection for each face, highest score first.
        """
        board, scale, offset = self._fit(rgb)
        numbers, logits = self._graph(board)
        scores = np.asarray(1 / (1 + np.exp(-np.clip(logits[0, :, 0], -80, 80))), np.float32)
        kept = np.flatnonzero(scores >= min_score)
        if not kept.size:
            return []
        raw = numbers[0, kept].reshape(-1, 8, 2) / self._side
        anchors = self._anchors[kept]
        centres = raw[:, 0] + anchors
        half = raw[:, 1] / 2
        corners = np.stack([centres - half, centres + half], axis=1)
        points = np.concatenate([corners, raw[:, 2:] + anchors[:, None]], axis=1) * self._side
        return _merge(np.asarray((points - offset) / scale, np.float32), scores[kept])

    def _fit(self, rgb: Pixels) -> tuple[Floats, Floats, Floats]:
        """Fit the picture into the model's square and keep its proportions; the rest is black."""
        height, width = rgb.shape[:2]
        shrink = self._side / max(height, width)
        small_width, small_height = max(1, round(width * shrink)), max(1, round(height * shrink))
        way = cv2.INTER_AREA if shrink < 1 else cv2.INTER_LINEAR
        small = cv2.resize(rgb, (small_width, small_height), interpolation=way)
        left, top = (self._side - small_width) // 2, (self._side - small_height) // 2
        board = np.full((1, self._side, self._side, 3), -1, np.float32)
        board[0, top : top + small_height, left : left + small_width] = small / np.float32(127.5) - 1
        scale = np.array([small_width / width, small_height / height], np.float32)
        return board, scale, np.array([left, top], np.float32)


def short_range(graph: Graph) -> Detector:
    """Detector for faces that fill at least a tenth of the picture."""
    return Detector(graph, side=128, grids=((16, 2), (8, 6)))


def full_range(graph: Graph) -> Detector:
    """Detector that also finds small faces."""
    return Detector(graph, side=192, grids=((48, 1),))


def overlap(one: Floats, other: Floats) -> float:
    """Intersection over union of two boxes `(left, top, right, bottom)`, 0..1."""
    return float(_overlaps(one, other[None])[0])


def _overlaps(box: Floats, boxes: Floats) -> Floats:
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    shares: Floats = common / np.maximum(areas - common, 1e-9)
    return shares


def _anchor_centres(cells: int, repeats: int) -> Floats:
    steps = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    centres = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return np.repeat(centres, repeats, axis=0)


def _merge(points: Floats, scores: Floats) -> list[Detection]:
    """Merge overlapping detections into their mean, weighted by score."""
    order = np.argsort(-scores)
    points, scores = points[order].astype(np.float32), scores[order]
    faces = []
    while len(points):
        boxes = points[:, :2].reshape(-1, 4)
        same = _overlaps(boxes[0], boxes) > _SAME_FACE_OVERLAP
        same[0] = True
        weights = scores[same] / scores[same].sum()
        mean = np.tensordot(weights, points[same], axes=1).astype(np.float32)
        faces.append(Detection(float(scores[0]), mean[:2].ravel(), mean[2:]))
        points, scores = points[~same], scores[~same]
    return faces
