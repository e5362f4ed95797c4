"""Finds the orientation of a photo by the face in it.

The camera writes the orientation of a photo into a tag, and many programs remove the tag. The detectors also
find a face that is upside down, and the landmark model fits an upright face to it, with the mouth on the
forehead. Both detectors give an upright face a higher score, and its landmarks are closer to the shape of a
face.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from visavis.engine.arrays import Pixels
from visavis.engine.face.accept import MAX_ROLL_DEGREES, FoundFace, agreed_faces, closer_look, find_face
from visavis.engine.face.detector import Detection, Detector
from visavis.engine.face.models import FaceModels
from visavis.engine.face.pose import head_pose, shape_error_cm

_MIN_SCORE: Final = 0.3
_MAX_SHAPE_ERROR_CM: Final = 1.5  # larger errors carry no information
# Scores of both detectors minus the shape error, over 41 faces tilted by up to 25 degrees: upright 0.97 to
# 1.8, at least 0.12 above the same face upside down (up to 1.12); most of the upright ones are over 1.25.
_SURELY_UPRIGHT: Final = 1.25
# A dark mask on an upright face looks like hair on one upside down. Over 20 faces behind black masks: 0.6 to
# 1.4 upright, 0.9 to 1.3 upside down. A photo is only turned if the result is surely upright.
_MARGIN: Final = 0.25
_TURNED_WORDS: Final = {
    1: "a quarter turn to the left",
    2: "upside down",
    3: "a quarter turn to the right",
}


@dataclass(frozen=True)
class UprightFace:
    """A face, and the rotation that makes its photo upright.

    Attributes:
        face: The face in the rotated photo.
        quarter_turns: Number of quarter turns to the left, as in `numpy.rot90`: 0 to 3.
    """

    face: FoundFace
    quarter_turns: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for the person who sent the photo."""
        if not self.quarter_turns:
            return self.face.warnings
        words = _TURNED_WORDS[self.quarter_turns]
        return (f"The photo does not stand upright; it was turned {words}.", *self.face.warnings)


def find_upright_face(models: FaceModels, rgb: Pixels) -> UprightFace:
    """Find the largest face in a photo that may lie on its side or upside down.

    Args:
        models: The face models.
        rgb: Shape `(height, width, 3)`.

    Raises:
        InputError: As `find_face` raises it.
    """
    turns = quarter_turns(models, rgb)
    return UprightFace(find_face(models, turned(rgb, turns)), turns)


def turned(image: Pixels, quarter_turns: int) -> Pixels:
    """Rotate a picture to the left; without rotation, the same array."""
    return np.ascontiguousarray(np.rot90(image, quarter_turns)) if quarter_turns else image


def quarter_turns(models: FaceModels, rgb: Pixels) -> int:
    """Number of quarter turns to the left that make a photo upright; 0 if it cannot be decided."""
    as_it_stands = _uprightness(models, rgb)
    if as_it_stands is not None and as_it_stands > _SURELY_UPRIGHT:
        return 0
    others = [(_uprightness(models, turned(rgb, turns)), turns) for turns in (1, 2, 3)]
    best, turns = max(((seen, turns) for seen, turns in others if seen is not None), default=(None, 0))
    if best is None:
        return 0
    if as_it_stands is not None and best < max(as_it_stands + _MARGIN, _SURELY_UPRIGHT):
        return 0
    return turns


def _uprightness(models: FaceModels, rgb: Pixels) -> float | None:
    """How upright the largest face is; `None` if there is no face."""
    faces = agreed_faces(models, rgb)
    if not faces:
        return None
    largest = max(faces, key=lambda face: face.side)
    points = models.landmarks(rgb, largest).points
    if abs(head_pose(points).roll_degrees) > MAX_ROLL_DEGREES:
        return None
    part = closer_look(rgb, largest)
    scores = _best_score(models.detect_near, part) + _best_score(models.detect_far, part)
    return scores - min(shape_error_cm(points), _MAX_SHAPE_ERROR_CM)


def _best_score(detector: Detector, rgb: Pixels) -> float:
    found: list[Detection] = detector(rgb, min_score=_MIN_SCORE)
    return max((face.score for face in found), default=0.0)
