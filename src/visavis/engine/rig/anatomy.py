"""Anatomy of a face: point numbers of the landmark mesh, and sizes in centimetres.

The mesh is the 468-point one of the landmark model, plus five points for each iris (468–477). Left and
right mean the left and right of the picture. Lists along a line run from left to right.
"""

from dataclasses import dataclass
from typing import Final

PUPIL_DISTANCE_CM: Final = 6.3
"""Mean distance of adult pupils; fixes the unit, so that every size below is in real centimetres."""

UPPER_LIP_INNER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_LIP_INNER: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
LIP_CORNERS: Final = (61, 291)

UPPER_LIP: Final = (
    *(185, 40, 39, 37, 0, 267, 269, 270, 409, 184, 74, 73, 72, 11, 302, 303, 304, 408),
    *(183, 42, 41, 38, 12, 268, 271, 272, 407, 191, 80, 81, 82, 13, 312, 311, 310, 415),
)
"""All points of the upper lip except the corners."""
LOWER_LIP: Final = (
    *(146, 91, 181, 84, 17, 314, 405, 321, 375, 77, 90, 180, 85, 16, 315, 404, 320, 307),
    *(96, 89, 179, 86, 15, 316, 403, 319, 325, 95, 88, 178, 87, 14, 317, 402, 318, 324),
)
"""The same for the lower lip."""

CHIN: Final = 152
CHEEKS: Final = (50, 280)
TEMPLES: Final = (234, 454)
LOWER_LIP_SKIN: Final = (15, 86, 316, 16, 85, 315)


@dataclass(frozen=True)
class EyePoints:
    """Point numbers of an eye."""

    corners: tuple[int, int]
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    brow: tuple[int, ...]
    iris: int  # the centre; the next four are on the rim


LEFT_EYE: Final = EyePoints(
    corners=(33, 133),
    upper=(33, 246, 161, 160, 159, 158, 157, 173, 133),
    lower=(33, 7, 163, 144, 145, 153, 154, 155, 133),
    brow=(70, 63, 105, 66, 107),
    iris=468,
)
RIGHT_EYE: Final = EyePoints(
    corners=(362, 263),
    upper=(362, 398, 384, 385, 386, 387, 388, 466, 263),
    lower=(362, 382, 381, 380, 374, 373, 390, 249, 263),
    brow=(336, 296, 334, 293, 300),
    iris=473,
)

LIP_CORNER_X_CM: Final = 2.46
"""Half the width of a mouth at rest, in coordinates of the mean face."""
