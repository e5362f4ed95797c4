"""Building a rig: a photo with its landmarks, taken apart."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.anatomy import LEFT_EYE, RIGHT_EYE
from visavis.engine.rig.controls import weights_row
from visavis.engine.rig.crop import HeadCrop, crop_head
from visavis.engine.rig.eyes import build_eye
from visavis.engine.rig.fields import displacement_fields
from visavis.engine.rig.interior import paint_interior
from visavis.engine.rig.lips import find_mouth_line, lip_layers
from visavis.engine.rig.model import Picture, Rig
from visavis.engine.rig.plate import split_person
from visavis.engine.rig.space import face_space

DEFAULT_SIZE_PX: Final = 512
_PICTURE_LONG_PX: Final = 1920
_PICTURE_SHORT_PX: Final = 1080
_RESTING_RELAX: Final = 0.35


def build_rig(
    photo: Pixels, crop: HeadCrop, person_mask: Floats, *, glasses: bool = False
) -> Rig:
    """Take a photo apart.

    Args:
        photo: The whole photo, shape `(height, width, 3)`.
        crop: The square around its head.
        person_mask: Where in the crop a person is, shape `(size, size)`, 0..1.
        glasses: Whether the face wears some.
    """
    space = face_space(crop)
    plates = split_person(crop.rgb, person_mask)
    line = find_mouth_line(crop)
    lips = lip_layers(crop, line)
    return Rig(
        person=plates.person,
        background=plates.background,
        fields=displacement_fields(space, crop),
        eyes=(
            build_eye(crop, LEFT_EYE, behind_glasses=glasses),
            build_eye(crop, RIGHT_EYE, behind_glasses=glasses),
        ),
        lips=lips,
        interior=paint_interior(crop, line, lips.box),
        neutral=weights_row({"close": float(line.is_open), "relax": _RESTING_RELAX}),
        picture=_picture(photo, crop),
        pixels_per_cm=crop.pixels_per_cm,
    )


def _picture(photo: Pixels, crop: HeadCrop) -> Picture:
    """The photo within 1080p, upright or lying, and the square's place in it."""
    height, width = photo.shape[:2]
    scale = min(1.0, _PICTURE_LONG_PX / max(height, width), _PICTURE_SHORT_PX / min(height, width))
    size = (round(width * scale), round(height * scale))
    rgb = photo if scale == 1.0 else cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    return Picture(
        np.asarray(rgb, np.uint8), crop.left_px * scale, crop.top_px * scale, crop.side_px * scale
    )


__all__ = ["DEFAULT_SIZE_PX", "build_rig", "crop_head"]
