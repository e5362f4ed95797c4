"""The rig: everything that is needed to draw a face."""

from dataclasses import dataclass

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.eyes import Eye
from visavis.engine.rig.fields import DisplacementFields
from visavis.engine.rig.interior import Interior
from visavis.engine.rig.lips import LipLayers


@dataclass(frozen=True)
class Picture:
    """The whole photo, with the square of the head in it.

    Attributes:
        rgb: Shape `(height, width, 3)`, at most 1080p.
        left: Left edge of the square in `rgb`, pixels; may be fractional.
        top: Top edge of the square.
        side: Side of the square.
    """

    rgb: Pixels
    left: float
    top: float
    side: float


@dataclass(frozen=True)
class Rig:
    """A face that can be drawn.

    Attributes:
        person: Shape `(size, size, 4)`, RGBA with colours multiplied by alpha.
        background: Shape `(size, size, 3)`, the background.
        fields: Displacement fields of the controls.
        eyes: Left and right eye of the picture.
        lips: The two layers around the mouth.
        interior: The inside of the mouth.
        neutral: Shape `(controls,)`: weights of this face at rest with its mouth closed. All zeros is the
            photo.
        picture: The whole photo.
        pixels_per_cm: Scale of the face.
    """

    person: Pixels
    background: Pixels
    fields: DisplacementFields
    eyes: tuple[Eye, Eye]
    lips: LipLayers
    interior: Interior
    neutral: Floats
    picture: Picture
    pixels_per_cm: float

    @property
    def size(self) -> int:
        """Side of a frame in pixels."""
        return int(self.person.shape[0])
