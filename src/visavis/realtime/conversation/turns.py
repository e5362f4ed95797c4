"""When somebody begins to speak, pauses, goes on, and is done: a state machine that takes time as samples.

It is told the probability of voice, window by window, and what was recognized so far. A turn ends by silence:
soon after a question, later after another sentence, latest after words that want more.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

QUESTION_S: Final = 0.3
"""Silence that ends a turn after a question: whoever asks wants an answer."""
WHOLE_S: Final = 0.45
"""The same after another whole sentence."""
OPEN_S: Final = 0.9
"""The same after words that are no whole sentence."""
DANGLING_S: Final = 1.5
"""The same after words such as "and", which want more."""
PAUSE_S: Final = 0.15
"""Silence after which what was said so far is recognized."""

_VOICED, _UNVOICED = 0.5, 0.35
_BEGIN_S: Final = 0.030
"""Voice that begins a turn. It counts by the square of its probability: 48 ms that the detector is sure
of are enough, and it takes 112 ms of those that it doubts. Clicks, claps and coughs have none that counts."""
_BEGIN_IN_ECHO_S: Final = 0.15
_GOES_ON_S: Final = 0.06
_GOES_ON_WITHIN_S: Final = 0.096  # so recent must that voice be
_WITHIN_S: Final = 0.32  # so recent must the voice be that begins a turn
_LONGEST_WAIT_S: Final = 2.0  # for what was recognized

_ASKS: Final = re.compile(r"[?？][\"'»”)]*$")
_ENDS_SENTENCE: Final = re.compile(r"[.!?。！？…][\"'»”)]*$")
_DANGLING: Final = frozenset(
    word
    for words in (
        "and but or so because if when that the a an to of in on at with for from my your um uh er",
        "und aber oder weil wenn dass der die das ein eine mit für von zu äh ähm",
        "y o pero porque si que el la los las un una con para de eh",
    )
    for word in words.split()
)
_DANGLING_UNLESS_MARKED: Final = frozenset({"is", "are", "was", "ist", "sind", "war", "es", "son", "era"})
"""They want more too, unless the recognizer has heard the end of a sentence."""

_DANGLING_PHRASES: Final = (
    *(
        "to know",
        "tell me",
        "wondering",
        "möchte wissen",
        "wüsste gern",
        "sagen sie mir",
        "können sie mir sagen",
    ),
    *("quiero saber", "quisiera saber", "puede decirme", "dígame"),
)
"""They announce a question, so the recognizer's full stop after them means nothing."""


class Step(Enum):
    """What has happened in a window."""

    BEGAN = auto()
    PAUSED = auto()
    WENT_ON = auto()
    ENDED = auto()


@dataclass
class TurnTaker:
    """The turns of one speaker.

    Attributes:
        window_s: Time from one window to the next.
        is_speaking: Whether an utterance has begun and not ended.
        silence_s: Time since the last voice of the utterance.
        voiced_s: Time of voice in the utterance.
    """

    window_s: float
    is_speaking: bool = False
    silence_s: float = 0.0
    voiced_s: float = 0.0
    _recent: tuple[float, ...] = ()
    _has_paused: bool = False
    _text: str | None = None

    def step(self, probability: float, *, in_echo: bool) -> Step | None:
        """Take a window.

        Args:
            probability: Probability of voice in it, 0..1.
            in_echo: Whether the voice may be what is left of an echo.
        """
        voice = probability**2 if probability >= _VOICED else 0.0
        self._recent = (*self._recent, voice)[-round(_WITHIN_S / self.window_s) :]
        if not self.is_speaking:
            return self._begin(_BEGIN_IN_ECHO_S if in_echo else _BEGIN_S)
        if probability >= _UNVOICED:
            self.voiced_s += self.window_s
        if self._has_paused:
            return self._wait(probability)
        self.silence_s = 0.0 if probability >= _UNVOICED else self.silence_s + self.window_s
        if self.silence_s < PAUSE_S:
            return None
        self._has_paused, self._text = True, None
        return Step.PAUSED

    def note_text(self, text: str) -> None:
        """Take what was recognized of the utterance up to its pause."""
        if self._has_paused:
            self._text = text

    @property
    def text(self) -> str | None:
        """What was said, as far as it is known in a pause; `None` for not yet, or not in a pause."""
        return self._text if self._has_paused else None

    def end(self) -> None:
        """End the utterance, as nobody needs to hear more of it."""
        self.is_speaking = self._has_paused = False
        self._recent, self._text = (), None

    def _begin(self, voice_s: float) -> Step | None:
        if sum(self._recent) * self.window_s < voice_s:
            return None
        self.is_speaking, self._has_paused, self._text = True, False, None
        self.voiced_s, self.silence_s = sum(map(bool, self._recent)) * self.window_s, 0.0
        return Step.BEGAN

    def _wait(self, probability: float) -> Step | None:
        """Whether a pause is the end."""
        recent = self._recent[-round(_GOES_ON_WITHIN_S / self.window_s) :]
        goes_on = sum(map(bool, recent)) * self.window_s >= _GOES_ON_S and probability >= _VOICED
        if goes_on:
            self._has_paused, self._text, self.silence_s = False, None, 0.0
            return Step.WENT_ON
        self.silence_s += self.window_s
        limit_s = _LONGEST_WAIT_S if self._text is None else silence_after(self._text)
        if self.silence_s < limit_s:
            return None
        self.end()
        return Step.ENDED


def silence_after(text: str) -> float:
    """Silence that ends a turn after a text, in seconds."""
    words = re.findall(r"\w+", text.lower())
    last, is_whole = words[-1] if words else "", bool(_ENDS_SENTENCE.search(text))
    if text.endswith(("...", "…")) or last in _DANGLING or (last in _DANGLING_UNLESS_MARKED and not is_whole):
        return DANGLING_S
    if _ASKS.search(text):
        return QUESTION_S
    if " ".join(words).endswith(_DANGLING_PHRASES):
        return DANGLING_S
    return WHOLE_S if is_whole or not words else OPEN_S
