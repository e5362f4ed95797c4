"""Builds a rig from a photo."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face import FaceModels, FoundFace, find_face, find_upright_face
from visavis.engine.face.upright import UprightFace, turned
from visavis.engine.photo import Photo
from visavis.engine.rig.anatomy import LEFT_EYE, RIGHT_EYE
from visavis.engine.rig.controls import weights_row
from visavis.engine.rig.covered import Cover, judge_cover
from visavis.engine.rig.crop import HeadCrop, crop_head, head_square
from visavis.engine.rig.eyes import are_shut, build_eye
from visavis.engine.rig.fields import displacement_fields
from visavis.engine.rig.glasses import wears_glasses
from visavis.engine.rig.interior import paint_interior
from visavis.engine.rig.likeness import judge_likeness
from visavis.engine.rig.lips import find_mouth_line, lip_layers
from visavis.engine.rig.model import Picture, Rig
from visavis.engine.rig.plate import split_person
from visavis.errors import MouthCoveredError, MouthOpenError

DEFAULT_SIZE_PX: Final = 512

_MIN_PX, _MAX_PX, _SIZE_STEP_PX = 256, 1024, 16
_PICTURE_LONG_PX: Final = 1920
_PICTURE_SHORT_PX: Final = 1080
_RESTING_RELAX: Final = 0.35
_UPRIGHT_DEG: Final = 15.0  # a head that is tilted further is first turned upright
_OPEN_CM: Final = 0.8
_TOO_OPEN_CM: Final = 2.2
_PAPER: Final = 235  # grey behind a transparent photo


@dataclass(frozen=True)
class BuiltRig:
    """A rig with warnings.

    Attributes:
        rig: The rig.
        warnings: Sentences for the person who sent the photo; the rig can be used.
    """

    rig: Rig
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class CheckedPhoto:
    """Result of checking a photo.

    Attributes:
        face: The face, with the rotation that makes the photo upright.
        warnings: Sentences for the person who sent the photo; the photo can be used.
    """

    face: UprightFace
    warnings: tuple[str, ...]


def build_rig(models: FaceModels, photo: Photo, *, size: int | None = DEFAULT_SIZE_PX) -> BuiltRig:
    """Find the face in a photo and build its rig.

    Args:
        models: The face models.
        photo: The photo.
        size: Side of its frames in pixels, rounded up to a multiple of 16; `None` for the scale of the head
            in the photo.

    Raises:
        NoFaceError: The photo shows no whole face.
        FaceTooSmallError: The face has too few pixels.
        FaceTurnedAwayError: The face looks too far away.
        MouthCoveredError: Something covers the mouth.
        MouthOpenError: The mouth is too wide open.
    """
    head = _cut_out(models, photo, size)
    crop, alpha = head.crop, head.alpha
    mask = models.person_mask(crop.rgb) if alpha is None else _cut_alpha(alpha, crop)
    is_exact = photo.alpha is None and photo.person is not None
    return BuiltRig(_take_apart(head.rgb, crop, mask, is_exact=is_exact), head.warnings)


def check_photo(models: FaceModels, photo: Photo) -> CheckedPhoto:
    """Check whether `build_rig` accepts a photo, in a fraction of its time.

    Raises:
        PhotoError: Errors of `build_rig`.
    """
    head = _cut_out(models, photo, DEFAULT_SIZE_PX)
    return CheckedPhoto(head.face, head.warnings)


@dataclass(frozen=True)
class _Head:
    """An upright photo with a head that can be used; `alpha` is its transparency, or else its outline."""

    face: UprightFace
    rgb: Pixels
    alpha: Pixels | None
    crop: HeadCrop
    warnings: tuple[str, ...]


def _cut_out(models: FaceModels, photo: Photo, size: int | None) -> _Head:
    upright = find_upright_face(models, _on_paper(photo))
    face = upright.face
    rgb = turned(_on_paper(photo), upright.quarter_turns)
    outline = photo.person if photo.alpha is None else photo.alpha
    alpha = None if outline is None else turned(outline, upright.quarter_turns)
    if abs(face.pose.roll_degrees) > _UPRIGHT_DEG:
        rgb, alpha = _levelled(rgb, alpha, face)
        face = find_face(models, rgb)
    crop = _crop(rgb, face, size)
    noticed = (*_judge_cover(crop), *_judge_mouth(crop), *_judge_eyes(crop), *judge_likeness(models, crop))
    return _Head(upright, rgb, alpha, crop, (*upright.warnings, *noticed))


def _take_apart(photo: Pixels, crop: HeadCrop, person_mask: Floats, *, is_exact: bool) -> Rig:
    plates = split_person(crop.rgb, person_mask, is_exact=is_exact)
    line = find_mouth_line(crop)
    lips = lip_layers(crop, line)
    glasses = wears_glasses(crop)
    left_shut, right_shut = are_shut(crop)
    return Rig(
        person=plates.person,
        background=plates.background,
        fields=displacement_fields(crop, mouth_is_open=line.is_open),
        eyes=(
            build_eye(crop, LEFT_EYE, behind_glasses=glasses, shut=left_shut),
            build_eye(crop, RIGHT_EYE, behind_glasses=glasses, shut=right_shut),
        ),
        lips=lips,
        interior=paint_interior(crop, line, lips.box),
        neutral=weights_row({"close": float(line.is_open), "relax": _RESTING_RELAX}),
        picture=_picture(photo, crop),
        pixels_per_cm=crop.pixels_per_cm,
    )


def _crop(rgb: Pixels, face: FoundFace, size: int | None) -> HeadCrop:
    points = face.landmarks.points
    if size is None:
        size = int(np.clip(head_square(rgb, points).side * _picture_scale(rgb), _MIN_PX, _MAX_PX))
    return crop_head(rgb, points, -(-size // _SIZE_STEP_PX) * _SIZE_STEP_PX)


def _on_paper(photo: Photo) -> Pixels:
    """Remove the transparency of a photo."""
    if photo.alpha is None:
        return photo.rgb
    part = photo.alpha[..., None].astype(np.float32) / 255
    return np.rint(photo.rgb * part + _PAPER * (1 - part)).astype(np.uint8)


def _levelled(rgb: Pixels, alpha: Pixels | None, face: FoundFace) -> tuple[Pixels, Pixels | None]:
    """Rotate a photo about the face until the eyes are level."""
    centre = face.landmarks.points[:468, :2].mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), face.pose.roll_degrees, 1.0)
    size = (rgb.shape[1], rgb.shape[0])

    def turned(image: Pixels) -> Pixels:
        return np.asarray(
            cv2.warpAffine(image, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )

    return turned(rgb), None if alpha is None else turned(alpha)


def _cut_alpha(alpha: Pixels, crop: HeadCrop) -> Floats:
    """The photo's own transparency or outline as the mask of the person, `(size, size)`, 0..1."""
    step = crop.side_px / crop.size
    to_photo = np.array(
        [[step, 0, crop.left_px + step / 2 - 0.5], [0, step, crop.top_px + step / 2 - 0.5]], np.float32
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(
        alpha, to_photo, (crop.size, crop.size), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.float32) / np.float32(255)


def _judge_cover(crop: HeadCrop) -> tuple[str, ...]:
    """Warn if something may cover the mouth; lips painted on a mask would look worse than an error."""
    cover = judge_cover(crop)
    if cover is Cover.COVERED:
        raise MouthCoveredError(
            "The mouth seems to be covered. Use a photo without a mask, a hand or a microphone "
            "in front of the mouth."
        )
    if cover is Cover.DOUBTFUL:
        return ("The mouth may be covered: the colour below the nose differs from the cheeks.",)
    return ()


def _judge_mouth(crop: HeadCrop) -> tuple[str, ...]:
    """Warn about an open mouth; if it is too wide, no warp can close it without tearing the lips."""
    gap_cm = float(np.linalg.norm(crop.points[13, :2] - crop.points[14, :2])) / crop.pixels_per_cm
    if gap_cm > _TOO_OPEN_CM:
        raise MouthOpenError("The mouth is open too wide. Use a photo with the mouth closed.")
    if gap_cm < _OPEN_CM:
        return ()
    return ("The mouth is open in the photo. A photo with the mouth closed gives better lips.",)


def _judge_eyes(crop: HeadCrop) -> tuple[str, ...]:
    if all(are_shut(crop)):
        return (
            "The eyes are closed in the photo, and stay closed. A photo with open eyes looks more alive.",
        )
    return ()


def _picture(photo: Pixels, crop: HeadCrop) -> Picture:
    """The photo scaled into 1080p, in either orientation, with the place of the square in it."""
    height, width = photo.shape[:2]
    scale = _picture_scale(photo)
    size = (round(width * scale), round(height * scale))
    rgb = photo if scale == 1.0 else cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    return Picture(np.asarray(rgb, np.uint8), crop.left_px * scale, crop.top_px * scale, crop.side_px * scale)


def _picture_scale(photo: Pixels) -> float:
    height, width = photo.shape[:2]
    return float(min(1.0, _PICTURE_LONG_PX / max(height, width), _PICTURE_SHORT_PX / min(height, width)))
