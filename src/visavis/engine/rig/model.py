"""The rig itself: everything that drawing a face needs, and nothing that only building it needed."""

from dataclasses import dataclass

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.eyes import Eye
from visavis.engine.rig.fields import DisplacementFields
from visavis.engine.rig.interior import Interior
from visavis.engine.rig.lips import LipLayers


@dataclass(frozen=True)
class Picture:
    """The whole photo, and where the head's square lies in it.

    Attributes:
        rgb: Shape `(height, width, 3)`, at most 1080p.
        left: Left edge of the square in `rgb`, pixels; may be fractional.
        top: Its upper edge.
        side: Its side.
    """

    rgb: Pixels
    left: float
    top: float
    side: float


@dataclass(frozen=True)
class Rig:
    """A face, ready to be drawn.

    Attributes:
        person: Shape `(size, size, 4)`, RGBA with colours multiplied by alpha.
        background: Shape `(size, size, 3)`, what lies behind.
        fields: How each control moves the skin.
        eyes: The left and the right one of the picture.
        lips: The two layers around the mouth.
        interior: What shows between them.
        neutral: Shape `(controls,)`: the weights at which this face rests with its mouth shut. The photo
            itself is all zeros.
        picture: The whole photo.
        pixels_per_cm: Scale at the face.
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
