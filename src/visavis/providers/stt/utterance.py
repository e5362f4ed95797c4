"""The sound of an utterance while it is spoken: where there is voice in it, and where it can be cut."""

from collections import deque
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.ports import RECOGNITION_RATE_HZ, Recognition, TimedText

MAX_PART_S: Final = 28.0
"""Longest sound that is recognized at once."""

_CERTAIN: Final = 0.5  # probability of a window that shows that somebody speaks
_POSSIBLE: Final = 0.3  # of a window that may still be speech, such as the end of a word
_MIN_CERTAIN_WINDOWS: Final = 3
_MARGIN_S: Final = 0.4  # recognized before the first voice and after the last one
_MAX_SILENCE_S: Final = 2.0  # kept while nobody speaks
_LONG_PAUSE_S: Final = 1.5  # ends a part: models invent words in long silences
_MIN_PART_S: Final = 12.0  # of a part that is cut for its length


class AudioPart:
    """A stretch of an utterance that is recognized at once.

    Attributes:
        begin: Index of its first window, counted from the begin of the utterance.
        recognition: What was recognized of it last; `None` for nothing.
    """

    def __init__(self, begin: int, window_samples: int) -> None:
        self.begin = begin
        self.recognition: Recognition | None = None
        self._window_samples = window_samples
        self._windows: deque[Floats] = deque()
        self._probabilities: deque[float] = deque()
        self._certain_windows = 0
        self._recognized_end = 0

    @property
    def duration_s(self) -> float:
        """Length of the sound that is kept."""
        return len(self._windows) * self._window_samples / RECOGNITION_RATE_HZ

    @property
    def has_voice(self) -> bool:
        """Whether somebody speaks in it."""
        return self._certain_windows >= _MIN_CERTAIN_WINDOWS

    @property
    def pause_s(self) -> float:
        """Time since the last voice; the whole duration if there was none."""
        return self.duration_s - self._voiced_end() * self._window_samples / RECOGNITION_RATE_HZ

    @property
    def is_recognized(self) -> bool:
        """Whether there is nothing to recognize, or all of it was."""
        return not self.has_voice or self._recognized_end >= self.begin + self._voiced_end()

    def add(self, window: Floats, probability: float) -> None:
        """Take a window of sound with the probability of voice in it."""
        self._windows.append(window)
        self._probabilities.append(probability)
        self._certain_windows += probability >= _CERTAIN
        if not self.has_voice and self.duration_s > _MAX_SILENCE_S:
            self._windows.popleft()
            self._certain_windows -= self._probabilities.popleft() >= _CERTAIN
            self.begin += 1

    def voiced_sound(self) -> tuple[int, int, Floats]:
        """The sound from shortly before the first voice until shortly after the last.

        Returns:
            Index of its first window and index after its last voiced one, counted from the begin of the
            utterance; and the samples.
        """
        margin = self._in_windows(_MARGIN_S)
        voiced = [index for index, each in enumerate(self._probabilities) if each >= _POSSIBLE]
        first, end = max(0, voiced[0] - margin), voiced[-1] + 1
        samples = np.concatenate(list(self._windows)[first : end + margin])
        return self.begin + first, self.begin + end, samples

    def keep(self, recognition: Recognition, end: int) -> None:
        """Keep what was recognized of it, up to the voiced window before `end`.

        It is thrown away if the part was split meanwhile: it holds words of both.
        """
        if end <= self.begin + len(self._windows):
            self.recognition, self._recognized_end = recognition, end

    def split(self) -> "AudioPart":
        """End this part in its longest pause, and give what follows as another one."""
        at = _middle_of_pause(list(self._probabilities), self._in_windows(_MIN_PART_S))
        windows, probabilities = list(self._windows), list(self._probabilities)
        rest = AudioPart(self.begin + at, self._window_samples)
        for window, probability in zip(windows[at:], probabilities[at:], strict=True):
            rest.add(window, probability)
        self._windows, self._probabilities = deque(windows[:at]), deque(probabilities[:at])
        self._certain_windows = sum(each >= _CERTAIN for each in self._probabilities)
        self.recognition, self._recognized_end = None, 0  # it may hold words of both
        return rest

    def _voiced_end(self) -> int:
        """Index after the last window that may be voiced, counted from the begin of this part."""
        count = len(self._probabilities)
        return next(
            (count - at for at, each in enumerate(reversed(self._probabilities)) if each >= _POSSIBLE), 0
        )

    def _in_windows(self, duration_s: float) -> int:
        return round(duration_s * RECOGNITION_RATE_HZ / self._window_samples)


def _middle_of_pause(probabilities: list[float], first: int) -> int:
    """Index in the longest run without voice from `first` on; else of the window with the least voice."""
    longest, length = first, 0
    best = 0
    for index in range(first, len(probabilities)):
        length = length + 1 if probabilities[index] < _POSSIBLE else 0
        if length > best:
            best, longest = length, index - length // 2
    return longest if best else first + int(np.argmin(probabilities[first:]))


class Utterance:
    """What somebody says, in parts: the last one grows, and the earlier ones wait to be recognized.

    Attributes:
        wants_text: Whether the speaker paused, and what there is was not recognized since.
        is_over: Whether it is over.
    """

    def __init__(self, window_samples: int) -> None:
        self.wants_text = False
        self.is_over = False
        self._window_samples = window_samples
        self._parts = deque([AudioPart(0, window_samples)])
        self._done: list[Recognition] = []  # of earlier parts, with times from the begin of the utterance

    @property
    def is_recognized(self) -> bool:
        """Whether there is nothing to recognize, or all of it was."""
        return all(part.is_recognized for part in self._parts)

    @property
    def pause_s(self) -> float:
        """Time since the last voice."""
        return self._parts[-1].pause_s

    @property
    def has_voice(self) -> bool:
        """Whether somebody spoke in it."""
        return bool(self._done) or any(part.has_voice for part in self._parts)

    def add(self, window: Floats, probability: float) -> None:
        """Take a window of sound with the probability of voice in it."""
        last = self._parts[-1]
        last.add(window, probability)
        if last.has_voice and last.pause_s >= _LONG_PAUSE_S:
            windows = round(last.duration_s * RECOGNITION_RATE_HZ / self._window_samples)
            self._parts.append(AudioPart(last.begin + windows, self._window_samples))
        elif last.duration_s >= MAX_PART_S:
            self._parts.append(last.split())

    def next_part(self) -> AudioPart | None:
        """The first part that is to be recognized; `None` if all were. Earlier parts keep no sound."""
        while len(self._parts) > 1 and self._parts[0].is_recognized:
            part = self._parts.popleft()
            if part.has_voice and part.recognition is not None:
                self._done.append(part.recognition)
        return next((part for part in self._parts if not part.is_recognized), None)

    def is_last(self, part: AudioPart) -> bool:
        """Whether a part is the one that grows."""
        return part is self._parts[-1]

    def text(self, *, is_final: bool) -> Recognition:
        """What was recognized until now."""
        known = [*self._done, *(part.recognition for part in self._parts if part.recognition is not None)]
        return Recognition(
            text=" ".join(each.text for each in known if each.text),
            is_final=is_final,
            language=next((each.language for each in known if each.text and each.language), ""),
            words=tuple(word for each in known for word in each.words),
        )


def shifted(words: tuple[TimedText, ...], by_s: float) -> tuple[TimedText, ...]:
    """Words with later times."""
    return tuple(TimedText(each.text, each.start_s + by_s, each.end_s + by_s) for each in words)
