"""Detects faces that are not a person's, such as those of apes and statues.

Both detectors also find the faces of apes and statues, and the landmark model fits its points to them. An
ape's face has another shape than a person's, and the short-range detector is less confident. The lips of a
statue have the colour of the stone around them. This sign is useless in a picture without colours: black and
white, or toned.

The thresholds were chosen on these pictures. 12 pictures of apes and monkeys that both detectors find, four
of them drawn, have a shape of up to 0.43; 35 people, paintings and a cartoon have 0.51 and more, a broad
smile the least. Six of 9 statues cause a warning: the others are too red, or in a picture without colours.
None of the 35 does, except one in green light. Dolls, cartoons and painted statues are not detected.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Pixels
from visavis.engine.face import FaceModels
from visavis.engine.face.pose import shape_error_cm
from visavis.engine.rig.covered import mouth_signs
from visavis.engine.rig.crop import HeadCrop

_MIN_SCORE: Final = 0.3
_MIN_SHAPE: Final = 0.45
_MIN_REDDER: Final = 1.5
_MAX_STONE_RED: Final = 5.0
_MIN_COLOURS: Final = 2.5
_STONE: Final = (
    "The face does not look like a person's skin (its lips have the colour of what is around them). "
    "The result may look odd."
)
_SMALL_PX: Final = 64
_BRIGHTNESS_BINS: Final = 10


@dataclass(frozen=True)
class PersonSigns:
    """Measurements of how much a face looks like a person's.

    Attributes:
        shape: Score of the short-range detector minus the distance of the landmarks from a person's, in cm.
        redder: How much redder the lips are than the skin around them, in CIE Lab.
        red: How red the skin around the lips is, in CIE Lab.
        colours: Spread of colours with one brightness in the picture, in CIE Lab; 0 for a photo that is black
            and white or toned.
    """

    shape: float
    redder: float
    red: float
    colours: float


def judge_likeness(models: FaceModels, crop: HeadCrop) -> tuple[str, ...]:
    """Warnings for the person who sent a face that seems not to be a person's."""
    signs = person_signs(models, crop)
    if signs.shape < _MIN_SHAPE:
        return ("The face does not have the shape of a person's. The result may look odd.",)
    is_stone = signs.redder < _MIN_REDDER and signs.red < _MAX_STONE_RED
    if is_stone and signs.colours > _MIN_COLOURS:
        return (_STONE,)
    return ()


def person_signs(models: FaceModels, crop: HeadCrop) -> PersonSigns:
    """Measure the shape and the colours of a head."""
    score = max((found.score for found in models.detect_near(crop.rgb, min_score=_MIN_SCORE)), default=0.0)
    mouth = mouth_signs(crop)
    return PersonSigns(score - shape_error_cm(crop.points), mouth.redder, mouth.skin[1], _colours(crop.rgb))


def _colours(rgb: Pixels) -> float:
    small = cv2.resize(rgb, (_SMALL_PX, _SMALL_PX), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    lab = lab[np.argsort(lab[:, 0])]
    bins = np.array_split(lab[:, 1:], _BRIGHTNESS_BINS)
    return float(np.sqrt(np.mean([part.var(axis=0).sum() for part in bins])))
