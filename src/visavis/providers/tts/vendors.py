"""What is known of the voices of hosted services, for clients that name one that is not here."""

import re
from dataclasses import dataclass
from typing import Final, Literal

Sex = Literal["female", "male"]

_FEMALE: Final = (
    # OpenAI; Kokoro and servers with its voices.
    "alloy coral marin nova sage shimmer bella jessica kore nicole river sarah sky alice emma isabella "
    "lily heart aoede "
    # Premade voices of ElevenLabs, by name and by ID.
    "rachel domi dorothy elli emily freya gigi glinda grace laura charlotte matilda mimi serena "
    "21m00tcm4tlvdq8ikwam aznzlk1xvdvuebnxmlld exavitqu4vr4xnsdxmal fgy2wht9xwyfc7yjnnsu "
    "xb0fdujrsj371bdnl0at xrexe9yken4zflsnk5cf cgsgspjxawpmtqc3yqlc pfzp5awu3nvxbtqvmi3z "
    # Deepgram, Azure, Google, Amazon, by the names in their IDs.
    "asteria luna stella athena hera thalia andromeda helena cora jenny aria ava michelle sonia katja denise "
    "elvira elsa francisca joanna kendra kimberly salli ivy ruth danielle amy olivia vicki lea celine lucia "
    "bianca camila"
)
_MALE: Final = (
    "ash ballad cedar echo fable onyx verse adam eric fenrir liam michael puck santa daniel george lewis "
    "antoni arnold bill brian callum charlie chris clyde dave drew ethan fin harry james jeremy josh patrick "
    "paul roger sam thomas will "
    "erxwobaymmvg5lbxmftb ibkrd1v1p3wtlo2lsjyi vr6aewltigwg4xssukag pninz6obpgdqgcfmajgb "
    "jbfqnczsd6mkzkjm5i4m onwk4e9zluptaqcbckdv tx3ladqq44lwp5wrcbga nptgg2thqqnjjbnvxkkp "
    "orion arcas perseus angus orpheus helios zeus apollo aries guy davis ryan conrad henri alvaro diego "
    "antonio matthew joey justin kevin stephen gregory arthur hans mathieu enrique giorgio ricardo"
)
_SEXES: Final[dict[str, Sex]] = {
    **dict.fromkeys(_FEMALE.split(), "female"),
    **dict.fromkeys(_MALE.split(), "male"),
}
_WORDS: Final = re.compile(r"[a-z0-9]+")
_LANGUAGE: Final = re.compile(r"(?:^|-)([a-z]{2}-[A-Z]{2})(?:-|$)")
_SUFFIXES: Final = ("multilingualneural", "neural")


@dataclass(frozen=True)
class VendorVoice:
    """What the ID of a voice tells.

    Attributes:
        language: BCP 47 tag; empty if it is not in the ID.
        sex: Sex that listeners hear; `None` if it is not known.
    """

    language: str
    sex: Sex | None


def known_sex(voice: str) -> Sex | None:
    """The sex of a voice of a hosted service, by its ID or by the name in it; `None` if it is not known."""
    for word in _WORDS.findall(voice.lower()):
        name = next((word.removesuffix(each) for each in _SUFFIXES if word.endswith(each)), word)
        if sex := _SEXES.get(name):
            return sex
    words = set(_WORDS.findall(voice.lower()))
    if "female" in words:
        return "female"
    return "male" if "male" in words else None


def read_voice_id(voice: str) -> VendorVoice:
    """What the ID of a voice tells, such as `en-US-JennyNeural`, `aura-asteria-en` or `onyx`."""
    found = _LANGUAGE.search(voice)
    return VendorVoice(found[1] if found else "", known_sex(voice))
