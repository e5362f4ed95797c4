"""What a recognized text means while the avatar speaks: an answer, a sign of listening, or its echo."""

import re
from collections import deque
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

_KEPT_S: Final = 60.0
_ECHO_SHARE: Final = 0.7

# Said while somebody else speaks, to show that one listens; and what recognizers make of a cough or a hum.
_LISTENING: Final = frozenset(
    word
    for words in (
        "mm mhm mmhm mmhmm hm hmm mmm uhhuh uh huh um ah aha oh okay ok yeah yes yep right sure i see good",
        "ja genau gut ach so stimmt klar aha",
        "sí si claro vale bueno ajá bien",
        "oui d accord sì certo",
    )
    for word in words.split()
)
_NOISE: Final = frozenset({"you", "thank you", "thanks for watching", "bye", "the", "i", "so", ""})
_MAX_LISTENING_WORDS: Final = 3


def words_of(text: str) -> list[str]:
    """Words without case and punctuation."""
    return re.findall(r"\w+", text.lower())


def is_sign_of_listening(text: str) -> bool:
    """Whether a text only shows that somebody listens, or is none."""
    words = words_of(re.sub(r"[-']", "", text))
    if " ".join(words) in _NOISE:
        return True
    return len(words) <= _MAX_LISTENING_WORDS and all(word in _LISTENING for word in words)


class RecentSpeech:
    """What the avatar has said lately."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said: deque[tuple[float, list[str]]] = deque()

    def add(self, text: str, now_s: float) -> None:
        """Note what the avatar says now."""
        self._said.append((now_s, words_of(text)))

    def has(self, text: str, now_s: float) -> bool:
        """Whether a text is what the avatar has said in the last seconds, or a part of it."""
        while self._said and self._said[0][0] < now_s - _KEPT_S:
            self._said.popleft()
        said = [word for _, words in self._said for word in words]
        heard = words_of(text)
        # Recognizers write numbers in digits that the avatar was given in words, and the other way round.
        return contains(said, [word for word in heard if not word.isdigit()] or heard)


def contains(said: Sequence[str], heard: Sequence[str]) -> bool:
    """Whether most of what was heard was said, in the same order."""
    if not said or not heard:
        return False
    matched = SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matched) >= _ECHO_SHARE * len(heard)
