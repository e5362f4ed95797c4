"""What may be said: the statements of prompt, context and knowledge, without the instructions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from visavis.providers.llm.responder.language import (
    Language,
    bare,
    detect_language,
    language,
    split_sentences,
)

_BULLET: Final = re.compile(r"^\s*(?:[-*•–·▪]|\d{1,2}[.)])\s+")
_HEADING: Final = re.compile(r"^\s*#{1,6}\s*(.+?)\s*#*$|^\s*\*\*([^*]+)\*\*:?\s*$|^\s*=+\s*([^=]+?)\s*=+\s*$")
_EMPHASIS: Final = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_ASKED: Final = re.compile(
    r"^\s*(?:q|question|frage|f|pregunta|p|domanda|d|pergunta)\s*[:.)]\s*(.+)$", re.IGNORECASE
)
_ANSWERED: Final = re.compile(
    r"^\s*(?:a|answer|antwort|respuesta|r|réponse|reponse|risposta|resposta)\s*[:.)]\s*(.+)$", re.IGNORECASE
)
_RULE: Final = re.compile(r"^[\s|:+=_-]*$")
_TAG: Final = re.compile(r"^\s*</?[\w-]+>\s*$")
_ENDS: Final = re.compile(r"[.!?…:;]['\"»”)]*$")
_ADDRESSES: Final = re.compile(r"(?:you|i|du|ich)\b", re.IGNORECASE)
_MAX_HEADING_WORDS: Final = 8
_MAX_TITLE_WORDS: Final = 4
_MIN_WRAPPED_CHARS: Final = 60
_REFERS_BACK: Final = re.compile(
    r"^(it|its|they|their|this|these|that|those|he|his|she|her|both|there|er|sie|es|dies\w*|das|beide|ella|el|ellos|ellas|esto|esta|este"
    r"|il|elle|ils|elles|ce|cela|ces|esso|essa|essi|questo|questa|ele|ela|eles|elas|isso|isto)\b"
)


@dataclass(frozen=True)
class Statement:
    """A sentence that may be said.

    Attributes:
        text: Sentence of the source.
        spoken: Sentence as the avatar says it.
        context: What else tells what it is about: its heading, its question, the sentence before.
        is_persona: Whether it is about the avatar itself.
        language: Code of its language.
    """

    text: str
    spoken: str
    context: str
    is_persona: bool
    language: str


@dataclass
class _Line:
    text: str
    context: str


@dataclass
class _Reader:
    """Reads texts one after the other; keeps what the instructions forbid to say."""

    default: str
    statements: list[Statement] = field(default_factory=list)
    forbidden: list[tuple[Language, frozenset[str]]] = field(default_factory=list)
    is_silent: bool = False

    def read(self, text: str) -> None:
        for line in _lines(text):
            tongue = language(detect_language(line.text, self.default))
            if _is_closed(bare(line.context), tongue):
                continue
            before = ""
            for sentence in split_sentences(line.text):
                self._read_sentence(sentence, line.context, before, tongue)
                before = sentence

    def _read_sentence(self, sentence: str, context: str, before: str, tongue: Language) -> None:
        plain = bare(sentence)
        if not plain or sentence.rstrip().endswith("?"):
            return
        if tongue.patterns["instructions.secret"].search(plain):
            self._forget(before)
            return
        is_persona = _is_persona(plain, tongue)
        if not is_persona and _is_instruction(plain, tongue):
            self._obey(sentence, plain, before, context, tongue)
            return
        if is_persona and tongue.patterns["persona.behaviour"].search(plain):
            self._obey(sentence, plain, before, context, tongue)
            sentence = _name_only(sentence, tongue)
        whole = f"{context} {before}" if _REFERS_BACK.search(plain) else context
        spoken = as_said(sentence, tongue)
        self.statements.append(Statement(sentence, spoken, whole, is_persona, tongue.code))

    def _obey(self, sentence: str, plain: str, before: str, context: str, tongue: Language) -> None:
        """Follow an instruction as far as it forbids to say something, or says what to say."""
        reported = re.search(tongue.patterns["instructions.reported"].pattern, sentence, re.IGNORECASE)
        before_clause = bare(sentence[: reported.start()]) if reported else plain
        if tongue.patterns["instructions.negation"].search(before_clause):
            self._forbid(plain, before, tongue)
        elif reported and not _ADDRESSES.match(reported[1]):
            spoken = reported[1][0].upper() + reported[1][1:]
            whole = f"{context} {before_clause}"
            self.statements.append(Statement(reported[1], spoken, whole, False, tongue.code))

    def _forbid(self, plain: str, before: str, tongue: Language) -> None:
        found = tongue.patterns["instructions.prohibits"].search(plain)
        if found is None:
            return
        if not found[1] or tongue.patterns["instructions.previous"].search(found[1]):
            self._forget(before)
            return
        for part in tongue.patterns["instructions.list"].split(found[1]):
            words = [word for word in tongue.words(part) if word not in tongue.stopwords]
            if words:
                self.forbidden.append((tongue, frozenset(tongue.stem(word) for word in words)))

    def _forget(self, sentence: str) -> None:
        if sentence and self.statements and self.statements[-1].text == sentence:
            self.statements.pop()

    def allowed(self) -> tuple[Statement, ...]:
        return tuple(
            each for each in self.statements if not any(_is_about(each, *one) for one in self.forbidden)
        )


def read_sources(texts: Sequence[str], default: str) -> tuple[Statement, ...]:
    """The statements of what the responder is given, in order.

    Args:
        texts: Prompt, context and knowledge.
        default: Code of the language of texts that do not show theirs.
    """
    reader = _Reader(default)
    for text in texts:
        reader.read(text)
    return reader.allowed()


def as_said(sentence: str, tongue: Language) -> str:
    """A sentence that speaks to the avatar, as the avatar says it; every other sentence as it is."""
    plain = bare(sentence)
    if tongue.patterns["persona.guests"].search(plain):
        return sentence
    for rewrite in tongue.rewrites:
        if found := rewrite.pattern.match(sentence):
            return found.expand(rewrite.to) + sentence[found.end() :]
    return sentence


def _is_persona(plain: str, tongue: Language) -> bool:
    """Whether a sentence says who the avatar is."""
    is_guest = tongue.patterns["persona.guests"].search(plain)
    return bool(tongue.patterns["persona.begins"].search(plain) and not is_guest)


def _name_only(sentence: str, tongue: Language) -> str:
    """The begin of a sentence that says who the avatar is, without how it is to behave."""
    return tongue.patterns["persona.clause"].split(sentence, maxsplit=1)[0].rstrip(" ,;:.") + "."


def _is_instruction(plain: str, tongue: Language) -> bool:
    return any(pattern.search(plain) for pattern in tongue.instructions)


def _is_closed(heading: str, tongue: Language) -> bool:
    """Whether a heading says that what follows must not be told."""
    return any(tongue.patterns[f"instructions.{name}"].search(heading) for name in ("secret", "prohibits"))


def _is_about(statement: Statement, tongue: Language, forbidden: frozenset[str]) -> bool:
    """Whether a statement contains every one of the forbidden words, or what means the same."""
    words = tongue.words(f"{statement.text} {statement.context}")
    stems = {tongue.stem(word) for word in words}
    concepts = {concept for word in words for concept in tongue.concepts_of(word)}
    if tongue.evidence["price"].search(statement.text.casefold()):
        concepts.add("price")
    return all(
        stem in stems
        or any(_overlap(one, other) for one in tongue.concepts.get(stem, ()) for other in concepts)
        for stem in forbidden
    )


def _overlap(one: str, other: str) -> bool:
    """Whether two concepts are the same, or one a kind of the other, or both kinds of one."""
    return one.partition(".")[0] == other.partition(".")[0]


def _lines(text: str) -> Iterator[_Line]:
    """The paragraphs, items and rows of a text, each with what it is about."""
    heading = question = ""
    for block in _joined(text.splitlines()):
        if _RULE.match(block) or _TAG.match(block):
            continue
        if found := _HEADING.match(block):
            heading, question = next(part for part in found.groups() if part), ""
        elif found := _ASKED.match(block):
            question = found[1]
        elif found := _ANSWERED.match(block):
            yield _Line(_clean(found[1]), f"{heading} {question}")
        elif _is_title(block):
            heading, question = block.rstrip(" :"), ""
        else:
            if not _BULLET.match(block) and not block.startswith("|") and question and block.endswith("?"):
                question = ""
            yield _Line(_clean(block), f"{heading} {question}".strip())


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a text: wrapped ones put together, a colon after those that head a paragraph."""
    held = ""
    for number, line in enumerate([*lines, ""]):
        is_whole = len(held) < _MIN_WRAPPED_CHARS or bool(_ENDS.search(held)) or held.startswith("|")
        if line.strip() and not is_whole and not _BULLET.match(line) and not _HEADING.match(line):
            held = f"{held} {line.strip()}"
            continue
        if held:
            yield held
        held = line.strip()
        follows_blank = number == 0 or not lines[number - 1].strip()
        if held and follows_blank and _heads(held, lines[number + 1 : number + 2]):
            held = f"{held}:"


def _heads(line: str, following: Sequence[str]) -> bool:
    """Whether a line is short, is no sentence, and stands over another line."""
    is_short = len(line.split()) <= _MAX_TITLE_WORDS and not _ENDS.search(line) and not line.startswith("|")
    return is_short and not _BULLET.match(line) and any(each.strip() for each in following)


def _is_title(block: str) -> bool:
    """Whether a line is a heading of plain text: few words before a colon, or all capitals."""
    words = block.split()
    if len(words) > _MAX_HEADING_WORDS or _BULLET.match(block) or block.startswith("|"):
        return False
    return block.endswith(":") or (block.isupper() and not block.endswith((".", "!")))


def _clean(block: str) -> str:
    if block.startswith("|"):
        return ", ".join(cell.strip() for cell in block.strip("|").split("|") if cell.strip())
    return _EMPHASIS.sub("", _BULLET.sub("", block)).strip()
