"""The sounds of the International Phonetic Alphabet, reduced to the classes of `articulation.py`.

A sound can stand for two classes in a row (a diphthong): then the first takes 60 % of its time.
"""

import unicodedata
from typing import Final

Parts = tuple[str, ...]
"""The classes of one named sound, in order; none for a name that is no sound."""

SHORT: Final = {
    "_": "silence", "P": "bilabial", "F": "labiodental", "TH": "dental", "T": "alveolar", "K": "velar",
    "SH": "postalveolar", "S": "sibilant", "N": "nasal", "R": "rhotic", "A": "open", "AE": "open_front",
    "E": "mid_front", "@": "schwa", "I": "close_front", "O": "mid_back", "U": "close_back", "H": "aspirate",
}  # fmt: skip
"""The classes, by the names that the tables of sounds use."""

_IPA: Final = {
    name: SHORT[short]
    for short, names in {
        "P": "p b m ɓ β",
        "F": "f v ɸ ʋ ɱ",
        "TH": "θ ð",
        "T": "t d ʈ ɖ ɾ ɗ",
        "K": "k ɡ g ɠ x ɣ ŋ q χ ɢ c ɟ ç ʔ ʁ",
        "SH": "ʃ ʒ ɕ ʑ ʂ ʐ",
        "S": "s z",
        "N": "n l ɲ ɳ ɫ ʎ ɭ ɬ ɮ",
        "R": "r ɹ ɻ ɺ ɽ ɝ ɚ ɜ ʀ",
        "A": "a ɑ ɐ ʌ ɶ",
        "AE": "æ",
        "E": "ɛ e",
        "@": "ə ɘ ɞ",
        "I": "ɪ i j ᵻ ɨ ɯ",
        "O": "o ɔ ɒ ø œ ɤ ɵ",
        "U": "u ʊ w ʍ y ɥ ʉ ʏ ɰ",
        "H": "h ɦ ħ ʕ",
    }.items()
    for name in names.split()
}
# An affricate is seen as the fricative that it ends in.
_AFFRICATES: Final = {
    "tʃ": "ʃ", "dʒ": "ʒ", "tɕ": "ɕ", "dʑ": "ʑ", "tʂ": "ʂ", "dʐ": "ʐ", "ts": "s", "dz": "z", "pf": "f",
    "ʧ": "ʃ", "ʤ": "ʒ", "ʨ": "ɕ", "ʥ": "ʑ", "ʦ": "s", "ʣ": "z",
}  # fmt: skip


def ipa(name: str) -> Parts | None:
    """The classes of a sound in IPA.

    Marks of stress, length and voice are ignored, and so are letters that are not known.

    Returns:
        The classes in order, silence for an empty name; `None` if no letter of it is known.
    """
    # Letters with accents, such as nasal vowels, become the letter and its mark. A tie is a mark, too.
    parted = unicodedata.normalize("NFD", name.strip("_|: "))
    letters = "".join(letter for letter in parted if not unicodedata.combining(letter) or letter == "\u0327")
    letters = letters.replace("c\u0327", "ç")
    if not letters:
        return (SHORT["_"],)
    for affricate, fricative in _AFFRICATES.items():
        letters = letters.replace(affricate, fricative)
    classes: list[str] = []
    for letter in letters:
        sound = _IPA.get(letter)
        if sound and (not classes or classes[-1] != sound):
            classes.append(sound)
    return tuple(classes) or None


def shares(parts: Parts) -> tuple[float, ...]:
    """How a sound's time divides among its classes."""
    return (0.6, 0.4) if len(parts) == 2 else (1 / len(parts),) * len(parts)
