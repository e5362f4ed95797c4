"""Head pose, from the mean face fitted to the landmarks."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats
from visavis.engine.face.landmarks import MESH_POINTS

EYE_DISTANCE_CM = 6.3

# The jaw moves below this line, in mean-face centimetres; only points above it show the pose.
_MIN_RIGID_Y_CM = -2.2


@cache
def mean_face() -> NDArray[np.float64]:
    """The average face, its mouth closed: shape `(468, 3)`, centimetres.

    The middles of the eyes, halfway between their corners, are 6.3 cm apart. x grows to the right of a
    picture (the subject's left), y up, z towards the camera; the origin lies in the head behind the bridge
    of the nose. Symmetric about x = 0. Made by `training/mean_face.py`.
    """
    stored = np.load(Path(__file__).with_name("mean_face.npy"), allow_pickle=False)
    shape: NDArray[np.float64] = stored.astype(np.float64)
    shape.setflags(write=False)
    return shape


@cache
def rigid_points() -> NDArray[np.intp]:
    """Mesh indices of points that speech and smiles hardly move."""
    points: NDArray[np.intp] = np.flatnonzero(mean_face()[:, 1] > _MIN_RIGID_Y_CM)
    points.setflags(write=False)
    return points


@dataclass(frozen=True)
class Similarity:
    """`scale * rotation @ point + shift`.

    Attributes:
        scale: Target units in one source unit.
        rotation: Shape `(3, 3)`, determinant 1.
        shift: Shape `(3,)`, target units.
    """

    scale: float
    rotation: NDArray[np.float64]
    shift: NDArray[np.float64]

    def __call__(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Map points of shape `(n, 3)`."""
        mapped: NDArray[np.float64] = self.scale * points @ self.rotation.T + self.shift
        return mapped


def fit_similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> Similarity:
    """Least-squares similarity from `source` to `target`, both `(n, 3)`.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    u, sizes, vt = np.linalg.svd((target - target_mean).T @ centred)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * signs) @ vt
    scale = float((sizes * signs).sum() / (centred**2).sum())
    return Similarity(scale, rotation, target_mean - scale * rotation @ source_mean)


@dataclass(frozen=True)
class HeadPose:
    """Position and direction of the head.

    Attributes:
        yaw_degrees: Yaw, positive when the face turns to the image's right.
        pitch_degrees: Pitch, positive when the face looks up.
        roll_degrees: Roll, positive when the head is tilted clockwise in the image. Yaw and pitch are those
            of the upright image.
        placement: Map from mean-face centimetres to image pixels, with y up and z towards the camera.
    """

    yaw_degrees: float
    pitch_degrees: float
    roll_degrees: float
    placement: Similarity


def head_pose(points: Floats) -> HeadPose:
    """Fit the mean face to landmarks.

    Args:
        points: Shape `(478, 3)` or `(468, 3)`, as in `Landmarks.points`.
    """
    upright = points[:MESH_POINTS].astype(np.float64) * [1, -1, -1]
    rigid = rigid_points()
    placement = fit_similarity(mean_face()[rigid], upright[rigid])
    # rotation = roll in the image plane, after yaw about the vertical axis, after pitch about the ears.
    across, up, ahead = placement.rotation.T
    roll = np.arctan2(-across[1], across[0])
    yaw = np.arctan2(-across[2], np.hypot(across[0], across[1]))
    pitch = np.arctan2(-up[2], ahead[2])
    yaw_degrees, pitch_degrees, roll_degrees = np.degrees([yaw, pitch, roll])
    return HeadPose(float(yaw_degrees), float(pitch_degrees), float(roll_degrees), placement)


def shape_error_cm(points: Floats) -> float:
    """Root mean square distance of landmarks from the fitted mean face, centimetres.

    Args:
        points: Landmarks, as in `head_pose`.
    """
    upright = points[:MESH_POINTS].astype(np.float64) * [1, -1, -1]
    rigid = rigid_points()
    placement = head_pose(points).placement
    apart = upright[rigid] - placement(mean_face()[rigid])
    return float(np.sqrt((apart**2).sum(axis=1).mean()) / placement.scale)
