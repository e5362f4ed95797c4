"""English text in the symbols that hibari and Kokoro speak, by the rules of the package hibari-tts."""

import difflib
import re
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Final

import hibari
from hibari.g2p import G2P
from hibari.g2p.normalize import normalize
from hibari.g2p.oov import OOV

from visavis.engine.onnx import open_model
from visavis.providers.tts.alphabet import PAUSES, Span, Spelling

_WORD: Final = re.compile(r"\S+")
_LONG_NUMBER: Final = re.compile(r"\d[\d,]{19,}")  # the rules name no number after decillions


def assets() -> Path:
    """Folder of the models and word lists of hibari-tts."""
    return Path(hibari.__file__).parent / "assets"


@cache
def english(*, british: bool = False) -> "English":
    """The rules, loaded once."""
    return English(british=british)


class English:
    """Spells English. It takes 100 MB of memory and a second to load."""

    def __init__(self, *, british: bool) -> None:
        model = assets() / ("oov_gb.onnx" if british else "oov.onnx")
        self._rules = G2P(oov=OOV(str(model), session=open_model(model)), british=british)

    def spell(self, sentence: str) -> Spelling:
        """A sentence in symbols. Letters of scripts other than Latin are left out."""
        latin = "".join(" " if _is_foreign(each) else each for each in sentence)
        readable = normalize(_LONG_NUMBER.sub(_digits, latin))
        begins, owners = _owners(readable, sentence)
        symbols: list[str] = []
        words: list[Span | None] = []
        at = 0
        for token in self._rules.phonemize_tokens(self._rules.tokenize(readable)):
            at = max(at, readable.find(token.text, at))
            owner = owners[bisect_right(begins, at) - 1]
            for symbol in (token.phonemes or "") + (" " if token.whitespace else ""):
                symbols.append(symbol)
                words.append(None if symbol in PAUSES else owner)
            at += len(token.text)
        return Spelling("".join(symbols), tuple(words))


def _digits(found: re.Match[str]) -> str:
    return " ".join(found.group().replace(",", ""))


def _is_foreign(character: str) -> bool:
    return character.isalpha() and not unicodedata.name(character, "").startswith("LATIN")


def _owners(readable: str, sentence: str) -> tuple[list[int], list[Span]]:
    """Where each word of the normalized text begins, and the word of the sentence that it comes from.

    "$9.99" becomes several words of the normalized text; other words stay what they are.
    """
    written = [found.span() for found in _WORD.finditer(sentence)]
    read = list(_WORD.finditer(readable))
    matcher = difflib.SequenceMatcher(
        None,
        [sentence[begin:end] for begin, end in written],
        [found.group() for found in read],
        autojunk=False,
    )
    owners = [0] * len(read)
    for _, begin, end, read_begin, read_end in matcher.get_opcodes():
        for index in range(read_begin, read_end):
            share = (index - read_begin) * (end - begin) // (read_end - read_begin)
            owners[index] = max(0, min(begin + share, len(written) - 1))
    return [found.start() for found in read], [written[owner] for owner in owners]
