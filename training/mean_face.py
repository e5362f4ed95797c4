"""Measure the mean face that the engine lays over photos.

The landmark model answers in three dimensions. This script takes its answers for pictures of faces that
look ahead with a closed mouth, lays them over each other by rotation, scale and shift, and averages. The
average is made symmetric, scaled to eyes 6.3 cm apart and put in the place that the engine's
deformations are written for: x to the image's right, y up, z towards the camera, the origin in the head
behind the bridge of the nose. No picture can be told from the result.

    python training/mean_face.py MODELS_FOLDER PICTURE... [--compare OTHER.npy]
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from visavis.engine.face.landmarks import MESH_POINTS
from visavis.engine.face.models import FaceModels
from visavis.engine.face.pose import EYE_DISTANCE_CM, fit_similarity

Shape = NDArray[np.float64]

TARGET = Path(__file__).parents[1] / "src/visavis/engine/face/mean_face.npy"

# Faces that are used: turned by less, and lips nearer, in eye distances.
MAX_YAW_DEGREES = 12
MAX_LIP_GAP = 0.03
UPPER_LIP, LOWER_LIP = 13, 14
# Sides of the head at ear height: their depths tell the turn before a mean is known.
EARS = 234, 454
EYES = (33, 133), (263, 362)

# Where the mean is put: eyes level with the camera look level, and the middle of the eyes lies this far
# above and before the origin. (The model sees the average head tilted; lips and nose are then where
# anatomy atlases of a head with eyes 6.3 cm apart have them.)
TILT_DEGREES = -11.85
EYES_Y_CM, EYES_Z_CM = 2.56, 3.29


def shape_of(models: FaceModels, picture: Path) -> Shape | None:
    """The points of the largest face, `(478, 3)`, y up and z forward, or nothing when it is no use."""
    bgr = cv2.imread(str(picture))
    if bgr is None:
        return None
    rgb = np.ascontiguousarray(bgr[:, :, ::-1]).astype(np.uint8, copy=False)
    faces = models.detect(rgb)
    if not faces:
        return None
    found = models.landmarks(rgb, max(faces, key=lambda face: face.side))
    points = found.points.astype(np.float64) * [1, -1, -1]
    eye_distance = float(np.linalg.norm(points[468] - points[473]))
    gap = float(np.linalg.norm(points[UPPER_LIP] - points[LOWER_LIP])) / eye_distance
    across = points[EARS[1]] - points[EARS[0]]
    yaw = float(np.degrees(np.arctan2(-across[2], across[0])))
    used = abs(yaw) <= MAX_YAW_DEGREES and gap <= MAX_LIP_GAP
    print(f"{picture.name:40} yaw {yaw:6.1f}  gap {gap:.3f}  {'used' if used else ''}")
    return points if used else None


def average(shapes: list[Shape]) -> Shape:
    """Lay the shapes over their own mean until that stands still."""
    mean = shapes[0] - shapes[0].mean(axis=0)
    size = np.sqrt((mean**2).sum())
    for _ in range(20):
        mean = np.mean([fit_similarity(shape, mean)(shape) for shape in shapes], axis=0)
        mean = mean - mean.mean(axis=0)
        mean *= size / np.sqrt((mean**2).sum())
    return mean


def mirror_partners(shape: Shape) -> NDArray[np.intp]:
    """For each point the index of its partner on the other side (itself in the middle)."""
    partners = np.arange(len(shape))
    mirrored = shape * [-1, 1, 1]
    moved = mirrored
    for _ in range(10):
        distances = ((moved[:, None] - shape[None]) ** 2).sum(axis=-1)
        partners = linear_sum_assignment(distances + distances.T)[1]
        moved = fit_similarity(mirrored, shape[partners])(mirrored)
    if not np.array_equal(partners[partners], np.arange(len(shape))):
        raise SystemExit("The points found no partners: too few pictures?")
    return partners


def symmetric(shape: Shape) -> Shape:
    """The mean of a shape and its mirror image."""
    shape = shape - shape.mean(axis=0)
    partners = mirror_partners(shape)
    mirrored = (shape * [-1, 1, 1])[partners]
    both = (shape + fit_similarity(mirrored, shape)(mirrored)) / 2
    # Turn the plane of symmetry into x = 0.
    across = (both - both[partners]).reshape(-1, 3)
    weights = across[np.argsort(-np.abs(across[:, 0]))[:100]]
    normal = (weights * np.sign(weights[:, :1])).mean(axis=0)
    normal /= np.linalg.norm(normal)
    up = np.array([0.0, 1.0, 0.0]) - normal * normal[1]
    up /= np.linalg.norm(up)
    turned = both @ np.stack([normal, up, np.cross(normal, up)]).T
    turned[:, 0] -= (turned[:, 0] + turned[partners, 0]).mean() / 2
    return (turned + (turned * [-1, 1, 1])[partners]) / 2


def placed(shape: Shape) -> Shape:
    """Scale to centimetres, tilt, and put the eyes where they belong; `(468, 3)`."""
    shape = shape * (EYE_DISTANCE_CM / np.ptp([eye_middle(shape, eye)[0] for eye in EYES]))
    cosine, sine = np.cos(np.radians(TILT_DEGREES)), np.sin(np.radians(TILT_DEGREES))
    shape = shape @ np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]]).T
    between = np.mean([eye_middle(shape, eye) for eye in EYES], axis=0)
    return (shape - between + [0, EYES_Y_CM, EYES_Z_CM])[:MESH_POINTS]


def eye_middle(shape: Shape, corners: tuple[int, int]) -> Shape:
    """Halfway between the corners of an eye: unlike the pupil it does not move with the gaze."""
    middle: Shape = (shape[corners[0]] + shape[corners[1]]) / 2
    return middle


def main() -> None:
    """Measure, compare if asked, and write the mean face."""
    parser = argparse.ArgumentParser(description="Measure the mean face.")
    parser.add_argument("models", type=Path, help="folder with the face models")
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--compare", type=Path, help="a (468, 3) shape to print the distances to")
    options = parser.parse_args()

    models = FaceModels.load(options.models)
    shapes = [shape for picture in options.pictures if (shape := shape_of(models, picture)) is not None]
    if len(shapes) < 5:
        raise SystemExit("Fewer than five pictures could be used.")
    mean = placed(symmetric(average(shapes)))
    if options.compare:
        other = np.load(options.compare, allow_pickle=False)
        distances = np.linalg.norm(mean - other, axis=1)
        print(f"to {options.compare.name}: mean {distances.mean():.2f} cm, most {distances.max():.2f} cm")
    np.save(TARGET, mean.astype(np.float32), allow_pickle=False)
    print(f"{len(shapes)} faces; wrote {TARGET}")


if __name__ == "__main__":
    main()
