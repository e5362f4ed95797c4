"""Watches a video of a person: which frame shows the face best, and how the person moves.

Every frame is measured, and scored by how frontal and sharp the face is, how open its eyes are and how shut
its mouth. Blinks, sway of the head, brows and smile become the manners of an avatar.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.blinks import find_blinks
from visavis.engine.face import FaceModels
from visavis.engine.face.accept import agreed_faces
from visavis.engine.face.detector import overlap
from visavis.engine.face.landmarks import Landmarks
from visavis.engine.face.pose import head_pose
from visavis.engine.performer import Manners
from visavis.engine.photo import Photo
from visavis.engine.rig.build import check_photo
from visavis.engine.sound_track import CONTAINERS
from visavis.errors import NoFaceError, PhotoError, VideoError

MAX_WATCHED_S: Final = 60.0
"""Longest part of a video that is watched, from its start."""

_MAX_FPS: Final = 30.0
_MAX_FRAMES: Final = 2_000
_MAX_PIXELS: Final = 4096 * 2304
_MAX_SIDE_PX: Final = 1280  # larger frames are measured smaller
_LOOK_AGAIN_S: Final = 0.5  # between two looks whether the face is still where it is followed
_SAME_FACE_OVERLAP: Final = 0.2
_MIN_FACES: Final = 8  # frames with a face, of which something can be measured
_CANDIDATES: Final = 12
_APART_S: Final = 0.12  # between two candidates
_SHARP_SIDE_PX: Final = 160

# Landmarks: corners and lids of both eyes, image left first; lips; brows.
_EYES: Final = (
    ((33, 133), ((160, 144), (159, 145), (158, 153))),
    ((263, 362), ((387, 373), (386, 374), (385, 380))),
)
_INNER_LIPS: Final = (13, 14)
_MOUTH_CORNERS: Final = (61, 291)
_LIP_MIDDLE: Final = (0, 17)
_BROWS: Final = ((105, 159), (334, 386))

_USUAL_BLINKS: Final = 17.0  # a minute, as of a person who talks
_TRUSTED_S: Final = 4.0  # weight of what is usual, beside what was watched
_MIN_BLINKS, _MAX_BLINKS = 2.0, 60.0
_USUAL_BROWS_CM: Final = 0.2
_MAX_SWAY: Final = 8.0
_NOISE_DEGREES: Final = 0.15  # of landmarks that lie still
_SMILE_CM: Final = 0.9  # by which the corners of the mouth move in a full smile


@dataclass(frozen=True)
class WatchedVideo:
    """What was seen.

    Attributes:
        face: The frame that shows the face best, shape `(height, width, 3)`.
        at_s: Time of the frame.
        manners: How the person moves.
        watched_s: Time over which that was measured.
    """

    face: Pixels
    at_s: float
    manners: Manners
    watched_s: float


@dataclass(frozen=True)
class FaceMeasures:
    """A face in one frame.

    Attributes:
        time_s: Time of the frame.
        angles: Yaw, pitch and roll, degrees.
        eyes: How open the eyes are, image left first: height over width.
        gap_cm: Between the lips.
        smile_cm: How far the corners of the mouth are apart and up.
        brows_cm: Height of the brows over the eyes.
        sharpness: Contrast of fine detail in the face.
        eye_px: Distance between the eyes, pixels of the frame.
    """

    time_s: float
    angles: tuple[float, float, float]
    eyes: tuple[float, float]
    gap_cm: float
    smile_cm: float
    brows_cm: float
    sharpness: float
    eye_px: float


def watch(models: FaceModels, path: Path) -> WatchedVideo:
    """Watch a video.

    Args:
        models: The face models.
        path: Path of the video.

    Raises:
        VideoError: It cannot be decoded, or is too large.
        PhotoError: No frame shows a face that can be used; the message says why.
    """
    found = list(measure(models, frames_of(path)))
    if len(found) < _MIN_FACES:
        raise NoFaceError(
            "No face was found in the video. Use a video of one person who looks into the camera."
        )
    chosen = _candidates(found)
    at_s, face = _usable(models, path, chosen)
    watched_s = found[-1].time_s - found[0].time_s
    return WatchedVideo(face, at_s, manners_of(found, chosen[0]), watched_s)


def measure(models: FaceModels, frames: Iterable[tuple[float, Pixels]]) -> Iterator[FaceMeasures]:
    """Measure the largest face in every frame that shows one.

    Args:
        models: The face models.
        frames: Frames of a video with their times, in order.
    """
    followed: Landmarks | None = None
    looked_s = float("-inf")
    for time_s, rgb in frames:
        small = _smaller(rgb)
        if followed is None or time_s - looked_s > _LOOK_AGAIN_S:
            looked_s = time_s
            faces = agreed_faces(models, small) if followed is None else models.detect(small)
            if not faces:
                followed = None
                continue
            largest = max(faces, key=lambda face: face.side)
            if followed is None or overlap(largest.box, _box(followed)) < _SAME_FACE_OVERLAP:
                followed = models.landmarks(small, largest)
        found = models.landmarks(small, followed)
        followed = found
        yield _measures(time_s, small, found.points)


def _box(followed: Landmarks) -> Floats:
    points = followed.points[:468, :2]
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def frames_of(path: Path) -> Iterator[tuple[float, Pixels]]:
    """The frames of a video with their times, at most 30 a second, to the end or `MAX_WATCHED_S`.

    Raises:
        VideoError: The video cannot be decoded, or is too large.
    """
    try:
        with path.open("rb") as file, _opened(file) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            first_s: float | None = None
            next_s = 0.0
            count = 0
            for frame in container.decode(stream):
                if frame.width * frame.height > _MAX_PIXELS:
                    raise VideoError("The video is too large. Use a video of at most 4096 × 2304 pixels.")
                time_s = float(frame.time or 0.0)
                first_s = time_s if first_s is None else first_s
                time_s -= first_s
                if time_s > MAX_WATCHED_S or count >= _MAX_FRAMES:
                    return
                if time_s + 1e-3 < next_s:
                    continue
                next_s = time_s + 0.9 / _MAX_FPS
                count += 1
                yield time_s, _upright(frame)
    except (FFmpegError, IndexError, ValueError, OSError) as error:
        raise VideoError("The video cannot be read. Send MP4, WebM, MOV or MKV.") from error


def _opened(file: object) -> InputContainer:
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
    return av.open(file, mode="r", options=options)


def _upright(frame: av.VideoFrame) -> Pixels:
    rgb = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turns = round(getattr(frame, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(rgb, turns)) if turns else rgb


def _smaller(rgb: Pixels) -> Pixels:
    scale = _MAX_SIDE_PX / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _measures(time_s: float, rgb: Pixels, points: Floats) -> FaceMeasures:
    pose = head_pose(points)
    to_cm = 1 / pose.placement.scale

    def apart(pair: tuple[int, int]) -> float:
        return float(np.linalg.norm(points[pair[0], :2] - points[pair[1], :2]))

    left, right = (sum(map(apart, lids)) / 3 / max(apart(ends), 1e-3) for ends, lids in _EYES)
    # In the face's own directions, so that a turned head does not look like a smile.
    upright = (points[:, :3].astype(np.float64) * [1, -1, -1]) @ pose.placement.rotation * to_cm
    corners, middle = upright[list(_MOUTH_CORNERS)], upright[list(_LIP_MIDDLE)].mean(axis=0)
    smile = float(corners[1, 0] - corners[0, 0]) / 2 + float((corners[:, 1] - middle[1]).mean())
    brows = float(np.mean([upright[brow, 1] - upright[eye, 1] for brow, eye in _BROWS]))
    return FaceMeasures(
        time_s=time_s,
        angles=(pose.yaw_degrees, pose.pitch_degrees, pose.roll_degrees),
        eyes=(left, right),
        gap_cm=apart(_INNER_LIPS) * to_cm,
        smile_cm=smile,
        brows_cm=brows,
        sharpness=_sharpness(rgb, points),
        eye_px=float(pose.placement.scale) * 6.3,
    )


def _sharpness(rgb: Pixels, points: Floats) -> float:
    low = np.maximum(points[:468, :2].min(axis=0).astype(int), 0)
    high = points[:468, :2].max(axis=0).astype(int) + 1
    face = rgb[low[1] : high[1], low[0] : high[0]]
    if min(face.shape[:2]) < 16:
        return 0.0
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    same = cv2.resize(grey, (_SHARP_SIDE_PX, _SHARP_SIDE_PX), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(same, cv2.CV_32F).var())


def scores(found: list[FaceMeasures]) -> Floats:
    """How well each frame serves as the photo of the face; more is better."""
    angles = np.array([each.angles for each in found])
    eyes = np.array([each.eyes for each in found]).mean(axis=1)
    gaps = np.array([each.gap_cm for each in found])
    sharp = np.array([each.sharpness for each in found])
    frontal = np.exp(-((angles / [10.0, 12.0, 10.0]) ** 2).sum(axis=1))
    usual = float(np.percentile(eyes, 70))
    is_open = np.clip((eyes / max(usual, 1e-3) - 0.6) / 0.35, 0, 1)
    is_shut = np.exp(-((gaps / 0.25) ** 2))
    detail = sharp / max(float(np.percentile(sharp, 90)), 1e-6)
    return np.asarray(frontal * is_open * is_shut * np.sqrt(np.clip(detail, 0, 1.2)), np.float32)


def _candidates(found: list[FaceMeasures]) -> list[FaceMeasures]:
    """The frames with the highest scores, not too close to each other; the best one first."""
    chosen: list[FaceMeasures] = []
    for index in np.argsort(-scores(found)):
        each = found[int(index)]
        if all(abs(each.time_s - other.time_s) >= _APART_S for other in chosen):
            chosen.append(each)
        if len(chosen) == _CANDIDATES:
            break
    return chosen


def _usable(models: FaceModels, path: Path, chosen: list[FaceMeasures]) -> tuple[float, Pixels]:
    """The first of these frames whose face can be used, whole and at its full size."""
    wanted = {each.time_s: rank for rank, each in enumerate(chosen)}
    kept = {wanted[time_s]: (time_s, rgb) for time_s, rgb in frames_of(path) if time_s in wanted}
    refusal: PhotoError | None = None
    for rank in sorted(kept):
        time_s, rgb = kept[rank]
        try:
            check_photo(models, Photo(rgb, None))
        except PhotoError as error:
            refusal = refusal or error
            continue
        return time_s, rgb
    raise refusal or NoFaceError("No frame of the video shows a face that can be used.")


def manners_of(found: list[FaceMeasures], face: FaceMeasures) -> Manners:
    """How a person moves.

    Args:
        found: The faces of all frames.
        face: The one that shows the person at rest.
    """
    times_s = np.array([each.time_s for each in found])
    watched_s = float(times_s[-1] - times_s[0])
    blinks = len(find_blinks(times_s, np.array([each.eyes for each in found])))
    rate = 60 * (blinks + _USUAL_BLINKS * _TRUSTED_S / 60 * 0.25) / (watched_s + _TRUSTED_S * 0.25)
    spread = sway_degrees(found)
    brows = np.array([each.brows_cm for each in found])
    smile = float(np.median([each.smile_cm for each in found])) - face.smile_cm
    return Manners(
        blinks_per_minute=round(float(np.clip(rate, _MIN_BLINKS, _MAX_BLINKS)), 2),
        sway_degrees=(round(spread[0], 3), round(spread[1], 3), round(spread[2], 3)),
        brows=round(float(np.clip(brows.std() / _USUAL_BROWS_CM, 0.3, 2.0)), 3),
        smile=round(float(np.clip(smile / _SMILE_CM, 0.0, 0.5)), 3),
    )


def sway_degrees(found: list[FaceMeasures]) -> tuple[float, float, float]:
    """Standard deviations of yaw, pitch and roll, without the noise of landmarks."""
    angles = np.array([each.angles for each in found])
    spread = np.sqrt(np.maximum(angles.var(axis=0) - _NOISE_DEGREES**2, 0.0))
    yaw, pitch, roll = np.minimum(spread, _MAX_SWAY).tolist()
    return yaw, pitch, roll
