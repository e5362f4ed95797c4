"""Face coordinates for every pixel of the head: its place on a face, in centimetres.

Displacement fields are closed-form functions of these coordinates, so no field needs to be fitted. X points
to the right of the picture, Y up, Z to the camera. The origin is inside the head, level with the bottom of
the nose bridge. One thin-plate spline over the landmarks maps pixels to this space; away from the face, the
affine map of the pose takes over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face.landmarks import MESH_POINTS, OVAL
from visavis.engine.face.pose import Similarity, head_pose, mean_face
from visavis.engine.rig import anatomy
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.curves import ramp

CELL_PX: Final = 4
"""Size of the cells of the fields, in pixels."""

_SPLINE_CELLS: Final = 2  # the spline is evaluated on every second cell, then interpolated
_SPLINE_SMOOTHING: Final = 20.0


@dataclass(frozen=True)
class FaceSpace:
    """Coordinates of a head crop, on the grid of cells.

    Attributes:
        x: Shape `(cells, cells)`, cm to the right of the middle of the face.
        y: The same, cm up.
        px: Shape `(cells, cells, 2)`, x and y of each cell's centre in pixels.
        outside_cm: Distance to the outline of the face, 0 inside.
        dome_px: Height of each cell towards the camera, for turns of the head.
        head: 1 on the head and its hair, falling to 0 on the shoulders.
        above_chin_cm: Height above the chin, along the head's own axis.
        points_face: Shape `(468, 3)`, the photo's own landmarks in face space, cm.
        mean_face: Shape `(468, 3)`, the mean face at rest in the same space.
        placement: Map from face space to the crop: pixels, y up and z towards the camera.
        pixels_per_cm: Scale of the crop.
        up: Unit vector along the head's axis, in pixels.
    """

    x: Floats
    y: Floats
    px: Floats
    outside_cm: Floats
    dome_px: Floats
    head: Floats
    above_chin_cm: Floats
    points_face: Floats
    mean_face: Floats
    placement: Similarity
    pixels_per_cm: float
    up: Floats

    @property
    def cells(self) -> int:
        """Side of the grid."""
        return int(self.x.shape[0])

    def project(self, displacement_cm: Floats) -> Floats:
        """Motion in pixels (x right, y down) of a displacement in face space; `(…, 3)` to `(…, 2)`."""
        camera = displacement_cm @ (self.placement.scale * self.placement.rotation[:2].T)
        return np.asarray(camera * [1, -1], np.float32)


def face_space(crop: HeadCrop, *, without: Sequence[int] = ()) -> FaceSpace:
    """Compute the face coordinates of a head crop.

    Args:
        crop: The head.
        without: Points of the mesh to ignore.
    """
    points, cm, cells = crop.points, crop.pixels_per_cm, crop.size // CELL_PX
    resting = mean_face().astype(np.float32)
    placement = head_pose(points).placement

    column = np.arange(cells, dtype=np.float32) * CELL_PX + (CELL_PX - 1) / 2
    px = np.stack(np.meshgrid(column, column), axis=-1)
    spline = _spline(points, resting, cells, without)

    hull = np.zeros((cells, cells), np.uint8)
    oval = (points[list(OVAL), :2] - (CELL_PX - 1) / 2) / CELL_PX
    cv2.fillConvexPoly(hull, cv2.convexHull(oval.astype(np.int32)), 1)
    outside_cm = np.asarray(cv2.distanceTransform(1 - hull, cv2.DIST_L2, 5), np.float32) * CELL_PX / cm

    flat = np.linalg.inv(placement.rotation[:2, :2] * placement.scale)
    affine = (px * np.array([1, -1], np.float32) - placement.shift[:2]) @ flat.T
    away = ramp(0.0, 4.0, outside_cm)
    x = spline[..., 0] * (1 - away) + affine[..., 0] * away
    y = spline[..., 1] * (1 - away) + affine[..., 1] * away

    up = np.array([placement.rotation[0, 1], -placement.rotation[1, 1]], np.float32)
    up /= np.linalg.norm(up)
    chin = points[anatomy.CHIN, :2]
    above_chin = ((px - chin) @ up) / cm
    beside = np.abs((px - chin) @ np.array([up[1], -up[0]])) / cm
    # Hair at the sides moves with the head; what is wide and low is shoulders.
    head = ramp(-7.0, 0.5, above_chin) * (1 - ramp(9, 15, beside) * ramp(4, -2, above_chin))
    return FaceSpace(
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        px=px,
        outside_cm=np.asarray(outside_cm, np.float32),
        dome_px=_dome(spline[..., 2], hull, outside_cm, points, cm),
        head=head.astype(np.float32),
        above_chin_cm=above_chin.astype(np.float32),
        points_face=_to_face(points, placement),
        mean_face=resting,
        placement=placement,
        pixels_per_cm=cm,
        up=up,
    )


def _to_face(points: Floats, placement: Similarity) -> Floats:
    """Landmarks of the mesh in face space, cm, `(468, 3)`."""
    camera = points[:MESH_POINTS] * np.array([1, -1, -1], np.float32)
    return np.asarray((camera - placement.shift) / placement.scale @ placement.rotation, np.float32)


def _spline(points: Floats, mean_face: Floats, cells: int, without: Sequence[int]) -> Floats:
    """X, Y of the mean face and height towards the camera (px) at every cell, `(cells, cells, 3)`."""
    followed = np.setdiff1d(np.arange(MESH_POINTS), without)
    mesh = points[followed]
    spline = RBFInterpolator(
        mesh[:, :2],
        np.concatenate([mean_face[followed, :2], -mesh[:, 2:3]], axis=1),
        kernel="thin_plate_spline",
        smoothing=_SPLINE_SMOOTHING,
    )
    coarse = cells // _SPLINE_CELLS
    step = CELL_PX * _SPLINE_CELLS
    column = np.arange(coarse) * float(step) + (step - 1) / 2
    at = np.stack(np.meshgrid(column, column), axis=-1).reshape(-1, 2)
    values = spline(at).reshape(coarse, coarse, 3).astype(np.float32)
    return np.asarray(cv2.resize(values, (cells, cells), interpolation=cv2.INTER_CUBIC), np.float32)


def _dome(height_px: Floats, hull: Pixels, outside_cm: Floats, points: Floats, cm: float) -> Floats:
    """Height above the plane through the ears; it fades to 0 outside, so that the silhouette stays."""
    ears = float(np.median(-points[list(anatomy.TEMPLES), 2])) - 1.0 * cm
    above = np.clip(height_px - ears, 0, None)
    rim = np.percentile(above[hull > 0], 30)
    outside = np.clip(above, 0, rim) * (1 - ramp(0.0, 5.0, outside_cm))
    return np.asarray(cv2.GaussianBlur(np.where(hull > 0, above, outside), (0, 0), 3), np.float32)
