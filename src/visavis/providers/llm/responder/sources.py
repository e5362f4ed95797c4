"""What may be said: the statements of prompt, context and knowledge, without the instructions."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from livekit.blingfire import text_to_sentences

from visavis.providers.llm.responder.language import Language, bare, detect_language, language

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
_ABBREVIATION: Final = re.compile(
    r"(?:^|\s)(?:Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Str|Sr|Sra|Srta|Sig|Dott|Mme|Mlle|Tel|Tél|Ca|ca|z\.B|e\.g|i\.e|Av|Avda)\.$"
)
_ADDRESSES: Final = re.compile(r"(?:you|i|du|ich)\b", re.IGNORECASE)
_MAX_HEADING_WORDS: Final = 8
_MIN_WRAPPED_CHARS: Final = 60
_REFERS_BACK: Final = re.compile(
    r"^(it|they|this|these|that|those|he|she|both|there|er|sie|es|dies\w*|das|beide|ella|el|ellos|ellas|esto|esta|este"
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


@dataclass(frozen=True)
class Sources:
    """What the responder knows.

    Attributes:
        statements: Statements, in the order of the texts.
    """

    statements: tuple[Statement, ...] = ()


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
            for sentence in _sentences(line.text):
                self._read_sentence(sentence, line.context, before, tongue)
                before = sentence

    def _read_sentence(self, sentence: str, context: str, before: str, tongue: Language) -> None:
        plain = bare(sentence)
        if not plain or sentence.rstrip().endswith("?"):
            return
        if tongue.patterns["instructions.secret"].search(plain):
            self._forget(before)
            return
        if _is_instruction(plain, tongue):
            self._obey(sentence, plain, before, context, tongue)
            return
        whole = f"{context} {before}" if _REFERS_BACK.search(plain) else context
        persona = tongue.patterns["persona.begins"], tongue.patterns["persona.guests"]
        is_persona = bool(persona[0].search(plain) and not persona[1].search(plain))
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


def read_sources(texts: Sequence[str], default: str) -> Sources:
    """Read what the responder is given.

    Args:
        texts: Prompt, context and knowledge.
        default: Code of the language of texts that do not show theirs.
    """
    reader = _Reader(default)
    for text in texts:
        reader.read(text)
    return Sources(reader.allowed())


def as_said(sentence: str, tongue: Language) -> str:
    """A sentence that speaks to the avatar, as the avatar says it; every other sentence as it is."""
    plain = bare(sentence)
    if tongue.patterns["persona.guests"].search(plain):
        return sentence
    for rewrite in tongue.rewrites:
        if found := rewrite.pattern.match(sentence):
            return found.expand(rewrite.to) + sentence[found.end() :]
    return sentence


def _is_instruction(plain: str, tongue: Language) -> bool:
    return any(pattern.search(plain) for pattern in tongue.instructions)


def _is_closed(heading: str, tongue: Language) -> bool:
    """Whether a heading says that what follows must not be told."""
    if tongue.patterns["instructions.secret"].search(heading):
        return True
    return bool(_is_instruction(heading, tongue) and tongue.patterns["instructions.negation"].search(heading))


def _is_about(statement: Statement, tongue: Language, forbidden: frozenset[str]) -> bool:
    """Whether a statement contains every one of the forbidden words, or what means the same."""
    words = tongue.words(f"{statement.text} {statement.context}")
    stems = {tongue.stem(word) for word in words}
    concepts = {concept for word in words for concept in tongue.concepts_of(word)}
    if tongue.evidence["price"].search(statement.text.casefold()):
        concepts.add("price")
    return all(stem in stems or tongue.concepts.get(stem, frozenset()) & concepts for stem in forbidden)


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


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a text, with wrapped ones put together."""
    held = ""
    for line in [*lines, ""]:
        is_whole = (
            not held or len(held) < _MIN_WRAPPED_CHARS or bool(_ENDS.search(held)) or held.startswith("|")
        )
        if line.strip() and not is_whole and not _BULLET.match(line) and not _HEADING.match(line):
            held = f"{held} {line.strip()}"
            continue
        if held:
            yield held
        held = line.strip()


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


def _sentences(text: str) -> list[str]:
    sentences: list[str] = []
    for part in text_to_sentences(text).split("\n"):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {part}"
        elif part.strip():
            sentences.append(part.strip())
    return sentences
