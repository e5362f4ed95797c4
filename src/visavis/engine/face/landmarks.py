"""478 landmarks of a face: a coarse mesh, with refined lips, eyes and irises.

The numbering is that of the landmark model: 468 points of the mesh, then five of the iris at the left of the
image, and five of the other.
"""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face.detector import Detection
from visavis.engine.face.graph import CutMesh, Graph, Window

MESH_POINTS = 468
IRIS_POINTS = 5
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The outline of the face, from the forehead's middle round and back."""

# Outer corners of the eyes, image left and right: they give the angle of a tracked face.
_LEFT_EYE_CORNER, _RIGHT_EYE_CORNER = 33, 263
_PICTURE_SIDE = 192
_FEATURES_PER_PIXEL = 0.25  # the feature map has 48 cells along the picture's 192 pixels
_MARGIN = 1.5  # side of the square that is looked at, over the side of the face's box
# The model answers a little right of and below the pixels' middles. Right: from faces and their mirror
# images (a consistent model would agree); below: from the darkest row between closed lips.
_MODEL_SHIFT_PX = np.array([0.27, 0.5], np.float32)
_EYE_RIM = 16  # the first points of an eye's window lie on its rim; their depth is the iris's


@dataclass(frozen=True)
class Landmarks:
    """Where the points of one face are.

    Attributes:
        points: Shape `(478, 3)`, image pixels: x right, y down, z away from the camera in the unit of x,
            zero near the middle of the head.
        presence: What the model says of there being a face, 0..1. Other heads pass too: no gate.
    """

    points: Floats
    presence: float

    @property
    def irises(self) -> Floats:
        """Centres of both irises, image left first, shape `(2, 2)`, pixels."""
        centres: Floats = self.points[[MESH_POINTS, MESH_POINTS + IRIS_POINTS], :2]
        return centres


@dataclass(frozen=True)
class Region:
    """A rotated square of the picture.

    Attributes:
        x: Centre, pixels.
        y: Centre, pixels.
        side: Pixels.
        angle: Of its top edge, radians, clockwise as seen.
    """

    x: float
    y: float
    side: float
    angle: float

    @classmethod
    def around_detection(cls, detection: Detection) -> Self:
        """Region that contains the landmarks of a detected face."""
        x, y = detection.centre
        right, down = detection.keypoints[1] - detection.keypoints[0]
        return cls(float(x), float(y), detection.side * _MARGIN, float(np.arctan2(down, right)))

    @classmethod
    def around_landmarks(cls, points: Floats) -> Self:
        """Region for a second pass, or for the next frame of a video."""
        right, down = points[_RIGHT_EYE_CORNER, :2] - points[_LEFT_EYE_CORNER, :2]
        angle = float(np.arctan2(down, right))
        upright = _turn(-angle)
        level = points[:MESH_POINTS, :2] @ upright.T
        low, high = level.min(axis=0), level.max(axis=0)
        x, y = upright.T @ ((low + high) / 2)
        return cls(float(x), float(y), float(np.max(high - low)) * _MARGIN, angle)

    def matrix(self, side: int) -> NDArray[np.float64]:
        """Affine matrix `(2, 3)` from pixels of a square of `side` to pixels of the picture."""
        linear = _turn(self.angle) * (self.side / side)
        shift = np.array([self.x, self.y]) - linear @ np.full(2, side / 2)
        return np.column_stack([linear, shift])


class Landmarker:
    """The landmark model with attention, run as two graphs."""

    def __init__(self, cut: CutMesh) -> None:
        self._mesh = Graph(cut.mesh, name="face_landmark_with_attention (mesh)")
        self._refine = Graph(cut.refine, name="face_landmark_with_attention (refine)")
        self._windows = cut.windows

    def __call__(self, rgb: Pixels, start: Detection | Landmarks, *, looks: int = 2) -> Landmarks:
        """Find the landmarks of a face.

        Args:
            rgb: Shape `(height, width, 3)`.
            start: Position of the face: a detection, or the landmarks of the previous frame.
            looks: Number of passes; each pass after the first starts from the points of the previous one.
        """
        region = (
            Region.around_detection(start)
            if isinstance(start, Detection)
            else Region.around_landmarks(start.points)
        )
        found = self._look(rgb, region)
        for _ in range(looks - 1):
            found = self._look(rgb, Region.around_landmarks(found.points))
        return found

    def _look(self, rgb: Pixels, region: Region) -> Landmarks:
        crop, to_image = _crop(rgb, region)
        flat, features, flag = self._mesh(np.asarray(crop[None] / np.float32(255), np.float32))
        mesh = flat.reshape(MESH_POINTS, 3)
        points = self._refined(mesh, features[0])
        placed = np.empty_like(points)
        placed[:, :2] = (points[:, :2] - _MODEL_SHIFT_PX) @ to_image[:, :2].T + to_image[:, 2]
        placed[:, 2] = points[:, 2] * (region.side / _PICTURE_SIDE)
        return Landmarks(placed, float(1 / (1 + np.exp(-np.clip(flag.item(), -80, 80)))))

    def _refined(self, mesh: Floats, features: Floats) -> Floats:
        """Replace lips and eyes by their refined points, and add the irises."""
        maps = [_window_to_features(mesh * _FEATURES_PER_PIXEL, window) for window in self._windows]
        answers = self._refine(
            *(
                _sample(features, each, window.samples)
                for each, window in zip(maps, self._windows, strict=True)
            )
        )
        points = np.empty((MESH_POINTS + 2 * IRIS_POINTS, 3), np.float32)
        points[:MESH_POINTS] = mesh
        for window, to_features, answer in zip(self._windows, maps, answers[:3], strict=True):
            points[window.points, :2] = _mapped_back(answer, to_features)
        for k, (window, to_features, answer) in enumerate(
            zip(self._windows[1:], maps[1:], answers[3:], strict=True)
        ):
            iris = slice(MESH_POINTS + k * IRIS_POINTS, MESH_POINTS + (k + 1) * IRIS_POINTS)
            points[iris, :2] = _mapped_back(answer, to_features)
            points[iris, 2] = mesh[window.points[:_EYE_RIM], 2].mean()
        return points


def _turn(angle: float) -> NDArray[np.float64]:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def _crop(rgb: Pixels, region: Region) -> tuple[Pixels, NDArray[np.float64]]:
    """Crop the region to a square of 192 pixels.

    Much larger faces are first shrunk by averaging, down to 1.5 times the final size. Sampling every fourth
    pixel would let noise and hair move the points. Averaging all the way moves them by 1 % of the eye
    distance, because the model was trained on plain bilinear crops.

    Returns:
        The crop, and the affine matrix from its pixels to those of the picture.
    """
    to_image = region.matrix(_PICTURE_SIDE)
    if region.side <= 2 * _PICTURE_SIDE:
        return _warp(rgb, to_image), to_image
    height, width = rgb.shape[:2]
    reach = region.side * 0.75  # the rotated square fits inside; sqrt(2) / 2 is its half diagonal
    left, top = (int(max(0, at - reach)) for at in (region.x, region.y))
    right, bottom = int(min(width, region.x + reach)) + 1, int(min(height, region.y + reach)) + 1
    part = rgb[top:bottom, left:right]
    shrink = 1.5 * _PICTURE_SIDE / region.side
    size = max(1, round(part.shape[1] * shrink)), max(1, round(part.shape[0] * shrink))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    scale = np.array([[size[0] / part.shape[1]], [size[1] / part.shape[0]]])
    to_small = to_image * scale
    # Pixel centres: pixel i of the small picture averages those around (i + 0.5) / scale - 0.5.
    to_small[:, 2] = ((to_image[:, 2] - [left, top] + 0.5) * scale[:, 0]) - 0.5
    return _warp(small, to_small), to_image


def _warp(rgb: Pixels, to_image: NDArray[np.float64]) -> Pixels:
    square = cv2.warpAffine(
        rgb,
        to_image,
        (_PICTURE_SIDE, _PICTURE_SIDE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return square.astype(np.uint8, copy=False)


def _window_to_features(mesh: Floats, window: Window) -> Floats:
    """Affine matrix `(2, 3)` from a window's samples to cells of the feature map.

    Args:
        mesh: Shape `(468, 3)`, in cells of the feature map.
        window: Window to sample.
    """
    right, down = mesh[window.right, :2] - mesh[window.left, :2]
    turn = _turn(float(np.arctan2(down, right))).astype(np.float32)
    level = mesh[window.points, :2] @ turn
    low, high = level.min(axis=0), level.max(axis=0)
    linear = turn * ((high - low) * (window.scale / window.samples))
    shift = turn @ ((low + high) / 2) - linear @ np.full(2, window.samples / 2, np.float32)
    return np.column_stack([linear, shift]).astype(np.float32)


def _sample(features: Floats, to_features: Floats, samples: int) -> Floats:
    """Sample the feature map bilinearly over a window; it is zero beyond its edge.

    Returns:
        Shape `(1, samples, samples, channels)`.
    """
    steps = np.arange(samples, dtype=np.float32) + 0.5
    grid = np.stack(np.meshgrid(steps, steps), axis=-1)
    at = grid @ to_features[:, :2].T + to_features[:, 2] - 0.5
    limit = np.array(features.shape[1::-1], np.float32) - 1
    outside = np.any((at < 0) | (at > limit), axis=-1)
    at = np.clip(at, 0, limit)
    low = np.floor(at).astype(np.intp)
    high = np.minimum(low + 1, limit.astype(np.intp))
    across, along = np.split(at - low, 2, axis=-1)
    upper = features[low[..., 1], low[..., 0]] * (1 - across) + features[low[..., 1], high[..., 0]] * across
    lower = features[high[..., 1], low[..., 0]] * (1 - across) + features[high[..., 1], high[..., 0]] * across
    values = upper * (1 - along) + lower * along
    values[outside] = 0
    return np.asarray(values[None], np.float32)


def _mapped_back(answer: Floats, to_features: Floats) -> Floats:
    """Map points from a window's units to pixels of the 192-pixel picture.

    The model's output is in picture pixels already; only the window's origin is still in feature cells.
    """
    points: Floats = answer.reshape(-1, 2) @ to_features[:, :2].T + to_features[:, 2] / _FEATURES_PER_PIXEL
    return points
