"""Inspiration by pictures: what is measured in them, never a copy of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reference:
    """Traits that pictures of people inspire.

    Attributes:
        face: Numbers of `Face` by name.
        skin_tone: As in `Skin.tone`.
        eye_colour: Web colour.
        hair_colour: Web colour.
        beard: Name of the beard, or `None`.
        glasses: Name of the frame, or `None`.
        femininity: As in `Character`.
        age_years: Age.
    """

    face: dict[str, float] = field(default_factory=dict)
    skin_tone: float = 0.3
    eye_colour: str = "6b4426"
    hair_colour: str = "33211a"
    beard: str | None = None
    glasses: str | None = None
    femininity: float = 0.5
    age_years: int = 32
