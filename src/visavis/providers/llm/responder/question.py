"""What a user asks: the words that count, the kind of answer, and what an earlier question adds."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final

from visavis.providers.llm.responder.language import Language, bare

_FEW_WORDS: Final = 2
_MIN_LEAD_WORDS: Final = 5
_ATTRIBUTES: Final = frozenset({"price", "hours", "address", "booking", "begin", "finish"})


@dataclass(frozen=True)
class Term:
    """A word that counts.

    Attributes:
        word: Folded word.
        stem: Stem.
        concepts: Names of its concepts.
        is_filler: Whether a question may contain it without asking for it.
        is_carried: Whether an earlier question said it.
    """

    word: str
    stem: str
    concepts: frozenset[str] = frozenset()
    is_filler: bool = False
    is_carried: bool = False

    def means(self, named: Set[str]) -> bool:
        """Whether a text that names concepts can mean this word.

        A dog is a pet, and a pet may be a dog; a dog is no cat.
        """
        return any(
            concept in named
            or concept.partition(".")[0] in named
            or ("." not in concept and any(each.startswith(f"{concept}.") for each in named))
            for concept in self.concepts
        )


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes:
        terms: Words that count, in order.
        kinds: Kinds of answer that it wants.
        days: Days of the week that it names.
        tongue: Language.
    """

    terms: tuple[Term, ...]
    kinds: frozenset[str]
    days: frozenset[int]
    tongue: Language = field(compare=False)

    @property
    def of_attribute(self) -> "Question":
        """The question with no more of an earlier one than an attribute that it asked for."""
        terms = tuple(term for term in self.terms if not term.is_carried or term.concepts & _ATTRIBUTES)
        return replace(self, terms=terms)

    @property
    def content(self) -> tuple[Term, ...]:
        """The terms that it asks for."""
        return tuple(term for term in self.terms if not term.is_filler)


def without_greeting(text: str, tongue: Language) -> str:
    """A question without the greeting, the thanks or the apology that it begins with."""
    plain = bare(text)
    found = tongue.small_talk["opening"].match(plain)
    return plain[found.end() :] if found else text


def last_clause(text: str, tongue: Language) -> str:
    """The last question of an utterance that is not divided into sentences; empty if it is one."""
    plain = bare(text)
    starts = [found.start() for found in tongue.patterns["follow_up.asks"].finditer(plain)]
    before = plain[: starts[-1]].split() if starts else []
    return plain[starts[-1] :] if len(before) >= _MIN_LEAD_WORDS else ""


def read_question(text: str, tongue: Language) -> Question:
    """Read one question by itself."""
    plain = " ".join(tongue.words(without_greeting(text, tongue)))
    terms: dict[str, Term] = {}
    for word in plain.split():
        if word in tongue.stopwords or word in tongue.days:
            continue
        stem, concepts = tongue.stem(word), tongue.concepts_of(word)
        terms.setdefault(stem, Term(word, stem, concepts, stem in tongue.fillers and not concepts))
    wanted = bare(plain)
    kinds = frozenset(
        kind for kind, patterns in tongue.kinds.items() if any(pattern.search(wanted) for pattern in patterns)
    )
    return Question(tuple(terms.values()), kinds, tongue.days_of(text), tongue)


def read_turns(turns: Sequence[tuple[str, Language]]) -> Question:
    """Read the last of several questions, which may leave out what the ones before said.

    Args:
        turns: Questions of the user with their languages, the newest last; at least one.
    """
    (text, tongue), *others = turns
    whole = read_question(text, tongue)
    for text, tongue in others:
        whole = _completed(read_question(text, tongue), bare(text), whole)
    return whole


def _completed(asked: Question, plain: str, before: Question) -> Question:
    """A question with what it leaves out."""
    begins = asked.tongue.patterns["follow_up.begins"].search(plain)
    refers = asked.tongue.patterns["follow_up.refers"].search(plain)
    content = asked.content
    is_bare = not content and bool(asked.days or begins or refers or len(plain.split()) <= _FEW_WORDS)
    if not (is_bare or (begins and len(content) <= 2) or (refers and len(content) <= 1)):
        return asked if content or asked.days or asked.kinds else before
    own = {term.stem for term in asked.terms}
    carried = [replace(term, is_carried=True) for term in before.terms if term.stem not in own]
    keeps_days = not asked.kinds or "time" in asked.kinds
    return replace(
        asked,
        terms=(*asked.terms, *carried),
        kinds=asked.kinds or before.kinds,
        days=asked.days or (before.days if keeps_days else frozenset()),
    )
