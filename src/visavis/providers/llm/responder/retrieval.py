"""Finding the statements that answer a question, or none."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final

from visavis.providers.llm.responder.language import fold, language
from visavis.providers.llm.responder.question import Question, Term
from visavis.providers.llm.responder.sources import Statement

_MIN_COVERAGE: Final = 0.66
_CONCEPT: Final = 0.9
_IN_CONTEXT: Final = 0.85
_OTHER_DAY: Final = 0.6
_FILLER: Final = 0.1
_CARRIED: Final = 0.5
_OF_HOUSE: Final = 0.3
_WAY: Final = 0.1
_HEAD: Final = 0.08
_IMPLIED: Final = {"place": "address", "phone": "contact.phone", "email": "contact.email", "price": "price"}
_MIN_SIMILARITY: Final = 0.8
_MIN_SIMILAR_CHARS: Final = 5
_CLOSE: Final = 0.97
_MAX_SENTENCES: Final = 3
_EVIDENT: Final = {
    "price": "price",
    "email": "contact.email",
    "address": "address",
    "payment": "payment.",
    "transit": "transit.",
}
_GATED: Final = ("price", "time", "duration", "place", "number", "reason", "phone", "email")


@dataclass(frozen=True)
class _Entry:
    """A statement as it is searched.

    Attributes:
        stems: Stems of its own words.
        concepts: Concepts of its own words.
        context_stems: Stems of its context.
        context_concepts: Concepts of its context.
        days: Days that it names.
        kinds: Kinds of question that it can answer.
        head: Its first word that counts.
    """

    statement: Statement
    stems: frozenset[str]
    concepts: frozenset[str]
    context_stems: frozenset[str]
    context_concepts: frozenset[str]
    days: frozenset[int]
    kinds: frozenset[str]
    head: Term | None


class Index:
    """The statements, ready to be searched."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = tuple(statements)
        self._entries = [_entry(statement) for statement in statements]
        self._counts = Counter(
            name for entry in self._entries for name in entry.stems | entry.context_stems | entry.concepts
        )
        self._vocabulary = frozenset(
            word
            for each in statements
            for word in language(each.language).words(f"{each.text} {each.context}")
            if len(word) >= _MIN_SIMILAR_CHARS
        )

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The concepts that the statements are about."""
        return frozenset(
            concept.partition(".")[0]
            for entry in self._entries
            for concept in entry.concepts | entry.context_concepts
        )

    def search(self, question: Question) -> list[Statement]:
        """The statements that answer a question, in the order of their texts; empty if none does."""
        terms = question.content
        house = self._persona | question.tongue.places
        is_about_house = all(term.stem in house for term in terms)
        if is_about_house:
            terms = (*terms, *_implied(question)) or question.terms
        if not self._entries or not (terms or question.days):
            return []
        terms = tuple(self._corrected(term, question) for term in terms)
        weights = [
            self._weight(term) * (_OF_HOUSE if term.stem in house and not is_about_house else 1.0)
            for term in terms
        ]
        wants_days = bool(question.days)
        scores: list[float] = []
        for entry in self._entries:
            total = sum(weights) + wants_days
            found = sum(
                weight * _match(term, entry) for term, weight in zip(terms, weights, strict=True)
            ) + wants_days * _day_match(question, entry)
            is_able = all(kind not in _GATED or kind in entry.kinds for kind in question.kinds)
            scores.append(found / total if is_able and total else 0.0)
        ranked = [
            (score + _bonus(question, terms, self._entries[number]), number)
            for number, score in enumerate(scores)
            if score >= _MIN_COVERAGE
        ]
        on_days = [each for each in ranked if question.days & self._entries[each[1]].days]
        chosen = sorted(on_days or ranked, reverse=True)[:_MAX_SENTENCES]
        return [
            self.statements[number]
            for score, number in sorted(chosen, key=lambda each: each[1])
            if score >= _CLOSE * chosen[0][0]
        ]

    def _weight(self, term: Term) -> float:
        count = max(self._counts[term.stem], *(self._counts[concept] for concept in term.concepts), 0)
        rarity = math.log(1 + (len(self._entries) + 1) / (count + 0.5))
        return (_FILLER if term.is_filler else _CARRIED if term.is_carried else 1.0) * min(
            max(rarity, 0.7), 2.0
        )

    def _corrected(self, term: Term, question: Question) -> Term:
        """A term that is nowhere, as the similar word that a recognizer may have meant."""
        if self._counts[term.stem] or any(self._counts[each] for each in term.concepts):
            return term
        if len(term.word) < _MIN_SIMILAR_CHARS:
            return term
        best, similarity = "", _MIN_SIMILARITY
        matcher = SequenceMatcher(None, "", term.word)
        for word in self._vocabulary:
            if word[0] != term.word[0]:
                continue
            matcher.set_seq1(word)
            if matcher.real_quick_ratio() > similarity and matcher.quick_ratio() > similarity:
                ratio = matcher.ratio()
                best, similarity = (word, ratio) if ratio > similarity else (best, similarity)
        if not best:
            return term
        return Term(best, question.tongue.stem(best), question.tongue.concepts_of(best), is_filler=False)

    @cached_property
    def _persona(self) -> frozenset[str]:
        """Stems of what the avatar and its house are called: every statement is about them."""
        return frozenset(
            stem for entry in self._entries if entry.statement.is_persona for stem in entry.stems
        )


def _bonus(question: Question, terms: Sequence[Term], entry: _Entry) -> float:
    """What speaks for a statement besides its words: it says how, or begins with what is asked for."""
    bonus = _WAY if "way" in question.kinds and "way" in entry.kinds else 0.0
    head = entry.head
    if head is not None and any(term.stem == head.stem or term.means(head.concepts) for term in terms):
        bonus += _HEAD
    return bonus


def _implied(question: Question) -> tuple[Term, ...]:
    """What a question asks for that names nothing, such as "Where are you?"."""
    names = sorted(_IMPLIED[kind] for kind in question.kinds & _IMPLIED.keys())
    return tuple(Term(name, name, frozenset({name})) for name in names)


def _match(term: Term, entry: _Entry) -> float:
    """How well a statement has a term, 0..1."""
    own = 1.0 if term.stem in entry.stems else _CONCEPT if term.means(entry.concepts) else 0.0
    near = (
        1.0 if term.stem in entry.context_stems else _CONCEPT if term.means(entry.context_concepts) else 0.0
    )
    return max(own, _IN_CONTEXT * near)


def _day_match(question: Question, entry: _Entry) -> float:
    if question.days & entry.days:
        return len(question.days & entry.days) / len(question.days)
    return _OTHER_DAY if entry.days and "hours" in entry.concepts | entry.context_concepts else 0.0


def _entry(statement: Statement) -> _Entry:
    tongue = language(statement.language)
    own = [word for word in tongue.words(statement.text) if word not in tongue.stopwords]
    near = [word for word in tongue.words(statement.context) if word not in tongue.stopwords]
    folded = fold(statement.text)
    kinds = {kind for kind, pattern in tongue.evidence.items() if pattern.search(folded)}
    days = tongue.days_of(statement.text)
    concepts = {concept for word in own for concept in tongue.concepts_of(word)}
    if any(letter.isdigit() for letter in folded):
        kinds.add("phone")
    if "@" in folded:
        kinds.add("email")
    if days:
        kinds.add("time")
    concepts |= {concept for kind, concept in _EVIDENT.items() if kind in kinds}
    head = next((word for word in own if tongue.stem(word) not in tongue.places), None)
    return _Entry(
        statement,
        stems=frozenset(tongue.stem(word) for word in own),
        concepts=frozenset(concepts),
        context_stems=frozenset(tongue.stem(word) for word in near),
        context_concepts=frozenset(concept for word in near for concept in tongue.concepts_of(word)),
        days=days,
        kinds=frozenset(kinds),
        head=None if head is None else Term(head, tongue.stem(head), tongue.concepts_of(head)),
    )
