"""Makes a whole character from what a request says: what was not said is drawn from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar

import numpy as np

from visavis.painter.catalogue import (
    CUTS,
    FACE_SHAPES,
    GARMENTS,
    MASCULINE_CUTS,
    Length,
    cuts_of,
)
from visavis.painter.character import Character, Face, Hair, Outfit, Scene, Skin
from visavis.painter.reading import Reading, read_request
from visavis.painter.references import Reference
from visavis.painter.vocabulary import palette

_T = TypeVar("_T")
_AGE_SPREAD: Final = {8: 2, 16: 2, 24: 4, 25: 4, 47: 5, 38: 6, 72: 7}  # of words such as "young"
_FEMININITY: Final = {"woman": 0.88, "man": 0.1, "androgynous": 0.5}
_MOSTLY_WOMEN: Final = 0.6  # least femininity of cuts that few men wear
_BUILD: Final = {"slim": -0.8, "average": 0.0, "athletic": -0.1, "heavy": 0.9}
_CLOSENESS: Final = {"close": 0.9, "bust": 0.0, "half": -0.9}
_GAZE: Final = {
    "camera": (0.0, 0.0),
    "left": (-0.8, 0.0),
    "right": (0.8, 0.0),
    "up": (0.0, 0.7),
    "down": (0.0, -0.5),
    "away": (0.7, 0.25),
}


@dataclass(frozen=True)
class Understood:
    """What was made of a request.

    Attributes:
        character: The character.
        reading: What the words of the request say.
    """

    character: Character
    reading: Reading

    def as_json(self) -> dict[str, Any]:
        """Plain values: `language`, `understood` (word by word), `not_understood`, `character`."""
        return {
            "language": self.reading.language,
            "understood": [
                {"text": word.text, "source": word.source, "trait": word.trait, "value": word.value}
                for word in self.reading.words
            ],
            "not_understood": [{"text": text, "source": source} for text, source in self.reading.unknown],
            "character": self.character.as_json(),
        }


def understand(
    prompt: str,
    hints: Mapping[str, Any] | None = None,
    seed: int = 0,
    reference: Reference | None = None,
) -> Understood:
    """Read a request and imagine a character that fits it.

    Args:
        prompt: What the client wants, in English, German, Spanish or French.
        hints: Values by key; documented keys are those of `words/hints.toml`, others are read as words.
        seed: The same request with the same seed gives the same character; another seed, somebody else.
        reference: What pictures of the client's own inspire; words count more.
    """
    reading = read_request(prompt, hints or {})
    return Understood(_Imagination(reading, seed, reference).character(), reading)


class _Imagination:
    """Decides each trait: by the words, by the reference, or by the seed."""

    def __init__(self, reading: Reading, seed: int, reference: Reference | None) -> None:
        self._said = reading.values()
        self._is_exact_age = reading.is_number("age")
        self._extras = reading.all_values("extra")
        self._seed = seed
        self._reference = reference
        self._palette = palette()
        self._random = np.random.default_rng([seed & 0xFFFFFFFF, 77])

    def character(self) -> Character:
        role = self._palette["roles"].get(self._said.get("role", ""), {})
        age = self._age()
        femininity = self._femininity()
        origin = self._origin()
        beard = self._beard(age, femininity)
        hair = self._hair(origin, age, femininity)
        turn, tilt, nod, lean = self._pose()
        mood = self._said.get("mood") or self._one(["friendly", "friendly", "calm", "confident", "neutral"])
        return Character(
            seed=self._seed,
            age_years=age,
            femininity=femininity,
            face=self._face(origin, femininity, age),
            skin=self._skin(origin, femininity, age),
            eye_colour=self._eyes(origin),
            hair=hair,
            beard=beard,
            mood=mood,
            build=self._build(),
            shoulders=0.8 if self._said.get("build") == "athletic" else 0.0,
            glasses=self._glasses(age),
            earrings=self._earrings(femininity, age),
            headwear=self._headwear(role),
            headwear_colour=self._cloth("headwear_colour", self._headwear_colours(role)),
            extras=self._all_extras(role),
            outfit=self._outfit(role, femininity, age),
            scene=self._scene(role),
            turn_degrees=turn,
            tilt_degrees=tilt,
            nod_degrees=nod,
            lean=lean,
            gaze=_GAZE.get(self._said.get("gaze", ""), (0.0, 0.0)),
        )

    # Chance

    def _one(self, choices: Sequence[_T]) -> _T:
        return choices[int(self._random.integers(len(choices)))]

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _about(self, spread: float = 1.0) -> float:
        return float(np.clip(self._random.normal() * spread, -1, 1))

    # The person

    def _age(self) -> int:
        free = int(self._one([22, 25, 28, 31, 34, 44, 49, 53]))
        grey = int(self._one([59, 64, 69]))
        said = self._said.get("age")
        if said is None and self._said.get("hair_colour") in ("grey", "white"):
            return grey
        if said is not None:
            spread = 0 if self._is_exact_age else _AGE_SPREAD.get(int(said), 0)
            return int(np.clip(int(said) + self._random.integers(-spread, spread + 1), 6, 95))
        return free

    def _femininity(self) -> float:
        free = self._one([0.1, 0.88])
        sex = self._said.get("sex") or self._said.get("pronoun")
        if sex is None and self._is_bearded():
            sex = "man"
        cut = CUTS.get(self._said.get("hair_cut", ""))
        if sex is None and cut is not None and cut.low >= _MOSTLY_WOMEN:
            sex = "woman"
        return float(np.clip(_FEMININITY.get(sex or "", free) + self._about(0.05), 0, 1))

    def _is_bearded(self) -> bool:
        inspired = self._reference is not None and self._reference.beard is not None
        return self._said.get("beard", "none") != "none" or (inspired and "beard" not in self._said)

    def _origin(self) -> dict[str, Any]:
        origins = self._palette["origins"]
        free = self._one(sorted(origins))
        name = self._said.get("ethnicity")
        if name is None and self._said.get("hair_colour") in ("blond", "dark_blond", "platinum", "ginger"):
            name = "north_european"
        origin: dict[str, Any] = origins[name or free]
        return origin

    def _face(self, origin: dict[str, Any], femininity: float, age: int) -> Face:
        del age
        values = {part.name: self._about(0.6) for part in fields(Face)}
        if self._reference is not None:
            values.update(self._reference.face)
        else:
            for name, usual in origin["face"].items():
                values[name] = 0.7 * values[name] + usual
        for name, usual in FACE_SHAPES.get(self._said.get("face_shape", ""), {}).items():
            values[name] = 0.3 * values[name] + usual
        values["fullness"] += 0.55 * self._build()
        values["jaw"] += 0.55 * (0.5 - femininity)
        for trait, moves in _WORDS_OF_FACE.items():
            values.update(moves.get(self._said.get(trait, ""), {}))
        return Face(**{name: float(np.clip(value, -1.2, 1.2)) for name, value in values.items()})

    def _build(self) -> float:
        return _BUILD.get(self._said.get("build", ""), 0.0)

    def _skin(self, origin: dict[str, Any], femininity: float, age: int) -> Skin:
        low, high = origin["tone"]
        tone = float(self._random.uniform(low, high))
        if self._reference is not None and "ethnicity" not in self._said:
            tone = self._reference.skin_tone
        if "skin_tone" in self._said:
            tone = float(self._said["skin_tone"])
        elif "skin_colour" in self._said:
            tone = float(self._palette["skin"].get(self._said["skin_colour"], tone))
        freckled = self._chance(0.12 if tone < 0.3 else 0.02)
        freckles = 0.8 if self._said.get("freckles") == "yes" else 0.4 * freckled
        if self._said.get("freckles") == "none":
            freckles = 0.0
        usual = 0.5 * femininity * (femininity > 0.6) * (age > 17) * (age < 75)
        makeup = {"none": 0.0, "light": 0.35, "strong": 1.0}.get(self._said.get("makeup", ""), usual)
        if "lips_colour" in self._said:
            makeup = max(makeup, 0.9)
        return Skin(tone, float(origin["warmth"]) + self._about(0.25), freckles, makeup)

    def _eyes(self, origin: dict[str, Any]) -> str:
        free = self._palette["eyes"][self._one(origin["eyes"])]
        if self._reference is not None:
            free = self._reference.eye_colour
        return str(self._palette["eyes"].get(self._said.get("eyes_colour", ""), free))

    # Hair

    def _hair(self, origin: dict[str, Any], age: int, femininity: float) -> Hair:
        texture = self._one(origin["texture"])
        texture = self._said.get("hair_texture") or texture
        colour = self._palette["hair"][self._one(origin["hair"])]
        if self._reference is not None:
            colour = self._reference.hair_colour
        said = self._said.get("hair_colour") or self._said.get("beard_colour")
        grey = float(np.clip((age - 44 + self._about() * 9) / 26, 0, 1))
        if said in ("grey", "white"):
            grey = 0.8 if said == "grey" else 1.0
        elif said is not None:
            colour, grey = self._palette["hair"].get(said, colour), grey * (0.3 if age > 60 else 0.0)
        cut = self._cut(texture, age, femininity)
        thinning = float(np.clip((age - 30 + self._about() * 22) / 60, 0, 1)) * (femininity < 0.4)
        if cut == "balding":
            thinning = 1.0
        if CUTS[cut].texture is not None and "hair_texture" not in self._said:
            texture = CUTS[cut].texture or texture
        return Hair(cut, texture, str(colour), grey, thinning)

    def _cut(self, texture: str, age: int, femininity: float) -> str:
        bald = self._chance(0.06 if age < 45 else 0.2) and femininity < 0.3
        length = self._said.get("hair_length")
        wanted: Length | None = {"short": Length.SHORT, "medium": Length.MEDIUM, "long": Length.LONG}.get(
            length or ""
        )
        free = self._one(cuts_of(texture, femininity, age, wanted))
        said = self._said.get("hair_cut")
        if said in ("curls", "afro") and wanted is Length.SHORT and texture == "coily":
            return "short_afro"
        if said == "short" and femininity > 0.6:
            return "pixie"
        if said is not None:
            return "long" if said == "flowing" else said
        hair_is_named = any(trait.startswith("hair_") for trait in self._said)
        return "bald" if bald and not hair_is_named and MASCULINE_CUTS else free

    def _beard(self, age: int, femininity: float) -> str | None:
        free = self._one(["short", "stubble", "full", "goatee", "moustache", None, None, None, None, None])
        said = self._said.get("beard")
        if said is not None:
            return None if said == "none" else said
        if self._reference is not None:
            return self._reference.beard
        return free if femininity < 0.35 and age > 21 else None

    # What is worn

    def _glasses(self, age: int) -> str | None:
        free = self._one(["square", "round", "thin"])
        worn = self._chance(0.12 + 0.25 * (age > 55))
        said = self._said.get("glasses")
        if said is not None:
            return None if said == "none" else said
        if "glasses_colour" in self._said:
            return free
        if self._reference is not None:
            return self._reference.glasses
        return free if worn else None

    def _earrings(self, femininity: float, age: int) -> str | None:
        free = self._one(["stud", "hoop", "drop"])
        worn = self._chance(0.45)
        said = self._said.get("earrings")
        if said is not None:
            return None if said == "none" else said
        return free if worn and femininity > 0.7 and age > 14 else None

    def _headwear(self, role: dict[str, Any]) -> str | None:
        said = self._said.get("headwear")
        if said is not None:
            return None if said == "none" else said
        worn = self._chance(0.6)
        return role.get("headwear") if worn and "hair_cut" not in self._said else None

    def _headwear_colours(self, role: dict[str, Any]) -> list[str]:
        usual = {"wide_hat": ["beige", "light_brown"], "hard_hat": ["yellow", "orange"]}
        if self._said.get("headwear") in usual:
            return usual[self._said["headwear"]]
        if role.get("headwear"):
            return ["white"] if role["headwear"] == "chef_hat" else list(role["colour"])
        return ["burgundy", "navy", "teal", "beige", "charcoal", "dark_green", "purple", "white"]

    def _all_extras(self, role: dict[str, Any]) -> tuple[str, ...]:
        named = [extra for extra in self._extras if extra != "none"]
        if "extra" in role and "none" not in self._extras:
            named.append(role["extra"])
        return tuple(dict.fromkeys(named))

    def _cloth(self, trait: str, usual: Sequence[str]) -> str:
        free = self._one(usual)
        return str(self._palette["cloth"].get(self._said.get(trait, ""), self._palette["cloth"][free]))

    def _outfit(self, role: dict[str, Any], femininity: float, age: int) -> Outfit:
        free = self._one(role.get("garment") or GARMENTS.usual(femininity, age))
        garment = self._said.get("garment") or free
        colours = role.get("colour") if garment in role.get("garment", ()) else None
        colour = self._cloth("outfit_colour", colours or GARMENTS.colours(garment))
        inner = self._cloth("inner_colour", role.get("inner") or ["white", "white", "light_blue", "beige"])
        usual = role.get("neckwear") or ("tie" if garment == "suit" and self._chance(0.7) else None)
        if femininity > 0.6 and usual == "tie":
            usual = None if self._chance(0.6) else "necklace"
        neckwear = self._said.get("neckwear") or usual
        if "neckwear_colour" in self._said and neckwear is None:
            neckwear = "tie"
        return Outfit(garment, colour, inner, None if neckwear == "none" else neckwear)

    # The picture

    def _scene(self, role: dict[str, Any]) -> Scene:
        free = self._one(["studio", "gradient", "studio"])
        usual = role.get("background") if self._chance(0.7) else None
        background = self._said.get("background") or ("studio" if "background_colour" in self._said else None)
        background = background or usual or free
        tints = ["grey", "teal", "beige", "light_blue", "charcoal", "hazel", "burgundy", "navy", "dark_green"]
        light = self._said.get("lighting") or _light_of(self._said.get("lighting_colour"))
        return Scene(
            background=background,
            colour=self._cloth("background_colour", tints),
            lighting=light or "soft",
            style=self._said.get("style", "portrait"),
            grade=self._said.get("grade"),
            closeness=_CLOSENESS.get(self._said.get("framing", ""), 0.0),
        )

    def _pose(self) -> tuple[float, float, float, float]:
        # Nobody holds the head quite straight, unless told to.
        usual = np.clip(np.random.default_rng([self._seed & 0xFFFFFFFF, 78]).normal(size=3), -1.4, 1.4)
        turn = {"left": -8.0, "right": 8.0}.get(self._said.get("turn", ""), 0.0)
        tilt = {"left": -5.0, "right": 5.0}.get(self._said.get("tilt", ""), 0.0)
        nod = {"low": 5.0, "high": -5.0}.get(self._said.get("camera", ""), 0.0)
        if not self._said.keys() & {"turn", "tilt", "camera", "pose"}:
            turn, tilt, nod = (float(most * each) for most, each in zip((2.2, 2.0, 1.0), usual, strict=True))
        lean = self._about(0.25)
        pose = self._said.get("pose")
        if pose == "formal":
            lean = 0.0
        elif pose == "relaxed":
            lean, tilt = 0.7, tilt or 2.5
        elif pose == "dynamic":
            lean, turn, tilt = -0.9, turn or 6.0, tilt or -3.0
        return turn, tilt, nod, lean


def _light_of(colour: str | None) -> str | None:
    if colour in ("blue", "light_blue", "navy", "teal"):
        return "cool"
    if colour in ("orange", "yellow", "blond"):
        return "warm"
    return "neon" if colour in ("purple", "pink") else None


_WORDS_OF_FACE: Final[dict[str, dict[str, dict[str, float]]]] = {
    "eye_shape": {
        "narrow": {"eye_size": -0.9},
        "wide": {"eye_size": 1.0},
        "almond": {"eye_tilt": 0.6, "eye_fold": 0.7},
    },
    "brows": {"thick": {"brow_weight": 1.1}, "thin": {"brow_weight": -0.9}, "arched": {"brow_arch": 0.9}},
    "nose": {
        "wide": {"nose_width": 1.0},
        "narrow": {"nose_width": -0.9},
        "long": {"nose_length": 1.0},
        "small": {"nose_width": -0.5, "nose_length": -0.7},
    },
    "lips": {"full": {"lip_fullness": 1.0}, "thin": {"lip_fullness": -0.9}},
}
