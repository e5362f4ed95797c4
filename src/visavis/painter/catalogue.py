"""What there is to choose from: cuts, garments and face shapes, and whom they suit."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Length(Enum):
    """Length of hair."""

    SHORT = 0
    MEDIUM = 1
    LONG = 2


@dataclass(frozen=True)
class Cut:
    """A cut of hair.

    Attributes:
        length: Length of it.
        low: Least femininity that it is usual for.
        high: Greatest femininity that it is usual for.
        texture: Texture that it needs, or `None`.
        max_age_years: Age up to which it is usual.
    """

    length: Length
    low: float = 0.0
    high: float = 1.0
    texture: str | None = None
    max_age_years: int = 95


_S, _M, _L = Length.SHORT, Length.MEDIUM, Length.LONG
CUTS: Final[dict[str, Cut]] = {
    "bald": Cut(_S, high=-1),
    "balding": Cut(_S, high=-1),
    "buzz": Cut(_S, high=0.3),
    "short": Cut(_S, high=0.5),
    "side_part": Cut(_S, high=0.5),
    "quiff": Cut(_S, high=0.4, max_age_years=50),
    "slicked": Cut(_S, high=0.4),
    "undercut": Cut(_S, high=0.4, max_age_years=45),
    "mohawk": Cut(_S, high=-1),
    "textured_crop": Cut(_S, high=0.5, max_age_years=60),
    "curtains": Cut(_S, high=0.6, max_age_years=35),
    "pixie": Cut(_S, low=0.45),
    "bob": Cut(_M, low=0.6),
    "fringe_bob": Cut(_M, low=0.6),
    "lob": Cut(_M, low=0.6),
    "long": Cut(_L, low=0.6, max_age_years=65),
    "long_fringe": Cut(_L, low=0.6, max_age_years=50),
    "layered": Cut(_M, low=0.6),
    "side_swept": Cut(_L, low=0.6, max_age_years=60),
    "ponytail": Cut(_M, low=0.6, max_age_years=60),
    "bun": Cut(_M, low=0.6),
    "pigtails": Cut(_L, low=0.6, max_age_years=14),
    "afro": Cut(_M, texture="coily", max_age_years=60),
    "short_afro": Cut(_S, texture="coily"),
    "curls": Cut(_M, low=0.5, texture="curly"),
    "braids": Cut(_L, low=0.5, texture="coily", max_age_years=55),
    "cornrows": Cut(_S, texture="coily", max_age_years=45),
    "plaits": Cut(_L, low=0.6, max_age_years=20),
    "dreadlocks": Cut(_L, texture="coily", max_age_years=60),
    "dread_short": Cut(_S, high=0.6, texture="coily", max_age_years=45),
}
MASCULINE_CUTS: Final = tuple(name for name, cut in CUTS.items() if cut.high < 0.6)


def cuts_of(texture: str, femininity: float, age_years: int, length: Length | None) -> list[str]:
    """Cuts that suit somebody; at least one."""
    fitting = [
        name
        for name, cut in CUTS.items()
        if (cut.texture in (None, texture) and (length is None or cut.length is length))
        and cut.high >= 0
        and age_years <= cut.max_age_years
    ]
    if texture == "coily":
        fitting = [name for name in fitting if CUTS[name].texture or name in ("buzz", "bun", "ponytail")]
    suiting = [name for name in fitting if CUTS[name].low <= femininity <= CUTS[name].high]
    spare = {Length.SHORT: "short", Length.MEDIUM: "lob", Length.LONG: "long"}[length or Length.SHORT]
    return suiting or fitting or [spare]


FACE_SHAPES: Final[dict[str, dict[str, float]]] = {
    "round": {"width": 0.6, "jaw": 0.3, "chin": -0.5, "fullness": 0.7},
    "oval": {"width": 0.0, "jaw": -0.2, "chin": 0.1, "fullness": 0.0},
    "square": {"width": 0.3, "jaw": 1.0, "chin": 0.1, "fullness": -0.1},
    "long": {"width": -0.6, "jaw": 0.0, "chin": 0.8, "fullness": -0.4},
    "heart": {"width": 0.2, "jaw": -0.9, "chin": 0.2, "fullness": -0.2},
    "diamond": {"width": 0.2, "jaw": -0.5, "chin": 0.2, "fullness": -0.7},
}


class GARMENTS:
    """Clothes, and what is usual."""

    _FREE = ("jumper", "tshirt", "shirt", "turtleneck", "hoodie", "blazer", "polo", "cardigan")
    _WOMEN = ("blouse", "dress", "jumper", "cardigan", "blazer", "turtleneck", "shirt")
    _COLOURS: Final[dict[str, tuple[str, ...]]] = {
        "suit": ("navy", "charcoal", "black", "grey"),
        "blazer": ("navy", "charcoal", "beige", "burgundy", "teal"),
        "shirt": ("white", "light_blue", "blue", "navy", "beige"),
        "plaid_shirt": ("red", "green", "blue"),
        "blouse": ("white", "beige", "pink", "burgundy", "teal", "green"),
        "scrubs": ("teal", "blue", "light_blue"),
        "lab_coat": ("white",),
        "uniform": ("navy", "dark_green"),
        "leather_jacket": ("black", "dark_brown"),
        "denim_jacket": ("blue",),
        "apron": ("brown", "dark_green", "charcoal"),
        "overalls": ("blue", "navy"),
        "hi_vis": ("orange", "yellow"),
        "chef_jacket": ("white",),
        "coat": ("beige", "charcoal", "navy", "brown"),
    }
    _ANY = (
        "teal",
        "burgundy",
        "navy",
        "grey",
        "green",
        "beige",
        "charcoal",
        "blue",
        "white",
        "hazel",
        "purple",
    )

    @classmethod
    def usual(cls, femininity: float, age_years: int) -> tuple[str, ...]:
        """Garments that are usual for somebody."""
        if age_years < 18:
            return ("tshirt", "hoodie", "jumper")
        return cls._WOMEN if femininity > 0.6 else cls._FREE

    @classmethod
    def colours(cls, garment: str) -> tuple[str, ...]:
        """Usual colours of a garment."""
        return cls._COLOURS.get(garment, cls._ANY)
