"""Decides whether a photo contains a face that can be animated.

The landmark model places its points on anything, with the same confidence on a dog as on a person. Other
signs decide: whether both detectors see the same face, whether the whole face is in the picture, how many
pixels it has, and where it looks.
"""

from dataclasses import dataclass

import numpy as np

from visavis.engine.arrays import Pixels
from visavis.engine.face.detector import Detection, Detector, overlap
from visavis.engine.face.landmarks import OVAL, Landmarks
from visavis.engine.face.models import FaceModels
from visavis.engine.face.pose import EYE_DISTANCE_CM, HeadPose, head_pose
from visavis.errors import FaceTooSmallError, FaceTurnedAwayError, NoFaceError

MIN_EYE_DISTANCE_PX = 40
GOOD_EYE_DISTANCE_PX = 60
MAX_YAW_DEGREES = 35
MAX_PITCH_DEGREES = 30
MAX_ROLL_DEGREES = 45

_SAME_FACE_OVERLAP = 0.3
_LOOK_AROUND = 2.2  # side of the closer view, relative to the face's box
_MIN_SIDE_PX = 12  # smaller boxes are texture, or distant crowds

# Mesh indices around the lips and the tip of the chin.
_MOUTH_AND_CHIN = (61, 291, 0, 17, 152)
_MAX_CUT_OFF = 0.05  # how far the oval may extend beyond the picture's edge, relative to its height


@dataclass(frozen=True)
class FoundFace:
    """A face that can be animated.

    Attributes:
        landmarks: Landmarks of the face.
        face_count: Number of faces in the picture; this one is the largest.
        warnings: Sentences for the person who sent the photo; the face can be used.
        pose: Head pose.
        eye_distance_px: Distance between the centres of the eyes, corrected for a face that looks aside.
    """

    landmarks: Landmarks
    face_count: int
    warnings: tuple[str, ...]
    pose: HeadPose
    eye_distance_px: float


def find_face(models: FaceModels, rgb: Pixels) -> FoundFace:
    """Find the largest face and decide whether it can be used.

    Args:
        models: The face models.
        rgb: Shape `(height, width, 3)`.

    Raises:
        NoFaceError: There is no face, or a part of it is outside the picture.
        FaceTooSmallError: The eyes are less than `MIN_EYE_DISTANCE_PX` apart.
        FaceTurnedAwayError: It looks too far to the side, up or down, or the head is tilted too far.
    """
    faces = agreed_faces(models, rgb)
    if not faces:
        raise NoFaceError(
            "No face was found. Use a photo of one person who looks into the camera, with the "
            "whole face in it."
        )
    largest = max(faces, key=lambda face: face.side)
    landmarks = models.landmarks(rgb, largest)
    pose = head_pose(landmarks.points)
    eye_distance_px = pose.placement.scale * EYE_DISTANCE_CM
    if eye_distance_px < MIN_EYE_DISTANCE_PX:
        raise FaceTooSmallError(
            f"The face is too small: the eyes are {eye_distance_px:.0f} pixels apart, and the "
            f"minimum is {MIN_EYE_DISTANCE_PX}. Use a larger photo, or one taken from closer."
        )
    _refuse_turned_away(pose)
    _refuse_cut_off(landmarks, rgb)
    return FoundFace(landmarks, len(faces), _warnings(eye_distance_px, len(faces)), pose, eye_distance_px)


def agreed_faces(models: FaceModels, rgb: Pixels) -> list[Detection]:
    """Faces that both detectors see, in no particular order.

    If only one detector sees a face in the whole picture (it is too small for one, or too large for the
    other), the other detector gets a crop in which the face fills nearly half of the side.
    """
    near, far = models.detect_near(rgb), models.detect_far(rgb)
    agreed: list[Detection] = []
    for found, other_found, other in ((near, far, models.detect_far), (far, near, models.detect_near)):
        for face in found:
            if face.side < _MIN_SIDE_PX or _any_same(face, agreed):
                continue
            if _any_same(face, other_found) or _seen_closer(other, rgb, face):
                agreed.append(face)
    return agreed


def _any_same(face: Detection, others: list[Detection]) -> bool:
    return any(overlap(face.box, other.box) > _SAME_FACE_OVERLAP for other in others)


def _seen_closer(detector: Detector, rgb: Pixels, face: Detection) -> bool:
    left, top, _, _ = _around(face)
    return _any_same(face, [seen.moved(left, top) for seen in detector(closer_look(rgb, face))])


def closer_look(rgb: Pixels, face: Detection) -> Pixels:
    """Crop a square in which a face fills nearly half of the side; black beyond the picture's edge."""
    left, top, right, bottom = _around(face)
    board = np.zeros((bottom - top, right - left, 3), np.uint8)
    rows, columns = slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))
    part = rgb[rows, columns]
    y, x = max(0, -top), max(0, -left)
    board[y : y + part.shape[0], x : x + part.shape[1]] = part
    return board


def _around(face: Detection) -> tuple[int, int, int, int]:
    half = face.side * _LOOK_AROUND / 2
    left, top = (round(float(at - half)) for at in face.centre)
    right, bottom = (round(float(at + half)) for at in face.centre)
    return left, top, right, bottom


def _refuse_turned_away(pose: HeadPose) -> None:
    if abs(pose.roll_degrees) > MAX_ROLL_DEGREES:
        raise FaceTurnedAwayError(
            f"The head is tilted by {abs(pose.roll_degrees):.0f} degrees, and the maximum is "
            f"{MAX_ROLL_DEGREES}. Rotate the photo so that the head is upright."
        )
    if abs(pose.yaw_degrees) > MAX_YAW_DEGREES:
        away, limit, way = pose.yaw_degrees, MAX_YAW_DEGREES, "to the side"
    elif abs(pose.pitch_degrees) > MAX_PITCH_DEGREES:
        way = "up" if pose.pitch_degrees > 0 else "down"
        away, limit = pose.pitch_degrees, MAX_PITCH_DEGREES
    else:
        return
    raise FaceTurnedAwayError(
        f"The face is turned {abs(away):.0f} degrees {way}, and the maximum is {limit}. Use a "
        "photo in which the person looks into the camera."
    )


def _refuse_cut_off(landmarks: Landmarks, rgb: Pixels) -> None:
    height, width = rgb.shape[:2]
    oval, inner = landmarks.points[list(OVAL), :2], landmarks.points[list(_MOUTH_AND_CHIN), :2]
    allowed = _MAX_CUT_OFF * float(np.ptp(oval[:, 1]))
    for points, margin in ((inner, 0.0), (oval, allowed)):
        inside = np.all((points >= -margin) & (points <= np.array([width, height]) - 1 + margin))
        if not inside:
            raise NoFaceError(
                "The face is cut off at the edge of the photo. Use a photo with the whole face, from "
                "the forehead to the chin."
            )


def _warnings(eye_distance_px: float, face_count: int) -> tuple[str, ...]:
    warnings = []
    if eye_distance_px < GOOD_EYE_DISTANCE_PX:
        warnings.append(
            f"The face is small: the eyes are {eye_distance_px:.0f} pixels apart. The video is sharp from "
            f"{GOOD_EYE_DISTANCE_PX} pixels on."
        )
    if face_count > 1:
        warnings.append(f"The photo shows {face_count} faces. The largest one is used.")
    return tuple(warnings)
