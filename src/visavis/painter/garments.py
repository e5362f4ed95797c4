"""Garments: what each of them is made of."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Garment:
    """How a garment is made.

    Attributes:
        neckline: Shape of the opening at the neck.
        cloth: Material, which decides texture and shine.
        collar: `shirt`, `polo`, `stand`, `hood`, `rib`, `roll`, or `None`.
        over: What is worn over it, such as `jacket`, or `None`.
        over_cloth: Material of that.
        buttons: Whether there is a row of buttons.
    """

    neckline: str = "crew"
    cloth: str = "plain"
    collar: str | None = None
    over: str | None = None
    over_cloth: str = "plain"
    buttons: bool = False


MADE: Final[dict[str, Garment]] = {
    "jumper": Garment("crew", "knit", "rib"),
    "tshirt": Garment("crew", "plain", "rib"),
    "turtleneck": Garment("roll", "knit", "roll"),
    "shirt": Garment("collar", "plain", "shirt", buttons=True),
    "plaid_shirt": Garment("collar", "plaid", "shirt", buttons=True),
    "polo": Garment("collar", "knit", "shirt", buttons=True),
    "blouse": Garment("vee", "satin", None),
    "dress": Garment("scoop", "satin", None),
    "tank_top": Garment("tank", "plain", "rib"),
    "jersey": Garment("vee_small", "satin", "rib", over="stripes"),
    "hoodie": Garment("crew", "fleece", "hood"),
    "cardigan": Garment("crew", "plain", "rib", over="cardigan", over_cloth="knit"),
    "blazer": Garment("collar", "plain", "shirt", over="jacket", over_cloth="wool"),
    "suit": Garment("collar", "plain", "shirt", over="jacket", over_cloth="wool"),
    "coat": Garment("roll", "knit", "roll", over="jacket", over_cloth="wool"),
    "leather_jacket": Garment("crew", "plain", "rib", over="jacket", over_cloth="leather"),
    "denim_jacket": Garment("crew", "plain", "rib", over="open_shirt", over_cloth="denim"),
    "lab_coat": Garment("collar", "plain", "shirt", over="jacket", over_cloth="plain"),
    "scrubs": Garment("vee_small", "plain", "band"),
    "uniform": Garment("collar", "plain", "shirt", over="uniform", over_cloth="wool"),
    "apron": Garment("collar", "plain", "shirt", over="apron", over_cloth="plain", buttons=True),
    "overalls": Garment("crew", "plain", "rib", over="overalls", over_cloth="denim"),
    "hi_vis": Garment("collar", "plain", "shirt", over="vest", over_cloth="plain"),
    "chef_jacket": Garment("stand", "plain", "stand", over="double_buttons"),
    "kimono": Garment("wrap", "satin", "wrap"),
    "sari": Garment("scoop", "satin", None, over="drape", over_cloth="satin"),
    "kaftan": Garment("stand", "plain", "stand", over="embroidery"),
}
INNER_FIRST: Final = frozenset(  # garments of which the outer part has the colour
    name
    for name, made in MADE.items()
    if made.over in ("jacket", "cardigan", "open_shirt", "uniform", "apron", "overalls", "vest")
)
