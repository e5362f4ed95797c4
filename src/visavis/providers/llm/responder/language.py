"""A language as the responder reads it: stems, concepts, patterns, fixed phrases."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

import snowballstemmer

from visavis.ports.knowledge import STEMMERS

LANGUAGES: Final = ("en", "de", "es", "fr", "it", "pt")
_PUNCTUATION: Final = re.compile(r"[^\w\s]|_")
_TOKEN: Final = re.compile(r"\d+(?:[.:,]\d+)*|[^\W\d_]+")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])['\"”»)]*\s+(?=['\"“«(¿¡]*[^\W_a-zß-öø-ÿ])")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Str|Sr|Sra|Srta|Sig|Dott|Mme|Mlle|Tel|Tél|[Cc]a|z\.\s?B|e\.g|i\.e"
    r"|Av|Avda|Mt|Ste|vs|bzw|ggf|inkl|etc|approx)\.$"
)
_MAX_CACHED_STEMS: Final = 50_000
_DAYS: Final = 7


def fold(text: str) -> str:
    """A text without case, accents and typographic signs."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("–", "-"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def bare(text: str) -> str:
    """A folded text without punctuation, as a recognizer may give it."""
    return " ".join(_PUNCTUATION.sub(" ", fold(text)).split())


def split_sentences(text: str) -> list[str]:
    """The sentences of a text of one paragraph. It splits too often rather than too seldom."""
    sentences: list[str] = []
    for part in _SENTENCE_END.split(text):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {part}"
        elif part.strip():
            sentences.append(part.strip())
    return sentences


@dataclass(frozen=True)
class Rewrite:
    """A change of the begin of a sentence."""

    pattern: re.Pattern[str]
    to: str


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        code: ISO 639-1 code.
        stopwords: Words without meaning of their own, folded.
        fillers: Stems that a question may contain without asking for them.
        places: Stems of what the avatar's house may be called.
        concepts: Names of concepts by stem. A concept `pets.dog` is a kind of the concept `pets`.
        labels: What can be offered, by concept, in the order of the offer.
        kinds: Patterns of questions, by the kind of answer that they want.
        evidence: Pattern of a statement that can be such an answer, by kind.
        days: Days of the week, 1–7, by folded word.
        ranges: Words between the first and the last day of a range.
        patterns: The other patterns, by their name.
        small_talk: Patterns of whole utterances, by the reply that they get.
        injections: Patterns of attempts to command.
        instructions: Patterns of sentences that tell the avatar how to behave.
        replies: Fixed phrases.
        rewrites: How a sentence that speaks to the avatar becomes one that the avatar says.
    """

    code: str
    stopwords: frozenset[str]
    fillers: frozenset[str]
    places: frozenset[str]
    concepts: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    kinds: Mapping[str, tuple[re.Pattern[str], ...]]
    evidence: Mapping[str, re.Pattern[str]]
    days: Mapping[str, frozenset[int]]
    ranges: frozenset[str]
    patterns: Mapping[str, re.Pattern[str]]
    small_talk: Mapping[str, re.Pattern[str]]
    injections: tuple[re.Pattern[str], ...]
    instructions: tuple[re.Pattern[str], ...]
    replies: Mapping[str, str]
    rewrites: tuple[Rewrite, ...]
    aliases: tuple[tuple[re.Pattern[str], str], ...]

    def words(self, text: str) -> list[str]:
        """The words of a text, folded, with several words for one thing made one."""
        folded = fold(text)
        plain = " ".join(_TOKEN.findall(folded))
        for pattern, word in self.aliases:
            plain = pattern.sub(word, plain)
        return plain.split()

    def stem(self, word: str) -> str:
        """The stem of a folded word."""
        return _stem(self.code, word)

    def concepts_of(self, word: str) -> frozenset[str]:
        """The concepts of a folded word."""
        return self.concepts.get(self.stem(word), frozenset())

    def days_of(self, text: str) -> frozenset[int]:
        """The days of the week that a text names, with those between the ends of a range."""
        words = [word for word in re.findall(r"[^\W\d_]+|-", fold(text)) if word]
        found: set[int] = set()
        last: int | None = None
        is_range = False
        for word in words:
            days = self.days.get(word)
            if days is None:
                is_range = last is not None and (word in self.ranges or word == "-")
                last = last if is_range else None
                continue
            if is_range and last is not None and len(days) == 1:
                found |= set(_days_between(last, next(iter(days))))
            found |= days
            last = next(iter(days)) if len(days) == 1 else None
            is_range = False
        return frozenset(found)


def _days_between(first: int, last: int) -> list[int]:
    span = (last - first) % _DAYS
    return [(first - 1 + step) % _DAYS + 1 for step in range(span + 1)]


@cache
def language(code: str) -> Language:
    """The language of a code of `LANGUAGES`."""
    text = (
        resources.files("visavis.providers.llm.responder.lexicon").joinpath(f"{code}.toml").read_text("utf-8")
    )
    data = tomllib.loads(text)
    concepts: dict[str, set[str]] = {}
    for concept, words in data["concepts"].items():
        for word in fold(words).split():
            concepts.setdefault(_stem(code, word), set()).add(concept)
    days = {key: value for key, value in data["days"].items() if key != "range"}
    return Language(
        code=code,
        stopwords=frozenset(fold(data["stopwords"]).split()),
        fillers=frozenset(_stem(code, word) for word in fold(data["fillers"]).split()),
        places=frozenset(_stem(code, word) for word in fold(data["places"]).split()),
        concepts={stem: frozenset(names) for stem, names in concepts.items()},
        labels=data["labels"],
        kinds={kind: _patterns(patterns) for kind, patterns in data["kinds"].items()},
        evidence={kind: re.compile(pattern) for kind, pattern in data["evidence"].items()},
        days={word: _day_numbers(key) for key, words in days.items() for word in fold(words).split()},
        ranges=frozenset(fold(data["days"]["range"]).split()),
        patterns=_named_patterns(data),
        small_talk={name: re.compile(pattern) for name, pattern in data["small_talk"].items()},
        injections=_patterns(data["injection"]["patterns"]),
        instructions=_patterns(data["instructions"]["patterns"]),
        replies=data["replies"],
        rewrites=tuple(
            Rewrite(re.compile(rf"(?:{each['from']})(?!\w)"), each["to"]) for each in data["rewrite"]
        ),
        aliases=tuple((re.compile(rf"\b(?:{many})\b"), one) for many, one in data["aliases"].items()),
    )


def _named_patterns(data: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    return {
        f"{group}.{name}": re.compile(pattern)
        for group in ("follow_up", "persona", "instructions")
        for name, pattern in data[group].items()
        if isinstance(pattern, str)
    }


def _patterns(texts: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


def _day_numbers(key: str) -> frozenset[int]:
    """The days of a key of the lexicon: one day, or the first and the last of several."""
    first, last = int(key[0]), int(key[-1])
    return frozenset(range(first, last + 1))


@lru_cache(_MAX_CACHED_STEMS)
def _stem(code: str, word: str) -> str:
    return fold(_stemmer(code).stemWord(word))


@cache
def _stemmer(code: str) -> Any:
    return snowballstemmer.stemmer(STEMMERS[code])


def detect_language(text: str, default: str) -> str:
    """The language of a text by its most frequent words; the default if they do not tell."""
    words = bare(text).split()
    counts = {code: sum(word in language(code).stopwords for word in words) for code in LANGUAGES}
    best = max(counts, key=lambda code: (counts[code], code == default))
    return best if counts[best] > counts.get(default, 0) else default
