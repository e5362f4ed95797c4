"""Which way a face looks: the mean face laid over its points."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats
from visavis.engine.face.landmarks import MESH_POINTS

EYE_DISTANCE_CM = 6.3

# Below this line, in mean-face centimetres, the jaw moves; only what lies above tells the head's pose.
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
    """Mesh indices that speech and smiles hardly move."""
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
    """The similarity that brings `source` nearest to `target`, both `(n, 3)`, in least squares.

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
    """Where the head is and which way it looks.

    Attributes:
        yaw_degrees: Positive when the face turns to the image's right.
        pitch_degrees: Positive when the face looks up.
        roll_degrees: Positive when the head is tilted clockwise as seen; yaw and pitch are those of the
            picture turned upright.
        placement: From mean-face centimetres to image pixels with y up and z towards the camera.
    """

    yaw_degrees: float
    pitch_degrees: float
    roll_degrees: float
    placement: Similarity


def head_pose(points: Floats) -> HeadPose:
    """Lay the mean face over a face's points.

    Args:
        points: Shape `(478, 3)` or `(468, 3)`, as in `Landmarks.points`.
    """
    upright = points[:MESH_POINTS].astype(np.float64) * [1, -1, -1]
    rigid = rigid_points()
    placement = fit_similarity(mean_face()[rigid], upright[rigid])
    # rotation = roll in the picture's plane, after yaw about the upright, after pitch about the ears.
    across, up, ahead = placement.rotation.T
    roll = np.arctan2(-across[1], across[0])
    yaw = np.arctan2(-across[2], np.hypot(across[0], across[1]))
    pitch = np.arctan2(-up[2], ahead[2])
    yaw_degrees, pitch_degrees, roll_degrees = np.degrees([yaw, pitch, roll])
    return HeadPose(float(yaw_degrees), float(pitch_degrees), float(roll_degrees), placement)


def shape_error_cm(points: Floats) -> float:
    """How far a face's points lie from the mean face laid over them, root mean square, centimetres.

    Args:
        points: As those of `head_pose`.
    """
    upright = points[:MESH_POINTS].astype(np.float64) * [1, -1, -1]
    rigid = rigid_points()
    placement = head_pose(points).placement
    apart = upright[rigid] - placement(mean_face()[rigid])
    return float(np.sqrt((apart**2).sum(axis=1).mean()) / placement.scale)
