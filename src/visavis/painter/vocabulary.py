"""The painter's vocabulary, read from `words/`: what each phrase of a language can mean."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).with_name("words")
LANGUAGES: Final = ("english", "german", "spanish", "french")

Meaning = tuple[str, str]
"""A kind (a trait, `colour`, `noun`, `negation`, `resume` or `noise`) and a value of it."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language.

    Attributes:
        code: Language code.
        noun_first: Whether adjectives follow their noun.
        phrases: What each phrase (its words, folded) can mean, by its first word.
        stems: The same for phrases whose first word is open-ended, by its first three letters.
        bound: Phrases that are read alone only in hints.
        ages: Patterns of ages in numbers.
    """

    code: str
    noun_first: bool
    phrases: dict[str, dict[tuple[str, ...], tuple[Meaning, ...]]]
    stems: dict[str, dict[tuple[str, ...], tuple[Meaning, ...]]]
    bound: frozenset[tuple[str, ...]]
    ages: tuple[re.Pattern[str], ...]

    def longest(self, words: list[str], start: int) -> tuple[int, tuple[str, ...], tuple[Meaning, ...]]:
        """The longest phrase at a word: its number of words, the phrase and its meanings; 0 if none."""
        best: tuple[int, tuple[str, ...], tuple[Meaning, ...]] = (0, (), ())
        first = words[start]
        for found in (self.phrases.get(first, {}), self.stems.get(first[:3], {})):
            for phrase, meanings in found.items():
                length = len(phrase)
                if length < best[0] or not _fits(phrase, words[start : start + length]):
                    continue
                known = best[2] if length == best[0] else ()
                best = (length, phrase, (*known, *meanings))
        return best


def folded(text: str) -> str:
    """Lower case, without accents and apostrophes."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return "".join(c for c in bare if not unicodedata.combining(c) and c not in "'’`")


def words_of(text: str) -> list[str]:
    """The words of a folded text."""
    return re.findall(r"[^\W_]+(?:&[^\W_]+)?", text)


@cache
def vocabularies() -> tuple[Vocabulary, ...]:
    """All languages; English is the first."""
    return tuple(_read(tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))) for name in LANGUAGES)


@cache
def palette() -> dict[str, Any]:
    """Colours of each part, and what origins and roles make likely."""
    return tomllib.loads((_FOLDER / "palette.toml").read_text("utf-8"))


@cache
def hint_keys() -> dict[str, dict[str, Any]]:
    """What each documented hint can say."""
    return tomllib.loads((_FOLDER / "hints.toml").read_text("utf-8"))


def _read(data: dict[str, Any]) -> Vocabulary:
    phrases: dict[str, dict[tuple[str, ...], tuple[Meaning, ...]]] = {}
    stems: dict[str, dict[tuple[str, ...], tuple[Meaning, ...]]] = {}
    for text, meaning in _entries(data):
        phrase = _phrase(text)
        open_ended = phrase[0].endswith("*")
        place = stems.setdefault(phrase[0][:3], {}) if open_ended else phrases.setdefault(phrase[0], {})
        known = place.get(phrase, ())
        if meaning not in known:
            place[phrase] = (*known, meaning)
    return Vocabulary(
        code=data["language"],
        noun_first=data.get("noun_first", False),
        phrases=phrases,
        stems=stems,
        bound=frozenset(_phrase(text) for text in data.get("bound", ())),
        ages=tuple(re.compile(pattern) for pattern in data["age_patterns"]),
    )


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+(?:&[^\W_]+)?\*?", folded(text)))


def _entries(data: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """Each phrase of a language with each of its meanings."""
    for trait, values in (*data["traits"].items(), ("colour", data["colours"]), ("noun", data["nouns"])):
        for value, texts in values.items():
            for text in texts:
                yield text, (trait, value)
    for word, years in data.get("decades", {}).items():
        yield word, ("age", str(years))
    for kind, key in (("negation", "negations"), ("resume", "resume"), ("noise", "noise")):
        for text in data.get(key, ()):
            yield text, (kind, "")


def _fits(phrase: tuple[str, ...], words: list[str]) -> bool:
    return len(words) == len(phrase) and all(
        word.startswith(part[:-1]) if part.endswith("*") else word == part
        for part, word in zip(phrase, words, strict=True)
    )
