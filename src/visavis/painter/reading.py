"""Reads what a request says about a character: the prompt, word by word, and the hints.

Rules and data, no model: a phrase means what `words/` says. A colour or a shape belongs to the noun beside
it ("long brown hair"); a negation turns what follows it off ("no glasses"). What was not understood is
reported, so that nobody is fooled.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from visavis.painter.vocabulary import Meaning, Vocabulary, folded, hint_keys, vocabularies, words_of

_OF_NOUN: Final = {  # the traits that a word beside a noun can be
    "hair": ("hair_length", "hair_texture", "hair_cut"),
    "eyes": ("eye_shape",),
    "skin": ("skin_tone",),
    "beard": ("beard",),
    "brows": ("brows",),
    "nose": ("nose",),
    "lips": ("lips",),
    "outfit": ("garment",),
    "background": ("background",),
    "glasses": ("glasses",),
    "lighting": ("lighting",),
    "face": ("face_shape",),
    "neckwear": (),
    "headwear": (),
    "person": ("age", "ethnicity", "build", "mood"),
}
_OFF: Final = frozenset(
    ("beard", "glasses", "earrings", "headwear", "freckles", "makeup", "neckwear", "extra")
)
_OPPOSITE: Final = {
    ("mood", "happy"): "neutral",
    ("mood", "friendly"): "neutral",
    ("mood", "serious"): "friendly",
}
_NOUN_OF: Final = {  # what a phrase that is no noun itself can be the noun of
    "sex": "person",
    "role": "person",
    "ethnicity": "person",
    "hair_cut": "hair",
    "hair_texture": "hair",
    "hair_length": "hair",
    "beard": "beard",
    "garment": "outfit",
    "glasses": "glasses",
    "headwear": "headwear",
}
_MANY: Final = frozenset(("extra",))  # traits that a character can have several of
_REACH: Final = 5  # words between an adjective and its noun


@dataclass(frozen=True)
class Word:
    """A phrase that was understood.

    Attributes:
        text: The phrase, folded.
        source: `prompt`, or the key of the hint.
        trait: The trait that it decides.
        value: The value of the trait.
    """

    text: str
    source: str
    trait: str
    value: str


@dataclass(frozen=True)
class Reading:
    """What a request says.

    Attributes:
        words: All that was understood, the more important first; the first word of a trait counts.
        unknown: Words that mean nothing to the painter, each with its source.
        language: Code of the language of the prompt.
    """

    words: tuple[Word, ...]
    unknown: tuple[tuple[str, str], ...]
    language: str

    def values(self) -> dict[str, str]:
        """The value of each trait that was named."""
        traits: dict[str, str] = {}
        for word in self.words:
            traits.setdefault(word.trait, word.value)
        return traits

    def is_number(self, trait: str) -> bool:
        """Whether a trait was named in digits, so that it is exact."""
        named = next((word.text for word in self.words if word.trait == trait), "")
        return any(each.isdecimal() for each in named)

    def all_values(self, trait: str) -> tuple[str, ...]:
        """All values of a trait that a character can have several of."""
        return tuple(dict.fromkeys(word.value for word in self.words if word.trait == trait))


@dataclass
class _Item:
    """A phrase of the text: its place (in words), its clause and what it can mean."""

    at: int
    clause: int
    text: str
    meanings: tuple[Meaning, ...]
    is_bound: bool
    negated: bool = False

    def of(self, kind: str) -> str | None:
        return next((value for found, value in self.meanings if found == kind), None)

    @property
    def noun(self) -> str | None:
        named = self.of("noun")
        if named is not None or self.is_bound:
            return named
        return next((_NOUN_OF[kind] for kind, _ in self.meanings if kind in _NOUN_OF), None)


def read_request(prompt: str, hints: Mapping[str, Any]) -> Reading:
    """Read the prompt and the hints; where they disagree, the hint counts."""
    language = _language_of(prompt)
    known: list[Word] = []
    unknown: list[tuple[str, str]] = []
    for key, value in hints.items():
        for text in _texts(value):
            words, missed = _read_hint(key, text)
            known += words
            unknown += [(each, key) for each in missed]
    words, missed = _read_text(prompt, language, "prompt")
    known += words
    unknown += [(each, "prompt") for each in missed]
    return Reading(tuple(known), tuple(dict.fromkeys(unknown)), language.code)


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)


def _language_of(text: str) -> Vocabulary:
    """The language that knows most of the words; English where it is equal."""
    words = words_of(folded(text))

    def known(language: Vocabulary) -> int:
        count = at = 0
        while at < len(words):
            length = language.longest(words, at)[0]
            count += length
            at += max(1, length)
        return count

    return max(vocabularies(), key=known)


def _read_hint(key: str, text: str) -> tuple[list[Word], list[str]]:
    rule = hint_keys().get(key)
    text = text.replace("_", " ")
    language = _language_of(text)
    if rule is None:
        return _read_text(text, language, key)
    traits, noun = rule["traits"], rule.get("noun")
    items, missed = _scan(text, language, numbers="age" in traits)
    _negate(items)
    words: list[Word] = []
    left: list[_Item] = []
    for item in items:
        trait = next((trait for trait in traits if item.of(trait) is not None), None)
        tint = item.of("colour")
        if trait is not None:
            words.append(_word(item, key, trait, item.of(trait) or ""))
        elif tint is not None and noun is not None:
            words.append(_word(item, key, f"{noun}_colour", tint))
        else:
            left.append(item)
    for item in left:
        free = next((m for m in item.meanings if m[0] not in _NO_TRAITS and not item.is_bound), None)
        if free is not None:
            words.append(_word(item, key, *free))
        elif not words and not item.of("noise") and item.of("noise") is None:
            missed.append(item.text)
    return words, missed


_NO_TRAITS: Final = frozenset(("colour", "noun", "negation", "resume", "noise"))


def _read_text(text: str, language: Vocabulary, source: str) -> tuple[list[Word], list[str]]:
    items, missed = _scan(text, language, numbers=True)
    _negate(items)
    words: list[Word] = []
    nouns = [item for item in items if item.noun is not None]
    for item in items:
        meanings = _meanings_of(item, nouns, language)
        if meanings:
            words += [_word(item, source, *meaning) for meaning in meanings]
        elif item.of("noun") is None and item.of("noise") is None:
            missed.append(item.text)
    return words, missed


def _meanings_of(item: _Item, nouns: list[_Item], language: Vocabulary) -> list[Meaning]:
    """What a phrase means where it stands: "granny" is an age and a sex."""
    free = [meaning for meaning in item.meanings if meaning[0] not in _NO_TRAITS]
    is_adjective = item.is_bound or item.of("colour") is not None
    if not is_adjective:
        return free
    for noun in _nearest(item, nouns, language):
        name = noun.noun or ""
        for trait in _OF_NOUN[name]:
            value = item.of(trait)
            if value is not None:
                return [(trait, value)]
        tint = item.of("colour")
        if tint is not None:
            return [("skin_colour" if name == "person" else f"{name}_colour", tint)]
    return [] if item.is_bound else free


def _nearest(item: _Item, nouns: list[_Item], language: Vocabulary) -> list[_Item]:
    """The nouns that an adjective can belong to, the likeliest first."""
    after = [n for n in nouns if 0 < n.at - item.at <= _REACH and n is not item]
    before = [n for n in reversed(nouns) if 0 < item.at - n.at <= _REACH and n.clause == item.clause]
    near = [n for n in after if n.clause == item.clause]
    far = [n for n in after if n.clause != item.clause]
    ordered = (*before[:1], *near[:1]) if language.noun_first else (*near[:1], *before[:1])
    return [*ordered, *far[:1]]


def _word(item: _Item, source: str, trait: str, value: str) -> Word:
    text = f"not {item.text}" if item.negated else item.text
    if item.negated:
        if trait in _OFF:
            value = "none"
        else:
            value = _OPPOSITE.get((trait, value), "")
            trait = trait if value else f"avoided_{trait}"
    return Word(text, source, trait, value)


def _negate(items: list[_Item]) -> None:
    """A negation turns off what follows it, up to the end of the clause or a word like "but"."""
    off: int | None = None
    for item in items:
        if item.of("negation") is not None:
            off = item.clause
        elif item.of("resume") is not None or item.clause != off:
            off = None
        elif off is not None:
            item.negated = True
    items[:] = [item for item in items if item.of("negation") is None and item.of("resume") is None]


def _scan(text: str, language: Vocabulary, *, numbers: bool) -> tuple[list[_Item], list[str]]:
    """Cut a text into phrases; also gives the words that are none."""
    plain = folded(text)
    items: list[_Item] = []
    if numbers:
        plain, ages = _ages(plain, language)
        items += [_Item(-1, -1, shown, (("age", str(years)),), is_bound=False) for shown, years in ages]
    missed: list[str] = []
    at = 0
    for clause, part in enumerate(re.split(r"[.,;:!?()\n]+", plain)):
        words = words_of(part)
        start = 0
        while start < len(words):
            length, phrase, meanings = _longest(words, start, language)
            if length:
                shown = " ".join(words[start : start + length])
                items.append(_Item(at + start, clause, shown, meanings, phrase in language.bound))
            elif not words[start].isdigit():
                missed.append(words[start])
            start += max(1, length)
        at += len(words)
    return [item for item in items if any(kind != "noise" for kind, _ in item.meanings)], missed


def _longest(
    words: list[str], start: int, language: Vocabulary
) -> tuple[int, tuple[str, ...], tuple[Meaning, ...]]:
    found = language.longest(words, start)
    return found if found[0] else vocabularies()[0].longest(words, start)


def _ages(plain: str, language: Vocabulary) -> tuple[str, list[tuple[str, int]]]:
    """Ages in numbers, and the text without them."""
    ages: list[tuple[str, int]] = []

    def taken(match: re.Match[str]) -> str:
        parts = match.groupdict()
        if parts.get("years"):
            years = int(parts["years"])
        elif parts.get("decade"):
            years = int(parts["decade"]) + 5
            years += -3 if "early" in match[0] else 3 if "late" in match[0] else 0
        else:
            years = (int(parts["from"]) + int(parts["to"])) // 2
        ages.append((match[0].strip(), years))
        return " "

    for pattern in language.ages:
        plain = pattern.sub(taken, plain)
    return plain, ages
