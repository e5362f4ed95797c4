"""A character: all that the painter needs to know about a person and the picture of it.

Numbers without a unit are from 0 to 1, or from -1 to 1 where 0 is the average. Names (a cut, a garment) are
those of the vocabulary in `words/`.
"""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Face:
    """Shape of the head and its parts; each number from -1 to 1, with 0 as the average.

    Attributes:
        width: Width of the whole face.
        jaw: Width of the jaw.
        chin: Length of the chin.
        fullness: Soft tissue of cheeks and neck.
        eye_size: Opening of the eyes.
        eye_tilt: Height of the outer corner of the eye over the inner one.
        eye_fold: From a deep crease (-1) to a lid without one (1).
        brow_weight: Thickness of the brows.
        brow_arch: Height of their arch.
        nose_width: Width of the nose.
        nose_length: Length of the nose.
        lip_fullness: Height of the lips.
        mouth_width: Width of the mouth.
        cheekbones: How far the cheekbones stand out.
        forehead: Height of the hairline.
        eye_spacing: Distance of the eyes.
        brow_height: Distance of the brows from the eyes.
        nose_tip: From a tip that hangs (-1) to one that is turned up (1).
        ears: Size of the ears.
    """

    width: float = 0.0
    jaw: float = 0.0
    chin: float = 0.0
    fullness: float = 0.0
    eye_size: float = 0.0
    eye_tilt: float = 0.0
    eye_fold: float = 0.0
    brow_weight: float = 0.0
    brow_arch: float = 0.0
    nose_width: float = 0.0
    nose_length: float = 0.0
    lip_fullness: float = 0.0
    mouth_width: float = 0.0
    cheekbones: float = 0.0
    forehead: float = 0.0
    eye_spacing: float = 0.0
    brow_height: float = 0.0
    nose_tip: float = 0.0
    ears: float = 0.0


@dataclass(frozen=True)
class Skin:
    """Colour and surface of the skin.

    Attributes:
        tone: From the lightest (0) to the darkest (1).
        warmth: Undertone from rosy (-1) to golden (1).
        freckles: Density of freckles, 0 to 1.
        makeup: Strength of make-up, 0 to 1.
    """

    tone: float = 0.3
    warmth: float = 0.0
    freckles: float = 0.0
    makeup: float = 0.0


@dataclass(frozen=True)
class Hair:
    """Hair of the head.

    Attributes:
        cut: Name of the cut.
        texture: `straight`, `wavy`, `curly` or `coily`.
        colour: Web colour of the hair without grey.
        grey: Share of grey hairs, 0 to 1.
        thinning: How far the hairline has receded, 0 to 1.
    """

    cut: str = "short"
    texture: str = "straight"
    colour: str = "4a3020"
    grey: float = 0.0
    thinning: float = 0.0


@dataclass(frozen=True)
class Outfit:
    """Clothes.

    Attributes:
        garment: Name of the garment.
        colour: Web colour of the outer garment.
        inner: Web colour of what is worn under it.
        neckwear: `tie`, `bow_tie`, `scarf`, `necklace`, or `None`.
    """

    garment: str = "jumper"
    colour: str = "2f6f73"
    inner: str = "e9e7e2"
    neckwear: str | None = None


@dataclass(frozen=True)
class Scene:
    """What is around the person.

    Attributes:
        background: Name of the background.
        colour: Web colour of it.
        lighting: Name of the light.
        style: Name of the manner of painting.
        grade: Name of the colour grade, or `None`.
        closeness: From half-length (-1) over a bust (0) to a close-up (1).
    """

    background: str = "studio"
    colour: str = "8fa3a8"
    lighting: str = "soft"
    style: str = "portrait"
    grade: str | None = None
    closeness: float = 0.0


@dataclass(frozen=True)
class Character:
    """A person who does not exist.

    Attributes:
        seed: Seed of every detail that no other field decides: single hairs, pores, folds of cloth.
        age_years: Age, 6 to 95.
        femininity: From masculine (0) to feminine (1) features.
        face: Shape of the face.
        skin: Colour of the skin.
        eye_colour: Web colour of the iris.
        hair: Hair of the head.
        beard: Name of the beard, or `None`.
        mood: Name of the expression; the mouth is shut in all of them.
        build: From slim (-1) to heavy (1).
        shoulders: From narrow (-1) to broad (1).
        glasses: Name of the frame, or `None`.
        earrings: `stud`, `hoop`, `drop`, or `None`.
        headwear: Name of what covers the hair, or `None`.
        headwear_colour: Web colour of it.
        extras: Other things that are worn, such as `headset`.
        outfit: Clothes.
        scene: Background, light and style.
        turn_degrees: How far the head is turned to the right of the picture, -8 to 8.
        tilt_degrees: How far the head is tilted to the right of the picture, -6 to 6.
        nod_degrees: How far the head looks up, -6 to 6.
        lean: How much the shoulders slope to the right of the picture, -1 to 1.
        gaze: Direction of the eyes: right and up, each -1 to 1.
    """

    seed: int = 0
    age_years: int = 32
    femininity: float = 0.5
    face: Face = field(default_factory=Face)
    skin: Skin = field(default_factory=Skin)
    eye_colour: str = "6b4a2c"
    hair: Hair = field(default_factory=Hair)
    beard: str | None = None
    mood: str = "friendly"
    build: float = 0.0
    shoulders: float = 0.0
    glasses: str | None = None
    earrings: str | None = None
    headwear: str | None = None
    headwear_colour: str = "7a2f3b"
    extras: tuple[str, ...] = ()
    outfit: Outfit = field(default_factory=Outfit)
    scene: Scene = field(default_factory=Scene)
    turn_degrees: float = 0.0
    tilt_degrees: float = 0.0
    nod_degrees: float = 0.0
    lean: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)

    def as_json(self) -> dict[str, Any]:
        """All traits as plain values."""
        return asdict(self)
