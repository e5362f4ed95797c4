"""Sentences to be spoken: from Debian's fortune files and word lists, and a few that those never hold.

Only the sound of the sentences is used; none of them is kept in the project or in the model.
"""

import random
import re
from pathlib import Path

FORTUNES = Path("/usr/share/games/fortunes")
WORD_LISTS = Path("/usr/share/dict")

_FOLDERS = {"de": "de", "es": "es", "it": "it", "pl": "pl", "ru": "ru", "cs": "cs", "pt": "brasil"}
# Languages without fortunes: sentences are drawn from all their words.
_WORDS = {"fr": "french", "nl": "dutch", "sv": "swedish"}
_NOT_ENGLISH = re.compile(
    r"art$|banner|zippy|definizioni|formiche|it|leggi|brasil|proverbi|sarde|luttazzi|meow|rms"
)
_LEGACY = {"cs": "latin2", "pl": "latin2", "ru": "koi8-r"}
_NOT_SPEECH = re.compile(r"[\x00-\x1f\\/{}<>@#$%^&*=+|~\[\]_0-9]")

LAUGHTER = (
    "ha ha ha ha ha",
    "ha ha ha",
    "he he he he",
    "hahaha",
    "hee hee hee",
    "ho ho ho",
    "ha. ha. ha ha ha",
)


def sentences(language: str, shortest: int = 15, longest: int = 140) -> list[str]:
    """All usable sentences of a language, sorted, each once. English for a language without any text."""
    if language in _WORDS:
        return _of_words(WORD_LISTS / _WORDS[language])
    folder = FORTUNES / _FOLDERS[language] if language in _FOLDERS else FORTUNES
    found: set[str] = set()
    files = (
        [folder]
        if folder.is_file()
        else sorted(folder.rglob("*") if language in _FOLDERS else folder.iterdir())
    )
    for file in files:
        if (
            not file.is_file()
            or file.suffix in (".dat", ".u8")
            or (folder == FORTUNES and _NOT_ENGLISH.search(file.name))
        ):
            continue
        for block in _decoded(file, _LEGACY.get(language, "latin1")).split("\n%"):
            for piece in re.split(r"(?<=[.!?;:])\s+", re.sub(r"\s+", " ", block)):
                sentence = piece.strip(" -\t\"'`*_")
                if shortest <= len(sentence) <= longest and not _NOT_SPEECH.search(sentence):
                    found.add(sentence)
    if folder == FORTUNES:
        found = {sentence for sentence in found if sentence.isascii()}
    return sorted(found)


def _decoded(file: Path, otherwise: str) -> str:
    """A text in UTF-8, or in an older code of its language."""
    raw = file.read_bytes()
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(otherwise)


def _of_words(words: Path, count: int = 3000) -> list[str]:
    """Words of a list, spelled out to a made-up sentence of four to ten each; always the same ones."""
    rng = random.Random(3)
    known = [word for word in _decoded(words, "latin1").split() if word.isalpha() and len(word) > 1]
    return sorted({f"{' '.join(rng.choices(known, k=rng.randint(4, 10)))}." for _ in range(count)})


def devanagari(rng: random.Random) -> str:
    """Invented words in the script of Hindi: every consonant with every vowel."""
    return _invented(rng, "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह", ("", *"ािीुूेैोौ"))


def telugu(rng: random.Random) -> str:
    """Invented words in the script of Telugu."""
    return _invented(rng, "కఖగఘచఛజఝటఠడఢతథదధనపఫబభమయరలవశసహ", ("", *"ాిీుూెేైొోౌ"))


def _invented(rng: random.Random, consonants: str, vowels: tuple[str, ...]) -> str:
    def word() -> str:
        return "".join(rng.choice(consonants) + rng.choice(vowels) for _ in range(rng.randint(2, 4)))

    return " ".join(word() for _ in range(rng.randint(5, 10)))
